/**
 * Locks that a peer asks for and holds. What it gets in answer is an object of ours that keeps the locks for as long as it is held: given back, or gone
 * with the peer, it frees them.
 */
import { type AcquireOptions, acquire, type LockAnswer } from './acquire.ts'
import { letIn } from './deadlock.ts'
import type { Entrance } from './entrance.ts'
import { AccessDeniedError, ProtocolError } from './errors.ts'
import { released } from './holders.ts'
import type { LentHolds } from './lent-holds.ts'
import { LockRequest, lockOf } from './lock-request.ts'
import { ByReference } from './marks.ts'
import { CONTROL } from './object-ids.ts'
import { isProtected } from './protected.ts'
import { busyLocks, type Party } from './rw-lock.ts'
import type { ServedCall } from './served-call.ts'
import { standInOf } from './stand-in.ts'
import { thisHeap } from './this-heap.ts'

/** Which of our locks the peer may hold. */
export type Locks = 'open' | 'protected' | 'none'

export interface ServedLocksOptions {
  readonly entrance: Entrance
  readonly party: Party
  readonly locks: Locks
  /** The holds that a peer knows which is not trusted. */
  readonly lent: LentHolds | undefined
}

/** What becomes of a request. */
export interface LockReply {
  succeed(value: unknown): void
  fail(error: unknown): void
}

/** A lock, as `query` tells of it: the `LockInfo` of the Web Locks API. */
export interface LockInfo {
  readonly name: string
  readonly mode: 'exclusive' | 'shared'
  /** The name of the context that holds or waits. */
  readonly clientId: string
}

/** The object that a request is about, found by its path. */
export class LockTarget {
  readonly object: object

  constructor(object: object) {
    this.object = object
  }
}

/** What a request that passes through does not say itself. */
const PLAIN = { signal: undefined, timeout: undefined, held: undefined, site: undefined }

export class ServedLocks {
  readonly #options: ServedLocksOptions
  readonly #kept = new Set<Kept>()

  constructor(options: ServedLocksOptions) {
    this.#options = options
  }

  /** How many holds the peer has. */
  get held(): number {
    return this.#kept.size
  }

  /** @throws {ProtocolError} when what is asked for is no request. */
  request(
    served: ServedCall,
    object: object,
    [mode, ifAvailable, ...others]: readonly unknown[],
    reply: LockReply,
  ): void {
    const isContext = served.message.target === CONTROL
    if (mode === 'query') {
      this.#check(object)
      reply.succeed(this.#query())
      return
    }
    if ((mode !== 'exclusive' && mode !== 'shared') || typeof ifAvailable !== 'boolean')
      throw new ProtocolError('bad request of a lock')
    const targets = [object, ...others.map(asTarget)]
    for (const target of targets) this.#check(target)
    const options = { mode, ifAvailable } as const
    if (!isContext && targets.some((target) => standInOf(target) !== undefined))
      this.#routed(served, targets, { ...options, ...PLAIN }, reply)
    else this.#local(served, targets, options, reply)
  }

  /** Locks of this heap: granted by whoever lets go of them, at once, also when this thread is blocked. */
  #local(
    served: ServedCall,
    targets: readonly object[],
    options: { mode: 'exclusive' | 'shared'; ifAvailable: boolean },
    reply: LockReply,
  ): void {
    const { entrance, party } = this.#options
    entrance.begin(served)
    const over = (): void => {
      served.wait = undefined
      entrance.end(served)
    }
    const request = new LockRequest(
      targets.map((target) => lockOf(target, entrance.lock)),
      { ...options, bonds: served.bonds, party },
      {
        granted: (locks) => {
          over()
          reply.succeed(locks === undefined ? null : this.#keep(locks.tokens, () => locks.free()))
          letIn()
        },
        failed: (error) => {
          over()
          reply.fail(error)
        },
      },
    )
    served.wait = {
      get waiter() {
        return request.waiter
      },
      withdraw() {
        over()
        request.callOff()
      },
    }
    request.goOn()
  }

  /** Locks of other heaps, which the peer reaches through this one. */
  #routed(
    served: ServedCall,
    targets: readonly object[],
    options: AcquireOptions,
    reply: LockReply,
  ): void {
    const aborter = served.view.signal
    acquire(targets, { ...options, signal: aborter }).then(
      (taken) => {
        if (taken === undefined) {
          reply.succeed(null)
          return
        }
        // Their owner takes us for the holder: who looks what that one waits for is sent on.
        const bonds = taken.tokens.filter((token) => !served.holds.includes(token))
        const bound = { bonds, chase: this.#options.party.chase }
        thisHeap.bound.add(bound)
        const free = (): void => {
          thisHeap.bound.delete(bound)
          taken.free()
        }
        reply.succeed(this.#keep(taken.tokens, free))
      },
      (error: unknown) => reply.fail(error),
    )
  }

  #keep(tokens: readonly number[], free: () => void): LockAnswer {
    const { lent } = this.#options
    const kept = new Kept(() => {
      if (!this.#kept.delete(kept)) return
      lent?.takeBack(tokens)
      free()
    })
    this.#kept.add(kept)
    lent?.lend(tokens)
    return [new ByReference(kept), tokens]
  }

  /** The peer is gone: what it held is free at once, also where this thread is blocked and nothing else would run. */
  clear(): void {
    for (const kept of [...this.#kept]) kept[released]()
  }

  /** Frees what the answer would have kept that no one was there to take. */
  dropped(answer: unknown): void {
    const keeper: unknown = Array.isArray(answer) ? answer[0] : undefined
    if (keeper instanceof ByReference && keeper.value instanceof Kept) keeper.value[released]()
  }

  #check(target: object): void {
    const { locks } = this.#options
    if (locks === 'none' || (locks === 'protected' && !isProtected(target)))
      throw new AccessDeniedError('the lock of an object that is not protected')
  }

  #query(): { held: LockInfo[]; pending: LockInfo[] } {
    this.#options.entrance.lock.look()
    const held: LockInfo[] = []
    const pending: LockInfo[] = []
    for (const lock of busyLocks) {
      const name = lock.label
      for (const { mode, party } of lock.holders) held.push({ name, mode, clientId: party.context })
      for (const { mode, party } of lock.line) pending.push({ name, mode, clientId: party.context })
    }
    return { held, pending }
  }
}

/** Keeps locks while another context holds it. */
class Kept {
  readonly #free: () => void

  constructor(free: () => void) {
    this.#free = free
  }

  [released](): void {
    this.#free()
  }
}

function asTarget(value: unknown): object {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') return value
  throw new TypeError('lock() takes objects')
}
