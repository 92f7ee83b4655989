/**
 * When a call of the peer starts: after the answers that it names are here, and when the locks let it in. What it names is kept until then, also if
 * the peer gives it up, and what is alive in its arguments is made when it comes, because its outcome may come before the call starts.
 */
import { nowServing, servedHere } from './current-call.ts'
import type { Entrance, MustWait } from './entrance.ts'
import { LimitExceededError } from './errors.ts'
import type { HeldAnswer } from './held-answers.ts'
import { discard } from './marshal/decode.ts'
import type { Flavour } from './marshal/port.ts'
import { checkNatural } from './protocol.ts'
import type { References } from './references.ts'
import { type Scope, scopeHere, within } from './scope.ts'
import type { ServedCall } from './served-call.ts'

/** What the calls around it do. */
export interface AdmissionPort {
  readonly references: References
  readonly entrance: Entrance
  /** Which proxies the arguments of a call become here. */
  readonly flavour: Flavour
  /** Is it for a service of this library, which the program's locks are not in the way of? */
  isForService(served: ServedCall): boolean
  start(served: ServedCall, moved: readonly unknown[]): void
  fail(served: ServedCall, error: unknown): void
  /** Runs what continues later than the delivery it began in. */
  guard(run: () => void): void
}

export class Admission {
  readonly #port: AdmissionPort

  constructor(port: AdmissionPort) {
    this.#port = port
  }

  /**
   * Starts a call now or later. Hot path: guarded by `bench/`, row `1000 in flight`.
   * @param named the answers of earlier calls that it names and that are not here
   */
  admit(
    served: ServedCall,
    moved: readonly unknown[],
    named: ReadonlyMap<number, HeldAnswer> | undefined,
  ): void {
    const { references, entrance } = this.#port
    const scope = references.exports.scopeOf(served.message.target)
    if (named !== undefined) this.#after(named, served, moved, scope)
    else if (!entrance.isOpen) this.#enter(served, moved, scope)
    else if (scopeHere() === scope) this.#port.start(served, moved)
    else within(scope, () => this.#port.start(served, moved))
  }

  /** A call that has not started never will. */
  turnAway(served: ServedCall, error: unknown): void {
    discard(served.message.extra, this.#port.references, served.live)
    this.#port.fail(served, error)
    served.unpin?.()
    served.leave()
  }

  /**
   * An operation has met an object whose lock it must wait for.
   * @param again performs it anew, when it has that
   */
  meets(
    served: ServedCall,
    met: MustWait,
    again: () => void,
    fail: (error: unknown) => void,
  ): void {
    const scope = scopeHere()
    try {
      this.#port.entrance.waitForObject(
        served,
        met,
        () => this.#startLater(scope, again),
        (error) => this.#port.guard(() => fail(error)),
      )
    } catch (error) {
      fail(error)
    }
  }

  /** A call comes to the lock of this context, and starts when it may. */
  #enter(served: ServedCall, moved: readonly unknown[], scope: Scope | undefined): void {
    const start = (): void => this.#startLater(scope, () => this.#port.start(served, moved))
    if (this.#port.isForService(served)) {
      start()
      return
    }
    const refuse = (error: unknown): void => this.#port.guard(() => this.turnAway(served, error))
    this.#unlessTooMuch(served, () =>
      this.#port.entrance.enter(served, start, () => this.#keep(served), refuse),
    )
  }

  /** Starts a call when the answers it names are here. */
  #after(
    named: ReadonlyMap<number, HeldAnswer>,
    served: ServedCall,
    moved: readonly unknown[],
    scope: Scope | undefined,
  ): void {
    this.#unlessTooMuch(served, () => {
      this.#keep(served)
      served.needs = named
      const awaited = [...named.values()].filter(({ state }) => state === 'pending')
      let left = awaited.length
      for (const answer of awaited) {
        answer.waiting.push(() => {
          left--
          if (left > 0 || served.cancelled) return
          if (this.#port.entrance.isOpen)
            this.#startLater(scope, () => this.#port.start(served, moved))
          else this.#enter(served, moved, scope)
        })
      }
    })
  }

  /** What comes with a call that waits, or that it waits at all, may be too much. */
  #unlessTooMuch(served: ServedCall, run: () => void): void {
    try {
      run()
    } catch (error) {
      if (!(error instanceof LimitExceededError)) throw error
      this.turnAway(served, error)
    }
  }

  /** Runs what a call has waited for, between other things. */
  #startLater(scope: Scope | undefined, run: () => void): void {
    const before = servedHere()
    this.#port.guard(() => within(scope, run))
    nowServing(before)
  }

  /** Keeps what a call names that starts later. */
  #keep(served: ServedCall): void {
    if (served.unpin !== undefined) return
    const { references, flavour } = this.#port
    const { message } = served
    const { exports } = references
    const slots = message.extra?.[0] ?? []
    const pinned = message.target < 0 ? [] : [message.target]
    for (const [kind, id] of slots) if (kind === 'home') pinned.push(checkNatural(id, 'export id'))
    for (const id of pinned) exports.pin(id)
    served.unpin = () => {
      for (const id of pinned) exports.unpin(id)
    }
    served.live = new Map()
    for (const [index, slot] of slots.entries()) {
      if (slot[0] === 'promise' || slot[0] === 'signal')
        served.live.set(index, references.revive(slot, flavour))
      if (slot[0] === 'immutable') {
        // Its owner may forget it before the call starts. What is not here is refused then.
        const value = references.immutables.find(slot)
        if (value !== undefined) served.live.set(index, value)
      }
    }
  }
}
