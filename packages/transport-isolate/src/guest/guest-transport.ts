/**
 * The guest's end of the pipe: text out through the host's callbacks, text in through entries.
 */
import {
  type Batch,
  type BatchReceiver,
  CallTimeoutError,
  currentCall,
  currentContext,
  type Transport,
} from '@farhold/core'
import type { EntryMark, SessionCore } from '@farhold/core/adapter'
import { UNNUMBERED, Want } from '../entry.ts'
import type { Finalizers } from './finalizers.ts'
import type { HostCallbacks } from './host-callbacks.ts'

/** A batch on its way out. The host takes each number once, so one may be sent twice. */
interface Letter {
  readonly number: number
  readonly text: string
}

const NOTHING: readonly unknown[] = Object.freeze([])

/** A guest has no clock but this one. Taken before guest code can replace it. */
const { now } = Date

export class GuestTransport implements Transport {
  readonly codec = 'text'
  /** A host that blocks goes on when this guest has run as far as it can. */
  readonly isWaitedFor = false
  readonly #post: HostCallbacks['post']
  readonly #call: HostCallbacks['call']
  readonly #wait: HostCallbacks['wait']
  readonly #finalizers: Finalizers
  readonly #promisesStay: boolean
  #receiver: BatchReceiver | undefined
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
  /** Calls that sleep until the host has an answer, one within the other. */
  #sleeping = 0
  /** What is being posted this moment: an entry that begins meanwhile answers with it as well. */
  readonly #posting: Letter[] = []

  /** @param promisesStay are the host's promises given as they are, so that none is waited for? */
  constructor({ post, call, wait }: HostCallbacks, finalizers: Finalizers, promisesStay: boolean) {
    this.#promisesStay = promisesStay
    this.#post = post
    this.#call = call
    this.#wait = wait
    this.#finalizers = finalizers
  }

  attach(session: SessionCore): void {
    this.#session = session
  }

  open(receiver: BatchReceiver): void {
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

  /** Is this guest asleep, on a thread of the pool? */
  get waits(): boolean {
    return this.#sleeping > 0
  }

  /** The host answers what it can at once. For the rest a thread of the pool sleeps; the host's own cannot. */
  enter({ body, moved }: Batch, done: () => boolean, deadline = Infinity): void {
    this.#sendAnswered()
    const call = this.#call
    const answer = call(++this.#number, body, moved)
    const text = typeof answer === 'string' ? answer : answer[0]
    if (text !== '') {
      const buffers = typeof answer === 'string' ? NOTHING : answer.slice(1)
      // Batches are lists; one that crossed threads has its number ahead.
      if (text[0] === '[') this.#receiver?.deliver({ body: text, moved: buffers })
      else if (this.#promisesStay) this.#deliverFrom(text, buffers)
      else {
        this.#sleepUntil(done, deadline, text, buffers)
        return
      }
    }
    if (!done()) this.#sleepUntil(done, deadline)
  }

  /** @param first what is here already, and may ask for what needs this thread */
  #sleepUntil(
    done: () => boolean,
    deadline: number,
    first = '',
    buffers: readonly unknown[] = NOTHING,
  ): void {
    const end = now() + deadline
    const serving = currentCall()
    // When the engine cuts execution short, this stays as it is until the next entry begins.
    const outer = this.#sleeping++
    try {
      if (first !== '') this.#deliverFrom(first, buffers)
      while (!done()) {
        const left = end - now()
        // A call whose own caller has given up has nothing to wait for.
        if (serving?.signal.aborted === true) return
        if (left <= 0) return
        // What came in the same batch as the call that waits must not wait for it.
        if (this.#receiver?.hasUnread === true) this.#receiver.readOn()
        this.#sendQueued()
        if (done()) return
        const wait = this.#wait
        const answer = wait(Want.batch, this.#sequence, left)
        if (typeof answer !== 'string') return
        if (answer !== '') this.#deliverFrom(answer, NOTHING)
      }
    } finally {
      this.#sleeping = outer
    }
  }

  /** The microtask that would send it does not run while this thread sleeps. */
  #sendQueued(): void {
    try {
      const batch = this.#session?.pull()
      if (batch !== undefined) this.post(batch)
    } catch (error) {
      // The runtime itself failed, and what was queued is lost: nobody must wait for it.
      this.close()
      throw error
    }
  }

  /**
   * Takes a batch that was given to this thread, unless the host, which did not know, has offered it in an entry since. One without a number
   * was not offered otherwise, and has its buffers beside it.
   */
  #deliverFrom(answer: string, beside: readonly unknown[]): void {
    const colon = answer.indexOf(':')
    if (colon === 0) {
      this.#receiver?.deliver({ body: answer.slice(1), moved: beside })
      return
    }
    const second = answer.indexOf(':', colon + 1)
    const sequence = Number(answer.slice(0, colon))
    const count = Number(answer.slice(colon + 1, second))
    const buffers: unknown[] = []
    const wait = this.#wait
    for (let index = 0; index < count; index++) buffers.push(wait(Want.buffer, sequence, index))
    if (!this.#isNew(sequence)) return
    this.#receiver?.deliver({ body: answer.slice(second + 1), moved: buffers })
  }

  /** Is a batch of the host to be taken? */
  #isNew(sequence: number): boolean {
    if (sequence === UNNUMBERED) return true
    if (sequence <= this.#sequence) return false
    this.#sequence = sequence
    return true
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
    if (!this.#isNew(sequence)) return ''
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
    if (level === 0) this.#sleeping = 0
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
