/**
 * A signal of the suite's own, for contexts without AbortController: it is aborted with any reason, `undefined` too, and
 * knows how many listeners it has.
 */
export class Stopper {
  readonly #listeners = new Set<() => void>()
  #added = 0
  #aborted = false
  #reason: unknown

  readonly signal: {
    readonly aborted: boolean
    readonly reason: unknown
    addEventListener(type: 'abort', listener: () => void): void
    removeEventListener(type: 'abort', listener: () => void): void
  }

  constructor() {
    const isAborted = (): boolean => this.#aborted
    const reason = (): unknown => this.#reason
    this.signal = {
      get aborted() {
        return isAborted()
      },
      get reason() {
        return reason()
      },
      addEventListener: (_type, listener) => {
        this.#added++
        this.#listeners.add(listener)
      },
      removeEventListener: (_type, listener) => {
        this.#listeners.delete(listener)
      },
    }
  }

  /** How many listen now. */
  get listeners(): number {
    return this.#listeners.size
  }

  /** How many have listened so far. */
  get added(): number {
    return this.#added
  }

  abort(reason: unknown): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#reason = reason
    for (const listener of [...this.#listeners]) {
      this.#listeners.delete(listener)
      listener()
    }
  }
}
