/**
 * The same object with call options: a proxy that gives them to every operation made through it.
 */
import { type CallOptions, checkCallOptions } from './call-options.ts'
import { ReleasedError } from './errors.ts'
import { Import } from './handle.ts'
import { describeStandIn } from './inspection.ts'
import { createRemote } from './remote.ts'
import { standInOf } from './stand-in.ts'
import { createSync } from './sync.ts'

/**
 * A proxy of the same object whose every operation has these options: its calls, what is read from it, and what is made of
 * results that have not arrived. Options it had already stay where these do not say otherwise. The proxies that its calls
 * bring are ordinary ones.
 *
 * A call that is given up rejects at once, with the reason of the signal or with a `CallTimeoutError`; the owner's
 * own signal for the call fires (`currentCall().signal`), what it gives late is dropped, and calls that build on the answer fail
 * with the same reason. A timeout bounds a call from start to end; in an iteration it bounds the wait for each item.
 *
 * A call that blocks this thread hears a signal that fires meanwhile only when another thread, served while this one is blocked,
 * fires it; its timeout holds.
 *
 * @throws {TypeError} when `proxy` is no proxy or an option is wrong.
 * @throws {ReleasedError} when it was released.
 * @example
 * ```ts
 * await withOptions(search, { timeout: 500, signal }).run(query)
 * ```
 */
export function withOptions<P extends object>(proxy: P, options: CallOptions): P {
  const standIn = standInOf(proxy)
  if (standIn === undefined) throw new TypeError('withOptions() takes a proxy of another context')
  const { handle, path, flavour } = standIn
  if (handle.released) throw new ReleasedError(describeStandIn(standIn))
  const all = { ...standIn.options, ...checkCallOptions(options) }
  return (
    flavour === 'sync' && handle instanceof Import
      ? createSync(handle, all)
      : createRemote(handle, path, all)
  ) as P // the same object, of the same kind
}
