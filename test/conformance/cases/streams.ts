/** Streams that are written to, transforms, and streams of bytes. How a readable stream is read is in `live.ts` and `cancelling.ts`. */
import { type Case, type CaseContext, group, type Untyped } from '../case.ts'
import { platformClass } from '../samples.ts'
import { makeByteStream, makeDoubling, readInto, type SinkPlan, sendThrough } from '../streaming.ts'

/** How many chunks may be under way that the sink has not taken. */
const WINDOW = 16

/** A sink of the owner, and what writes to it here: a writer, or the object that is there where a platform has no streams. */
async function newSink({ remote, asRemote }: CaseContext, plan: SinkPlan = {}) {
  const sink = asRemote(await remote.makeSink(plan))
  const stream = (await sink.stream()) as Untyped
  const writer = (stream.getWriter?.() ?? stream) as WritableStreamDefaultWriter<unknown>
  writer.closed?.catch(() => undefined)
  return { sink, writer }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n)

const writing = group('writing', {
  async 'chunks arrive in order, and closing waits for the sink'(context) {
    const { assert } = context
    const { sink, writer } = await newSink(context)
    for (const n of upTo(200)) await writer.write(n)
    await writer.close()
    assert.deepEqual(await sink.notes(), [...upTo(200), 'closed'])
  },

  async 'chunks that are not waited for arrive in order'(context) {
    const { assert } = context
    const { sink, writer } = await newSink(context)
    const writes = upTo(200).map((n) => writer.write(n))
    await writer.close()
    await Promise.all(writes)
    assert.deepEqual(await sink.notes(), [...upTo(200), 'closed'])
  },

  async 'a stream that is closed without a chunk'(context) {
    const { assert } = context
    const { sink, writer } = await newSink(context)
    await writer.close()
    assert.deepEqual(await sink.notes(), ['closed'])
  },

  async 'a sink that waits stops the writer when as many are under way as may be'(context) {
    const { roundTrip, assert } = context
    const { sink, writer } = await newSink(context, { waits: true })
    let taken = 0
    const writes = upTo(100).map((n) =>
      writer.write(n).then(() => {
        taken++
      }),
    )
    await writes[WINDOW - 1]
    for (let trip = 0; trip < 5; trip++) await roundTrip()
    assert.equal(taken, WINDOW, 'how many were taken')
    assert.deepEqual(await sink.notes(), [0])
    await sink.go()
    await writer.close()
    await Promise.all(writes)
    assert.deepEqual(await sink.notes(), [...upTo(100), 'closed'])
  },

  async 'closing fails with the error of the sink'(context) {
    const { assert } = context
    const { writer } = await newSink(context, { failsAt: -1 })
    await writer.write(0)
    await assert.rejects(writer.close(), { name: 'RangeError', message: 'closing is refused' })
  },

  async 'a sink that fails fails what waits and what follows'(context) {
    const { assert } = context
    const { writer } = await newSink(context, { failsAt: 2 })
    const expected = { name: 'RangeError', message: 'chunk 2 is refused' }
    const writes = upTo(100).map((n) => writer.write(n))
    for (const write of writes) write.catch(() => undefined)
    await assert.rejects(writes[99], expected)
    await assert.rejects(writer.write('one more'), expected)
  },

  async 'a sink that fails by itself is heard of here'(context) {
    const { assert } = context
    const { sink, writer } = await newSink(context)
    await writer.write(0)
    await sink.break('out of ink')
    const expected = { name: 'RangeError', message: 'out of ink' }
    if (writer.closed !== undefined) await assert.rejects(writer.closed, expected)
    await assert.rejects(writer.write(1), expected)
  },

  async 'aborting waits for no chunk that is not taken'(context) {
    const { roundTrip, assert } = context
    const { sink, writer } = await newSink(context, { waits: true })
    const writes = upTo(WINDOW + 2).map((n) => writer.write(n))
    for (const write of writes) write.catch(() => undefined)
    await writes[WINDOW - 1]
    await roundTrip()
    const aborting = writer.abort('no more')
    await assert.rejects(
      Promise.resolve(writes[WINDOW]).then(
        () => 'taken',
        (error: unknown) => Promise.reject(new Error(String(error))),
      ),
      { message: 'no more' },
    )
    // The sink is told when it is done with the chunk that it has.
    await sink.go()
    await aborting
    assert.deepEqual(await sink.notes(), [0, { aborted: 'no more' }])
  },

  async 'aborting before anything is written'(context) {
    const { assert } = context
    const { sink, writer } = await newSink(context)
    await writer.abort('never mind')
    assert.deepEqual(await sink.notes(), [{ aborted: 'never mind' }])
  },

  async 'what it is aborted with cannot cross'(context) {
    const { assert } = context
    const { sink, writer } = await newSink(context)
    await writer.write(0)
    await writer.abort(new WeakMap())
    const { aborted } = ((await sink.notes()) as { aborted: string }[]).at(-1) ?? { aborted: '' }
    assert.match(aborted, /cannot be copied/)
  },

  async 'after a chunk that cannot cross nothing is written'(context) {
    const { roundTrip, assert } = context
    const { sink, writer } = await newSink(context)
    await writer.write(0)
    const bad = writer.write({ deep: new WeakMap() })
    const next = writer.write(1)
    next.catch(() => undefined)
    await assert.rejects(bad, { code: 'FARHOLD_NOT_SHAREABLE', path: 'item.deep' })
    await assert.rejects(next, { code: 'FARHOLD_NOT_SHAREABLE' })
    await roundTrip()
    const { aborted } = ((await sink.notes()) as { aborted: string }[]).at(-1) ?? { aborted: '' }
    assert.match(aborted, /cannot be copied/)
  },

  async 'chunks may be functions and proxies'(context) {
    const { remote, asRemote, assert } = context
    const { sink, writer } = await newSink(context)
    const mine = () => 'mine'
    await writer.write([mine, await remote.adder])
    await writer.close()
    const [[fn, theirs]] = (await sink.notes()) as [[unknown, unknown]]
    assert.equal(fn, mine)
    assert.equal(await asRemote(theirs)(1)(2), 3)
  },

  async 'a stream of ours is written to there'({ remote, assert }) {
    const chunks: unknown[] = []
    const stream = new (platformClass('WritableStream'))({
      write: (chunk: unknown) => void chunks.push(chunk),
      close: () => void chunks.push('closed'),
    })
    const outcomes = (await remote.writeNumbers(stream, 50)) as string[]
    assert.deepEqual(new Set(outcomes), new Set(['done']))
    assert.deepEqual(chunks, [...upTo(50), 'closed'])
  },

  async 'a stream of ours that fails fails who writes there'({ remote, assert }) {
    const stream = new (platformClass('WritableStream'))({
      write(chunk: unknown) {
        if (chunk === 3) throw new RangeError('not that one')
      },
    })
    const outcomes = (await remote.writeNumbers(stream, 50)) as string[]
    assert.deepEqual(new Set(outcomes.slice(20)), new Set(['RangeError: not that one']))
  },

  async 'it is the same stream each time it comes'(context) {
    const { remote, asRemote, assert } = context
    const sink = asRemote(await remote.makeSink())
    assert.equal(await sink.stream(), await sink.stream())
    const source = asRemote(await remote.makeCountedReadable())
    assert.equal(await source.stream(), await source.stream())
  },

  async 'one that was not begun is free when it is given back'(context) {
    const { remote, farhold, asRemote, roundTrip, assert } = context
    const sink = asRemote(await remote.makeSink())
    await farhold.scope(async () => {
      await sink.stream()
      assert.equal(await sink.isLocked(), true)
    })
    await roundTrip()
    assert.equal(await sink.isLocked(), false)
  },

  async 'one that is closed is given back, and nothing of it is left'(context) {
    const { stats, ownerStats, roundTrip, assert } = context
    const count = () => {
      const { imports, exports, pending } = stats()
      return { imports, exports, pending }
    }
    await newSink(context)
    const before = count()
    for (const end of ['close', 'abort', 'fail']) {
      const { writer } = await newSink(context, end === 'fail' ? { failsAt: 1 } : {})
      await writer.write(0)
      if (end === 'close') await writer.close()
      else if (end === 'abort') await writer.abort('enough')
      else
        for (;;)
          if (
            await writer.write(1).then(
              () => false,
              () => true,
            )
          )
            break
    }
    await roundTrip()
    await roundTrip()
    const after = count()
    // The proxies of the sinks, which the collector takes.
    assert.equal(after.imports - before.imports, 3, 'imports')
    assert.equal(after.exports - before.exports, 0, 'exports')
    assert.equal(after.pending - before.pending, 0, 'pending')
    const owner = ownerStats()
    if (owner !== undefined) assert.equal(owner.pending, 0, 'pending there')
  },
})

