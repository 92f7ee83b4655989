/**
 * The guest's end of the pipe: text out through the host's callbacks, text in through entries.
 */
import {
  type Batch,
  CallTimeoutError,
  currentContext,
  type Receiver,
  type Transport,
} from '@farhold/core'
import type { EntryMark, SessionCore } from '@farhold/core/adapter'

/** The two functions of the host that the runtime holds. Neither ever throws. */
export interface HostCallbacks {
  /** Delivers a batch to the host. */
  readonly post: (text: string, ...buffers: unknown[]) => void
  /** Delivers a batch and gives the host's answer: text alone, or with buffers behind it. */
  readonly call: (text: string, ...buffers: unknown[]) => string | readonly [string, ...unknown[]]
}

export class GuestTransport implements Transport {
  readonly codec = 'text'
  readonly #post: HostCallbacks['post']
  readonly #call: HostCallbacks['call']
  #receiver: Receiver | undefined
  #session: SessionCore | undefined
  /** The last batch of the host that was taken; a batch may be offered twice. */
  #sequence = 0
  /** Where each entry that has not ended began, outermost first. */
  readonly #marks: EntryMark[] = []
  /** What the last entry answered, in case the answer did not get through. */
  #answered = ''

  constructor({ post, call }: HostCallbacks) {
    this.#post = post
    this.#call = call
  }

  attach(session: SessionCore): void {
    this.#session = session
  }

  open(receiver: Receiver): void {
    this.#receiver = receiver
  }

  post({ body, moved }: Batch): void {
    const post = this.#post
    post(body as string, ...moved) // the text codec's batches are text
  }

  enter({ body, moved }: Batch): void {
    const call = this.#call
    const answer = call(body as string, ...moved) // as in `post`
    if (typeof answer === 'string') {
      if (answer !== '') this.#receiver?.deliver({ body: answer, moved: [] })
    } else {
      const [text, ...buffers] = answer
      this.#receiver?.deliver({ body: text, moved: buffers })
    }
  }

  close(): void {}

  /** An entry of the host with a batch; gives what there is to answer with. */
  deliver(level: number, sequence: number, batch: Batch): string {
    this.#begin(level)
    this.#answered = ''
    if (sequence <= this.#sequence) return ''
    this.#sequence = sequence
    return this.#answer(this.#receiver?.serve(batch))
  }

  /** An entry of the host after one that was cut short. */
  resume(level: number, milliseconds: string): string {
    const mark = this.#marks[level]
    const session = this.#session
    if (session === undefined || mark === undefined) return ''
    const lost = this.#answered
    this.#answered = ''
    const stretch = `a stretch of execution in context "${currentContext().name}"`
    session.interrupted(mark, new CallTimeoutError(stretch, Number(milliseconds)))
    this.#begin(level)
    if (lost !== '') this.#post(lost)
    return this.#answer(session.pull())
  }

  #begin(level: number): void {
    if (this.#session === undefined) return
    this.#marks.length = level
    this.#marks.push(this.#session.mark())
  }

  #answer(batch: Batch | undefined): string {
    if (batch === undefined) return ''
    if (batch.moved.length > 0) {
      this.post(batch)
      return ''
    }
    this.#answered = batch.body as string // as in `post`
    return this.#answered
  }
}
