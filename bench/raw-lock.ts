/**
 * Locks that are not ours: a mutex in shared memory written by hand, and the platform's own.
 */

const FREE = 0
const TAKEN = 1
const AWAITED = 2

/** A mutex of three states (Drepper, "Futexes are tricky"). */
export class Mutex {
  readonly #cells: Int32Array

  constructor(memory: SharedArrayBuffer) {
    this.#cells = new Int32Array(memory)
  }

  lock(): void {
    if (Atomics.compareExchange(this.#cells, 0, FREE, TAKEN) === FREE) return
    while (Atomics.exchange(this.#cells, 0, AWAITED) !== FREE) Atomics.wait(this.#cells, 0, AWAITED)
  }

  unlock(): void {
    if (Atomics.exchange(this.#cells, 0, FREE) === AWAITED) Atomics.notify(this.#cells, 0, 1)
  }
}

/** What the platform has. */
export const webLocks = (
  globalThis.navigator as unknown as {
    readonly locks: { request<R>(name: string, callback: () => R): Promise<Awaited<R>> }
  }
).locks
