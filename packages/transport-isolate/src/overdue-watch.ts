/**
 * What runs on a pool thread and does not end by its own limit, as in a native call that the engine cannot stop. The time in which the
 * guest waits for us is not its own.
 */
export class OverdueWatch {
  readonly #timeout: number | undefined
  readonly #overdue: number
  readonly #isOutside: () => boolean
  /** When a guest on a pool thread was last given something and went on. */
  #resumedAt = 0

  /**
   * @param timeout how long one stretch may take, in milliseconds; `undefined` for no bound, and nothing to watch
   * @param overdue how long past that it may go on
   * @param isOutside does the guest wait for us?
   */
  constructor(timeout: number | undefined, overdue: number, isOutside: () => boolean) {
    this.#timeout = timeout
    this.#overdue = overdue
    this.#isOutside = isOutside
  }

  /** A guest goes on, and its own time with it. */
  resumed(): void {
    this.#resumedAt = performance.now()
  }

  /** Calls `giveUp`, with the limit, when what begins now goes on for too long. What this gives ends the watch. */
  watch(giveUp: (limit: number) => void): () => void {
    const timeout = this.#timeout
    if (timeout === undefined) return () => undefined
    const late = this.#overdue / 2
    const began = performance.now()
    let timer: NodeJS.Timeout | undefined
    const look = (): void => {
      const now = performance.now()
      const alone = this.#isOutside() ? 0 : now - Math.max(began, this.#resumedAt)
      if (alone < timeout + late) wait(timeout + this.#overdue - alone)
      else giveUp(timeout)
    }
    // The second timer starts only when this thread is free, so that a busy host is not taken for a stuck guest.
    const wait = (milliseconds: number): void => {
      timer = setTimeout(() => {
        timer = setTimeout(look, late).unref()
      }, milliseconds - late)
    }
    wait(timeout + this.#overdue)
    return () => clearTimeout(timer)
  }
}
