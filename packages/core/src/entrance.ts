/**
 * How the calls of one peer enter this context: by its lock, and by the lock of what they are asked of.
 *
 * While no one holds the lock, there is nothing to pass and nothing to take: a call has this thread to itself until its first await, as all code of
 * this language has. Where a context takes one call at a time (`exclusive`), a call has the lock until its promise has settled.
 */
import type { ContextLock } from './context-lock.ts'
import { letIn, localParty, lookForCircle } from './deadlock.ts'
import { DeadlockError } from './errors.ts'
import { CONTROL } from './object-ids.ts'
import { protectionOf } from './protected.ts'
import { Operation, type WireKey } from './protocol.ts'
import type { Quota } from './quota.ts'
import {
  type Holder,
  type LockMode,
  type LockRequest,
  newToken,
  type Party,
  type RwLock,
  type Waiter,
} from './rw-lock.ts'
import type { ServedCall } from './served-call.ts'
import { Turn } from './turn.ts'

export interface EntranceOptions {
  /** The lock of this context. */
  readonly lock: () => ContextLock
  /** Is a call inside until its promise has settled, or only until its first await? */
  readonly entry: 'turn' | 'exclusive'
  /** The name of this context. */
  readonly name: string
  /** The peer. */
  readonly party: Party
  /** Bounds how many of the peer's calls and requests wait for locks. */
  readonly quota: Quota
}

/** What of the control object runs code of the program. */
const PROGRAM: ReadonlySet<unknown> = new Set(['eval', 'call'])

/** Is an operation known to change nothing? A getter may, but whoever writes one knows that others read it. */
const READS: ReadonlySet<Operation> = new Set([
  Operation.get,
  Operation.has,
  Operation.ownKeys,
  Operation.getOwnPropertyDescriptor,
  Operation.getPrototypeOf,
  Operation.isExtensible,
  Operation.snapshot,
])

/** Tells whoever made a call that it never enters. */
type Refuse = (error: unknown) => void

/** Thrown where an operation meets an object whose lock it must wait for. It is performed anew when it has that. */
export class MustWait {
  readonly lock: RwLock
  readonly mode: LockMode

  constructor(lock: RwLock, mode: LockMode) {
    this.lock = lock
    this.mode = mode
  }
}

export class Entrance {
  readonly #options: EntranceOptions
  readonly #local: Party
  /** Calls and requests of the peer that wait. */
  readonly #waiting = new Set<object>()

  constructor(options: EntranceOptions) {
    this.#options = options
    this.#local = localParty(options.name)
  }

  /** How many of the peer's calls and requests wait for locks. */
  get waiting(): number {
    return this.#waiting.size
  }

  get lock(): ContextLock {
    return this.#options.lock()
  }

  /** Is nothing in the way of any call? Hot path: guarded by `bench/`, row `1000 in flight`. */
  get isOpen(): boolean {
    return this.#options.entry === 'turn' && this.#options.lock().isOpen
  }

  /**
   * Starts a call when it may enter.
   * @param waits is called when that is not now
   * @param refuse is called when it never may
   */
  enter(served: ServedCall, start: () => void, waits: () => void, refuse: Refuse): void {
    const { message } = served
    const { operation } = message
    const isAside =
      operation === Operation.lock || (message.target === CONTROL && !PROGRAM.has(message.path[0]))
    if (isAside) {
      start()
      return
    }
    const lock = this.#options.lock()
    const mode = READS.has(operation) ? 'shared' : 'exclusive'
    const keeps =
      this.#options.entry === 'exclusive' &&
      (operation === Operation.call || operation === Operation.construct)
    if (!keeps) {
      if (lock.admits(mode, served.bonds)) start()
      else
        this.#wait(served, lock, mode, waits, refuse, (holder) => {
          start()
          lock.leave(holder)
        })
      return
    }
    const request = this.#requestOf(served, mode)
    const begin = (holder: Holder): void => {
      served.turn = new Turn(lock, request, holder)
      start()
    }
    const holder = this.#take(served, lock, request)
    if (holder !== undefined) begin(holder)
    else this.#wait(served, lock, mode, waits, refuse, begin)
  }

  /**
   * Has an operation on an object enter by that object's own lock, if it has one. @throws {MustWait} when it cannot now.
   * @throws {DeadlockError} when the call carries a shared hold of it and wants to write.
   */
  enterObject(
    served: ServedCall,
    object: unknown,
    operation: Operation,
    key: PropertyKey | undefined,
  ): void {
    const protection = protectionOf(object)
    if (protection === undefined) return
    const { lock, reads } = protection
    const isRead =
      READS.has(operation) || (operation === Operation.call && key !== undefined && reads.has(key))
    const mode = isRead ? 'shared' : 'exclusive'
    const own = lock.heldBy(served.bonds)
    if (own !== undefined && (own.mode === 'exclusive' || isRead)) return
    const holder = lock.take(this.#requestOf(served, mode))
    if (holder === undefined) throw new MustWait(lock, mode)
    served.entered(holder)
  }

  /** Starts an operation anew when it has the lock that it met. */
  waitForObject(
    served: ServedCall,
    { lock, mode }: MustWait,
    start: () => void,
    refuse: Refuse,
  ): void {
    this.#wait(served, lock, mode, undefined, refuse, (holder) => {
      served.entered(holder)
      start()
    })
  }

  /** Something of the peer waits for a lock, until it does no longer. @throws {LimitExceededError} when that is too much. */
  begin(wait: object): void {
    const { quota } = this.#options
    if (this.#waiting.size >= quota.limits.lockRequests)
      throw quota.past('lockRequests', 'the number of calls and requests that wait for locks')
    this.#waiting.add(wait)
  }

  end(wait: object): void {
    this.#waiting.delete(wait)
  }

  /** Takes the lock for a call, if it can be had. A call within a turn of its own has that turn's. */
  #take(served: ServedCall, lock: RwLock, request: LockRequest): Holder | undefined {
    try {
      return lock.take(request)
    } catch (error) {
      // Its caller has it shared, which says nothing of the methods it calls.
      if (!(error instanceof DeadlockError)) throw error
      const own = lock.heldBy(served.bonds)
      if (own !== undefined) own.depth++
      return own
    }
  }

  #requestOf(served: ServedCall, mode: LockMode): LockRequest {
    const { party } = this.#options
    return { mode, token: served.token, bonds: served.bonds, party, inside: this.#local }
  }

  #wait(
    served: ServedCall,
    lock: RwLock,
    mode: LockMode,
    waits: (() => void) | undefined,
    refuse: Refuse,
    run: (holder: Holder) => void,
  ): void {
    waits?.()
    this.begin(served)
    const done = (): void => {
      this.end(served)
      served.wait = undefined
    }
    const waiter: Waiter = {
      ...this.#requestOf(served, mode),
      id: newToken(),
      lock,
      where: describeWirePath(served.message.path),
      grant: (holder) => {
        done()
        // Its peer went just now, and others of its calls were in line before it.
        if (served.cancelled) lock.leave(holder)
        else run(holder)
        letIn()
      },
      fail: (error) => {
        done()
        refuse(error)
      },
    }
    served.wait = {
      waiter,
      withdraw: () => {
        done()
        lock.withdraw(waiter)
      },
    }
    lock.wait(waiter)
    lookForCircle(waiter)
  }
}

/** What was asked for, as a probe tells of it. */
function describeWirePath(path: readonly WireKey[]): string {
  return path.map((key) => (typeof key === 'object' ? key[1] : String(key))).join('.')
}
