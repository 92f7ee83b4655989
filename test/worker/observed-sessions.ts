/**
 * What every session of a thread's families has at this moment, those with other workers included, which no context
 * stands for. A thread that is to be observed loads this module before it opens a session: see {@link OBSERVED}.
 */
import type { SessionStats } from '@farhold/core'
import { Family, PARENT, type SessionCore } from '@farhold/core/adapter'

/** How a worker is spawned whose sessions can be observed. */
export const OBSERVED = { execArgv: ['--conditions=source', '--import', import.meta.url] }

/** What one session has that must be nothing when nothing is held and nothing goes on. */
export interface Left extends Pick<SessionStats, 'exports' | 'imports' | 'pending' | 'serving'> {
  readonly peer: string
  /** Is the peer the one that spawned this thread? */
  readonly isParent: boolean
  /** Objects that were granted and not passed on, or passed on and not granted. */
  readonly expected: number
}

/** The sessions that live, and whether the peer is the parent. */
const sessions = new Map<SessionCore, boolean>()
const { join } = Family.prototype

Family.prototype.join = function (member, relation) {
  const session = relation as SessionCore // every relation is one
  sessions.set(session, member === PARENT)
  void session.closedPromise.then(() => sessions.delete(session))
  join.call(this, member, relation)
}

/** What the sessions of this thread have. */
export function leftHere(): Left[] {
  return [...sessions].map(([session, isParent]) => {
    const { exports, imports, pending, serving } = session.stats()
    const expected = session.references.handedOver.size
    return { peer: session.peerName, isParent, exports, imports, pending, serving, expected }
  })
}
