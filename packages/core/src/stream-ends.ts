/**
 * What stands in the export table for an iterable or a stream of ours: it reads or writes the real one for the peer.
 *
 * A stream is locked by its end while the peer holds it. When the peer is gone, what it had begun to use is told so, as a reader that
 * leaves tells it; what it had not begun to use is as free as before. All public methods are for the peer to call.
 */

/** The owner's side of an end that a peer has given up. */
export interface Dropping {
  /** What the source is told. */
  readonly reason: unknown
  /** Is the peer gone? Else it has given up this one. */
  readonly isDead: boolean
}

type AnyIterator = Iterator<unknown> | AsyncIterator<unknown>
type Step = IteratorResult<unknown> | Promise<IteratorResult<unknown>>

interface AnyIterable {
  [Symbol.iterator]?(): Iterator<unknown>
  [Symbol.asyncIterator]?(): AsyncIterator<unknown>
}

/** An iterable of ours: iterated as a whole by `iterate`, or step by step by a peer that blocks. */
export class IterableEnd {
  readonly #iterable: AnyIterable
  /** What a peer that blocks reads, once it has begun to. */
  #stepped: AnyIterator | undefined
  #done = false

  constructor(iterable: object) {
    this.#iterable = iterable
  }

  [Symbol.asyncIterator](): AnyIterator {
    const { [Symbol.asyncIterator]: asynchronous, [Symbol.iterator]: synchronous } = this.#iterable
    const method = asynchronous ?? synchronous
    if (method === undefined) throw new TypeError('it is not iterable')
    return Reflect.apply(method, this.#iterable, []) as AnyIterator // what the language asks of the method
  }

  next(...given: [] | [unknown]): Step {
    const { next } = this.#steps()
    return this.#note(Reflect.apply(next, this.#steps(), given) as Step) // as above
  }

  return(value?: unknown): Step {
    const steps = this.#steps()
    this.#done = true
    return steps.return?.(value) ?? { value, done: true }
  }

  throw(error?: unknown): Step {
    const steps = this.#steps()
    if (steps.throw !== undefined) return this.#note(steps.throw(error))
    void this.return()
    throw error
  }

  /** Code that blocks has no use for promises where there is another way. */
  #steps(): AnyIterator {
    const method = this.#iterable[Symbol.iterator]
    this.#stepped ??=
      method === undefined
        ? this[Symbol.asyncIterator]()
        : Reflect.apply(method, this.#iterable, [])
    return this.#stepped
  }

  #note(step: Step): Step {
    if (step instanceof Promise) {
      return step.then((result) => {
        if (result.done === true) this.#done = true
        return result
      })
    }
    if (step.done === true) this.#done = true
    return step
  }

  /** A generator that the peer has given up may still be read here; one whose peer is gone was left in the middle. */
  static async drop(end: IterableEnd, { isDead }: Dropping): Promise<void> {
    if (!isDead || end.#stepped === undefined || end.#done) return
    end.#done = true
    await end.#stepped.return?.()
  }
}

interface Reader {
  read(): Promise<IteratorResult<unknown>>
  cancel(reason: unknown): Promise<void>
  releaseLock(): void
}

/** A readable stream of ours: read by `iterate`, cancelled by a call. */
export class ReadableEnd {
  readonly #reader: Reader
  #began = false
  #over = false

  constructor(stream: object) {
    this.#reader = (stream as { getReader(): Reader }).getReader() // the pass style says it is one
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async next(): Promise<IteratorResult<unknown>> {
    this.#began = true
    try {
      const step = await this.#reader.read()
      if (step.done === true) this.#over = true
      return step
    } catch (error) {
      this.#over = true
      throw error
    }
  }

  async return(): Promise<IteratorResult<unknown>> {
    await this.cancel(undefined)
    return { value: undefined, done: true }
  }

  async cancel(reason: unknown): Promise<void> {
    if (this.#over) return
    this.#began = true
    this.#over = true
    await this.#reader.cancel(reason)
  }

  static async drop(end: ReadableEnd, { reason }: Dropping): Promise<void> {
    if (end.#began) await end.cancel(reason)
    else end.#reader.releaseLock()
  }
}

interface Writer {
  write(chunk: unknown): Promise<void>
  close(): Promise<void>
  abort(reason: unknown): Promise<void>
  releaseLock(): void
}

/** A writable stream of ours: three methods, each of which is a call. */
export class WritableEnd {
  readonly #writer: Writer
  #began = false
  #over = false

  constructor(stream: object) {
    this.#writer = (stream as { getWriter(): Writer }).getWriter() // the pass style says it is one
  }

  write(chunk: unknown): Promise<void> {
    this.#began = true
    return this.#writer.write(chunk)
  }

  close(): Promise<void> {
    this.#over = true
    return this.#writer.close()
  }

  abort(reason: unknown): Promise<void> {
    this.#over = true
    return this.#writer.abort(reason)
  }

  /** What a peer has only given up can be written to from here again. */
  static async drop(end: WritableEnd, { reason, isDead }: Dropping): Promise<void> {
    if (isDead && end.#began && !end.#over) await end.abort(reason)
    else end.#writer.releaseLock()
  }
}

/** What stands for a value of ours in the table. */
export type StreamEnd = IterableEnd | ReadableEnd | WritableEnd

/** Makes the end of an iterable or a stream; a stream is locked by it. @throws {TypeError} when it is locked already. */
export function endOf(value: object, style: 'iterator' | 'readable' | 'writable'): StreamEnd {
  if (style === 'readable') return new ReadableEnd(value)
  return style === 'writable' ? new WritableEnd(value) : new IterableEnd(value)
}

/** The peer holds an end no more. Rejects with what the source makes of it. */
export async function dropEnd(end: StreamEnd, dropping: Dropping): Promise<void> {
  if (end instanceof ReadableEnd) await ReadableEnd.drop(end, dropping)
  else if (end instanceof WritableEnd) await WritableEnd.drop(end, dropping)
  else await IterableEnd.drop(end, dropping)
}
