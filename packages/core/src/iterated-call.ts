/**
 * The call behind an iteration of the peer's: the reader's credit and its leaving go out, items come in.
 */
import type { PendingCall } from './calls.ts'
import type { ItemSource } from './iteration.ts'
import { Tag } from './protocol.ts'

/** What an iteration asks of the calls around it. */
export interface IterationPort {
  /** Makes the call, when what it needs is here. */
  begin(): PendingCall | Promise<PendingCall>
  send(tag: Tag, ...fields: readonly unknown[]): void
  /** The reader begins to wait for an item, or has it. */
  step(call: PendingCall, waiting: boolean): void
}

export class IteratedCall implements ItemSource {
  readonly #port: IterationPort
  #call: PendingCall | undefined
  /** Credit that was given before the call was made. */
  #early = 0

  constructor(port: IterationPort) {
    this.#port = port
  }

  start(onItem: (value: unknown) => void): Promise<unknown> {
    const begun = this.#port.begin()
    if (begun instanceof Promise) return begun.then((call) => this.#begun(call, onItem))
    return this.#begun(begun, onItem)
  }

  credit(count: number): void {
    const call = this.#running()
    if (this.#call === undefined) this.#early += count
    else if (call !== undefined) this.#port.send(Tag.credit, call.id, count)
  }

  stop(): void {
    const call = this.#running()
    if (call !== undefined) this.#port.send(Tag.cancel, call.id, 0, null, null)
  }

  isCut(): boolean {
    return this.#call?.abandoned === true
  }

  awaits(waiting: boolean): void {
    const call = this.#running()
    if (call !== undefined) this.#port.step(call, waiting)
  }

  #begun(call: PendingCall, onItem: (value: unknown) => void): Promise<unknown> {
    this.#call = call
    call.onItem = onItem
    if (this.#early > 0) this.credit(this.#early)
    return call.promise()
  }

  #running(): PendingCall | undefined {
    return this.#call?.state === 'pending' ? this.#call : undefined
  }
}
