import { type MessagePort, workerData } from 'node:worker_threads'

const { memory, port } = workerData as { memory: SharedArrayBuffer; port: MessagePort }
const answered = new Int32Array(memory)
port.on('message', ([a, b]: [number, number]) => {
  port.postMessage(a + b)
  Atomics.add(answered, 0, 1)
  Atomics.notify(answered, 0)
})
