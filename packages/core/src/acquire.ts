/**
 * Taking the locks of objects wherever they live: those of one owner by one request, one owner after the other in the order of their heaps, which is
 * the same for everyone.
 */
import { heapLock } from './context-lock.ts'
import { currentContext } from './current-context.ts'
import { chaseWaiter, letIn, localParty } from './deadlock.ts'
import { CallTimeoutError, LockTimeoutError } from './errors.ts'
import type { Connection } from './handle.ts'
import { carriedHere, type Hold, TakenHold } from './held.ts'
import { describeStandIn } from './inspection.ts'
import { LockRequest, lockOf } from './lock-request.ts'
import { classNameOf } from './pass-style.ts'
import { type AbortSignalLike, ambientPlatform } from './platform.ts'
import { Operation } from './protocol.ts'
import { release } from './release.ts'
import type { LockMode } from './rw-lock.ts'
import { callSite } from './stacks.ts'
import { type StandIn, standInOf } from './stand-in.ts'
import { thisHeap } from './this-heap.ts'

export interface AcquireOptions {
  readonly mode: LockMode
  readonly ifAvailable: boolean
  readonly signal: AbortSignalLike | undefined
  /** How long to wait, in milliseconds. */
  readonly timeout: number | undefined
  /** Says where in a program it is asked for. Default: in the one that is on the stack. */
  readonly site: (() => string) | undefined
  /** What whoever asks has already. */
  readonly held: Hold | undefined
}

/** A request that says where it comes from. */
type Located = AcquireOptions & { readonly site: () => string }

/** What one owner is asked for. */
export interface LockGroup {
  /** Whose they are; `undefined` for this heap. */
  readonly connection: Connection | undefined
  readonly targets: readonly object[]
}

/** What a request says of itself: the first arguments of the operation, before further targets. */
export type LockArguments = readonly [mode: LockMode, ifAvailable: boolean, ...object[]]

/** What answers a request: what keeps the locks while it is held, and what names them; `null` when they were not to be had at once. */
export type LockAnswer = readonly [keeper: object, tokens: readonly number[]] | null

/**
 * Takes the locks of some objects, or none: then it gives `undefined`.
 * @throws {LockTimeoutError} after `timeout`.
 * @throws the reason of `signal`, or what an owner says.
 */
export async function acquire(
  targets: readonly object[],
  options: AcquireOptions,
): Promise<TakenHold | undefined> {
  const { signal, timeout, site = callSite() } = options // the program is on the stack only now
  // What it is part of as well: where asynchronous work is not followed, it is known only now.
  const held = { tokens: carriedHere(options.held) }
  if (signal?.aborted === true) throw signal.reason
  const end = timeout === undefined ? undefined : now() + timeout
  const groups = await inOrder(groupsOf(targets))
  const taken: TakenHold[] = []
  try {
    for (const group of groups) {
      const one = await take(group, {
        ...options,
        site,
        timeout: end === undefined ? undefined : Math.max(end - now(), 1),
        held: { tokens: tokensOf(held, taken) },
      })
      if (one === undefined) {
        freeAll(taken)
        return undefined
      }
      taken.push(one)
    }
  } catch (error) {
    freeAll(taken)
    if (timeout === undefined || !(error instanceof CallTimeoutError)) throw error
    throw new LockTimeoutError(nameTargets(targets), timeout)
  }
  return new TakenHold(tokensOf(held, taken), () => freeAll(taken))
}

function now(): number {
  return ambientPlatform.performance?.now() ?? Date.now()
}

/** Objects by their owners, as they come. */
function groupsOf(targets: readonly object[]): LockGroup[] {
  const groups = new Map<Connection | undefined, object[]>()
  for (const target of targets) {
    const connection = standInOf(target)?.handle.session
    const group = groups.get(connection)
    if (group === undefined) groups.set(connection, [target])
    else group.push(target)
  }
  return [...groups].map(([connection, group]) => ({ connection, targets: group }))
}

