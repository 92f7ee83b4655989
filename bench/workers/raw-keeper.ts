import { type MessagePort, workerData } from 'node:worker_threads'

const port = workerData as MessagePort
const given: (object | undefined)[] = []
const free: number[] = []
port.on('message', (message: number | 'give' | 'barrier') => {
  if (typeof message === 'number') {
    given[message] = undefined
    free.push(message)
  } else if (message === 'give') {
    const id = free.pop() ?? given.length
    given[id] = { id }
    port.postMessage(id)
  } else port.postMessage(0)
})
