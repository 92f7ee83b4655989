/**
 * Something that messages wait for before they may leave. Unlike a promise it tells them at once, because a thread that is
 * blocked runs no reactions of promises.
 */
export class Gate {
  #waiting: (() => void)[] | undefined = []
  #failure: { readonly error: unknown } | undefined

  /** Is it still shut? */
  get isShut(): boolean {
    return this.#waiting !== undefined
  }

  /** Why it will never open. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure
  }

  /** Runs when it has opened or failed. Only for a gate that is shut. */
  whenSettled(run: () => void): void {
    this.#waiting?.push(run)
  }

  open(): void {
    const waiting = this.#waiting ?? []
    this.#waiting = undefined
    for (const run of waiting) run()
  }

  fail(error: unknown): void {
    if (this.#waiting === undefined) return
    this.#failure = { error }
    this.open()
  }
}