/** In the order of their heaps. An owner says which heap it is with the first thing that it says, so that is waited for. */
async function inOrder(groups: readonly LockGroup[]): Promise<readonly LockGroup[]> {
  if (groups.length === 1) return groups
  await Promise.all(groups.map(({ connection }) => connection?.locks.met()))
  return groups.toSorted((one, other) => heapOf(one) - heapOf(other))
}

function heapOf({ connection }: LockGroup): number {
  return connection === undefined ? thisHeap.id : connection.peerHeap
}

function take(group: LockGroup, options: Located): Promise<TakenHold | undefined> {
  return group.connection === undefined
    ? takeHere(group.targets, options)
    : takeThere(group.connection, group.targets, options)
}

/** Asks an owner. */
async function takeThere(
  connection: Connection,
  targets: readonly object[],
  { signal, timeout, held, ...options }: Located,
): Promise<TakenHold | undefined> {
  const [first, ...others] = targets
  const { handle, path } = standInOf(first) as StandIn // grouped by what each stands for
  const args: LockArguments = [options.mode, options.ifAvailable, ...others]
  const whole = {
    timeout: timeout ?? Infinity,
    site: options.site,
    ...(signal === undefined ? {} : { signal }),
    ...(held === undefined ? {} : { held }),
  }
  connection.locks.waiting++
  try {
    const call = connection.request(Operation.lock, handle, path, args, whole, 'remote')
    return acquiredFrom(connection, await call.promise())
  } finally {
    connection.locks.waiting--
  }
}

/** What an owner has answered. */
export function acquiredFrom(connection: Connection, answer: unknown): TakenHold | undefined {
  if (answer === null) return undefined
  const [keeper, tokens] = answer as NonNullable<LockAnswer> // what `served-locks.ts` gives
  connection.locks.held++
  return new TakenHold(tokens, () => {
    if (connection.ended !== undefined) return
    connection.locks.held--
    release(keeper as never) // a proxy of what keeps the locks
  })
}

/** Takes locks of this heap for code of this heap. */
function takeHere(
  targets: readonly object[],
  { mode, ifAvailable, signal, timeout, site, held }: Located,
): Promise<TakenHold | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<TakenHold | undefined>()
  const bonds = carriedHere(held)
  const request = new LockRequest(
    targets.map((target) => lockOf(target, heapLock)),
    { mode, ifAvailable, bonds, party: localParty(currentContext().name) },
    {
      granted(locks) {
        resolve(locks && new TakenHold(locks.tokens, () => locks.free()))
        letIn()
      },
      failed: reject,
    },
  )
  const bound = {
    bonds,
    chase: (_bond: number, probe: Parameters<typeof chaseWaiter>[1]) => {
      if (request.waiter !== undefined) chaseWaiter(request.waiter, probe, site())
    },
  }
  const giveUp = (error: unknown): void => {
    request.callOff()
    reject(error)
  }
  const aborted = (): void => giveUp(signal?.reason)
  if (bonds.length > 0) thisHeap.bound.add(bound)
  request.goOn()
  if (request.waiter === undefined) {
    thisHeap.bound.delete(bound)
    return promise
  }
  signal?.addEventListener('abort', aborted, { once: true })
  const timer =
    timeout === undefined
      ? undefined
      : ambientPlatform.setTimeout?.(
          () => giveUp(new LockTimeoutError(nameTargets(targets), timeout)),
          timeout,
        )
  return promise.finally(() => {
    thisHeap.bound.delete(bound)
    signal?.removeEventListener('abort', aborted)
    if (timer !== undefined) ambientPlatform.clearTimeout?.(timer)
  })
}

function tokensOf(held: Hold, taken: readonly TakenHold[]): readonly number[] {
  return [...new Set([...held.tokens, ...taken.flatMap(({ tokens }) => tokens)])]
}

function freeAll(taken: readonly TakenHold[]): void {
  for (const acquired of taken.toReversed()) acquired.free()
}

/** Objects as messages name them. */
export function nameTargets(targets: readonly object[]): string {
  const names = targets.map((target) => {
    const standIn = standInOf(target)
    return standIn === undefined ? classNameOf(target) : describeStandIn(standIn)
  })
  return names.join(' and ')
}
