/** A worker that starts by itself: what it exposes, and ways to end that only its own port gives. */
import { parentPort } from 'node:worker_threads'
import { expose } from '@farhold/transport-worker'
import * as victim from './victim.ts'

expose({
  ...victim,
  /** With its port closed the thread has nothing left to do. */
  leave: () => parentPort?.close(),
  babble: () => parentPort?.postMessage({ hello: 'world' }),
})
