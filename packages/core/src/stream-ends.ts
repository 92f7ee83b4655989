/**
 * What stands in the export table for an iterable or a stream of ours: it reads or writes the real one for the peer.
 *
 * A stream is locked by its end while the peer holds it. When the peer is gone, what it had begun to use is told so, as a reader that
 * leaves tells it; what it had not begun to use is as free as before. All public methods are for the peer to call.
 */
import { ChunkSource } from './chunk-flow.ts'
import { ProtocolError } from './errors.ts'
import { type AnyIterator, FlowSource, ItemReader, type Step } from './iteration.ts'
import { transfer } from './marks.ts'

/** The owner's side of an end that a peer has given up. */
export interface Dropping {
  /** What the source is told. */
  readonly reason: unknown
  /** Is the peer gone? Else it has given up this one. */
  readonly isDead: boolean
}

type Steps = Exclude<AnyIterator, FlowSource>

interface AnyIterable {
  [Symbol.iterator]?(): Iterator<unknown>
  [Symbol.asyncIterator]?(): AsyncIterator<unknown>
}

/** An iterable of ours: iterated as a whole by `iterate`, or step by step by a peer that blocks. */
export class IterableEnd {
  readonly #iterable: AnyIterable
  /** What a peer that blocks reads, once it has begun to. */
  #stepped: Steps | undefined
  #done = false

  constructor(iterable: object) {
    this.#iterable = iterable
  }

  [Symbol.asyncIterator](): Steps {
    const { [Symbol.asyncIterator]: asynchronous, [Symbol.iterator]: synchronous } = this.#iterable
    const method = asynchronous ?? synchronous
    if (method === undefined) throw new TypeError('it is not iterable')
    return Reflect.apply(method, this.#iterable, []) as Steps // what the language asks of the method
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
  #steps(): Steps {
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

interface Readable {
  getReader(options?: { readonly mode: 'byob' }): Reader
}

interface Reader {
  read(): Promise<IteratorResult<unknown>>
  cancel(reason: unknown): Promise<void>
  releaseLock(): void
}

/** A readable stream of ours: read by `iterate`, cancelled by a call. */
export class ReadableEnd extends FlowSource {
  readonly #reader: Reader
  /** Is it a stream of bytes? Its chunks are their reader's, so they are moved. */
  readonly isOfBytes: boolean
  #began = false
  #over = false

  constructor(stream: object) {
    super()
    const readable = stream as Readable // the pass style says it is one
    this.isOfBytes = isOfBytes(readable)
    this.#reader = readable.getReader()
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  override async next(): Promise<IteratorResult<unknown>> {
    this.#began = true
    try {
      const step = await this.#reader.read()
      if (step.done === true) this.#over = true
      else if (this.isOfBytes) moved(step.value)
      return step
    } catch (error) {
      this.#over = true
      throw error
    }
  }

  override async cancel(reason: unknown): Promise<void> {
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

/** Only a stream of bytes fills buffers that its reader brings. */
function isOfBytes(stream: Readable): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock()
    return true
  } catch {
    return false
  }
}

/** Has a chunk move that is all of its buffer; what else is in a larger one stays here. */
function moved(chunk: unknown): void {
  if (!(chunk instanceof Uint8Array) || chunk.byteLength !== chunk.buffer.byteLength) return
  transfer(chunk, [chunk.buffer])
}

interface Writer {
  readonly ready: Promise<unknown>
  readonly closed: Promise<void>
  write(chunk: unknown): Promise<void>
  close(): Promise<void>
  abort(reason: unknown): Promise<void>
  releaseLock(): void
}

/** A writable stream of ours: it reads the peer's chunks as fast as they are written here. */
export class WritableEnd {
  readonly #writer: Writer
  #began = false
  #over = false

  constructor(stream: object) {
    this.#writer = (stream as { getWriter(): Writer }).getWriter() // the pass style says it is one
    const ended = (): void => {
      this.#over = true
    }
    this.#writer.closed.then(ended, ended)
  }

  /** Writes all of the peer's chunks; `closed` tells how the stream has ended. */
  pipe(chunks: unknown): { readonly closed: Promise<void> } {
    const items = (chunks as Partial<AsyncIterable<unknown>> | null | undefined)?.[
      Symbol.asyncIterator
    ]?.()
    if (this.#began || !(items instanceof ItemReader))
      throw new ProtocolError('the chunks of a stream are one iterable, given once')
    this.#began = true
    ItemReader.makeIdle(items)
    const { closed } = this.#writer
    this.#write(items)
      .catch((error: unknown) => this.#writer.abort(error))
      .catch(() => undefined) // whoever writes is told by `closed`
    closed.catch(() => items.return()).catch(() => undefined)
    const told = closed.finally(() => ItemReader.release(items))
    told.catch(() => undefined) // also where it cannot be told
    return { closed: told }
  }

  /** Takes a chunk when there is room for it: until then it is with those that are under way. */
  async #write(items: ItemReader): Promise<void> {
    const writer = this.#writer
    for (;;) {
      await writer.ready
      const step = await items.next()
      if (step.done === true) break
      writer.write(step.value).catch(() => undefined) // as above
    }
    await writer.close()
  }

  abort(reason: unknown): Promise<void> {
    this.#began = true
    return this.#writer.abort(reason)
  }

  /** What a peer has only given up can be written to from here again. */
  static async drop(end: WritableEnd, { reason, isDead }: Dropping): Promise<void> {
    if (isDead && end.#began && !end.#over) await end.#writer.abort(reason)
    else end.#writer.releaseLock()
  }
}

/** What stands for a value of ours in the table. */
export type StreamEnd = IterableEnd | ReadableEnd | WritableEnd | ChunkSource

/** Makes the end of an iterable or a stream; a stream is locked by it. @throws {TypeError} when it is locked already. */
export function endOf(value: object, style: 'iterator' | 'readable' | 'writable'): StreamEnd {
  if (value instanceof ChunkSource) return value
  if (style === 'readable') return new ReadableEnd(value)
  return style === 'writable' ? new WritableEnd(value) : new IterableEnd(value)
}

/** The peer holds an end no more. Rejects with what the source makes of it. */
export async function dropEnd(end: StreamEnd, dropping: Dropping): Promise<void> {
  if (end instanceof ReadableEnd) await ReadableEnd.drop(end, dropping)
  else if (end instanceof WritableEnd) await WritableEnd.drop(end, dropping)
  else if (end instanceof IterableEnd) await IterableEnd.drop(end, dropping)
}
