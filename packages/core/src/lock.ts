/**
 * Holding locks, as a program asks for it: of objects, wherever they live, and of whole contexts.
 */
import {
  type AcquireOptions,
  acquire,
  acquiredFrom,
  type LockArguments,
  nameTargets,
} from './acquire.ts'
import { checkTimeout, isSignal } from './call-options.ts'
import { heapLock } from './context-lock.ts'
import { currentContext } from './current-context.ts'
import { localParty } from './deadlock.ts'
import { CallTimeoutError, LockTimeoutError, refuseOption, WouldBlockError } from './errors.ts'
import { type Connection, type Handle, Import } from './handle.ts'
import { carriedHere, HeldLock, type Hold, TakenHold, withHold } from './held.ts'
import { LockRequest, lockOf } from './lock-request.ts'
import type { AbortSignalLike } from './platform.ts'
import { Operation } from './protocol.ts'
import { createRemote } from './remote.ts'
import type { LockMode } from './rw-lock.ts'
import type { LockInfo } from './served-locks.ts'
import { callSite } from './stacks.ts'
import { standInOf } from './stand-in.ts'
import { createSync } from './sync.ts'
import { whileWaiting } from './turn.ts'

/** How a lock is asked for: as in the Web Locks API, and with a time. */
export interface LockOptions {
  /** Alone, or side by side with others who ask for it shared. Default: `'exclusive'`. */
  readonly mode?: LockMode
  /** Gives up waiting when it fires; the promise rejects with its reason. What is held already stays held. */
  readonly signal?: AbortSignalLike
  /** How long to wait, in milliseconds. Default: as long as it takes. */
  readonly timeout?: number
  /** Do not wait: the callback gets `null` when the lock cannot be had at once. Default: false. */
  readonly ifAvailable?: boolean
}

/** The same where nothing but the time ends a wait, because this thread is blocked. */
export type LockSyncOptions = Omit<LockOptions, 'signal'>

/** What a callback is given: the targets, each as a proxy that carries the hold. */
type HeldTargets<T extends readonly object[], O> = O extends { readonly ifAvailable: true }
  ? { [K in keyof T]: T[K] | null }
  : T

/**
 * Holds the lock of one object, or of several, while `callback` runs: no one else's call enters there until what it gives has settled.
 *
 * An object that is protected (see `protect`) has a lock of its own; any other is entered by the lock of the context it lives in, which this holds then.
 * An object of this context can be a target, too: it keeps other contexts out. Several targets are taken in one order
 * that is the same everywhere, so those who take theirs at once never wait for each other.
 *
 * The callback gets each target back as a proxy that carries the hold. In Node all that the callback awaits carries it as well: other
 * proxies that it uses enter, and so do the calls that its calls make, in whatever context. Elsewhere (a guest, a browser) only those proxies enter, and what runs
 * before the first await. Whoever waits is let in in the order of asking; the lock is free when the callback has settled, when its context
 * has ended, or its session.
 *
 * @throws {DeadlockError} when the wait could never end: some who hold a lock wait for each other's, and this request is the one that fails; or a shared
 * hold was to become exclusive.
 * @throws {LockTimeoutError} after `timeout`.
 * @throws {AccessDeniedError} when the owner does not let this context hold its locks.
 * @throws whatever `callback` throws.
 * @example
 * ```ts
 * await lock(account, async (account) => {
 *   if ((await account.balance) >= 100) await account.withdraw(100)
 * })
 * await lock([from, to], async (from, to) => to.deposit(await from.withdraw(100)))
 * ```
 */
export function lock<const T extends readonly object[], R>(
  targets: T,
  callback: (...held: T) => R,
): Promise<Awaited<R>>
export function lock<T extends object, R>(target: T, callback: (held: T) => R): Promise<Awaited<R>>
export function lock<const T extends readonly object[], R, const O extends LockOptions>(
  targets: T,
  options: O,
  callback: (...held: HeldTargets<T, O>) => R,
): Promise<Awaited<R>>
export function lock<T extends object, R, const O extends LockOptions>(
  target: T,
  options: O,
  callback: (...held: HeldTargets<[T], O>) => R,
): Promise<Awaited<R>>
export async function lock(...args: readonly unknown[]): Promise<unknown> {
  const { targets, options, callback } = readArguments(args)
  const hold = atOnce(targets, options) ?? (await whileWaiting(acquire(targets, options)))
  return holding(hold, targets, callback)
}

