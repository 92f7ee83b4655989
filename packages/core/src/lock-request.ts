/**
 * Taking the locks of objects of this heap: all of them, in one order that is the same for everyone, so that whoever takes several at once
 * never waits for someone who does the same.
 */
import type { ContextLock } from './context-lock.ts'
import { chaseWaiter, lookForCircle } from './deadlock.ts'
import { protectionOf } from './protected.ts'
import {
  type Holder,
  type LockMode,
  newToken,
  type Party,
  type RwLock,
  type Waiter,
} from './rw-lock.ts'

export interface LockOptions {
  readonly mode: LockMode
  /** Is it given up when it cannot be had at once? */
  readonly ifAvailable: boolean
  readonly bonds: readonly number[]
  readonly party: Party
}

/** What becomes of a request. One of the two is called, once, perhaps before `goOn` returns. */
export interface LockOutcome {
  /** The locks are held; `undefined` when they were not to be had at once. */
  granted(locks: TakenLocks | undefined): void
  failed(error: unknown): void
}

/** The locks that one request has taken. */
export class TakenLocks {
  readonly #holders: Holder[]

  constructor(holders: Holder[]) {
    this.#holders = holders
  }

  get tokens(): readonly number[] {
    return [...new Set(this.#holders.map(({ token }) => token))]
  }

  /** Gives them back, the last one first. */
  free(): void {
    for (const holder of this.#holders.splice(0).reverse()) holder.lock.leave(holder)
  }
}

/** The lock that an object is entered under: its own, or its context's. */
export function lockOf(object: unknown, context: ContextLock): RwLock {
  return protectionOf(object)?.lock ?? context
}

/** Takes locks, one after the other. */
export class LockRequest {
  readonly #left: RwLock[]
  readonly #options: LockOptions
  readonly #outcome: LockOutcome
  readonly #holders: Holder[] = []
  readonly #token = newToken()
  #waiter: Waiter | undefined
  /** Was its outcome told? From then on the locks are whoever's it was told to. */
  #isOver = false
  /** Who is inside of those that it has. Until it has them all, whoever waits for one of them waits for the next, too. */
  readonly #inside: Party

  constructor(locks: readonly RwLock[], options: LockOptions, outcome: LockOutcome) {
    this.#left = [...new Set(locks)].sort((one, other) => one.number - other.number)
    this.#options = options
    this.#outcome = outcome
    this.#inside = this.#left.length > 1 ? this.#partly(options.party) : options.party
  }

  /** The one it waits for. */
  get waiter(): Waiter | undefined {
    return this.#waiter
  }

  /** Goes on until it must wait, or has them all. */
  goOn(): void {
    for (let lock = this.#left[0]; lock !== undefined; lock = this.#left[0]) {
      let holder: Holder | undefined
      try {
        holder = lock.take({
          ...this.#options,
          inside: this.#inside,
          token: this.#token,
        })
      } catch (error) {
        this.#fail(error)
        return
      }
      if (holder === undefined) {
        if (this.#options.ifAvailable) {
          this.#free()
          this.#grant(undefined)
        } else this.#wait(lock)
        return
      }
      this.#has(holder)
    }
    this.#grant(new TakenLocks(this.#holders))
  }

  /** Frees what it has; nothing is called any more. Too late when its outcome was told. */
  callOff(): void {
    if (this.#isOver) return
    this.#isOver = true
    const waiter = this.#waiter
    this.#waiter = undefined
    this.#left.length = 0
    this.#free()
    if (waiter !== undefined) waiter.lock.withdraw(waiter)
  }

  #partly({ context, chase }: Party): Party {
    return {
      context,
      chase: (token, probe) => {
        if (this.#waiter === undefined) chase(token, probe)
        else chaseWaiter(this.#waiter, probe, '')
      },
    }
  }

  #has(holder: Holder): void {
    this.#left.shift()
    this.#holders.push(holder)
  }

  #wait(lock: RwLock): void {
    const { mode, bonds, party } = this.#options
    const waiter: Waiter = {
      id: newToken(),
      lock,
      mode,
      token: this.#token,
      // What it has taken already is its own as well.
      bonds: this.#holders.length === 0 ? bonds : [...bonds, this.#token],
      party,
      inside: this.#inside,
      where: '',
      grant: (holder) => {
        this.#waiter = undefined
        this.#has(holder)
        this.goOn()
      },
      fail: (error) => {
        this.#waiter = undefined
        this.#fail(error)
      },
    }
    this.#waiter = waiter
    lock.wait(waiter)
    lookForCircle(waiter)
  }

  #grant(locks: TakenLocks | undefined): void {
    this.#isOver = true
    this.#outcome.granted(locks)
  }

  #fail(error: unknown): void {
    this.#isOver = true
    this.#free()
    this.#outcome.failed(error)
  }

  #free(): void {
    for (const holder of this.#holders.splice(0).reverse()) holder.lock.leave(holder)
  }
}
