/** Callbacks, promises, iterations, signals and streams: what stays alive when it crosses. */
import { type Case, type CaseContext, group } from '../case.ts'
import { platformClass } from '../samples.ts'

const callbacks = group('callbacks', {
  async 'a function in an argument is called here'({ remote, assert }) {
    const seen: unknown[] = []
    const result = await remote.callBack(
      (...args: unknown[]) => {
        seen.push(...args)
        return { done: true }
      },
      1,
      { two: 2 },
      undefined,
    )
    assert.deepEqual(seen, [1, { two: 2 }, undefined])
    assert.deepEqual(result, { done: true })
  },

  async 'an async function'({ remote, assert }) {
    assert.equal(await remote.callBack(async (n: number) => n + 1, 1), 2)
  },

  async 'a method is called on its object'({ remote, farhold, assert }) {
    const holder = farhold.proxy({
      prefix: 'mine',
      method(this: { prefix: string }, text: string) {
        return `${this.prefix} ${text}`
      },
    })
    assert.equal(await remote.callMethod(holder, 'text'), 'mine text')
  },

  async 'what it throws arrives there and comes back'({ remote, assert }) {
    await assert.rejects(
      remote.callBack(() => {
        throw new RangeError('thrown here')
      }),
      { name: 'RangeError', message: 'thrown here' },
    )
    await assert.rejects(
      remote.callBack(async () => {
        throw new TypeError('rejected here')
      }),
      { name: 'TypeError', message: 'rejected here' },
    )
  },

  async 'a function that returns functions'({ remote, asRemote, assert }) {
    assert.equal(await remote.adder(1)(2), 3)
    const composed = asRemote(
      await remote.compose(
        (n: number) => n * 2,
        (n: number) => n + 1,
      ),
    )
    assert.equal(await composed(3), 8)
  },

  async 'calls within calls, both ways'({ remote, asRemote, assert }) {
    let depth = 0
    const here = (n: number, back: unknown): unknown => {
      depth++
      return n === 0 ? 'end' : asRemote(back)(n - 1, here)
    }
    assert.equal(await remote.pingPong(20, here), 'end')
    assert.equal(depth, 10)
  },

  async 'a function that is kept is called later'({ remote, asRemote, assert }) {
    const keeper = asRemote(await remote.makeKeeper())
    let sum = 0
    await keeper.keep((n: number) => (sum += n))
    await keeper.call(2)
    await keeper.call(3)
    assert.equal(sum, 5)
  },

  async 'a hundred callbacks at once'({ remote, assert }) {
    const results = await Promise.all(
      Array.from({ length: 100 }, (_, n) => remote.callBack((m: number) => m + 1, n)),
    )
    assert.deepEqual(
      results,
      Array.from({ length: 100 }, (_, n) => n + 1),
    )
  },
})

