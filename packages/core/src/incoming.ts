/**
 * The peer's calls on our objects: decoded, performed in the order they came, answered once each.
 *
 * A call whose target or argument is the answer of an earlier call waits for that answer, and fails with its
 * error if it fails; the calls behind it do not wait.
 */
import type { Writes } from './access.ts'
import { isAwaitable } from './awaitable.ts'
import { type FarholdError, LimitExceededError, ProtocolError } from './errors.ts'
import { Import } from './handle.ts'
import { ItemPump } from './iteration.ts'
import { ByReference } from './marks.ts'
import { decode } from './marshal/decode.ts'
import { encode, encodeFailure } from './marshal/encode.ts'
import type { Flavour } from './marshal/port.ts'
import type { Outbox } from './outbox.ts'
import { type PerformOptions, perform, refuseEvaluator } from './perform.ts'
import { type CallMessage, Flag, Operation, Tag } from './protocol.ts'
import { propertyPath, type References } from './references.ts'

/** An answer that the peer may still use as a target or argument. */
interface HeldAnswer {
  state: 'pending' | 'fulfilled' | 'rejected'
  value: unknown
  readonly waiting: (() => void)[]
}

/** A call that has not been answered. */
interface Unanswered {
  readonly message: CallMessage
  /** Kept until then: a signal that a method only listens to must not be collected, and given back, before. */
  args: unknown
}

export interface IncomingOptions {
  readonly references: References
  readonly outbox: Outbox
  /** Which proxies the arguments of a call become here. */
  readonly flavour: Flavour
  readonly writes: Writes
  /** The peer sent what is not the protocol, and the session must end. */
  readonly malformed: (error: FarholdError) => void
}

export class Incoming {
  readonly #references: References
  readonly #outbox: Outbox
  readonly #flavour: Flavour
  readonly #writes: Writes
  readonly #malformed: (error: FarholdError) => void
  readonly #answers = new Map<number, HeldAnswer>()
  readonly #pumps = new Map<number, ItemPump>()
  #served = 0
  /** Calls that have not been answered, in the order they came, with what they were given. */
  readonly #unanswered = new Map<number, Unanswered>()
  /** The calls that are being performed this moment, one within the other. */
  readonly #running: CallMessage[] = []

  constructor(options: IncomingOptions) {
    this.#references = options.references
    this.#outbox = options.outbox
    this.#flavour = options.flavour
    this.#writes = options.writes
    this.#malformed = options.malformed
  }

  /** Calls that have not been answered. */
  get active(): number {
    return this.#unanswered.size
  }

  /** Calls received so far. */
  get served(): number {
    return this.#served
  }

  /** Takes one call. @throws {ProtocolError} when it names what does not exist. */
  call(message: CallMessage, moved: readonly unknown[]): void {
    this.#served++
    if (this.#unanswered.has(message.id))
      throw new ProtocolError(`call ${message.id} is not answered yet`)
    this.#unanswered.set(message.id, { message, args: undefined })
    if (message.flags & Flag.hold) {
      if (this.#answers.has(message.id))
        throw new ProtocolError(`the answer of call ${message.id} is still held`)
      this.#hold(message.id)
    }
    const refusal = this.#refusal()
    if (refusal !== undefined) {
      this.#fail(message, refusal)
      return
    }
    const awaited = this.#awaitedBy(message)
    if (awaited === undefined) this.#start(message, moved)
    else this.#after(awaited, message, moved)
  }

  /** Why one more call of the peer is too much, if it is. */
  #refusal(): LimitExceededError | undefined {
    const { pendingCalls, callDepth } = this.#references.limits
    if (this.#unanswered.size > pendingCalls) {
      return new LimitExceededError('pendingCalls', pendingCalls, 'the number of unanswered calls')
    }
    if (this.#running.length >= callDepth) {
      return new LimitExceededError('callDepth', callDepth, 'the depth of calls within calls')
    }
    return undefined
  }

  /** Keeps an answer for the peer, which counts as an object that the peer holds. */
  #hold(id: number): void {
    const { exports } = this.#references.limits
    // A peer that gives nothing back after it was told is not one that forgets.
    if (this.#answers.size >= 2 * exports) {
      throw new ProtocolError(`more than ${2 * exports} answers are held`)
    }
    this.#answers.set(id, { state: 'pending', value: undefined, waiting: [] })
  }

