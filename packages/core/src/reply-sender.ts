/**
 * What leaves in answer to the peer's calls: encoded, and held up only by what it names and the peer has not been granted yet.
 */
import { encode, encodeFailure } from './marshal/encode.ts'
import type { Outbox } from './outbox.ts'
import { type CallMessage, Flag, Operation, Tag } from './protocol.ts'
import type { References } from './references.ts'

export class ReplySender {
  readonly #references: References
  readonly #outbox: Outbox
  readonly #answered: (id: number) => void

  /** @param answered is called when the answer of a call is made, before it is queued */
  constructor(references: References, outbox: Outbox, answered: (id: number) => void) {
    this.#references = references
    this.#outbox = outbox
    this.#answered = answered
  }

  /** Answers a call with a value, or with word that it is there; with the error that says why it cannot cross. */
  result(message: CallMessage, value: unknown): void {
    const { id, flags, operation } = message
    if (!(flags & Flag.reply)) {
      this.nothing(Tag.result, id)
      return
    }
    this.#references.occasion = message
    try {
      const { moved } = this.#outbox
      const movedBefore = moved.length
      const { value: body, extra } = encode(
        value,
        this.#references,
        moved,
        'result',
        operation === Operation.snapshot ? value : undefined,
      )
      this.#answered(id)
      const gates = this.#references.takeGates()
      const fields = [id, body, extra]
      if (gates.length === 0) this.#outbox.reply(Tag.result, fields)
      else {
        this.#outbox.replyBehind(gates, Tag.result, fields, movedBefore, (error) =>
          this.failure(id, error),
        )
      }
    } catch (error) {
      this.failure(id, error)
    } finally {
      this.#references.occasion = undefined
    }
  }

  /** Answers a call whose caller wants no value. */
  nothing(tag: typeof Tag.result | typeof Tag.failure, id: number): void {
    this.#answered(id)
    this.#outbox.reply(tag, [id, null, null])
  }

  failure(id: number, error: unknown): void {
    const { value, extra } = encodeFailure(error, this.#references, this.#outbox.moved, 'error')
    this.#answered(id)
    const gates = this.#references.takeGates()
    const fields = [id, value, extra]
    if (gates.length === 0) this.#outbox.reply(Tag.failure, fields)
    else {
      // What the error names is lost: whoever waits is told that instead.
      this.#outbox.replyBehind(gates, Tag.failure, fields, undefined, (lost) =>
        this.failure(id, lost),
      )
    }
  }

  /** An item of an iteration. */
  item(id: number, value: unknown, lost: (error: unknown) => void): void {
    const { moved } = this.#outbox
    const movedBefore = moved.length
    const { value: body, extra } = encode(value, this.#references, moved, 'item')
    const gates = this.#references.takeGates()
    const fields = [id, body, extra]
    // One that moves is large: its reader can begin with it while the next is made.
    if (gates.length === 0 && moved.length === movedBefore) this.#outbox.item(fields)
    else this.#outbox.replyBehind(gates, Tag.item, fields, movedBefore, lost)
  }
}
