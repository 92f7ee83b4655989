/**
 * Objects of this library that other contexts call: what is at home of a channel, or of a view.
 *
 * They are no objects of the program: their calls pass by its locks and take no turn of it, and they answer at once or, without a
 * promise, when something else has happened here; so also a thread that is blocked answers them.
 */

export abstract class Service {
  readonly #isService = true

  /**
   * No one else holds it any more. Called at once, also while this thread is blocked.
   * @param isGivenUp did whoever held it say so, and is not gone?
   */
  abstract dropped(isGivenUp: boolean): void

  static is(value: unknown): value is Service {
    return typeof value === 'object' && value !== null && #isService in value
  }
}

/** How a service answers later. */
export interface Answering {
  succeed(value: unknown): void
  fail(error: unknown): void
}

/** What a method of a service gives that answers later: once, and not any more when it was called off. */
export class Later {
  #state: 'pending' | 'fulfilled' | 'rejected' = 'pending'
  #value: unknown
  #answering: Answering | undefined
  readonly #calledOff: () => void

  /** @param calledOff is called when no one waits any more */
  constructor(calledOff: () => void) {
    this.#calledOff = calledOff
  }

  succeed(value: unknown): void {
    this.#settle('fulfilled', value)
  }

  fail(error: unknown): void {
    this.#settle('rejected', error)
  }

  /** Whoever waits for it hears of it by these, once. */
  answer(answering: Answering): void {
    this.#answering = answering
    this.#tell()
  }

  /** No one waits for it any more. */
  callOff(): void {
    if (this.#state !== 'pending') return
    this.#state = 'rejected'
    this.#answering = undefined
    this.#calledOff()
  }

  get isPending(): boolean {
    return this.#state === 'pending'
  }

  #settle(state: 'fulfilled' | 'rejected', value: unknown): void {
    if (this.#state !== 'pending') return
    this.#state = state
    this.#value = value
    this.#tell()
  }

  #tell(): void {
    const answering = this.#answering
    if (answering === undefined || this.#state === 'pending') return
    this.#answering = undefined
    if (this.#state === 'fulfilled') answering.succeed(this.#value)
    else answering.fail(this.#value)
  }
}
