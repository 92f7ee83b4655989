/**
 * A value that code finds again wherever it was called from: within the call it was given to and, where the platform
 * follows asynchronous work, within everything that call awaits.
 *
 * Without such a platform (a guest, a browser) the value is there until the call's first `await` and no longer.
 */
import { type AsyncStorage, ambientPlatform } from './platform.ts'

export class AsyncSlot<T> {
  readonly #storage: AsyncStorage<T> | undefined
  #current: T | undefined

  constructor() {
    const { AsyncLocalStorage } = ambientPlatform
    this.#storage = AsyncLocalStorage === undefined ? undefined : new AsyncLocalStorage<T>()
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

  /** The value of the call this runs in. */
  get(): T | undefined {
    return this.#storage === undefined ? this.#current : this.#storage.getStore()
  }
}
