/**
 * A value that code finds again wherever it was called from: within the call it was given to and, where the platform
 * follows asynchronous work, within everything that call awaits.
 *
 * Without such a platform (a guest, a browser) the value is there until the call's first `await` and no longer.
 */
import { type AsyncStorage, ambientPlatform } from './platform.ts'

export class AsyncSlot<T> {
  readonly #storage: AsyncStorage<T | undefined> | undefined
  #current: T | undefined

  constructor() {
    const { AsyncLocalStorage } = ambientPlatform
    this.#storage =
      AsyncLocalStorage === undefined ? undefined : new AsyncLocalStorage<T | undefined>()
  }

  /** Runs `fn` with a value. */
  run<Args extends unknown[], R>(value: T, fn: (...args: Args) => R, ...args: Args): R {
    if (this.#storage !== undefined) return this.#storage.run(value, fn, ...args)
    const before = this.#current
    this.#current = value
    try {
      return fn(...args)
    } finally {
      this.#current = before
    }
  }

  /**
   * Puts a value in the place of the one that is there, for everything that runs from here on, until whoever calls this puts
   * that back. For code that runs many things in turn: half the cost of `run` for each.
   */
  set(value: T | undefined): void {
    if (this.#storage === undefined) this.#current = value
    else this.#storage.enterWith(value)
  }

  /** The value of the call this runs in. */
  get(): T | undefined {
    return this.#storage === undefined ? this.#current : this.#storage.getStore()
  }
}
