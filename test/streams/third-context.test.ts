/** Streams that are passed on: what one worker owns, another reads and writes, through this thread. */
import { gunzipSync } from 'node:zlib'
import type { Context } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

type Relay = typeof import('./fixtures/relay.ts')

let left: Context<Relay>
let right: Context<Relay>

beforeEach(async () => {
  const module = new URL('./fixtures/relay.ts', import.meta.url)
  left = await spawnWorker<Relay>(module, { name: 'left' })
  right = await spawnWorker<Relay>(module, { name: 'right' })
})

afterEach(async () => {
  vi.restoreAllMocks()
  await Promise.all([left.close(), right.close()])
})

test('a readable stream of bytes is read in another worker, and is one of bytes there', async () => {
  const stream = await left.remote.bytes()
  expect(await right.remote.firstBytes(stream)).toEqual(Array.from({ length: 40 }, (_, n) => n))
  expect(await right.remote.isOfBytes(await left.remote.bytes())).toBe(true)
})

test('its bytes are moved on, and nothing of them stays between', async () => {
  const passed: Uint8Array[] = []
  const { read } = ReadableStreamDefaultReader.prototype
  vi.spyOn(ReadableStreamDefaultReader.prototype, 'read').mockImplementation(async function (
    this: ReadableStreamDefaultReader,
  ) {
    const step = await read.call(this)
    if (step.value instanceof Uint8Array) passed.push(step.value)
    return step
  })
  await right.remote.firstBytes(await left.remote.bytes())
  expect(passed).toHaveLength(40)
  expect(passed.filter(({ buffer }) => !(buffer as ArrayBuffer).detached)).toEqual([])
})

test('a writable stream is written to from another worker', async () => {
  const sink = await right.remote.sink()
  await left.remote.writeUpTo((await sink.stream()) as WritableStream, 100)
  expect(await sink.notes()).toEqual([...Array(100).keys(), 'closed'])
})

test('one that passes a stream on and ends, ends it for the one that owns it', async () => {
  const { MessageChannel } = await import('node:worker_threads')
  const { connect, expose } = await import('@farhold/core')
  const { workerTransport } = await import('@farhold/transport-worker')
  const sink = await right.remote.sink()
  const { port1, port2 } = new MessageChannel()
  const stream = await sink.stream()
  const relay = expose({ stream: () => stream }, workerTransport(port1))
  const reader = connect<{ stream(): WritableStream }>(workerTransport(port2))
  const writer = ((await reader.remote.stream()) as WritableStream).getWriter()
  writer.closed.catch(() => undefined)
  await writer.write(0)
  await expect.poll(() => sink.notes()).toEqual([0])
  await relay.close()
  await expect.poll(() => sink.notes()).toEqual([0, expect.stringMatching(/ContextClosedError/)])
})

test('a stream is compressed in one worker and written in another', async () => {
  const text = 'what is written in one place is read in another. '.repeat(20_000)
  const sink = await right.remote.sink()
  await new Blob([text])
    .stream()
    .pipeThrough((await left.remote.gzip()) as CompressionStream)
    .pipeTo((await sink.stream()) as WritableStream)
  const notes = (await sink.notes()) as unknown[]
  expect(notes.pop()).toBe('closed')
  expect(gunzipSync(Buffer.concat(notes as Uint8Array[])).toString()).toBe(text)
})

test('nothing of a stream is left where it went', async () => {
  const sink = await right.remote.sink()
  await left.remote.writeUpTo((await sink.stream()) as WritableStream, 20)
  await right.remote.firstBytes(await left.remote.bytes())
  const tables = () =>
    [left, right].map((context) => [context.stats().exports, context.stats().pending])
  await expect.poll(tables).toEqual([
    [0, 0],
    [0, 0],
  ])
  expect(left.stats().imports).toBe(0)
})
