/** Streams of bytes as a program has them: a source that makes chunks when they are asked for, a sink that takes them, and who reads and writes. */
import { transfer } from '@farhold/core'

/** A stream of so many chunks. */
export function sourceOf(count: number, size: number): ReadableStream<Uint8Array> {
  let left = count
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      controller.enqueue(new Uint8Array(size))
      left--
      if (left === 0) controller.close()
    },
  })
}

/** Reads all of a stream; gives how many bytes it had. */
export async function drain(stream: ReadableStream<Uint8Array>): Promise<number> {
  const reader = stream.getReader()
  let bytes = 0
  for (;;) {
    const step = await reader.read()
    if (step.done) return bytes
    bytes += step.value.byteLength
  }
}

/** A sink, and how many bytes it took. */
export function countingSink(): { stream: WritableStream<Uint8Array>; bytes(): number } {
  let bytes = 0
  const stream = new WritableStream<Uint8Array>({
    write: (chunk) => {
      bytes += chunk.byteLength
    },
  })
  return { stream, bytes: () => bytes }
}

/** Writes so many chunks, as the stream takes them, and closes it. */
export async function fill(
  stream: WritableStream<Uint8Array>,
  count: number,
  size: number,
): Promise<void> {
  const writer = stream.getWriter()
  for (let left = count; left > 0; left--) {
    await writer.ready
    const chunk = new Uint8Array(size)
    writer.write(transfer(chunk, [chunk.buffer])).catch(() => undefined) // `close` says so
  }
  await writer.close()
}
