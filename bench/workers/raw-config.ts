import { type MessagePort, workerData } from 'node:worker_threads'
import type { Configuration } from './config.ts'

const port = workerData as MessagePort
port.on('message', ([config, index]: [Configuration, number]) =>
  port.postMessage(config.entries[index]?.weight),
)
