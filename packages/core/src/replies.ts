/**
 * What the peer answers to our calls: decoded and given to the call it is for, or dropped when no one waits for it any more.
 */
import type { CallTable, PendingCall } from './calls.ts'
import { FarholdError, ProtocolError } from './errors.ts'
import { decode, discard } from './marshal/decode.ts'
import type { Extra } from './protocol.ts'
import type { References } from './references.ts'

export class Replies {
  readonly #calls: CallTable
  readonly #references: References
  readonly #answered: (call: PendingCall) => void
  readonly #abandon: (call: PendingCall, reason: unknown) => void

  /**
   * @param answered is called when a call has its answer, before the one who made it is told
   * @param abandon gives up a call of which something came that this heap cannot make
   */
  constructor(
    calls: CallTable,
    references: References,
    answered: (call: PendingCall) => void,
    abandon: (call: PendingCall, reason: unknown) => void,
  ) {
    this.#calls = calls
    this.#references = references
    this.#answered = answered
    this.#abandon = abandon
  }

  result(id: number, value: unknown, extra: Extra, moved: readonly unknown[]): void {
    const call = this.#calls.get(id)
    const decoded = this.#decode(call, value, extra, moved)
    this.#answered(call)
    if (decoded === undefined) return
    if ('value' in decoded) call.fulfil(decoded.value)
    else call.fail(decoded.error)
  }

  failure(id: number, error: unknown, extra: Extra, moved: readonly unknown[]): void {
    const call = this.#calls.get(id)
    const decoded = this.#decode(call, error, extra, moved)
    this.#answered(call)
    if (decoded !== undefined) call.fail('value' in decoded ? decoded.value : decoded.error)
  }

  item(id: number, value: unknown, extra: Extra, moved: readonly unknown[]): void {
    const call = this.#calls.get(id)
    const decoded = this.#decode(call, value, extra, moved)
    if (decoded === undefined) return
    if ('value' in decoded) call.onItem?.(decoded.value)
    else this.#abandon(call, decoded.error)
  }

  /**
   * A value for one call of ours. What this heap cannot make fails that call alone; for a call that was given up there is
   * none, and what it introduces goes back.
   */
  #decode(
    call: PendingCall,
    value: unknown,
    extra: Extra,
    moved: readonly unknown[],
  ): { value: unknown } | { error: unknown } | undefined {
    if (call.abandoned) {
      discard(extra, this.#references, undefined)
      return undefined
    }
    this.#references.receiving = call.scope
    this.#references.occasion = call
    try {
      return { value: decode(value, extra, this.#references, moved, call.flavour) }
    } catch (error) {
      if (error instanceof FarholdError && !(error instanceof ProtocolError)) return { error }
      throw error
    } finally {
      this.#references.receiving = undefined
      this.#references.occasion = undefined
    }
  }
}