/**
 * As `lock`, for code that does not wait: blocks this thread until the lock is held, runs `callback`, and lets go when it returns.
 *
 * @throws {WouldBlockError} when this thread cannot wait for the owner, or the lock is of this very context and not free.
 * @throws {TypeError} when `callback` gives a promise: what it does after it has returned would not hold the lock.
 * @example
 * ```ts
 * lockSync(sync(account), (account) => {
 *   if (account.balance >= 100) account.withdraw(100)
 * })
 * ```
 */
export function lockSync<T extends object, R>(target: T, callback: (held: T) => R): R
export function lockSync<T extends object, R, const O extends LockSyncOptions>(
  target: T,
  options: O,
  callback: (...held: HeldTargets<[T], O>) => R,
): R
export function lockSync(...args: readonly unknown[]): unknown {
  const { targets, options, callback } = readArguments(args)
  const hold = atOnce(targets, options) ?? acquireSync(targets, options)
  if (hold === undefined) return callback(...targets.map(() => null))
  try {
    const result = withHold(hold, callback, ...targets.map((target) => heldProxy(target, hold)))
    if (result instanceof Promise) {
      result.catch(() => undefined)
      throw new TypeError(
        'the callback of lockSync() gave a promise: use lock(), which waits for it',
      )
    }
    return result
  } finally {
    hold.free()
  }
}

async function holding(
  hold: TakenHold | undefined,
  targets: readonly object[],
  callback: Callback,
): Promise<unknown> {
  if (hold === undefined) return callback(...targets.map(() => null))
  try {
    return await withHold(hold, callback, ...targets.map((target) => heldProxy(target, hold)))
  } finally {
    hold.free()
  }
}

type Callback = (...held: unknown[]) => unknown

function readArguments(args: readonly unknown[]): {
  targets: readonly object[]
  options: AcquireOptions
  callback: Callback
} {
  const [target, second, third] = args
  const callback = third ?? second
  if (typeof callback !== 'function')
    throw new TypeError('lock() takes a function that runs while the lock is held')
  const targets: unknown[] = isList(target) ? [...target] : [target]
  if (targets.length === 0 || !targets.every(isTarget))
    throw new TypeError('lock() takes an object, or a list of objects')
  return {
    targets: targets as object[], // each was checked just above
    options: { ...checkLockOptions(third === undefined ? {} : second), held: heldBy(targets) },
    callback: callback as Callback,
  }
}

/** The holds that targets carry already, as those that the callback of another lock was given. */
function heldBy(targets: readonly unknown[]): Hold | undefined {
  const tokens = targets.flatMap((target) => standInOf(target)?.options?.held?.tokens ?? [])
  return tokens.length === 0 ? undefined : { tokens }
}

/** A list of targets, and not a target that is a list somewhere else. */
function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && standInOf(value) === undefined
}

