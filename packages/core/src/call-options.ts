/**
 * What a call can be given beside its arguments: when to give up on it.
 */
import { refuseOption } from './errors.ts'
import { type Hold, holdOf } from './held.ts'
import type { AbortSignalLike } from './platform.ts'
import type { RemoteReference, SyncReference } from './types/brands.ts'

export interface CallOptions {
  /**
   * Cancels the call at both ends: the caller rejects at once with the signal's reason, and the owner's own signal for
   * the call fires (see `currentCall`). A call that is made when it has fired already is not sent.
   */
  readonly signal?: AbortSignalLike
  /** How long the call may take, in milliseconds, instead of what its session allows. `Infinity`: as long as it takes. */
  readonly timeout?: number
  /** How many items of an iteration may be under way before they are asked for, instead of what its session allows. */
  readonly prefetch?: number
  /** What is held: a lock, or a proxy that carries its hold, as the callbacks of `lock` and `context.lock.request` are given. */
  readonly held?: HeldReference
}

/** Names a hold of a lock. */
export type HeldReference = Hold | RemoteReference<unknown> | SyncReference<unknown>

/** The options of a call, with the hold that they name. */
export interface CallParticulars extends Omit<CallOptions, 'held'> {
  readonly held?: Hold
  /** Says where in a program a lock is asked for. */
  readonly site?: () => string
  /** Nothing here waits for its answer: it keeps no process alive, and closing waits for others. */
  readonly isIdle?: true
}

/** Checks options that a user gave. @throws {TypeError} for a wrong one. */
export function checkCallOptions(options: CallOptions): CallParticulars {
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  const { held, ...rest } = options
  const { signal, timeout, prefetch } = rest
  if (signal !== undefined && !isSignal(signal)) refuseOption('signal', 'an AbortSignal', signal)
  if (timeout !== undefined) checkTimeout('timeout', timeout)
  if (prefetch !== undefined) checkPrefetch(prefetch)
  if (held === undefined) return rest
  const hold = holdOf(held)
  if (hold === undefined) refuseOption('held', 'a lock or a proxy that carries its hold', held)
  return { ...rest, held: hold }
}

/** @throws {TypeError} when it is no time that a call can be limited to. */
export function checkTimeout(name: string, value: unknown): void {
  if (typeof value !== 'number' || !(value > 0) || (value >= 2 ** 31 && value !== Infinity))
    refuseOption(name, 'a positive number of milliseconds below 2^31, or Infinity', value)
}

/** @throws {TypeError} when it is no number of items. */
export function checkPrefetch(value: unknown): void {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    refuseOption('prefetch', 'a positive whole number of items', value)
}

export function isSignal(value: unknown): value is AbortSignalLike {
  return (
    typeof value === 'object' &&
    value !== null &&
    'aborted' in value &&
    'addEventListener' in value &&
    typeof value.addEventListener === 'function'
  )
}