const promises = group('promises', {
  async 'nested in a result settle here'({ remote, assert }) {
    const given = (await remote.givePromises()) as {
      soon: Promise<unknown>
      list: Promise<unknown>[]
      bad: Promise<unknown>
      twice: Promise<unknown>[]
    }
    assert.ok(given.soon instanceof Promise, 'a promise')
    assert.deepEqual(await given.soon, { value: 1 })
    assert.deepEqual(await Promise.all(given.list), ['a', 'b'])
    await assert.rejects(given.bad, { name: 'RangeError', message: 'nested rejection' })
    assert.equal(given.twice[0], given.twice[1])
  },

  async 'nested in an argument settle there'({ remote, assert }) {
    assert.deepEqual(await remote.awaitInside({ wait: Promise.resolve([1]) }), [1])
    await assert.rejects(
      remote.awaitInside({ wait: Promise.reject(new RangeError('from here')) }),
      {
        name: 'RangeError',
        message: 'from here',
      },
    )
  },

  async 'as an argument'({ remote, assert }) {
    assert.equal(await remote.isNativePromise(Promise.resolve(1)), true)
    assert.equal(await remote.echo(Promise.resolve({ a: 1 })).a, 1)
  },

  async 'with functions in what they bring'({ remote, assert }) {
    const run = () => 'mine'
    assert.equal(await remote.awaitInside({ wait: Promise.resolve(run) }), run)
    assert.equal(
      await remote.awaitInside({ wait: Promise.resolve(remote.adder) }),
      await remote.adder,
    )
  },

  async 'that settle later'({ remote, asRemote, roundTrip, assert }) {
    const gate = asRemote(await remote.makeGate())
    const { promise } = (await gate.inside()) as { promise: Promise<unknown> }
    let settled = false
    void promise.then(() => {
      settled = true
    })
    await roundTrip()
    assert.equal(settled, false)
    await gate.open(-0)
    assert.equal(await promise, -0)
  },

  async 'that reject later, with nobody there to hear'({ remote, asRemote, roundTrip, assert }) {
    const gate = asRemote(await remote.makeGate())
    await gate.inside()
    await gate.fail('nobody hears this')
    await roundTrip()
    await assert.rejects(gate.wait(), { message: 'nobody hears this' })
  },

  async 'of a call that was refused settle no others'({ remote, roundTrip, assert }) {
    const gate = Promise.withResolvers<unknown>()
    await assert.rejects(remote.echo([gate.promise, new WeakMap()]), {
      code: 'FARHOLD_NOT_SHAREABLE',
    })
    const other = Promise.withResolvers<unknown>()
    const waiting = Promise.resolve(remote.awaitInside({ wait: other.promise }))
    await roundTrip()
    gate.resolve('the refused one')
    await roundTrip()
    other.resolve('the other')
    assert.equal(await waiting, 'the other')
  },

  async 'that are unawaited results, in the result of a callback'({ remote, assert }) {
    assert.equal(await remote.callBack(() => remote.add(1, 2)), 3)
    const inside = (await remote.callBack(() => ({
      sum: remote.add(1, 2),
      list: [remote.makeApi().data().value],
    }))) as {
      sum: Promise<unknown>
      list: Promise<unknown>[]
    }
    assert.deepEqual(await Promise.all([inside.sum, inside.list[0]]), [3, 1])
  },

  async 'that bring what cannot cross'({ remote, assert }) {
    await assert.rejects(remote.awaitInside({ wait: Promise.resolve(new WeakMap()) }), {
      code: 'FARHOLD_NOT_SHAREABLE',
    })
  },
})

async function collect(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const item of items) all.push(item)
  return all
}

