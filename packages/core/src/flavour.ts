/**
 * From one kind of proxy to the other: the same object, another way to wait.
 */
import { remoteFrom } from './remote.ts'
import { syncFrom } from './sync.ts'
import type { Remote } from './types/remote.ts'
import type { Sync } from './types/sync.ts'

/**
 * The blocking proxy of what a Remote stands for.
 *
 * @throws {WouldBlockError} when the transport of its session cannot block this thread.
 * @throws {TypeError} when it is no proxy, or stands for a result that has not arrived.
 */
export function sync<T>(remote: Remote<T>): Sync<T> {
  return syncFrom(remote) as Sync<T> // the same object; T is the caller's claim about it, as it was before
}

/**
 * The asynchronous proxy of what a Sync stands for.
 *
 * @throws {TypeError} when it is no proxy.
 */
export function remote<T>(sync: Sync<T>): Remote<T> {
  return remoteFrom(sync as object) as Remote<T> // as above
}
