export { expose } from './expose.ts'
export { type SpawnWorkerOptions, spawnWorker } from './spawn-worker.ts'
export {
  type MessageEndpoint,
  type WorkerTransportOptions,
  workerTransport,
} from './worker-transport.ts'
