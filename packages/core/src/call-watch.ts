/**
 * How long callers are ready to wait: looks after each call until it is over, by its signal and by its time.
 */
import { AbortWatch } from './abort-watch.ts'
import type { PendingCall } from './calls.ts'
import { Deadlines } from './deadlines.ts'
import { CallTimeoutError } from './errors.ts'
import type { Platform } from './platform.ts'

/** How long calls may take, and which option said so. */
export interface CallTimeout {
  readonly milliseconds: number
  readonly option: 'timeout' | 'wallTimeout'
}

export class CallWatch {
  readonly #platform: Platform
  readonly #limit: CallTimeout | undefined
  readonly #deadlines: Deadlines<PendingCall>
  readonly #aborts: AbortWatch<PendingCall>

  /**
   * @param limit how long a call may take whose own options do not say
   * @param abandon is called for a call whose caller waits no more
   */
  constructor(
    platform: Platform,
    limit: CallTimeout | undefined,
    abandon: (call: PendingCall, reason: unknown) => void,
  ) {
    this.#platform = platform
    this.#limit = limit
    this.#deadlines = new Deadlines(platform, (call) => abandon(call, this.timeoutOf(call)))
    this.#aborts = new AbortWatch(abandon)
  }

  /** Looks after a call; its time does not begin yet when each of its steps has its own. */
  begin(call: PendingCall, timed: boolean): void {
    const { signal } = call.options
    const limit = this.limitOf(call)
    if (signal === undefined && limit === Infinity) return
    if (timed) this.#deadlines.watch(call, limit)
    if (signal !== undefined) this.#aborts.watch(call, signal)
    call.onOver = this.#over
  }

  /** The caller begins to wait for a step of the call, or has it. */
  step(call: PendingCall, waiting: boolean): void {
    if (waiting) this.#deadlines.watch(call, this.limitOf(call))
    else this.#deadlines.forget(call, this.limitOf(call))
  }

  readonly #over = (call: PendingCall): void => {
    const { signal } = call.options
    this.#deadlines.forget(call, this.limitOf(call))
    if (signal !== undefined) this.#aborts.forget(call, signal)
  }

  /** How long a call may take, in milliseconds. */
  limitOf(call: PendingCall): number {
    return call.options.timeout ?? this.#limit?.milliseconds ?? Infinity
  }

  timeoutOf(call: PendingCall): CallTimeoutError {
    return new CallTimeoutError(
      `"${call.description}" of context "${call.session.peerName}"`,
      this.limitOf(call),
      call.options.timeout === undefined ? this.#limit?.option : 'timeout',
    )
  }

  now(): number {
    return this.#platform.performance?.now() ?? Date.now()
  }

  /** No call is looked after any more. */
  clear(): void {
    this.#deadlines.clear()
  }
}
