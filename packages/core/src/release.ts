/**
 * Giving up references before the garbage collector finds them.
 */
import { Import } from './handle.ts'
import { type StandIn, standInOf } from './stand-in.ts'
import type { RemoteReference, SyncReference } from './types/brands.ts'

/** Gives up what a proxy stands for. A path is no reference of its own, so nothing happens for one. */
export function releaseStandIn(standIn: StandIn): void {
  const { handle, path } = standIn
  if (path.length > 0) return
  if (handle instanceof Import) handle.session.giveUp(handle)
  else handle.giveUp()
}

/**
 * Gives up one context's hold on another's object. Every proxy of that object in this context stops
 * working with a `ReleasedError`; other contexts keep theirs. Releasing twice does nothing.
 *
 * @throws {TypeError} when `proxy` is no proxy.
 * @example
 * ```ts
 * const counter = await new worker.remote.Counter()
 * await counter.add(1)
 * release(counter) // or: using counter = await new worker.remote.Counter()
 * ```
 */
export function release(proxy: RemoteReference<unknown> | SyncReference<unknown>): void {
  const standIn = standInOf(proxy)
  if (standIn === undefined) throw new TypeError('release() takes a proxy of another context')
  releaseStandIn(standIn)
}
