/**
 * The signals that can cancel calls of one session: one listener for each signal, however many calls it can cancel.
 */
import type { AbortSignalLike } from './platform.ts'

interface Watch<Call> {
  readonly calls: Set<Call>
  readonly listener: () => void
}

export class AbortWatch<Call extends object> {
  readonly #watches = new Map<AbortSignalLike, Watch<Call>>()
  readonly #aborted: (call: Call, reason: unknown) => void

  /** @param aborted is called, once, for each call whose signal fires before it is forgotten */
  constructor(aborted: (call: Call, reason: unknown) => void) {
    this.#aborted = aborted
  }

  watch(call: Call, signal: AbortSignalLike): void {
    let watch = this.#watches.get(signal)
    if (watch === undefined) {
      const listener = (): void => this.#fired(signal)
      watch = { calls: new Set(), listener }
      this.#watches.set(signal, watch)
      signal.addEventListener('abort', listener, { once: true })
    }
    watch.calls.add(call)
  }

  /** A call is over. */
  forget(call: Call, signal: AbortSignalLike): void {
    const watch = this.#watches.get(signal)
    if (watch === undefined || !watch.calls.delete(call) || watch.calls.size > 0) return
    this.#watches.delete(signal)
    signal.removeEventListener('abort', watch.listener)
  }

  #fired(signal: AbortSignalLike): void {
    const watch = this.#watches.get(signal)
    this.#watches.delete(signal)
    for (const call of watch?.calls ?? []) this.#aborted(call, signal.reason)
  }
}
