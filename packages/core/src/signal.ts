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

/**
 * The same for a signal of another context: someone who only listens to it hears it, although nothing else here keeps it alive.
 *
 * The platform keeps a signal made of others alive while it has listeners, and no longer (DOM standard, "garbage collection"
 * of AbortSignal). The caller must keep the source as long as that signal lives.
 */
export function createReceivedSource(platform: Platform): AbortSource {
  const { AbortController, AbortSignal } = platform
  if (AbortController === undefined) return new PlainAbortSource(heard)
  const controller = new AbortController()
  // A platform without `any` is older than those this library is tested on.
  const signal = AbortSignal?.any([controller.signal]) ?? controller.signal
  return { signal, abort: (reason) => controller.abort(reason) }
}

/** Signals of other contexts that someone here listens to. */
const heard = new Set<object>()

class PlainAbortSource implements AbortSource {
  readonly signal: PlainSignal

  constructor(heard?: Set<object>) {
    this.signal = new PlainSignal(heard)
  }

  abort(reason?: unknown): void {
    this.signal.fire(reason)
  }
}

class PlainSignal implements CallSignal {
  readonly #listeners = new Set<() => void>()
  readonly #heard: Set<object> | undefined
  #aborted = false
  #reason: unknown
  #onabort: (() => void) | null = null

  /** @param heard has it while someone listens */
  constructor(heard: Set<object> | undefined) {
    this.#heard = heard
  }

  get onabort(): (() => void) | null {
    return this.#onabort
  }

  set onabort(listener: (() => void) | null) {
    this.#onabort = typeof listener === 'function' ? listener : null
    this.#keep()
  }

  get aborted(): boolean {
    return this.#aborted
  }

  get reason(): unknown {
    return this.#reason
  }

  throwIfAborted(): void {
    if (this.#aborted) throw this.#reason
  }

  addEventListener(type: 'abort', listener: () => void): void {
    if (type === 'abort') this.#listeners.add(listener)
    this.#keep()
  }

  removeEventListener(type: 'abort', listener: () => void): void {
    if (type === 'abort') this.#listeners.delete(listener)
    this.#keep()
  }

  fire(reason: unknown): void {
    if (this.#aborted) return
    this.#aborted = true
    this.#reason = reason
    const listeners = [...this.#listeners]
    this.#listeners.clear()
    this.#keep()
    this.#onabort?.()
    for (const listener of listeners) listener()
  }

  #keep(): void {
    const isHeard = !this.#aborted && (this.#listeners.size > 0 || this.#onabort !== null)
    if (isHeard) this.#heard?.add(this)
    else this.#heard?.delete(this)
  }
}

// As data, which a classifier may look at.
Reflect.defineProperty(PlainSignal.prototype, Symbol.toStringTag, {
  value: 'AbortSignal',
  configurable: true,
})
