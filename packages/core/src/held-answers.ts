/**
 * Answers that the peer may still use, as the target of a call or within its arguments, until it gives them up.
 *
 * A call that names answers which are not here yet waits for them. They are its own from then on: the peer may give them
 * up, and their ids be others', before it starts.
 */
import { ProtocolError } from './errors.ts'
import { ByReference } from './marks.ts'
import { refuseEvaluator } from './perform.ts'
import { type CallMessage, Flag } from './protocol.ts'
import type { Quota } from './quota.ts'

export interface HeldAnswer {
  state: 'pending' | 'fulfilled' | 'rejected'
  value: unknown
  readonly waiting: (() => void)[]
}

/** Carries the error of an answer that failed to the calls that depend on it. */
export class FailedAnswer {
  readonly reason: unknown

  constructor(reason: unknown) {
    this.reason = reason
  }
}

export class HeldAnswers {
  readonly #answers = new Map<number, HeldAnswer>()
  readonly #quota: Quota

  /** @param quota counts what the peer holds; answers count as objects do (`Limits.exports`) */
  constructor(quota: Quota) {
    this.#quota = quota
  }

  /** How many answers the peer holds. */
  get size(): number {
    return this.#answers.size
  }

  /** Keeps the answer of a call for the peer. @throws {ProtocolError} when its id is taken, or far too many are held. */
  hold(id: number): void {
    if (this.#answers.has(id)) throw new ProtocolError(`the answer of call ${id} is still held`)
    // A peer that gives nothing back after it was told is not one that forgets.
    const far = 2 * this.#quota.limits.exports
    if (this.#answers.size >= far) throw new ProtocolError(`more than ${far} answers are held`)
    this.#quota.pinned++
    this.#answers.set(id, { state: 'pending', value: undefined, waiting: [] })
  }

  /** @throws {LimitExceededError} when the peer holds more than it may. */
  checkLimit(): void {
    if (this.#quota.pinned > this.#quota.limits.exports)
      throw this.#quota.past('exports', 'the number of objects and answers this peer holds')
  }

  /** The peer gives an answer up. @throws {ProtocolError} when it holds none of that id. */
  finish(id: number): void {
    if (!this.#answers.delete(id)) throw noAnswer(id)
    this.#quota.pinned--
  }

  /** The outcome of a call whose answer may be held; what waits for it goes on. */
  settle({ id, flags }: CallMessage, state: 'fulfilled' | 'rejected', value: unknown): void {
    const answer = flags & Flag.hold ? this.#answers.get(id) : undefined
    if (answer === undefined) return
    answer.state = state
    answer.value = value
    for (const run of answer.waiting.splice(0)) run()
  }

  /**
   * The answers a call names, when one of them is not here yet; `undefined` when it can start at once.
   * @throws {ProtocolError} when it names one that is not held.
   */
  awaitedBy({ target, extra, id }: CallMessage): ReadonlyMap<number, HeldAnswer> | undefined {
    let named: Map<number, HeldAnswer> | undefined
    let isPending = false
    const need = (call: unknown): void => {
      const answer = typeof call === 'number' && call !== id ? this.#answers.get(call) : undefined
      if (answer === undefined) throw noAnswer(call)
      named ??= new Map()
      named.set(call as number, answer) // only a number has an answer
      isPending ||= answer.state === 'pending'
    }
    if (target < 0) need(-1 - target)
    for (const slot of extra?.[0] ?? []) if (slot[0] === 'answer') need(slot[1])
    return isPending ? named : undefined
  }

  /** The value of an answer that is here. */
  find(id: number, kept: ReadonlyMap<number, HeldAnswer> | undefined): unknown {
    return (kept?.get(id) ?? this.#answers.get(id))?.value
  }

  /**
   * The value of an answer, as something to use.
   * @param kept the answers that the call which names it has waited for
   * @throws {FailedAnswer} when it failed, and {@link ProtocolError} when it is not held.
   */
  valueOf(id: number, kept: ReadonlyMap<number, HeldAnswer> | undefined): unknown {
    const answer = kept?.get(id) ?? this.#answers.get(id)
    if (answer === undefined) throw noAnswer(id)
    if (answer.state === 'rejected') throw new FailedAnswer(answer.value)
    const { value } = answer
    refuseEvaluator(value instanceof ByReference ? value.value : value)
    return value
  }

  /** The peer is gone. */
  clear(): void {
    this.#quota.pinned -= this.#answers.size
    this.#answers.clear()
  }
}

function noAnswer(id: unknown): ProtocolError {
  return new ProtocolError(`no answer of call ${String(id)} is held`)
}
