/**
 * How many calls a second a peer may make: a bucket of tokens, one for each call.
 *
 * It holds as many as a second brings, so that many may come at once after a second without any; from then on they come as the
 * rate says. The clock is read for each call, but not for a rate that no thread reaches.
 */

/** No thread makes as many calls a second as this. */
const BEYOND_REACH = 1_000_000_000

export class CallRate {
  readonly #perSecond: number
  readonly #now: () => number
  #left: number
  #since: number

  /** @param now a clock in milliseconds; when it goes back, no time has passed */
  constructor(perSecond: number, now: () => number) {
    this.#perSecond = perSecond
    this.#now = now
    this.#left = perSecond
    this.#since = perSecond < BEYOND_REACH ? now() : 0
  }

  /** Takes a token for one call; false when there is none. */
  take(): boolean {
    if (this.#perSecond >= BEYOND_REACH) return true
    this.#fill()
    if (this.#left < 1) return false
    this.#left--
    return true
  }

  /** How many tokens are gone at this moment. */
  get used(): number {
    if (this.#perSecond >= BEYOND_REACH) return 0
    this.#fill()
    return Math.ceil(this.#perSecond - this.#left)
  }

  #fill(): void {
    const now = this.#now()
    const elapsed = now - this.#since
    this.#since = now
    if (elapsed > 0)
      this.#left = Math.min(this.#perSecond, this.#left + (elapsed * this.#perSecond) / 1000)
  }
}
