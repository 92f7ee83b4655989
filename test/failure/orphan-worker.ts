/**
 * A worker from which its parent is observed: it uses the parent's exports over one port and has the parent end that
 * one. What it saw goes to the parent as a message.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { connect } from '@farhold/core'
import { workerTransport } from '@farhold/transport-worker'
import type { Death } from './deaths.ts'
import { type Doomed, type Module, NAME } from './doomed.ts'
import { observe, settleIn } from './observe.ts'
import type { Outcome } from './outcome.ts'
import { togetherIn } from './pending.ts'

export interface Orphan {
  readonly doomed: MessagePort
  readonly neighbour: MessagePort
  readonly lost: Outcome
}

const start = workerData as Orphan // put there by the test

function parentOver(port: MessagePort): Doomed {
  const { remote, closed, stats, close } = connect<Module>(
    workerTransport(port, { keepAlive: true }),
    { peerName: NAME },
  )
  return { remote, closed, stats, close: () => close() }
}

const death: Death = {
  name: 'the parent',
  peer: 'channel',
  lost: start.lost,
  begin: async () => ({
    doomed: parentOver(start.doomed),
    end: () => parentPort?.postMessage('end it'),
  }),
}
const neighbour = await settleIn(parentOver(start.neighbour))
parentPort?.postMessage(await observe(death, togetherIn(death), neighbour))
await neighbour.peer.close()