  /** The peer gives up the answer of a call. */
  finish(id: number): void {
    if (!this.#answers.delete(id)) throw new ProtocolError(`no answer of call ${id} is held`)
  }

  /** The peer takes more items of an iteration. One that has ended meanwhile takes no credit. */
  credit(id: number, count: number): void {
    this.#pumps.get(id)?.allow(count)
  }

  /** The peer has lost interest in a call. An iteration stops; any other call runs to its end. */
  cancel(id: number): void {
    void this.#pumps.get(id)?.stop()
  }

  /** How many calls are being performed this moment, one within the other. */
  get depth(): number {
    return this.#running.length
  }

  /**
   * The engine cut execution short. The calls that were being performed above `depth` will not return and fail with
   * `error`; when there are none, a continuation was cut, and every call that waits for one fails.
   */
  interrupted(depth: number, error: unknown): void {
    const cut = this.#running.splice(depth)
    const waiting = [...this.#unanswered.values()].map(({ message }) => message)
    for (const message of cut.length > 0 ? cut : waiting) this.#fail(message, error)
  }

  /** The peer is gone: sources of iterations are told, held answers are dropped. */
  clear(): void {
    this.#answers.clear()
    this.#unanswered.clear()
    const pumps = [...this.#pumps.values()]
    this.#pumps.clear()
    for (const pump of pumps) void pump.stop()
  }

  /** The earlier answers a call needs that are not here yet; `undefined` when it can start at once. */
  #awaitedBy({ target, extra, id }: CallMessage): HeldAnswer[] | undefined {
    let pending: HeldAnswer[] | undefined
    const need = (call: unknown): void => {
      const answer = typeof call === 'number' && call !== id ? this.#answers.get(call) : undefined
      if (answer === undefined) throw new ProtocolError(`no answer of call ${String(call)} is held`)
      if (answer.state === 'pending') pending = [...(pending ?? []), answer]
    }
    if (target < 0) need(-1 - target)
    for (const slot of extra?.[0] ?? []) if (slot[0] === 'answer') need(slot[1])
    return pending
  }

  #after(awaited: readonly HeldAnswer[], message: CallMessage, moved: readonly unknown[]): void {
    let left = awaited.length
    for (const answer of awaited) {
      answer.waiting.push(() => {
        left--
        if (left === 0) this.#guard(() => this.#start(message, moved))
      })
    }
  }

  /** Runs what continues later than the delivery it began in; a malformed message ends the session there too. */
  #guard(run: () => void): void {
    try {
      run()
    } catch (error) {
      if (error instanceof ProtocolError) this.#malformed(error)
      else throw error
    }
  }

  #start(message: CallMessage, moved: readonly unknown[]): void {
    const { limits } = this.#references
    let result: unknown
    // Not undone by `finally`: when the engine cuts execution short, it is what `interrupted` reads.
    const depth = this.#running.push(message) - 1
    try {
      if (message.flags & Flag.hold && this.#answers.size > limits.exports) {
        throw new LimitExceededError(
          'exports',
          limits.exports,
          'the number of answers this peer holds',
        )
      }
      if (message.path.length > limits.pathLength) {
        throw new LimitExceededError('pathLength', limits.pathLength, 'the length of a path')
      }
      const target =
        message.target < 0
          ? this.#answer(-1 - message.target)
          : this.#references.exports.get(message.target)
      const args = decode(
        message.args,
        message.extra,
        this.#references,
        moved,
        this.#flavour,
        (id, path) => {
          let value = unwrap(this.#answer(id))
          for (const key of propertyPath(path))
            value = perform(Operation.get, value, [key], [], this.#options(0))
          return value
        },
      )
      if (args !== undefined && args !== null && !Array.isArray(args))
        throw new ProtocolError('arguments are not a list')
      const unanswered = this.#unanswered.get(message.id)
      if (unanswered !== undefined) unanswered.args = args
      const path = propertyPath(message.path)
      const isRead =
        path.length === 0 &&
        (message.operation === Operation.get || message.operation === Operation.snapshot)
      result =
        isRead && !(target instanceof Import)
          ? target
          : perform(
              message.operation,
              unwrap(target),
              path,
              (args as unknown[] | null | undefined) ?? [],
              this.#options(message.flags),
            )
    } catch (error) {
      this.#running.length = depth
      if (error instanceof ProtocolError) throw error
      this.#fail(message, error instanceof Failed ? error.reason : error)
      return
    }
    this.#finish(message, result)
    this.#running.length = depth
  }

  /** Answers with a result, or when it is there. Encoding runs getters of the result, so it belongs to the call. */
  #finish(message: CallMessage, result: unknown): void {
    if (message.operation === Operation.iterate && !isAwaitable(result))
      this.#iterate(message, result)
    else if (isAwaitable(result) && !(message.flags & Flag.promise)) {
      // A promise of the owner's own: its class's `then`, never one that a peer put on a value.
      result.then(
        (value: unknown) => this.#guard(() => this.#succeed(message, value)),
        (error: unknown) => this.#guard(() => this.#fail(message, error)),
      )
    } else this.#succeed(message, result)
  }

