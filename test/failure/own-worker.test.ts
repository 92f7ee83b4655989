/** What is told of a worker that someone else started, and that ends. */
import { OWN_WORKER_DEATHS } from './deaths.ts'
import { startOwnWorker } from './doomed.ts'
import { testDeaths } from './table.ts'

testDeaths(OWN_WORKER_DEATHS, startOwnWorker)