const iterations = group('iteration', {
  async 'an async generator'({ remote, assert }) {
    assert.deepEqual(await collect(remote.upToLater(3)), [1, 2, 3])
    assert.deepEqual(
      await collect((await remote.upToLater(3)) as AsyncIterable<unknown>),
      [1, 2, 3],
    )
    assert.deepEqual(await collect(remote.upToLater(0)), [])
  },

  async 'a generator'({ remote, assert }) {
    assert.deepEqual(await collect(remote.upTo(3)), [1, 2, 3])
    assert.deepEqual(await collect((await remote.upTo(3)) as AsyncIterable<unknown>), [1, 2, 3])
  },

  async 'more items than are sent ahead'({ remote, assert }) {
    assert.deepEqual(
      await collect(remote.upToLater(500)),
      Array.from({ length: 500 }, (_, n) => n + 1),
    )
  },

  async 'iterables of every kind, by their path'({ remote, assert }) {
    assert.deepEqual(await collect(remote.iterables.list), [1, 2, 3])
    assert.deepEqual(await collect(remote.iterables.map), [['a', 1]])
    assert.deepEqual(await collect(remote.iterables.set), ['x', 'y'])
    assert.deepEqual(await collect(remote.iterables.asynchronous), ['a', 'b'])
    assert.deepEqual(await collect(remote.iterables.synchronous), [1, 2])
  },

  async 'an object with an asynchronous iterator is iterated on the other side'({
    remote,
    assert,
  }) {
    const given = (await remote.iterables.asynchronous) as AsyncIterable<unknown>
    assert.deepEqual(await collect(given), ['a', 'b'])
  },

  async 'items may be functions and proxies'({ remote, asRemote, assert }) {
    const [run, held] = await collect(remote.functionsAndProxies())
    assert.equal(await asRemote(run)(), 'from a function')
    assert.equal(await asRemote(held).value, 'from a proxy')
  },

  async 'leaving early tells the source'({ remote, asRemote, assert }) {
    const source = asRemote(await remote.makeSource(1000))
    const seen: unknown[] = []
    for await (const item of source.items()) {
      seen.push(item)
      if (seen.length === 3) break
    }
    assert.deepEqual(seen, [{ n: 0 }, { n: 1 }, { n: 2 }])
    const log = (await source.log()) as { made: number; ended: string }
    assert.equal(log.ended, 'left')
    assert.ok(log.made < 100, `made ${log.made} items, which`)
  },

  async 'an error in the middle comes after the items before it'({ remote, asRemote, assert }) {
    const source = asRemote(await remote.makeSource(10, 2))
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const item of source.items()) seen.push(item)
    })()
    await assert.rejects(reading, { name: 'RangeError', message: 'item 2 fails' })
    assert.deepEqual(seen, [{ n: 0 }, { n: 1 }])
  },

  async 'the value that an iteration returns'({ remote, asRemote, assert }) {
    const source = asRemote(await remote.makeSource(1))
    const items = source.items()[Symbol.asyncIterator]()
    assert.deepEqual(await items.next(), { value: { n: 0 }, done: false })
    assert.deepEqual(await items.next(), { value: 'all of them', done: true })
    assert.deepEqual(await items.next(), { value: undefined, done: true })
    assert.equal(((await source.log()) as { ended: string }).ended, 'finished')
  },

  async 'nothing is made before the first item is asked for'({
    remote,
    asRemote,
    roundTrip,
    assert,
  }) {
    const source = asRemote(await remote.makeSource(10))
    const items = source.items()[Symbol.asyncIterator]()
    await roundTrip()
    assert.equal(((await source.log()) as { made: number }).made, 0)
    assert.deepEqual(await items.return?.('left'), { value: 'left', done: true })
    assert.deepEqual(await items.next(), { value: undefined, done: true })
  },

  async 'several items are asked for at once'({ remote, asRemote, assert }) {
    const source = asRemote(await remote.makeSource(2))
    const items = source.items()[Symbol.asyncIterator]()
    const steps = await Promise.all([items.next(), items.next(), items.next(), items.next()])
    assert.deepEqual(steps, [
      { value: { n: 0 }, done: false },
      { value: { n: 1 }, done: false },
      { value: 'all of them', done: true },
      { value: undefined, done: true },
    ])
  },

  async 'an iteration that is made here is read there'({ remote, assert }) {
    let left = false
    async function* mine() {
      try {
        for (let n = 0; n < 40; n++) yield { n }
      } finally {
        left = true
      }
    }
    assert.deepEqual(
      await remote.drain(mine()),
      Array.from({ length: 40 }, (_, n) => ({ n })),
    )
    assert.equal(left, true)
    left = false
    assert.deepEqual(await remote.take(mine(), 2), [{ n: 0 }, { n: 1 }])
    assert.equal(left, true)
    assert.deepEqual(await remote.drainInside({ items: mine() }).length, 40)
  },

  async 'an iteration that is made here and fails'({ remote, assert }) {
    async function* mine() {
      yield 1
      throw new RangeError('made here')
    }
    await assert.rejects(remote.drain(mine()), { name: 'RangeError', message: 'made here' })
  },

  async 'an item that cannot cross fails the iteration'({ remote, assert }) {
    async function* mine() {
      yield 1
      yield { bad: new WeakMap() }
    }
    await assert.rejects(remote.drain(mine()), { code: 'FARHOLD_NOT_SHAREABLE', path: 'item.bad' })
    assert.equal(await remote.add(1, 1), 2)
  },

  async 'what is not iterable'({ remote, assert }) {
    await assert.rejects(collect(remote.nested), { name: 'TypeError', message: /not iterable/ })
    await assert.rejects(collect(remote.throwKind('RangeError')), { name: 'RangeError' })
  },
})

