/**
 * Streams of the peer, as they are here: the platform's own, where there is one, whose chunks come and go as credit allows.
 */
import { ChunkFlow, ChunkSource } from './chunk-flow.ts'
import { servedHere } from './current-call.ts'
import { NotShareableError, ProtocolError, WouldBlockError } from './errors.ts'
import type { Connection, Import } from './handle.ts'
import type { Platform, ReadableController, WritableController } from './platform.ts'
import { Operation } from './protocol.ts'

/** What a stream of the peer asks of its session. */
export interface ReceivingPort {
  readonly connection: Connection
  readonly platform: Platform
}

/**
 * A readable stream of the peer; a plain iterator where the platform has no streams.
 * @param isBytes is it one of bytes, whose chunks are moved?
 */
export function receivedReadable(
  { connection, platform }: ReceivingPort,
  source: Import,
  isBytes: boolean,
): object {
  const items = connection.iterate(source, [])
  const { ReadableStream } = platform
  if (ReadableStream === undefined) return items
  /** Passes on what is next; false when that was the end. */
  const pass = isBytes ? passBytes : passChunk
  return new ReadableStream(
    {
      ...(isBytes ? { type: 'bytes' } : {}),
      async pull(controller) {
        try {
          if (await pass(items, controller)) return
        } catch (error) {
          connection.giveUp(source)
          throw error
        }
        connection.giveUp(source)
      },
      async cancel(reason) {
        const told = tellEnd(connection, source, 'cancel', reason)
        await items.return?.()
        try {
          await told
        } finally {
          connection.giveUp(source)
        }
      },
    },
    { highWaterMark: 0 },
  )
}

type Items = AsyncIterator<unknown, unknown, unknown>

async function passChunk(items: Items, controller: ReadableController): Promise<boolean> {
  const step = await items.next()
  if (step.done === true) controller.close()
  else controller.enqueue(step.value)
  return step.done !== true
}

async function passBytes(items: Items, controller: ReadableController): Promise<boolean> {
  for (;;) {
    const step = await items.next()
    if (step.done === true) {
      controller.close()
      // A reader that brought its own buffer gets that back, with nothing in it.
      controller.byobRequest?.respond(0)
      return false
    }
    if (!ArrayBuffer.isView(step.value)) {
      void items.return?.()
      throw new ProtocolError('a stream of bytes brought something else')
    }
    // One of no bytes is none, by the Streams standard.
    if (step.value.byteLength > 0) {
      controller.enqueue(step.value)
      return true
    }
  }
}

/** A writable stream of the peer; an object with the same three methods where the platform has no streams. */
export function receivedWritable(port: ReceivingPort, sink: Import): object {
  const writing = new Writing(port.connection, sink)
  const ends = {
    write: (chunk: unknown) => writing.write(chunk),
    close: () => writing.close(),
    abort: (reason?: unknown) => writing.abort(reason),
  }
  const { WritableStream } = port.platform
  if (WritableStream === undefined) return ends
  return new WritableStream(
    { ...ends, start: (controller) => writing.begins(controller) },
    {
      highWaterMark: 1,
      // All of it that runs as part of the code that writes.
      size: () => {
        writing.checkBlocked()
        return 1
      },
    },
  )
}

/** The writing side of a stream of the peer. Its owner reads all chunks by one flow, from the first that is written on. */
class Writing {
  readonly #connection: Connection
  readonly #sink: Import
  #flow: ChunkFlow | undefined
  /** Settles when the stream of the owner has ended, one way or the other. */
  #ended: Promise<void> | undefined
  #isClosing = false
  #controller: WritableController | undefined

  constructor(connection: Connection, sink: Import) {
    this.#connection = connection
    this.#sink = sink
  }

  begins(controller: WritableController): void {
    this.#controller = controller
    const { signal } = controller
    // Who aborts does not wait for a chunk that the owner does not take.
    signal?.addEventListener('abort', () => this.#flow?.fail(signal.reason), { once: true })
  }

  async write(chunk: unknown): Promise<void> {
    this.checkBlocked()
    const flow = this.#begin()
    const leavesAtOnce = flow.isAskedFor
    const written = flow.write(chunk)
    await (leavesAtOnce ? written : this.#awake(written))
  }

  async close(): Promise<void> {
    this.checkBlocked()
    const flow = this.#begin()
    this.#isClosing = true
    flow.close()
    await this.#awake(this.#ended ?? Promise.resolve())
  }

  async abort(reason: unknown): Promise<void> {
    this.#flow?.fail(reason)
    try {
      await tellEnd(this.#connection, this.#sink, 'abort', reason)
    } finally {
      if (this.#ended === undefined) this.#connection.giveUp(this.#sink)
    }
  }

  #begin(): ChunkFlow {
    if (this.#flow !== undefined) return this.#flow
    const flow = new ChunkFlow()
    this.#flow = flow
    const piping = this.#connection.request(
      Operation.call,
      this.#sink,
      ['pipe'],
      [new ChunkSource(flow)],
    )
    this.#ended = this.#end(flow, piping.promise())
    // Whoever writes or closes is told.
    this.#ended.catch(() => undefined)
    return flow
  }

  async #end(flow: ChunkFlow, piping: Promise<unknown>): Promise<void> {
    try {
      const answer = (await piping) as { readonly closed?: unknown } | null | undefined
      await answer?.closed
      if (!this.#isClosing) throw new ProtocolError('a stream that no one closed has ended')
    } catch (error) {
      flow.fail(error)
      this.#controller?.error(error)
      throw error
    } finally {
      this.#connection.giveUp(this.#sink)
    }
  }

  /** The process does not end by itself until it has settled. */
  #awake(promise: Promise<void>): Promise<void> {
    const letGo = this.#connection.keepAlive()
    promise.then(letGo, letGo)
    return promise
  }

  /**
   * The thread that has the sink may be blocked until this very code has answered, and takes no chunk until then.
   * @throws {WouldBlockError} when it is; the stream is aborted with it
   */
  checkBlocked(): void {
    const { isWaitedFor, peerHeap, peerName } = this.#connection
    if (!isWaitedFor || servedHere()?.waiting.includes(peerHeap) !== true) return
    const error = new WouldBlockError(
      `a stream of context "${peerName}"`,
      'it takes nothing while its thread is blocked, and that waits for this very call. Make the call that blocks it through a Remote, and await that.',
    )
    this.abort(error).catch(() => undefined) // who writes is told
    throw error
  }
}

/** Ends a stream of the peer. A reason that cannot cross is one that says so. */
async function tellEnd(
  connection: Connection,
  end: Import,
  method: 'cancel' | 'abort',
  reason: unknown,
): Promise<void> {
  const tell = (given: unknown): Promise<unknown> =>
    connection.request(Operation.call, end, [method], [given]).promise()
  try {
    await tell(reason)
  } catch (error) {
    if (!(error instanceof NotShareableError)) throw error
    await tell(error)
  }
}

/**
 * A transform stream of the peer: its two ends, as `pipeThrough` takes them. It is no instance of the platform's class, whose instances have
 * both ends in this context.
 */
export class ReceivedTransform {
  readonly readable: object
  readonly writable: object

  /** @throws {ProtocolError} when one of the ends is none. */
  constructor(readable: unknown, writable: unknown) {
    if (!isObject(readable) || !isObject(writable))
      throw new ProtocolError('a transform stream without its ends')
    this.readable = readable
    this.writable = writable
  }
}
Object.defineProperty(ReceivedTransform.prototype, Symbol.toStringTag, { value: 'TransformStream' })

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}
