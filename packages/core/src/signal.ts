/**
 * An abort signal for a context whose platform has none: as much of the DOM standard's AbortSignal as code that
 * listens to one uses.
 */
import type { CallSignal, Platform } from './platform.ts'

export interface AbortSource {
  readonly signal: CallSignal
  abort(reason?: unknown): void
}

/** The platform's AbortController, or our own where there is none. */
export function createAbortSource(platform: Platform): AbortSource {
  return platform.AbortController === undefined
    ? new PlainAbortSource()
    : new platform.AbortController()
}

class PlainAbortSource implements AbortSource {
  readonly signal = new PlainSignal()

  abort(reason?: unknown): void {
    this.signal.fire(reason)
  }
}

class PlainSignal implements CallSignal {
  readonly #listeners = new Set<() => void>()
  #aborted = false
  #reason: unknown
  onabort: (() => void) | null = null

  get aborted(): boolean {
    return this.#aborted
  }

  get reason(): unknown {
    return this.#reason
  }

  get [Symbol.toStringTag](): string {
    return 'AbortSignal'
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason
  }

  addEventListener(type: 'abort', listener: () => void): void {
    if (type === 'abort') this.#listeners.add(listener)
  }

  removeEventListener(type: 'abort', listener: () => void): void {
    if (type === 'abort') this.#listeners.delete(listener)
  }

  fire(reason: unknown): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#reason = reason
    this.onabort?.()
    for (const listener of [...this.#listeners]) listener()
    this.#listeners.clear()
  }
}
