/**
 * When a guest gets to give back what it has dropped.
 *
 * Its finalizers run before asynchronous entries only, so a host that makes none has to be given some: a *pulse* after so
 * much was sent, also when this thread never returns to its event loop, which lets the engine run them and nothing
 * else, as later entries carry off what they found; and a *sweep* when all is quiet, to carry off the rest.
 *
 * What was sent is measured in characters, because every reference that a guest receives is written in them.
 */

/**
 * Characters from one pulse to the next: about 500 small calls, at most 1500 references. A pulse costs this thread 8 µs,
 * which is 16 ns a call.
 */
const PULSE_AFTER = 32_768

/** How long nothing must have been entered before a sweep, in milliseconds. */
const QUIET = 100

export interface SweepOptions {
  /** Makes an entry on a pool thread that does nothing. */
  readonly pulse: () => void
  /** Makes an entry that carries off what there is. */
  readonly sweep: () => void
}

export class Sweeps {
  readonly #options: SweepOptions
  /** Characters sent since finalizers had their chance. */
  #sent = 0
  /** Has anything been entered since the timer was set? */
  #stirred = false
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(options: SweepOptions) {
    this.#options = options
  }

  /** Text goes to the guest. Hot path: an addition. */
  sent(characters: number): void {
    this.#sent += characters
  }

  /** A synchronous entry is over, and no other is under way. Hot path: two comparisons. */
  entered(): void {
    this.#stir()
    if (this.#sent < PULSE_AFTER || this.#stopped) return
    this.#sent = 0
    this.#options.pulse()
  }

  /** An asynchronous entry begins, and finalizers run before it. */
  enters(): void {
    this.#stir()
    this.#sent = 0
  }

  /** The isolate has ended. */
  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#timer = undefined
  }

  #stir(): void {
    this.#stirred = true
    if (this.#timer === undefined && !this.#stopped) this.#wait()
  }

  #wait(): void {
    this.#stirred = false
    // It keeps no process alive: when nothing else does, nothing needs what the guest would give back.
    this.#timer = setTimeout(this.#look, QUIET).unref()
  }

  readonly #look = (): void => {
    this.#timer = undefined
    if (this.#stirred) this.#wait()
    else this.#options.sweep()
  }
}
