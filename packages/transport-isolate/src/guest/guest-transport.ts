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
import type { Finalizers } from './finalizers.ts'
import type { HostCallbacks } from './host-callbacks.ts'

/** A batch on its way out. The host takes each number once, so one may be sent twice. */
interface Letter {
  readonly number: number
  readonly text: string
}

const NOTHING: readonly unknown[] = Object.freeze([])

export class GuestTransport implements Transport {
  readonly codec = 'text'
  readonly #post: HostCallbacks['post']
  readonly #call: HostCallbacks['call']
  readonly #finalizers: Finalizers
  #receiver: Receiver | undefined
  #session: SessionCore | undefined
  /** The last batch of the host that was taken; a batch may be offered twice. */
  #sequence = 0
  /** Where each entry that has not ended began, outermost first. */
  readonly #marks: EntryMark[] = []
  /** The number of the last batch that left. */
  #number = 0
  /**
   * What the last entry answered. The host has it only when the entry is over, after the microtasks; whatever leaves
   * before that sends it again first, so that batches arrive in order.
   */
  #answered: Letter | undefined
  /** What is being posted this moment: an entry that begins meanwhile answers with it as well. */
  readonly #posting: Letter[] = []

  constructor({ post, call }: HostCallbacks, finalizers: Finalizers) {
    this.#post = post
    this.#call = call
    this.#finalizers = finalizers
  }

  attach(session: SessionCore): void {
    this.#session = session
  }

  open(receiver: Receiver): void {
    this.#receiver = receiver
  }

  post({ body, moved }: Batch): void {
    this.#sendAnswered()
    const letter = { number: ++this.#number, text: body as string } // the text codec's batches are text
    if (moved.length === 0) this.#posting.push(letter)
    const post = this.#post
    post(letter.number, letter.text, moved)
    if (moved.length === 0) this.#posting.splice(this.#posting.indexOf(letter), 1)
  }

  enter({ body, moved }: Batch): void {
    this.#sendAnswered()
    const call = this.#call
    const answer = call(++this.#number, body, moved)
    if (typeof answer === 'string') {
      if (answer !== '') this.#receiver?.deliver({ body: answer, moved: [] })
    } else {
      const [text, ...buffers] = answer
      this.#receiver?.deliver({ body: text, moved: buffers })
    }
  }

  /** The runtime has cut the session off. The host is told by what is no batch, so that nothing there waits for ever. */
  close(): void {
    const post = this.#post
    post(++this.#number, 'the guest runtime has ended the session', NOTHING)
  }

  /** An entry of the host with a batch; gives what there is to answer with. */
  deliver(level: number, sequence: number, batch: Batch): string {
    this.#begin(level)
    this.#answered = undefined
    if (sequence <= this.#sequence) return ''
    this.#sequence = sequence
    this.#receiver?.deliver(batch)
    return this.#giveBack()
  }

  /** An entry of the host that brings nothing: finalizers have run before it, and it is time for what they put off. */
  sweep(level: number): string {
    this.#begin(level)
    this.#answered = undefined
    return this.#giveBack()
  }

  /** An entry of the host after one that was cut short. */
  resume(level: number, why: string): string {
    const mark = this.#marks[level]
    const session = this.#session
    if (session === undefined || mark === undefined) return ''
    this.#sendAnswered()
    session.interrupted(mark, cutShort(why))
    this.#begin(level)
    return this.#answer(session.pull())
  }

  /** Ends an entry: gives back some of what is gone, and answers. Last, so that a time limit cuts nothing else short. */
  #giveBack(): string {
    this.#finalizers.runSome()
    return this.#answer(this.#session?.pull())
  }

  #begin(level: number): void {
    if (this.#session === undefined) return
    this.#marks.length = level
    this.#marks.push(this.#session.mark())
  }

  /** What an entry answers with: a line for each batch, its number and its text. */
  #answer(batch: Batch | undefined): string {
    const letters = [...this.#posting]
    if (batch !== undefined && batch.moved.length > 0) this.post(batch)
    else if (batch !== undefined) {
      this.#answered = { number: ++this.#number, text: batch.body as string } // as in `post`
      letters.push(this.#answered)
    }
    return letters.map(({ number, text }) => `${number}:${text}`).join('\n')
  }

  #sendAnswered(): void {
    const letter = this.#answered
    if (letter === undefined) return
    this.#answered = undefined
    const post = this.#post
    post(letter.number, letter.text, NOTHING)
  }
}

/** The error of a call that was cut short: after so many milliseconds, or for another reason of the engine's. */
function cutShort(why: string): Error {
  const milliseconds = Number(why)
  if (Number.isNaN(milliseconds)) return new RangeError(why)
  const stretch = `a stretch of execution in context "${currentContext().name}"`
  return new CallTimeoutError(stretch, milliseconds)
}
