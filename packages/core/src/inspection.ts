/**
 * How a proxy looks to a person and to code that only wants to print it. None of this crosses.
 *
 * Node's `util.inspect` looks at a proxy's target and not through its traps, so the targets carry this too.
 */
import { describePath } from './handle.ts'
import { type StandIn, standInOf } from './stand-in.ts'

export const INSPECT = Symbol.for('nodejs.util.inspect.custom')

/** `Remote<counter.value of "stats">`. */
export function describeStandIn(standIn: StandIn): string {
  const kind = standIn.flavour === 'remote' ? 'Remote' : 'Sync'
  const what = describePath(standIn.handle.description, standIn.path)
  return `${kind}<${what === '' ? '' : `${what} of `}"${standIn.handle.session.peerName}">`
}

/** What a proxy's target is made from: it says what it stands for when it is inspected. */
export const inspectable = Object.create(null, {
  [INSPECT]: {
    value(this: unknown): string {
      const standIn = standInOf(this)
      return standIn === undefined ? 'proxy' : describeStandIn(standIn)
    },
  },
}) as object
