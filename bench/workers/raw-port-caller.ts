import { type MessagePort, receiveMessageOnPort, workerData } from 'node:worker_threads'

const { memory, port } = workerData as { memory: SharedArrayBuffer; port: MessagePort }
const answered = new Int32Array(memory)
let asked = 0

function add(a: number, b: number): number {
  port.postMessage([a, b])
  while (Atomics.load(answered, 0) === asked) Atomics.wait(answered, 0, asked, 1000)
  asked = (asked + 1) | 0
  return receiveMessageOnPort(port)?.message as number // it was posted before the answer was told
}

port.on('message', (count: number) => {
  for (let call = 0; call < count; call++) add(call, 1)
  port.postMessage('done')
})
