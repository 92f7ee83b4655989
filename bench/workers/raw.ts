import { type MessagePort, workerData } from 'node:worker_threads'

const port = workerData as MessagePort
port.on('message', ([id, a, b]: [number, number, number]) => port.postMessage([id, a + b]))
