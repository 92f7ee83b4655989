/** A worker that starts by itself: what it exposes, and ways to end that only its own port gives. */
import { type MessagePort, parentPort } from 'node:worker_threads'
import { expose } from '@farhold/transport-worker'
import { outcomeOf } from './outcome.ts'
import * as victim from './victim.ts'

expose({
  ...victim,
  /** With its port closed the thread has nothing left to do. */
  leave: () => parentPort?.close(),
  /** Asks, and says on a port of its own what came of it. */
  askAndReport: (question: () => PromiseLike<unknown>, port: MessagePort) => {
    void outcomeOf(question()).then((outcome) => port.postMessage(outcome))
  },
  babble: () => parentPort?.postMessage({ hello: 'world' }),
})
