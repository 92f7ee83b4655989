/**
 * A call's turn of a context that takes one call at a time (`lock: 'exclusive'`).
 *
 * While it waits for an answer of another context it has given the lock up, and before it goes on it has it again: so calls that wait for each
 * other, in whatever circle, all come to an end.
 */
import { activity } from './current-call.ts'
import { letIn, lookForCircle } from './deadlock.ts'
import { ambientPlatform } from './platform.ts'
import type { Holder, LockRequest, RwLock, Waiter } from './rw-lock.ts'

/** Where asynchronous work is not followed: the turn that is inside, whose code is the only one that runs. */
const inside: { turn: Turn | undefined } = { turn: undefined }

/** Is it known of what call code is a part, after its first await? */
const isFollowed = ambientPlatform.AsyncLocalStorage !== undefined

const DONE: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined })

export class Turn {
  readonly #lock: RwLock
  readonly #request: LockRequest
  #holder: Holder | undefined
  #waits = 0
  #isOver = false

  constructor(lock: RwLock, request: LockRequest, holder: Holder) {
    this.#lock = lock
    this.#request = request
    this.#enter(holder)
  }

  #enter(holder: Holder): void {
    this.#holder = holder
    inside.turn = this
  }

  #leave(): void {
    const holder = this.#holder
    if (holder === undefined) return
    this.#holder = undefined
    if (inside.turn === this) inside.turn = undefined
    this.#lock.leave(holder)
  }

  /** The call is done. */
  end(): void {
    this.#isOver = true
    this.#leave()
  }

  /** The same promise, with the lock given up until it has settled. */
  async during<T>(promise: PromiseLike<T>): Promise<T> {
    this.#waits++
    this.#giveUpSoon()
    try {
      return await promise
    } finally {
      this.#waits--
      await this.#takeAgain()
      // Something else that it waits for may need the lock meanwhile.
      if (this.#waits > 0) this.#giveUpSoon()
    }
  }

  /** The same iterator, with the lock given up while it waits for an item. */
  whileReading<T>(
    items: AsyncIterator<T, unknown, unknown>,
  ): AsyncIterableIterator<T, unknown, unknown> {
    const reading: AsyncIterableIterator<T, unknown, unknown> = {
      next: (given) => this.during(items.next(given)),
      return: (value) => this.during(items.return?.(value) ?? Promise.resolve(DONE)),
      throw: (error) => this.during(items.throw?.(error) ?? Promise.reject(error)),
      [Symbol.asyncIterator]: () => reading,
    }
    return reading
  }

  /** Blocks this thread in `run`, with the lock given up. Whoever has it when this thread goes on has it beside this turn. */
  whileBlocked<R>(run: () => R): R {
    if (this.#holder === undefined) return run()
    this.#leave()
    try {
      return run()
    } finally {
      const { mode, token, inside } = this.#request
      this.#enter(this.#lock.take(this.#request) ?? this.#lock.force(mode, token, inside))
    }
  }

  /** When the code that waits has gone as far as it can. */
  #giveUpSoon(): void {
    Promise.resolve()
      .then(() => undefined)
      .then(() => {
        if (this.#waits > 0) this.#leave()
      })
  }

  #takeAgain(): Promise<void> | undefined {
    if (this.#holder !== undefined || this.#isOver) return undefined
    const holder = this.#lock.take(this.#request)
    if (holder !== undefined) {
      this.#enter(holder)
      return undefined
    }
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiter: Waiter = {
      ...this.#request,
      // Below all others, so that it is not the one to fail: it cannot go on without the lock.
      id: Math.floor(Math.random() * 2 ** 32),
      lock: this.#lock,
      where: '',
      grant: (granted) => {
        if (this.#isOver || this.#holder !== undefined) this.#lock.leave(granted)
        else this.#enter(granted)
        resolve()
        letIn()
      },
      // All on the circle are such as this.
      fail: () => waiter.grant(this.#lock.force(waiter.mode, waiter.token, waiter.inside)),
    }
    this.#lock.wait(waiter)
    lookForCircle(waiter)
    return promise
  }
}

/** A promise of another context's answer, as it is awaited here: whoever has a turn of this context gives it up meanwhile. */
export function whileWaiting<T>(promise: Promise<T>): Promise<T> {
  const turn = turnHere()
  return turn === undefined ? promise : turn.during(promise)
}

/** The turn that this code has. */
export function turnHere(): Turn | undefined {
  return activity.get()?.turn ?? (isFollowed ? undefined : inside.turn)
}
