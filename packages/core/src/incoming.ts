/**
 * The peer's calls on our objects: decoded, performed in the order they came, answered once each.
 *
 * A call whose target or argument is the answer of an earlier call waits for that answer, and fails with its
 * error if it fails; the calls behind it do not wait.
 */
import { Access } from './access.ts'
import { Admission } from './admission.ts'
import { isAwaitable } from './awaitable.ts'
import { nowServing } from './current-call.ts'
import { chaseServed, chaseWaiter } from './deadlock.ts'
import { type Entrance, MustWait } from './entrance.ts'
import {
  type FarholdError,
  type LimitExceededError,
  ProtocolError,
  WouldBlockError,
} from './errors.ts'
import { describePath, Import } from './handle.ts'
import { NO_TOKENS } from './held.ts'
import { FailedAnswer, HeldAnswers } from './held-answers.ts'
import type { LentHolds } from './lent-holds.ts'
import type { Limits } from './limits.ts'
import { ByReference } from './marks.ts'
import { decode, discard } from './marshal/decode.ts'
import type { Flavour } from './marshal/port.ts'
import { CONTROL } from './object-ids.ts'
import type { Outbox } from './outbox.ts'
import { type PerformOptions, perform } from './perform.ts'
import { hasProtected, isProtected } from './protected.ts'
import { type CallMessage, Flag, Operation, Tag } from './protocol.ts'
import { propertyPath, type References } from './references.ts'
import { ReplySender } from './reply-sender.ts'
import type { Probe } from './rw-lock.ts'
import { ServedCall } from './served-call.ts'
import { ServedIterations } from './served-iterations.ts'
import { LockTarget, type ServedLocks } from './served-locks.ts'
import { Later, Service } from './service.ts'
import { withoutFrames } from './stacks.ts'
import { isAwaitedHere, joinWhatBlocks, NONE_WAITING, thisHeap } from './this-heap.ts'

export interface IncomingOptions {
  readonly references: References
  readonly outbox: Outbox
  /** Which proxies the arguments of a call become here. */
  readonly flavour: Flavour
  readonly entrance: Entrance
  readonly locks: ServedLocks
  /** The holds that the peer may name, when it is not trusted. */
  readonly lent: LentHolds | undefined
  /** The peer sent what is not the protocol, and the session must end. */
  readonly malformed: (error: FarholdError) => void
}

const NO_PATH: readonly PropertyKey[] = Object.freeze([])

export class Incoming {
  readonly #references: References
  readonly #replies: ReplySender
  readonly #flavour: Flavour
  /** Towards the control object, which is not the host's to speak for. */
  readonly #controlAccess: Access
  readonly #malformed: (error: FarholdError) => void
  readonly #entrance: Entrance
  readonly #admission: Admission
  readonly #locks: ServedLocks
  readonly #lent: LentHolds | undefined
  /** Answers that the peer may still use. */
  readonly answers: HeldAnswers
  /** The iterations that are served. */
  readonly iterations: ServedIterations
  #served = 0
  /** The heaps whose threads wait for what the next call is part of. */
  #behind = NONE_WAITING
  /** The holds that the next call may enter with. */
  #carried = NO_TOKENS
  #foreign = NO_TOKENS
  /** Calls that have not been answered, in the order they came. */
  readonly #unanswered = new Map<number, ServedCall>()
  /** Calls that are answered, by a promise or because the caller gave up, and whose methods have not settled. */
  readonly #lingering = new Set<ServedCall>()
  /** The calls that are being performed this moment, one within the other. */
  readonly #running: ServedCall[] = []