const transforms = group('transform streams', {
  async 'of the owner, in the middle'({ remote, assert }) {
    platformClass('TransformStream')
    const source = new (platformClass('ReadableStream'))({
      start(controller: { enqueue(chunk: unknown): void; close(): void }) {
        for (const n of upTo(40)) controller.enqueue(n)
        controller.close()
      },
    }) as ReadableStream<unknown>
    const received: unknown[] = []
    const doubling = (await remote.makeDoubling()) as TransformStream<unknown, unknown>
    for await (const chunk of source.pipeThrough(doubling)) received.push(chunk)
    assert.deepEqual(
      received,
      upTo(40).map((n) => [n, n]),
    )
  },

  async 'of ours, in an argument'({ remote, assert }) {
    assert.deepEqual(await remote.sendThrough(makeDoubling(), [1, 2]), [
      [1, 1],
      [2, 2],
    ])
  },

  async 'that fails, fails at both ends'({ remote, assert }) {
    platformClass('TransformStream')
    const doubling = (await remote.makeDoubling(1)) as TransformStream<unknown, unknown>
    const expected = { name: 'RangeError', message: 'cannot be doubled' }
    const writer = doubling.writable.getWriter()
    writer.closed.catch(() => undefined)
    const reader = doubling.readable.getReader()
    reader.closed.catch(() => undefined)
    const writes = [0, 1, 2].map((n) => writer.write(n))
    for (const write of writes) write.catch(() => undefined)
    assert.deepEqual((await reader.read()).value, [0, 0])
    await assert.rejects(reader.read(), expected)
    await assert.rejects(writer.closed, expected)
  },

  async 'that compresses gives the same bytes'({ remote, assert }) {
    const text = 'the same words again and again, '.repeat(5000)
    const packed = await bytesThrough(
      (await remote.makeTransform('CompressionStream', 'gzip')) as TransformStream,
      text,
    )
    const here = new (platformClass('CompressionStream'))('gzip') as TransformStream
    assert.deepEqual(packed, await bytesThrough(here, text))
    const unpacking = (await remote.makeTransform('DecompressionStream', 'gzip')) as TransformStream
    assert.deepEqual(await packedThrough(unpacking, packed), bytesOf(text))
  },

  async 'of text'({ remote, assert }) {
    platformClass('TextEncoderStream')
    const encoding = (await remote.makeTransform('TextEncoderStream')) as TransformStream
    const [bytes] = await sendThrough(encoding, ['Ünï'])
    assert.deepEqual(bytes, bytesOf('Ünï'))
    const decoding = (await remote.makeTransform('TextDecoderStream')) as TransformStream
    assert.deepEqual((await sendThrough(decoding, [bytes])).join(''), 'Ünï')
  },

  async 'are passed on as what they are'({ remote, assert }) {
    const doubling = (await remote.makeDoubling()) as TransformStream<unknown, unknown>
    assert.deepEqual(await remote.sendThrough(doubling, ['a']), [['a', 'a']])
  },

  async 'that are not begun are free when they are given back'(context) {
    const { remote, farhold, asRemote, roundTrip, assert } = context
    const watched = asRemote(await remote.makeWatchedTransform())
    await farhold.scope(async () => {
      await watched.give()
      assert.deepEqual(await watched.locked(), [true, true])
    })
    await roundTrip()
    assert.deepEqual(await watched.locked(), [false, false])
  },
})

