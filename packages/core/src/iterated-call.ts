/**
 * The call behind an iteration of the peer's: the reader's credit and its leaving go out, items come in.
 */
import type { PendingCall } from './calls.ts'
import type { ItemSource } from './iteration.ts'
import { Tag } from './protocol.ts'

/** What an iteration asks of the calls around it. */
export interface IterationPort {
  /** What the call must wait for before it can be made; `undefined` when nothing. */
  before(): Promise<unknown> | undefined
  /** @param isIdle nothing here waits for its items */
  begin(isIdle: boolean): PendingCall
  send(tag: Tag, ...fields: readonly unknown[]): void
  /** The reader begins to wait for an item, or has it. */
  step(call: PendingCall, waiting: boolean): void
  /** Gives back what is iterated. */
  release(): void
}

export class IteratedCall implements ItemSource {
  readonly #port: IterationPort
  #call: PendingCall | undefined
  /** Credit that was given before the call was made. */
  #early = 0
  /** Does the reader wait for an item? */
  #waits = false
  /** Has the reader left? */
  #left = false

  constructor(port: IterationPort) {
    this.#port = port
  }

  start(onItem: (value: unknown) => void, isIdle: boolean): Promise<unknown> {
    const before = this.#port.before()
    return before === undefined
      ? this.#begin(onItem, isIdle)
      : this.#beginLater(before, onItem, isIdle)
  }

  credit(count: number): void {
    const call = this.#running()
    if (this.#call === undefined) this.#early += count
    else if (call !== undefined) this.#port.send(Tag.credit, call.id, count)
  }

  stop(): void {
    this.#left = true
    const call = this.#running()
    if (call !== undefined) this.#port.send(Tag.cancel, call.id, 0, null, null)
  }

  isCut(): boolean {
    return this.#call?.abandoned === true
  }

  awaits(waiting: boolean): void {
    this.#waits = waiting
    const call = this.#running()
    if (call !== undefined) this.#port.step(call, waiting)
  }

  release(): void {
    this.#port.release()
  }

  #begin(onItem: (value: unknown) => void, isIdle: boolean): Promise<unknown> {
    const call = this.#port.begin(isIdle)
    this.#call = call
    call.onItem = onItem
    if (this.#early > 0) this.credit(this.#early)
    if (this.#waits) this.awaits(true)
    return call.promise()
  }

  /** Makes the call when it can be made, unless the reader has left by then. */
  async #beginLater(
    first: Promise<unknown>,
    onItem: (value: unknown) => void,
    isIdle: boolean,
  ): Promise<unknown> {
    for (
      let before: Promise<unknown> | undefined = first;
      before !== undefined;
      before = this.#port.before()
    ) {
      await before
      if (this.#left) return undefined
    }
    return this.#begin(onItem, isIdle)
  }

  #running(): PendingCall | undefined {
    return this.#call?.state === 'pending' ? this.#call : undefined
  }
}
