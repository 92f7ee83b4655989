/** The module that the samples of streams.md run in a worker: an archive that gives, takes and packs what is in it. */
const kept: unknown[] = []

/** Three megabytes, made when they are asked for. */
export function scan(): ReadableStream<Uint8Array> {
  let left = 30
  return new ReadableStream({
    type: 'bytes',
    pull(controller) {
      controller.enqueue(new Uint8Array(100_000))
      left--
      if (left === 0) controller.close()
    },
  })
}

/** Takes what is written to it, as fast as the disk does. */
export function intake(room = Infinity): WritableStream<unknown> {
  return new WritableStream({
    write(item) {
      if (kept.length >= room) throw new RangeError('the disk is full')
      kept.push(item)
    },
  })
}

export const contents = (): readonly unknown[] => kept

export const packing = (): CompressionStream => new CompressionStream('gzip')

/** Counts the lines of a stream of text that another context owns. */
export async function lines(text: ReadableStream<string>): Promise<number> {
  let count = 0
  for await (const part of text) count += part.split('\n').length - 1
  return count
}
