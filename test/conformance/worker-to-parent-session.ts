/**
 * The sessions of a spawned worker, which no context in the worker stands for. A worker whose sessions are asked for loads this
 * module before it opens one: see {@link WITH_SESSIONS}.
 */
import { Family, type SessionCore } from '@farhold/core/adapter'

/** How such a worker is spawned. */
export const WITH_SESSIONS = { execArgv: ['--conditions=source', '--import', import.meta.url] }

const sessions: SessionCore[] = []
const { join } = Family.prototype

Family.prototype.join = function (member, relation) {
  sessions.push(relation as SessionCore) // every relation is one
  join.call(this, member, relation)
}

/** The session with the context of that name. */
export function sessionWith(peerName: string): SessionCore {
  const found = sessions.find((session) => session.peerName === peerName)
  if (found === undefined) throw new Error(`this worker has no session with "${peerName}"`)
  return found
}
