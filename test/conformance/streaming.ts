/** Streams that a context owns, or uses: sinks that take their time or fail, and transforms. */
import { proxy } from '@farhold/core'
import { platformClass } from './samples.ts'

/** How a sink is to behave. */
export interface SinkPlan {
  /** It takes nothing before `go` is called. */
  readonly waits?: boolean
  /** It fails at this chunk, the first being 0; -1 where `close` fails. */
  readonly failsAt?: number
}

/** A writable stream whose sink notes what it is told. */
export function makeSink({ waits = false, failsAt }: SinkPlan = {}) {
  const notes: unknown[] = []
  const gate = Promise.withResolvers<void>()
  if (!waits) gate.resolve()
  let controller: { error(reason: unknown): void } | undefined
  const stream = new (platformClass('WritableStream'))({
    start(given: typeof controller) {
      controller = given
    },
    async write(chunk: unknown) {
      if (notes.length === failsAt) throw new RangeError(`chunk ${failsAt} is refused`)
      notes.push(chunk)
      await gate.promise
    },
    async close() {
      await gate.promise
      if (failsAt === -1) throw new RangeError('closing is refused')
      notes.push('closed')
    },
    abort(reason: unknown) {
      notes.push({ aborted: reason instanceof Error ? reason.message : reason })
    },
  }) as WritableStream<unknown>
  return proxy({
    stream: () => stream,
    notes: () => notes,
    isLocked: () => stream.locked,
    go: () => gate.resolve(),
    break: (message: string) => controller?.error(new RangeError(message)),
  })
}

/** Writes so many numbers without waiting for them, and closes; gives what became of each write and of the rest. */
export async function writeNumbers(
  stream: WritableStream<unknown>,
  count: number,
): Promise<readonly string[]> {
  const writer = stream.getWriter?.() ?? stream // where there are no streams, it is what writes
  const writes = Array.from({ length: count }, (_, n) => outcome(writer.write(n)))
  writes.push(outcome(writer.close()))
  if (writer.closed !== undefined) writes.push(outcome(writer.closed))
  return Promise.all(writes)
}

async function outcome(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
    return 'done'
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
  }
}

/** Transform streams of several classes. */
export const makeTransform = (name: string, ...args: readonly unknown[]): object =>
  new (platformClass(name))(...args)

export const makeDoubling = (failsAt = -1): object => {
  let n = 0
  return new (platformClass('TransformStream'))({
    transform(chunk: unknown, controller: { enqueue(chunk: unknown): void }) {
      if (n++ === failsAt) throw new RangeError('cannot be doubled')
      controller.enqueue([chunk, chunk])
    },
  })
}

/** A transform stream, and whether its ends can be used here. */
export function makeWatchedTransform() {
  const transform = new (platformClass('TransformStream'))() as TransformStream
  return proxy({
    give: () => transform,
    locked: () => [transform.readable.locked, transform.writable.locked],
  })
}

/** Sends some text through a transform that it is given. */
export async function sendThrough(
  transform: TransformStream<unknown, unknown>,
  chunks: readonly unknown[],
): Promise<readonly unknown[]> {
  const writer = transform.writable.getWriter()
  const writing = (async () => {
    for (const chunk of chunks) await writer.write(chunk)
    await writer.close()
  })()
  const received: unknown[] = []
  for await (const chunk of transform.readable) received.push(chunk)
  await writing
  return received
}

/** A stream of bytes, of these chunks. */
export const makeByteStream = (chunks: readonly Uint8Array[]): object => {
  const left = [...chunks]
  return new (platformClass('ReadableStream'))({
    type: 'bytes',
    pull(controller: {
      enqueue(chunk: Uint8Array): void
      close(): void
      byobRequest: { respond(bytes: number): void } | null
    }) {
      const next = left.shift()
      if (next !== undefined) controller.enqueue(next)
      else {
        controller.close()
        controller.byobRequest?.respond(0)
      }
    },
  })
}

/** Reads a stream of bytes into buffers of so many bytes that the reader brings. */
export async function readInto(stream: ReadableStream<Uint8Array>, size: number) {
  const reader = stream.getReader({ mode: 'byob' })
  const parts: number[][] = []
  for (;;) {
    const { value, done } = await reader.read(new Uint8Array(size))
    if (done) return { parts, rest: value?.byteLength }
    parts.push([...value])
  }
}
