/** What is told of an isolate that ends. */
import { ISOLATE_DEATHS } from './deaths.ts'
import { startIsolate } from './doomed.ts'
import { testDeaths } from './table.ts'

testDeaths(ISOLATE_DEATHS, () => startIsolate({ name: 'neighbour' }))
