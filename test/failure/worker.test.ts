/** What is told of a worker that ends. */
import { WORKER_DEATHS } from './deaths.ts'
import { startWorker } from './doomed.ts'
import { testDeaths } from './table.ts'

testDeaths(WORKER_DEATHS, () => startWorker({ name: 'neighbour' }))