  #options(flags: number): PerformOptions {
    return { writes: this.#writes, flags }
  }

  #answer(id: number): unknown {
    const answer = this.#answers.get(id)
    if (answer === undefined) throw new ProtocolError(`no answer of call ${id} is held`)
    if (answer.state === 'rejected') throw new Failed(answer.value)
    refuseEvaluator(unwrap(answer.value))
    return answer.value
  }

  #succeed(message: CallMessage, value: unknown): void {
    if (!this.#unanswered.has(message.id)) return
    this.#settle(message, 'fulfilled', value)
    const { id, flags, operation } = message
    if (!(flags & Flag.reply)) {
      this.#unanswered.delete(id)
      this.#outbox.send(Tag.result, id, null, null)
      return
    }
    try {
      const { value: body, extra } = encode(
        value,
        this.#references,
        this.#outbox.moved,
        'result',
        operation === Operation.snapshot ? value : undefined,
      )
      this.#unanswered.delete(id)
      this.#outbox.send(Tag.result, id, body, extra)
    } catch (error) {
      this.#sendFailure(id, error)
    }
  }

  #fail(message: CallMessage, error: unknown): void {
    if (!this.#unanswered.has(message.id)) return
    this.#settle(message, 'rejected', error)
    this.#sendFailure(message.id, error)
  }

  #settle(message: CallMessage, state: 'fulfilled' | 'rejected', value: unknown): void {
    if (!(message.flags & Flag.hold)) return
    const answer = this.#answers.get(message.id)
    if (answer === undefined) return
    answer.state = state
    answer.value = value
    for (const run of answer.waiting.splice(0)) run()
  }

  #sendFailure(id: number, error: unknown): void {
    const { value, extra } = encodeFailure(error, this.#references, this.#outbox.moved, 'error')
    this.#unanswered.delete(id)
    this.#outbox.send(Tag.failure, id, value, extra)
  }

  #iterate(message: CallMessage, iterator: unknown): void {
    const { id } = message
    const pump = new ItemPump(iterator as Iterator<unknown> | AsyncIterator<unknown>, {
      item: (value) => {
        const { value: body, extra } = encode(value, this.#references, this.#outbox.moved, 'item')
        this.#outbox.send(Tag.item, id, body, extra)
      },
      done: (value) => {
        this.#pumps.delete(id)
        this.#guard(() => this.#succeed(message, value))
      },
      failed: (error) => {
        this.#pumps.delete(id)
        this.#guard(() => this.#fail(message, error))
      },
    })
    this.#pumps.set(id, pump)
  }
}

/** Carries the error of an answer that failed to the calls that depend on it. */
class Failed {
  readonly reason: unknown

  constructor(reason: unknown) {
    this.reason = reason
  }
}

/** What an answer that crosses by reference is as a target. */
function unwrap(value: unknown): unknown {
  return value instanceof ByReference ? value.value : value
}
