/** Sends each buffer back that it gets. */
import { type MessagePort, workerData } from 'node:worker_threads'

const port = workerData as MessagePort
port.on('message', (bytes: ArrayBuffer) => port.postMessage(bytes, [bytes]))