function newAbort(): { signal: AbortSignal; abort(reason?: unknown): void } {
  return new (platformClass('AbortController'))() as AbortController
}

const signals = group('signals', {
  async 'a signal is aborted there when it is aborted here'({
    remote,
    asRemote,
    roundTrip,
    assert,
  }) {
    const controller = newAbort()
    const watch = asRemote(await remote.watchSignal(controller.signal))
    assert.equal(await watch.aborted(), false)
    controller.abort({ because: 'of this' })
    await roundTrip()
    assert.equal(await watch.aborted(), true)
    assert.deepEqual(await watch.reason(), { because: 'of this' })
  },

  async 'its listeners are told'({ remote, roundTrip, assert }) {
    const controller = newAbort()
    const reason = Promise.resolve(remote.untilAborted(controller.signal))
    await roundTrip()
    controller.abort(new RangeError('enough'))
    const error = (await reason) as Error
    assert.ok(error instanceof RangeError, 'a RangeError')
    assert.equal(error.message, 'enough')
  },

  async 'a signal that is aborted already'({ remote, assert }) {
    const controller = newAbort()
    controller.abort('early')
    assert.equal(await remote.untilAborted(controller.signal), 'early')
  },

  async 'a signal that is aborted in the same turn'({ remote, assert }) {
    const controller = newAbort()
    const reason = remote.untilAborted(controller.signal)
    controller.abort('at once')
    assert.equal(await reason, 'at once')
  },

  async 'a signal in a result'({ remote, asRemote, roundTrip, assert }) {
    const given = (await remote.makeAbort()) as { signal: AbortSignal; abort: unknown }
    assert.equal(given.signal.aborted, false)
    let told = 0
    given.signal.addEventListener('abort', () => told++)
    await asRemote(given.abort)('by the owner')
    await roundTrip()
    assert.equal(given.signal.aborted, true)
    assert.equal(given.signal.reason, 'by the owner')
    assert.equal(told, 1)
  },
})

const streams = group('streams', {
  async 'a readable stream of the owner'({ remote, assert }) {
    const stream = (await remote.makeReadable(40)) as AsyncIterable<unknown>
    assert.deepEqual(
      await collect(stream),
      Array.from({ length: 40 }, (_, chunk) => ({ chunk })),
    )
  },

  async 'a readable stream in an argument'({ remote, assert }) {
    const stream = new (platformClass('ReadableStream'))({
      start(controller: { enqueue(chunk: unknown): void; close(): void }) {
        for (const chunk of ['a', new Uint8Array([1]), -0]) controller.enqueue(chunk)
        controller.close()
      },
    })
    assert.deepEqual(await remote.readStream(stream), ['a', new Uint8Array([1]), -0])
  },

  async 'a readable stream that fails'({ remote, assert }) {
    const stream = new (platformClass('ReadableStream'))({
      pull() {
        throw new RangeError('the stream fails')
      },
    })
    await assert.rejects(remote.readStream(stream), {
      name: 'RangeError',
      message: 'the stream fails',
    })
  },

  async 'a writable stream in an argument'({ remote, assert }) {
    const chunks: unknown[] = []
    const stream = new (platformClass('WritableStream'))({
      write: (chunk: unknown) => void chunks.push(chunk),
      close: () => void chunks.push('closed'),
    })
    await remote.writeTo(stream, [1, { two: 2 }])
    assert.deepEqual(chunks, [1, { two: 2 }, 'closed'])
  },

  async 'a writable stream of the owner'({ remote, asRemote, assert }: CaseContext) {
    const given = (await remote.makeWritable()) as { stream: WritableStream; chunks: unknown }
    const writer = given.stream.getWriter()
    await writer.write('first')
    await writer.close()
    assert.deepEqual(await asRemote(given.chunks)(), ['first', 'closed'])
  },
})

export const liveCases: readonly Case[] = [
  ...callbacks,
  ...promises,
  ...iterations,
  ...signals,
  ...streams,
]