  constructor(options: IncomingOptions) {
    this.#references = options.references
    this.answers = new HeldAnswers(options.references.quota)
    this.#replies = new ReplySender(options.references, options.outbox, (id) =>
      this.#unanswered.delete(id),
    )
    this.#flavour = options.flavour
    this.#controlAccess = new Access('none')
    this.#malformed = options.malformed
    this.#entrance = options.entrance
    this.#locks = options.locks
    this.#lent = options.lent
    this.#admission = new Admission({
      references: options.references,
      entrance: options.entrance,
      flavour: options.flavour,
      isForService: (served) => this.#isForService(served),
      start: (served, moved) => this.#start(served, moved),
      fail: (served, error) => this.#fail(served, error),
      guard: (run) => this.#guard(run),
    })
    this.iterations = new ServedIterations({
      send: (id, value, lost) => this.#replies.item(id, value, lost),
      succeed: (served, value) => this.#guard(() => this.#succeed(served, value)),
      fail: (served, error) => this.#guard(() => this.#fail(served, error)),
      lingers: (served) => this.#lingering.add(served),
      isAwaited: (served) => this.#isAwaited(served),
      neverSettles: (served) => this.#neverSettles(served),
      quota: options.references.quota,
    })
  }

  /** Calls that have not been answered. */
  get active(): number {
    return this.#unanswered.size
  }

  /** Calls that have not been answered, or still run. */
  get working(): number {
    return this.#unanswered.size + this.#lingering.size
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
    const served = new ServedCall(
      message,
      this.#references,
      this.#behind,
      this.#carried,
      this.#foreign,
    )
    this.#behind = NONE_WAITING
    this.#carried = NO_TOKENS
    this.#foreign = NO_TOKENS
    this.#unanswered.set(message.id, served)
    if (message.flags & Flag.hold) this.answers.hold(message.id)
    const refusal = this.#refusal()
    if (refusal !== undefined) {
      this.#admission.turnAway(served, refusal)
      return
    }
    this.#admission.admit(served, moved, this.answers.awaitedBy(message))
  }

  /** The next call may enter with these holds. */
  held(tokens: readonly number[]): void {
    if (this.#lent === undefined) this.#carried = tokens
    else {
      const known = this.#lent.among(tokens)
      this.#carried = known
      this.#foreign = tokens.filter((token) => !known.includes(token))
    }
  }

  /** A probe has come to a call of the peer. */
  probe(id: number, bond: number, probe: Probe, where: string): void {
    const served = this.#unanswered.get(id)
    if (served === undefined) return
    const waiter = served.wait?.waiter
    if (waiter === undefined) chaseServed(served, bond, probe)
    else chaseWaiter(waiter, probe, where)
  }

  /** The next call is part of what these heaps wait for. */
  within(heaps: readonly number[]): void {
    this.#behind = heaps
  }

  /** Heaps wait for a call as well. One that was answered meanwhile lets them all go on. */
  joined(id: number, heaps: readonly number[]): void {
    const served = this.#unanswered.get(id)
    if (served === undefined) return
    const fresh = served.join(heaps)
    if (!thisHeap.promised.has(served)) return
    if (isAwaitedHere(served)) this.#refuse(served)
    else joinWhatBlocks(fresh)
  }

  /** Why one more call of the peer is too much, if it is. */
  #refusal(): LimitExceededError | undefined {
    const { quota } = this.#references
    const { pendingCalls, callDepth } = quota.limits
    // A peer may go past it a hundred thousand times in one batch, and frames would cost us seconds.
    const past = (limit: keyof Limits, what: string): LimitExceededError =>
      withoutFrames(() => quota.past(limit, what))
    // What is answered and still runs costs as much as before.
    if (this.working > pendingCalls) return past('pendingCalls', 'the number of unanswered calls')
    if (this.#running.length >= callDepth)
      return past('callDepth', 'the depth of calls within calls')
    if (!quota.rate.take()) return past('callRate', 'the number of calls in a second')
    return undefined
  }

  /**
   * The caller wants no answer any more. It gets one at once, so that the call's id is free on both sides; what the
   * method gives later is dropped, and what waits for it fails with the same reason.
   */
  cancel(id: number, reason: unknown): void {
    const served = this.#unanswered.get(id)
    if (served === undefined) return // Its answer is on the way.
    this.answers.settle(served.message, 'rejected', reason)
    this.#replies.nothing(Tag.failure, id)
    if (!served.started) {
      discard(served.message.extra, this.#references, served.live)
      served.unpin?.()
    } else if (served.wait === undefined) this.#lingering.add(served)
    this.#tellGivenUp(served, reason)
  }

  #tellGivenUp(served: ServedCall, reason: unknown): void {
    thisHeap.promised.delete(served)
    served.answered = true
    if (served.wait !== undefined) {
      served.wait.withdraw()
      served.leave()
    }
    served.cancel(reason)
    this.iterations.end(served.message.id, reason)
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
    for (const served of cut.length > 0 ? cut : [...this.#unanswered.values()]) {
      served.wait?.withdraw()
      this.#fail(served, error)
      this.iterations.end(served.message.id)
      served.leave()
    }
  }

  /** The peer is gone: whatever is being served is told, sources of iterations too; held answers are dropped. */
  clear(reason: unknown): void {
    const served = [...this.#unanswered.values(), ...this.#lingering]
    this.answers.clear()
    this.#unanswered.clear()
    this.#lingering.clear()
    // The end of one wait lets in the next, which must not begin now.
    for (const call of served) if (call.wait !== undefined) call.cancel(reason)
    for (const call of served) this.#tellGivenUp(call, reason)
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

  #start(served: ServedCall, moved: readonly unknown[]): void {
    const { message } = served
    served.started = true
    let result: unknown
    let target: unknown
    let path: readonly PropertyKey[] = NO_PATH
    let args: unknown
    let isUnread = true
    // Not undone by `finally`: when the engine cuts execution short, it is what `interrupted` reads.
    const depth = this.#running.push(served) - 1
    try {
      if (message.flags & Flag.hold) this.answers.checkLimit()
      this.#references.quota.checkPath(message.path)
      target =
        message.target < 0
          ? this.answers.valueOf(-1 - message.target, served.needs)
          : this.#references.exports.get(message.target)
      isUnread = false
      this.#references.occasion = message
      this.#references.receiving = this.#references.exports.scopeOf(message.target)
      args = decode(
        message.args,
        message.extra,
        this.#references,
        moved,
        this.#flavour,
        (id, path) => {
          let value = unwrap(this.answers.valueOf(id, served.needs))
          for (const key of this.#references.pathOf(path))
            value = perform(Operation.get, value, [key], [], this.#options(0))
          return value
        },
        served.live,
      )
      this.#references.receiving = undefined
      this.#references.occasion = undefined
      if (args !== undefined && args !== null && !Array.isArray(args))
        throw new ProtocolError('arguments are not a list')
      served.args = args
      path = propertyPath(message.path)
      const isRead =
        path.length === 0 &&
        (message.operation === Operation.get || message.operation === Operation.snapshot) &&
        this.#references.access.policy === undefined
      result =
        isRead && !(target instanceof Import) && !isProtected(Object(target) as object)
          ? target
          : this.#perform(served, target, path, args)
    } catch (error) {
      this.#references.receiving = undefined
      this.#references.occasion = undefined
      this.#running.length = depth
      if (error instanceof ProtocolError) throw error
      if (error instanceof MustWait) {
        const [found, list] = [target, args as readonly unknown[] | null | undefined] // read before it met a lock
        this.#meets(served, error, () => this.#perform(served, found, path, list))
        return
      }
      if (isUnread) discard(message.extra, this.#references, served.live)
      served.unpin?.()
      this.#fail(served, error instanceof FailedAnswer ? error.reason : error)
      served.leave()
      return
    }
    served.unpin?.()
    this.#finish(served, result)
    this.#running.length = depth
  }

  /** An operation has met an object whose lock it must wait for: it is performed anew when it has that. */
  #meets(served: ServedCall, met: MustWait, perform: () => unknown): void {
    const fail = (error: unknown): void => {
      served.unpin?.()
      this.#fail(served, error)
      served.leave()
    }
    const again = (): void => {
      const depth = this.#running.push(served) - 1
      let result: unknown
      try {
        result = perform()
      } catch (error) {
        this.#running.length = depth
        if (error instanceof MustWait) this.#meets(served, error, perform)
        else fail(error)
        return
      }
      served.unpin?.()
      this.#finish(served, result)
      this.#running.length = depth
    }
    this.#admission.meets(served, met, again, fail)
  }

  #perform(
    served: ServedCall,
    target: unknown,
    path: readonly PropertyKey[],
    args: readonly unknown[] | null | undefined,
  ): unknown {
    const { operation, flags } = served.message
    // Put back by whoever took the batch.
    nowServing(served)
    // A thread that cannot wait for a promise forwards by blocking, too.
    const how = isAwaitedHere(served) ? flags | Flag.blocking : flags
    return perform(operation, unwrap(target), path, args ?? [], this.#options(how, served))
  }

  /** Answers with a result, or when it is there. Encoding runs getters of the result, so it belongs to the call. */
  #finish(served: ServedCall, result: unknown): void {
    const { operation, flags } = served.message
    if (result instanceof LockTarget) this.#requestLock(served, result.object)
    else if (result instanceof Later) this.#answerLater(served, result)
    else if (operation === Operation.iterate && !isAwaitable(result)) {
      this.iterations.begin(served, result as Iterator<unknown> | AsyncIterator<unknown>) // see perform.ts
      served.leave()
    } else if (isAwaitable(result) && !(flags & Flag.promise)) {
      if (flags & Flag.reply && served.waiting.length > 0) {
        thisHeap.promised.add(served)
        if (isAwaitedHere(served)) this.#refuse(served)
        else joinWhatBlocks(served.waiting)
      }
      // A promise of the owner's own: its class's `then`, never one that a peer put on a value.
      result.then(
        (value: unknown) => {
          this.#guard(() => this.#succeed(served, value))
          served.leave()
        },
        (error: unknown) => {
          this.#guard(() => this.#fail(served, error))
          served.leave()
        },
      )
    } else {
      if (isAwaitable(result)) this.#linger(served, result)
      this.#succeed(served, result)
      if (!this.#lingering.has(served)) served.leave()
    }
  }

  /** A service of this library answers when something else has happened. */
  #answerLater(served: ServedCall, later: Later): void {
    served.wait = {
      waiter: undefined,
      withdraw: () => {
        served.wait = undefined
        later.callOff()
      },
    }
    const after = (answer: () => void): void => {
      served.wait = undefined
      this.#guard(answer)
      served.leave()
    }
    later.answer({
      succeed: (value) => after(() => this.#succeed(served, value)),
      fail: (error) => after(() => this.#fail(served, error)),
    })
  }

  /** Is it a service of this library that a call is for? */
  #isForService({ message, needs }: ServedCall): boolean {
    if (message.operation !== Operation.call && message.operation !== Operation.iterate)
      return false
    if (message.target >= 0) return Service.is(this.#references.exports.find(message.target))
    return Service.is(unwrap(this.answers.find(-1 - message.target, needs)))
  }

  #requestLock(served: ServedCall, object: object): void {
    const fail = (error: unknown): void => this.#guard(() => this.#fail(served, error))
    const succeed = (answer: unknown): void => {
      if (this.#isAwaited(served)) this.#guard(() => this.#succeed(served, answer))
      else this.#locks.dropped(answer)
    }
    try {
      this.#locks.request(served, object, (served.args ?? []) as readonly unknown[], {
        succeed,
        fail,
      })
    } catch (error) {
      if (error instanceof ProtocolError) throw error
      fail(error)
    }
  }

  /** What answers it cannot settle. It goes on nevertheless. */
  #refuse(served: ServedCall): void {
    this.#fail(served, this.#neverSettles(served))
    this.#lingering.add(served)
  }

  #neverSettles({ message }: ServedCall): WouldBlockError {
    const what = describePath('', propertyPath(message.path))
    return new WouldBlockError(
      `${what === '' ? 'a function' : `"${what}"`} of context "${this.#references.name}"`,
      'it gives a promise, which cannot settle while its thread is blocked, and that waits for this very call. Make the call that blocks it through a Remote, and await that.',
    )
  }

  /** Answered with its promise, a method goes on, and hears of it when the caller is gone. */
  #linger(served: ServedCall, promise: PromiseLike<unknown>): void {
    const settled = (): void => {
      this.#lingering.delete(served)
      served.leave()
    }
    promise.then(settled, settled)
    this.#lingering.add(served)
  }

  #options(flags: number, served?: ServedCall): PerformOptions {
    const { access } = this.#references
    const isControl = access.policy !== undefined && served?.message.target === CONTROL
    const enter =
      served === undefined || !hasProtected()
        ? undefined
        : (object: unknown, operation: Operation, key?: PropertyKey): void =>
            this.#entrance.enterObject(served, object, operation, key)
    return { access: isControl ? this.#controlAccess : access, flags, enter }
  }

  /** Is there still someone to answer? */
  #isAwaited(served: ServedCall): boolean {
    thisHeap.promised.delete(served)
    if (this.#unanswered.get(served.message.id) === served) return true
    this.#lingering.delete(served)
    return false
  }

  #succeed(served: ServedCall, value: unknown): void {
    if (!this.#isAwaited(served)) return
    served.answered = true
    const { message } = served
    this.answers.settle(message, 'fulfilled', value)
    this.#replies.result(message, value)
  }

  #fail(served: ServedCall, error: unknown): void {
    if (!this.#isAwaited(served)) return
    served.answered = true
    this.answers.settle(served.message, 'rejected', error)
    this.#replies.failure(served.message.id, error)
  }
}

/** What an answer that crosses by reference is as a target. */
function unwrap(value: unknown): unknown {
  return value instanceof ByReference ? value.value : value
}