const bytesOf = (text: string): Uint8Array =>
  new (platformClass('TextEncoder') as typeof TextEncoder)().encode(text)

const joined = (chunks: readonly unknown[]): Uint8Array =>
  Uint8Array.from((chunks as Uint8Array[]).flatMap((chunk) => [...chunk]))

const bytesThrough = async (transform: TransformStream, text: string): Promise<Uint8Array> =>
  joined(await sendThrough(transform, [bytesOf(text)]))

const packedThrough = async (transform: TransformStream, bytes: Uint8Array): Promise<Uint8Array> =>
  joined(await sendThrough(transform, [bytes]))

const chunksOf = (...chunks: readonly number[][]): Uint8Array[] =>
  chunks.map((chunk) => new Uint8Array(chunk))

const bytes = group('streams of bytes', {
  async 'of the owner are read into the buffers of the reader'({ remote, assert }) {
    platformClass('ReadableStream')
    const stream = (await remote.makeByteStream(chunksOf([1, 2, 3], [4, 5]))) as Untyped
    assert.deepEqual(await readInto(stream, 2), { parts: [[1, 2], [3], [4, 5]], rest: 0 })
  },

  async 'of ours are read into the buffers of the reader'({ remote, assert }) {
    const stream = makeByteStream(chunksOf([1, 2, 3], [4, 5]))
    assert.deepEqual(await remote.readInto(stream, 4), {
      parts: [
        [1, 2, 3],
        [4, 5],
      ],
      rest: 0,
    })
  },

  async 'come as they are to who brings no buffers'({ remote, assert }) {
    const stream = (await remote.makeByteStream(chunksOf([1, 2, 3], [4]))) as Untyped
    const received: unknown[] = []
    for await (const chunk of stream) received.push(chunk)
    assert.deepEqual(received, chunksOf([1, 2, 3], [4]))
  },

  async 'leave the rest of a larger buffer where it is'({ remote, assert }) {
    const large = new Uint8Array(100).fill(7)
    const stream = makeByteStream([large.subarray(10, 13)])
    const [part] = (await remote.readStream(stream)) as [Uint8Array]
    assert.deepEqual([...part], [7, 7, 7])
    assert.equal(part.buffer.byteLength, 3)
  },

  async 'that are no streams of bytes leave their chunks to their owner'({
    remote,
    farhold,
    assert,
  }) {
    const kept = new Uint8Array([1, 2, 3])
    const given = new Uint8Array([4, 5])
    const stream = new (platformClass('ReadableStream'))({
      start(controller: { enqueue(chunk: unknown): void; close(): void }) {
        controller.enqueue(kept)
        controller.enqueue(farhold.transfer(given, [given.buffer]))
        controller.close()
      },
    })
    assert.deepEqual(await remote.readStream(stream), chunksOf([1, 2, 3], [4, 5]))
    assert.deepEqual([kept.byteLength, given.byteLength], [3, 0])
  },

  async 'that are written are copied, unless they are transferred'(context) {
    const { farhold, assert } = context
    const { sink, writer } = await newSink(context)
    const kept = new Uint8Array([1, 2, 3])
    const given = new Uint8Array([4, 5])
    await writer.write(kept)
    await writer.write(farhold.transfer(given, [given.buffer]))
    await writer.close()
    assert.deepEqual(await sink.notes(), [...chunksOf([1, 2, 3], [4, 5]), 'closed'])
    assert.deepEqual([kept.byteLength, given.byteLength], [3, 0])
  },
})

export const streamCases: readonly Case[] = [...writing, ...transforms, ...bytes]
