export { countingSink, drain, fill, sourceOf } from '../byte-streams.ts'

/** So many numbers. */
export async function* numbers(count: number): AsyncGenerator<number> {
  for (let n = 0; n < count; n++) yield n
}

export const streamOfNumbers = (count: number): ReadableStream<number> =>
  ReadableStream.from(numbers(count))

export async function writeNumbers(stream: WritableStream<number>, count: number): Promise<void> {
  const writer = stream.getWriter()
  for (let n = 0; n < count; n++) {
    await writer.ready
    writer.write(n).catch(() => undefined) // `close` says so
  }
  await writer.close()
}
