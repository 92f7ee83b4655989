/**
 * Which batches of a guest have arrived, by their numbers. One may come before the one ahead of it, when this thread
 * enters the isolate while a callback waits in its event loop; and one may come twice, because the runtime sends again what it
 * does not know to have arrived.
 */
export class Arrivals {
  #expected = 1
  readonly #ahead = new Set<number>()

  /** Is it the first time that the batch of this number arrives? */
  isNew(number: unknown): boolean {
    if (typeof number !== 'number' || number < this.#expected || this.#ahead.has(number))
      return false
    this.#ahead.add(number)
    while (this.#ahead.delete(this.#expected)) this.#expected++
    return true
  }
}
