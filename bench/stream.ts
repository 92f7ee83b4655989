/**
 * Streams of bytes between a worker and this thread, beside the same chunks transferred over a port by hand. The budget is the ratio of
 * times: at most 2, which is at least half of the rate.
 */
import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { type Context, withOptions } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { countingSink, drain, fill, sourceOf } from './byte-streams.ts'
import type { Contest, Contestant } from './interleave.ts'
import { readRaw, writeRaw } from './raw-stream.ts'

const MB = 2 ** 20

interface Raw {
  /** From the worker to this thread. */
  read(count: number, size: number): Promise<number>
  /** To the worker, which says how many bytes it had. */
  write(count: number, size: number): Promise<number>
  stop(): Promise<void>
}

function raw(): Raw {
  const [data, commands] = [new MessageChannel(), new MessageChannel()]
  const worker = new Worker(new URL('./workers/raw-stream.ts', import.meta.url), {
    workerData: { port: data.port2, commands: commands.port2 },
    transferList: [data.port2, commands.port2],
  })
  return {
    read(count, size) {
      commands.port1.postMessage(['write', count, size])
      return readRaw(data.port1, count)
    },
    async write(count, size) {
      commands.port1.postMessage(['read', count, size])
      const [[bytes]] = await Promise.all([
        once(commands.port1, 'message') as Promise<[number]>,
        writeRaw(data.port1, count, size),
      ])
      return bytes
    },
    async stop() {
      data.port1.close()
      commands.port1.close()
      await worker.terminate()
    },
  }
}

type Streams = typeof import('./workers/stream.ts')

/** All must have arrived. */
async function expectAll(bytes: PromiseLike<number>, count: number, size: number): Promise<void> {
  if ((await bytes) !== count * size) throw new Error('bytes are missing')
}

function contest(
  title: string,
  size: number,
  contestants: (
    floor: Raw,
    worker: Context<Streams>,
    count: number,
  ) => readonly (readonly [name: string, run: () => PromiseLike<number>])[],
): Contest {
  const count = (64 * MB) / size
  return {
    title,
    unit: 'MB',
    calls: (count * size) / MB,
    budget: 2,
    async start() {
      const floor = raw()
      const worker = await spawnWorker<Streams>(new URL('./workers/stream.ts', import.meta.url))
      return contestants(floor, worker, count).map(
        ([name, run], index): Contestant => ({
          name,
          run: () => expectAll(run(), count, size),
          stop: async () => {
            if (index > 0) return
            await worker.close()
            await floor.stop()
          },
        }),
      )
    },
  }
}

const fromWorker = (size: number, name: string): Contest =>
  contest(`stream, ${name} chunks, from a worker`, size, (floor, { remote }, count) => [
    ['raw', () => floor.read(count, size)],
    [
      'farhold, readable',
      async () => drain((await remote.sourceOf(count, size)) as ReadableStream<Uint8Array>),
    ],
    [
      'farhold, writable',
      async () => {
        const sink = countingSink()
        await remote.fill(sink.stream, count, size)
        return sink.bytes()
      },
    ],
  ])

const toWorker = (size: number, name: string): Contest =>
  contest(`stream, ${name} chunks, to a worker`, size, (floor, { remote }, count) => [
    ['raw', () => floor.write(count, size)],
    ['farhold, readable', () => remote.drain(sourceOf(count, size))],
    [
      'farhold, writable',
      async () => {
        const sink = await remote.countingSink()
        await fill(sink.stream as WritableStream<Uint8Array>, count, size)
        return sink.bytes() as unknown as Promise<number>
      },
    ],
  ])

const NUMBERS = 10_000

async function countOf(items: AsyncIterable<unknown>): Promise<number> {
  let count = 0
  for await (const _ of items) count++
  return count
}

/** Many small items: raw is one message for each, with the same window. */
const items: Contest = {
  title: 'stream, items, from a worker',
  unit: 'items',
  calls: NUMBERS,
  async start() {
    const floor = raw()
    const worker = await spawnWorker<Streams>(new URL('./workers/stream.ts', import.meta.url))
    const { remote } = worker
    const wide = withOptions(remote, { prefetch: 128 })
    const all = async (count: PromiseLike<number>): Promise<void> => {
      if ((await count) !== NUMBERS) throw new Error('items are missing')
    }
    return [
      {
        name: 'raw',
        run: () => all(floor.read(NUMBERS, 1)),
        stop: async () => {
          await worker.close()
          await floor.stop()
        },
      },
      { name: 'farhold, generator', run: () => all(countOf(remote.numbers(NUMBERS))) },
      { name: 'with prefetch 128', run: () => all(countOf(wide.numbers(NUMBERS))) },
      {
        name: 'farhold, readable',
        run: async () => {
          const stream = (await remote.streamOfNumbers(NUMBERS)) as ReadableStream<number>
          await all(countOf(stream as unknown as AsyncIterable<number>))
        },
      },
      {
        name: 'farhold, writable',
        run: async () => {
          let count = 0
          const stream = new WritableStream<number>({
            write: () => {
              count++
            },
          })
          await remote.writeNumbers(stream, NUMBERS)
          await all(Promise.resolve(count))
        },
      },
    ]
  },
}

export const streams: readonly Contest[] = [
  fromWorker(64 * 1024, '64 KB'),
  toWorker(64 * 1024, '64 KB'),
  fromWorker(MB, '1 MB'),
  toWorker(MB, '1 MB'),
  items,
]
