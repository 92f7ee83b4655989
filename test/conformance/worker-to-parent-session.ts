/**
 * The session that a spawned worker has with its parent, which no context in the worker stands for. A worker whose session is
 * asked for loads this module before it opens it: see {@link WITH_SESSION}.
 */
import { Family, PARENT, type SessionCore } from '@farhold/core/adapter'

/** How such a worker is spawned. */
export const WITH_SESSION = { execArgv: ['--conditions=source', '--import', import.meta.url] }

let found: SessionCore | undefined
const { join } = Family.prototype

Family.prototype.join = function (member, relation) {
  if (member === PARENT) found = relation as SessionCore // every relation is one
  join.call(this, member, relation)
}

export function parentSession(): SessionCore {
  if (found === undefined) throw new Error('this worker was not spawned with WITH_SESSION')
  return found
}
