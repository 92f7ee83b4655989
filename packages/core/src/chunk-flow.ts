/**
 * Chunks that are written here and read by the peer, whose credit says how many: the writing side of a stream that the peer owns.
 *
 * A write is done when its chunk was taken on credit, not when the owner has dealt with it; that is what the end of the stream tells.
 */
import { ProtocolError } from './errors.ts'
import { FlowSource, type Step } from './iteration.ts'
import { Service } from './service.ts'

interface Written {
  readonly chunk: unknown
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const DONE: IteratorResult<unknown> = Object.freeze({ done: true, value: undefined })

export class ChunkFlow extends FlowSource {
  /** Written and not taken. Of a WritableStream that is one at most, of code without streams as many as it writes at once. */
  readonly #written: Written[] = []
  /** Taken, and not on its way yet. */
  #taken: Written | undefined
  /** The peer has credit left, and waits for a chunk. */
  #asked: PromiseWithResolvers<IteratorResult<unknown>> | undefined
  #isClosed = false
  #failure: { readonly error: unknown } | undefined

  /** Does a chunk that is written now leave at once? */
  get isAskedFor(): boolean {
    return this.#asked !== undefined
  }

  write(chunk: unknown): Promise<void> {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.#written.push({ chunk, resolve, reject })
    this.#answer()
    return promise
  }

  /** No more is written. */
  close(): void {
    this.#isClosed = true
    this.#answer()
  }

  /** What is not on its way never will be. */
  fail(error: unknown): void {
    if (this.#failure !== undefined) return
    this.#failure = { error }
    this.#taken?.reject(error)
    this.#taken = undefined
    for (const { reject } of this.#written.splice(0)) reject(error)
    // A stream that fails is not one that was closed.
    this.#asked?.reject(error)
    this.#asked = undefined
  }

  override next(): Step {
    if (this.#failure !== undefined) return Promise.reject(this.#failure.error)
    const step = this.#step()
    if (step !== undefined) return step
    this.#asked = Promise.withResolvers()
    return this.#asked.promise
  }

  override sent(): void {
    this.#taken?.resolve()
    this.#taken = undefined
  }

  /** The owner reads no more, and tells the stream why; or a chunk could not cross, for this reason. */
  override async cancel(reason: unknown): Promise<void> {
    if (reason !== undefined) this.fail(reason)
    this.#asked?.resolve(DONE)
    this.#asked = undefined
  }

  #answer(): void {
    const asked = this.#asked
    if (asked === undefined) return
    const step = this.#step()
    if (step === undefined) return
    this.#asked = undefined
    asked.resolve(step)
  }

  #step(): IteratorResult<unknown> | undefined {
    this.#taken = this.#written.shift()
    if (this.#taken !== undefined) return { value: this.#taken.chunk, done: false }
    return this.#isClosed ? DONE : undefined
  }
}

/** What the owner of the stream is given to read the chunks by, once. */
export class ChunkSource extends Service {
  #flow: ChunkFlow | undefined

  constructor(flow: ChunkFlow) {
    super()
    this.#flow = flow
  }

  [Symbol.asyncIterator](): ChunkFlow {
    const flow = this.#flow
    if (flow === undefined) throw new ProtocolError('the chunks of a stream are read twice')
    this.#flow = undefined
    return flow
  }

  override dropped(): void {}
}