function isTarget(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function checkLockOptions(options: unknown): AcquireOptions {
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  const { mode = 'exclusive', signal, timeout, ifAvailable = false } = options as LockOptions // each is checked below
  if (mode !== 'exclusive' && mode !== 'shared')
    refuseOption('mode', "'exclusive' or 'shared'", mode)
  if (signal !== undefined && !isSignal(signal)) refuseOption('signal', 'an AbortSignal', signal)
  if (timeout !== undefined) checkTimeout('timeout', timeout)
  if (typeof ifAvailable !== 'boolean') refuseOption('ifAvailable', 'true or false', ifAvailable)
  return {
    mode,
    signal,
    timeout: timeout === Infinity ? undefined : timeout,
    ifAvailable,
    held: undefined,
    site: undefined,
  }
}

/** Locks of this context, and the lock of another in shared memory, when they are free: without a message. `bench/`, rows `lock`. */
function atOnce(
  targets: readonly object[],
  { mode, signal, held }: AcquireOptions,
): TakenHold | undefined {
  if (signal?.aborted === true) return undefined
  if (targets.every((target) => standInOf(target) === undefined))
    return takeOwnAtOnce(targets, mode, held)
  if (targets.length > 1 || mode !== 'exclusive') return undefined
  const standIn = standInOf(targets[0])
  if (standIn === undefined || standIn.path.length > 0) return undefined
  const { handle } = standIn
  if (!(handle instanceof Import) || handle.released || handle.isProtected) return undefined
  return takeAtOnce(handle.session)
}

function takeOwnAtOnce(
  targets: readonly object[],
  mode: LockMode,
  held: Hold | undefined,
): TakenHold | undefined {
  let taken: TakenHold | undefined
  const party = localParty(currentContext().name)
  const request = new LockRequest(
    targets.map((target) => lockOf(target, heapLock)),
    { mode, ifAvailable: true, bonds: carriedHere(held), party },
    {
      granted(locks) {
        taken = locks && new TakenHold(locks.tokens, () => locks.free())
      },
      failed(error) {
        throw error
      },
    },
  )
  request.goOn()
  return taken
}

function takeAtOnce(connection: Connection): TakenHold | undefined {
  const token = connection.locks.take()
  if (token === 0) return undefined
  return new TakenHold([token], () => connection.locks.free(token))
}

/** The locks of one owner, with this thread blocked until they are there. */
function acquireSync(
  targets: readonly object[],
  { mode, ifAvailable, timeout, held }: AcquireOptions,
): TakenHold | undefined {
  const [first, ...others] = targets
  const standIn = standInOf(first)
  if (standIn === undefined || others.length > 0) {
    throw new WouldBlockError(
      nameTargets(targets),
      'lockSync() takes one object of another context. Use lock(), which takes any.',
    )
  }
  const { handle, path } = standIn
  const args: LockArguments = [mode, ifAvailable, ...others]
  const options = {
    timeout: timeout ?? Infinity,
    site: callSite(),
    ...(held === undefined ? {} : { held }),
  }
  try {
    handle.session.locks.waiting++
    return acquiredFrom(
      handle.session,
      handle.session.requestSync(Operation.lock, handle, path, args, 0, options),
    )
  } catch (error) {
    if (timeout === undefined || !(error instanceof CallTimeoutError)) throw error
    throw new LockTimeoutError(nameTargets(targets), timeout)
  } finally {
    handle.session.locks.waiting--
  }
}

/** The same target, carrying the hold. */
function heldProxy(target: object, hold: Hold): object {
  const standIn = standInOf(target)
  if (standIn === undefined) return target
  const { handle, path, flavour, options } = standIn
  const all = { ...options, held: hold }
  return flavour === 'sync' && handle instanceof Import
    ? createSync(handle, all)
    : createRemote(handle, path, all)
}

/** What is held and waited for in a context. */
export interface LockManagerSnapshot {
  readonly held: readonly LockInfo[]
  readonly pending: readonly LockInfo[]
}

/** The lock of a whole context, in the shape of the Web Locks API. */
export interface LockManager {
  /**
   * Holds the context's lock while `callback` runs. It gets the lock, which `withOptions(proxy, { held: lock })` takes, or `null` when `ifAvailable` found it
   * taken. Throws what `lock` throws.
   */
  request<R>(callback: (lock: HeldLock) => R): Promise<Awaited<R>>
  request<R, const O extends LockOptions>(
    options: O,
    callback: (lock: O extends { readonly ifAvailable: true } ? HeldLock | null : HeldLock) => R,
  ): Promise<Awaited<R>>
  /** All locks of the context that someone holds or waits for, its own and those of protected objects. */
  query(): Promise<LockManagerSnapshot>
}

/** The lock manager of the context at the other end of a session. */
export function createLockManager(connection: Connection, control: Handle): LockManager {
  const target = (): object => createRemote(control, [])
  const request = async (...args: readonly unknown[]): Promise<unknown> => {
    const { options, callback } = readArguments([{}, ...args])
    const fast =
      options.mode === 'exclusive' && options.signal?.aborted !== true
        ? takeAtOnce(connection)
        : undefined
    const hold = fast ?? (await whileWaiting(acquire([target()], options)))
    if (hold === undefined) return callback(null)
    try {
      const held = new HeldLock(connection.peerName, options.mode, hold)
      return await withHold(hold, callback, held)
    } finally {
      hold.free()
    }
  }
  return {
    request: request as LockManager['request'], // its overloads, checked above
    query: () =>
      connection
        .request(Operation.lock, control, [], ['query'], undefined, 'remote')
        .promise() as Promise<LockManagerSnapshot>, // what `served-locks.ts` gives
  }
}
