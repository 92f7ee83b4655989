/**
 * One call of the peer, from when it came until its method has settled: a caller that gives up is answered at once, but
 * what it started may go on.
 */
import type { CurrentCall, Served } from './current-call.ts'
import { ProtocolError } from './errors.ts'
import { NO_TOKENS } from './held.ts'
import type { HeldAnswer } from './held-answers.ts'
import type { CallSignal, Platform } from './platform.ts'
import type { PresenceSession } from './presence.ts'
import { type CallMessage, Flag, MOST } from './protocol.ts'
import { type Holder, newToken, type Waiter } from './rw-lock.ts'
import { type AbortSource, createAbortSource } from './signal.ts'
import { NONE_WAITING } from './this-heap.ts'
import type { Turn } from './turn.ts'

/** What a served call knows of its session. */
export interface ServingSession extends PresenceSession {
  readonly platform: Platform
  readonly peerName: string
  /** What names the heap of the peer. */
  readonly peerHeap: number
}

/** A call waits for a lock. */
export interface LockWait {
  readonly waiter: Waiter | undefined
  /** It waits no more. */
  withdraw(): void
}

export class ServedCall implements Served {
  readonly message: CallMessage
  readonly session: ServingSession
  #behind: readonly number[]
  /** Kept while it is served: a signal that a method only listens to must not be collected, and given back, before. */
  args: unknown
  /** Has its target been asked? Until then it waits for earlier answers. */
  started = false
  /** The earlier answers that it waits for and names, which are its own from then on: their ids may become others'. */
  needs: ReadonlyMap<number, HeldAnswer> | undefined
  /** Promises and signals in its arguments, made when it came: their outcome may come before the call starts. */
  live: Map<number, unknown> | undefined
  /** Lets go of what it names, which is kept while it waits. */
  unpin: (() => void) | undefined
  /** Was it answered? Then no one waits for what it still does. */
  answered = false
  /** The lock it waits for, if it does. */
  wait: LockWait | undefined
  /** Its turn of a context that takes one call at a time. */
  turn: Turn | undefined
  /** What names it to a probe that passes; 0 until one has. */
  probeId = 0
  readonly #carried: readonly number[]
  readonly foreign: readonly number[]
  /** The objects it is inside of by their own locks. */
  #inside: Holder[] | undefined
  #token = 0
  #cancelled: { readonly reason: unknown } | undefined
  #source: AbortSource | undefined
  #view: CurrentCall | undefined

  /**
   * @param behind the heaps whose threads wait for what the call is part of, the caller's own not among them
   * @param carried the holds that it may enter with
   * @param foreign those it named that are known to no one but the caller
   */
  constructor(
    message: CallMessage,
    session: ServingSession,
    behind: readonly number[],
    carried: readonly number[] = NO_TOKENS,
    foreign: readonly number[] = NO_TOKENS,
  ) {
    this.foreign = foreign
    this.message = message
    this.session = session
    this.#behind = behind
    this.#carried = carried
  }

  /** What names the holds that it takes itself. */
  get token(): number {
    if (this.#token === 0) this.#token = newToken()
    return this.#token
  }

  get holds(): readonly number[] {
    return this.#token === 0 ? this.#carried : [...this.#carried, this.#token]
  }

  /** What it is part of: the holds that it may enter with, and the heaps whose threads wait for it. */
  get bonds(): readonly number[] {
    const { holds, waiting } = this
    return waiting.length === 0 ? holds : [...holds, ...waiting]
  }

  /** It is inside of an object by that object's own lock, until `leave`. */
  entered(holder: Holder): void {
    this.#inside ??= []
    this.#inside.push(holder)
  }

  /** It is done, and leaves what it is inside of. */
  leave(): void {
    this.turn?.end()
    if (this.#inside === undefined) return
    for (const holder of this.#inside.splice(0).reverse()) holder.lock.leave(holder)
  }

  /** Has the caller given up? */
  get cancelled(): boolean {
    return this.#cancelled !== undefined
  }

  get waiting(): readonly number[] {
    if (this.answered) return NONE_WAITING
    const { peerHeap } = this.session
    // Who takes a promise for an answer waits for none.
    const isBlocking = (this.message.flags & (Flag.blocking | Flag.promise)) === Flag.blocking
    return isBlocking && !this.#behind.includes(peerHeap)
      ? [...this.#behind, peerHeap]
      : this.#behind
  }

  /** These heaps wait for it as well. Gives those of them that did not before. */
  join(heaps: readonly number[]): readonly number[] {
    const known = this.waiting
    const fresh = heaps.filter((heap) => !known.includes(heap))
    if (known.length + fresh.length > MOST)
      throw new ProtocolError('too many heaps wait for a call')
    if (fresh.length > 0) this.#behind = [...this.#behind, ...fresh]
    return fresh
  }

  get view(): CurrentCall {
    const source = (): CallSignal => this.#signal()
    this.#view ??= {
      get signal() {
        return source()
      },
      caller: this.session.peerName,
    }
    return this.#view
  }

  /** The caller has given up, or is gone. */
  cancel(reason: unknown): void {
    if (this.#cancelled !== undefined) return
    this.#cancelled = { reason }
    this.#source?.abort(reason)
  }

  /** Made when it is first asked for: most methods never do. */
  #signal(): CallSignal {
    if (this.#source === undefined) {
      this.#source = createAbortSource(this.session.platform)
      if (this.#cancelled !== undefined) this.#source.abort(this.#cancelled.reason)
    }
    return this.#source.signal
  }
}
