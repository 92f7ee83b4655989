/** A call that is given up ends at both ends, at once, and nothing else does. */
import { type Case, type CaseContext, group, type Untyped } from '../case.ts'
import { platformClass } from '../samples.ts'
import { Stopper } from '../stopper.ts'

/** What a promise rejects with, in a box: it may be `undefined`. Begins to wait at once. */
async function failure(promise: PromiseLike<unknown>): Promise<{ readonly reason: unknown }> {
  let value: unknown
  try {
    value = await promise
  } catch (reason) {
    return { reason }
  }
  throw new Error(`it was fulfilled with ${String(value)}`)
}

const newService = async ({ remote, asRemote }: CaseContext): Promise<Untyped> =>
  asRemote(await remote.makeService())

/** @throws {ReferenceError} where there are no timers: a case that waited for one would wait for ever. */
function needTimers(): void {
  platformClass('setTimeout')
}

/** Takes the items of an iteration, until it ends or fails. */
async function read(items: AsyncIterable<unknown>): Promise<{ seen: unknown[]; error?: unknown }> {
  const seen: unknown[] = []
  try {
    for await (const item of items) seen.push(item)
    return { seen }
  } catch (error) {
    return { seen, error }
  }
}

const REASONS: readonly (readonly [unknown, object])[] = [
  [new RangeError('enough'), { name: 'RangeError', message: 'enough' }],
  ['enough', { type: 'string', text: 'enough' }],
  [null, { type: 'null', text: 'null' }],
  [0, { type: 'number', text: '0' }],
  [{ because: 'of this' }, { type: 'object', text: '[object Object]' }],
]

const reasons = group('cancelling', {
  async 'the caller rejects at once with the very reason of the signal'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    for (const reason of [...REASONS.map(([given]) => given), undefined, { bad: new WeakMap() }]) {
      const stopper = new Stopper()
      const call = failure(farhold.withOptions(service, { signal: stopper.signal }).wait('gate'))
      await roundTrip()
      let settled = false
      void call.then(() => {
        settled = true
      })
      stopper.abort(reason)
      for (let turn = 0; turn < 8; turn++) await undefined
      assert.equal(settled, true, 'whether it has settled')
      assert.equal((await call).reason, reason)
    }
  },

  async "the owner's signal fires with the reason"(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    for (const [index, [reason, description]] of REASONS.entries()) {
      const stopper = new Stopper()
      const call = failure(farhold.withOptions(service, { signal: stopper.signal }).wait('gate'))
      await roundTrip()
      stopper.abort(reason)
      await call
      assert.deepEqual(((await service.reasons()) as unknown[])[index], description)
    }
    assert.deepEqual(
      await service.notes(),
      REASONS.flatMap(() => ['gate began', 'gate aborted']),
    )
  },

  async 'a reason that cannot cross is one that says so'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const call = failure(farhold.withOptions(service, { signal: stopper.signal }).wait('gate'))
    await roundTrip()
    stopper.abort({ bad: new WeakMap() })
    await call
    const [reason] = (await service.reasons()) as { name: string }[]
    assert.equal(reason?.name, 'NotShareableError')
  },

  async 'a frozen error is a reason too'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const call = failure(farhold.withOptions(service, { signal: stopper.signal }).wait('gate'))
    await roundTrip()
    const reason = Object.freeze(new RangeError('frozen'))
    stopper.abort(reason)
    assert.equal((await call).reason, reason)
  },

  async 'the reason of an AbortController that gives none'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const controller = new (platformClass('AbortController'))() as AbortController
    const { signal } = controller
    const call = failure(farhold.withOptions(service, { signal }).wait('gate'))
    await roundTrip()
    controller.abort()
    assert.equal((await call).reason, signal.reason)
    const [reason] = (await service.reasons()) as { name: string; message: string }[]
    assert.deepEqual(reason, { name: 'AbortError', message: signal.reason.message })
  },
})

const moments = group('cancelling', {
  async 'before the call: nothing is sent'(context) {
    const { farhold, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const stopped = farhold.withOptions(service, { signal: stopper.signal })
    stopper.abort('early')
    assert.equal((await failure(stopped.signalOf('a call'))).reason, 'early')
    assert.equal((await failure(stopped.link('a').link('b'))).reason, 'early')
    assert.equal((await failure(stopped.some.property)).reason, 'early')
    assert.equal((await read(stopped.gated('items'))).error, 'early')
    assert.deepEqual(await service.notes(), [])
    assert.equal(stopper.added, 0, 'how many listened')
  },

  async 'in the turn of the call'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const call = failure(farhold.withOptions(service, { signal: stopper.signal }).wait('gate'))
    stopper.abort('at once')
    assert.equal((await call).reason, 'at once')
    await roundTrip()
    // Whether it began at all is the transport's to say; if it did, it was told.
    const notes = (await service.notes()) as string[]
    assert.deepEqual(notes, notes.length === 0 ? [] : ['gate began', 'gate aborted'])
    assert.equal(await service.signalOf('later'), false)
  },

  async 'after the answer: nothing happens'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const call = farhold.withOptions(service, { signal: stopper.signal }).wait('gate')
    await service.open('gate', 'done')
    assert.equal(await call, 'done')
    stopper.abort('late')
    await roundTrip()
    assert.equal(await call, 'done')
    assert.deepEqual(await service.notes(), ['gate began'])
  },

  async 'what the method gives late is dropped'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const call = failure(farhold.withOptions(service, { signal: stopper.signal }).wait('gate'))
    await roundTrip()
    stopper.abort('enough')
    await call
    await service.open('gate', service)
    await roundTrip()
    assert.equal((await call).reason, 'enough')
    assert.deepEqual(await service.notes(), ['gate began', 'gate aborted'])
  },

  async 'references in an answer that crosses the abort are given back'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const call = farhold
      .withOptions(service, { signal: stopper.signal })
      .giveAfter(() => stopper.abort('crossing'))
    assert.equal((await failure(call)).reason, 'crossing')
    await roundTrip()
    assert.equal(await service.released(), 1)
  },

  async 'references in an item that crosses the abort are given back'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const items = farhold
      .withOptions(service, { signal: stopper.signal })
      .itemsAfter(() => stopper.abort('crossing'))
    assert.deepEqual(await read(items), { seen: [], error: 'crossing' })
    await roundTrip()
    assert.equal(await service.released(), 1)
    assert.deepEqual(await service.notes(), ['items left'])
  },
})

const chains = group('cancelling', {
  async 'a chain is cancelled as a whole'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const chain = farhold
      .withOptions(service, { signal: stopper.signal })
      .link('a')
      .link('b')
      .link('c')
    const all = failure(chain)
    await roundTrip()
    stopper.abort('enough')
    assert.equal((await all).reason, 'enough')
    await service.open('a')
    await service.open('b')
    await roundTrip()
    assert.deepEqual(await service.notes(), ['a'])
    assert.equal(stopper.listeners, 0, 'how many listen')
  },

  async 'what is cancelled and used as an argument fails what uses it'(context) {
    const { remote, farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const answer = farhold.withOptions(service, { signal: stopper.signal }).link('a')
    const uses = failure(remote.count(answer))
    const inside = failure(remote.count({ list: [answer] }))
    await roundTrip()
    stopper.abort('enough')
    assert.equal((await uses).reason, 'enough')
    assert.equal((await inside).reason, 'enough')
    assert.equal(await remote.count(1, 2), 2)
  },

  async 'what is awaited, cancelled and used as an argument'(context) {
    const { remote, farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const answer = farhold.withOptions(service, { signal: stopper.signal }).wait('a')
    const waiting = failure(answer)
    await roundTrip()
    const uses = failure(remote.count(answer))
    stopper.abort('enough')
    assert.equal((await waiting).reason, 'enough')
    assert.equal((await uses).reason, 'enough')
    assert.equal(await remote.count(1, 2), 2)
  },
})

const neighbours = group('cancelling', {
  async 'one signal stops all of its calls and no others'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const other = new Stopper()
    const stopped = farhold.withOptions(service, { signal: stopper.signal })
    const first = failure(stopped.wait('first'))
    const without = service.wait('without')
    const second = failure(stopped.wait('second'))
    const theOther = farhold.withOptions(service, { signal: other.signal }).wait('other')
    await roundTrip()
    stopper.abort('enough')
    assert.equal((await first).reason, 'enough')
    assert.equal((await second).reason, 'enough')
    await service.open('without', 1)
    await service.open('other', 2)
    assert.deepEqual(await Promise.all([without, theOther]), [1, 2])
    assert.deepEqual(
      ((await service.notes()) as string[]).filter((note) => note.endsWith('aborted')),
      ['first aborted', 'second aborted'],
    )
  },

  async 'calls of the same turn are not harmed'(context) {
    const { remote, farhold, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const before = remote.add(1, 1)
    const stopped = failure(farhold.withOptions(service, { signal: stopper.signal }).wait('gate'))
    const between = remote.add(2, 2)
    stopper.abort('enough')
    const after = remote.add(3, 3)
    assert.deepEqual(await Promise.all([before, between, after]), [2, 4, 6])
    await stopped
  },

  async 'a thousand calls with one signal listen once, and not at all when they are over'(context) {
    const { remote, farhold, assert } = context
    const stopper = new Stopper()
    const stopped = farhold.withOptions(remote, { signal: stopper.signal })
    const calls = Array.from({ length: 1000 }, (_, n) => stopped.add(n, 1))
    assert.equal(stopper.listeners, 1, 'how many listen')
    assert.equal(((await Promise.all(calls)) as number[]).at(-1), 1000)
    assert.equal(stopper.listeners, 0, 'how many listen')
    assert.equal(stopper.added, 1, 'how many have listened')
  },

  async 'a thousand calls are stopped by one signal'(context) {
    const { remote, farhold, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const stopped = farhold.withOptions(service, { signal: stopper.signal })
    const calls = Array.from({ length: 1000 }, () => failure(stopped.wait('gate')))
    stopper.abort('enough')
    for (const { reason } of await Promise.all(calls)) assert.equal(reason, 'enough')
    assert.equal(await remote.add(1, 1), 2)
    assert.equal(stopper.listeners, 0, 'how many listen')
  },

  async 'nothing is left pending, on either side'(context) {
    const { farhold, roundTrip, stats, ownerStats, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const stopped = farhold.withOptions(service, { signal: stopper.signal })
    const before = stats().pending
    const calls = [stopped.wait('a'), stopped.link('b').link('c'), stopped.some.property].map(
      (call) => failure(call),
    )
    assert.ok(stats().pending > before, 'whether calls are pending')
    stopper.abort('enough')
    assert.equal(stats().pending, before)
    await Promise.all(calls)
    await roundTrip()
    assert.equal(stats().pending, before)
    assert.equal(ownerStats()?.serving ?? 0, 0)
  },
})

const timeouts = group('timeouts', {
  async 'a call that takes longer rejects, and its owner is told'(context) {
    const { farhold, assert } = context
    needTimers()
    const service = await newService(context)
    const call = farhold.withOptions(service, { timeout: 20 }).wait('gate')
    await assert.rejects(call, { code: 'FARHOLD_CALL_TIMEOUT', message: /wait.*20 ms/ })
    const [reason] = (await service.reasons()) as { name: string }[]
    assert.equal(reason?.name, 'CallTimeoutError')
  },

  async 'a chain'(context) {
    const { farhold, roundTrip, assert } = context
    needTimers()
    const service = await newService(context)
    const chain = farhold.withOptions(service, { timeout: 20 }).link('a').link('b')
    await assert.rejects(chain, { code: 'FARHOLD_CALL_TIMEOUT' })
    await service.open('a')
    await roundTrip()
    assert.deepEqual(await service.notes(), ['a'])
  },

  async 'harm no neighbour'(context) {
    const { farhold, assert } = context
    needTimers()
    const service = await newService(context)
    const patient = farhold.withOptions(service, { timeout: 10_000 }).wait('gate')
    const endless = farhold.withOptions(service, { timeout: Infinity }).wait('gate')
    await assert.rejects(farhold.withOptions(service, { timeout: 20 }).wait('gate'), {
      code: 'FARHOLD_CALL_TIMEOUT',
    })
    await service.open('gate', 'open')
    assert.deepEqual(await Promise.all([patient, endless]), ['open', 'open'])
  },

  async 'the first of a signal and a timeout decides'(context) {
    const { farhold, assert } = context
    needTimers()
    const service = await newService(context)
    const stopper = new Stopper()
    const options = { signal: stopper.signal, timeout: 20 }
    await assert.rejects(farhold.withOptions(service, options).wait('gate'), {
      code: 'FARHOLD_CALL_TIMEOUT',
    })
    assert.equal(stopper.listeners, 0, 'how many listen')
    const stopped = failure(farhold.withOptions(service, options).wait('gate'))
    stopper.abort('enough')
    assert.equal((await stopped).reason, 'enough')
  },

  async 'between the items of an iteration'(context) {
    const { farhold, assert } = context
    needTimers()
    const service = await newService(context)
    const items = farhold.withOptions(service, { timeout: 200 }).gated('items')
    await service.open('items 0')
    await service.open('items 1')
    const { seen, error } = await read(items)
    assert.deepEqual(seen, [0, 1])
    assert.equal((error as { code?: string }).code, 'FARHOLD_CALL_TIMEOUT')
    await service.open('items 2')
    assert.deepEqual(await service.notes(), ['items left'])
  },
})

const calls = group('current call', {
  async 'the name of the caller'(context) {
    const { farhold, assert } = context
    const service = await newService(context)
    const run = () => undefined
    const { caller, context: owner } = (await service.callers(run)) as Record<string, string>
    assert.equal(caller, owner)
    assert.ok((caller ?? '').length > 0, 'the name of the caller')
    assert.notEqual(caller, farhold.contextOf(service))
  },

  async 'a method is told at its beginning that no one has given up'(context) {
    const { assert } = context
    const service = await newService(context)
    assert.equal(await service.signalOf('a call'), false)
  },

  async 'is known at the beginning of a method'(context) {
    const { assert } = context
    const service = await newService(context)
    assert.equal(((await service.isKnown(() => undefined)) as boolean[])[0], true)
  },

  async 'is known in all that a method awaits'(context) {
    const { assert } = context
    const service = await newService(context)
    assert.deepEqual(await service.isKnown(() => undefined), [true, true, true])
  },

  async 'a signal that is handed on reaches the end of the line'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const heard: unknown[] = []
    const call = failure(
      farhold.withOptions(service, { signal: stopper.signal }).relay((text: string) => {
        const signal = farhold.currentCall()?.signal
        signal?.addEventListener('abort', () => heard.push(text, signal.reason))
        return new Promise(() => undefined)
      }),
    )
    await roundTrip()
    stopper.abort('from the far end')
    assert.equal((await call).reason, 'from the far end')
    await roundTrip()
    assert.deepEqual(heard, ['relayed', 'from the far end'])
  },
})

const iterations = group('stopping an iteration', {
  async 'by a signal'(context) {
    const { remote, asRemote, farhold, roundTrip, assert } = context
    const source = asRemote(await remote.makeSource(1000))
    const stopper = new Stopper()
    const items = farhold.withOptions(source, { signal: stopper.signal }).items()
    const seen: unknown[] = []
    let error: unknown
    try {
      for await (const item of items) {
        seen.push(item)
        // What is here already and was not read is dropped too.
        if (seen.length === 2) stopper.abort('enough')
      }
    } catch (thrown) {
      error = thrown
    }
    assert.deepEqual(seen, [{ n: 0 }, { n: 1 }])
    assert.equal(error, 'enough')
    await roundTrip()
    assert.equal(((await source.log()) as { ended: string }).ended, 'left')
    assert.equal(stopper.listeners, 0, 'how many listen')
  },

  async 'by a signal, while it waits for its first item'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const reading = read(farhold.withOptions(service, { signal: stopper.signal }).gated('items'))
    await roundTrip()
    stopper.abort('enough')
    assert.deepEqual(await reading, { seen: [], error: 'enough' })
    await service.open('items 0')
    assert.deepEqual(await service.notes(), ['items left'])
  },

  async 'that waits for something else is told by the signal of its call'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    const stopper = new Stopper()
    const reading = read(farhold.withOptions(service, { signal: stopper.signal }).stuck())
    await roundTrip()
    stopper.abort('enough')
    assert.deepEqual(await reading, { seen: [], error: 'enough' })
    await roundTrip()
    assert.deepEqual(await service.reasons(), [{ type: 'string', text: 'enough' }])
  },

  async 'by break, return and throw'(context) {
    const { remote, asRemote, assert } = context
    for (const way of ['break', 'return', 'throw'] as const) {
      const source = asRemote(await remote.makeSource(1000))
      const reading = async (): Promise<unknown> => {
        for await (const _item of source.items()) {
          if (way === 'break') break
          if (way === 'return') return 'returned'
          throw new RangeError('thrown')
        }
        return 'ended'
      }
      if (way === 'throw') await assert.rejects(reading(), { message: 'thrown' })
      else assert.equal(await reading(), way === 'break' ? 'ended' : 'returned')
      assert.equal(((await source.log()) as { ended: string }).ended, 'left', way)
    }
  },

  async 'by break, while the source waits for its next item'(context) {
    const { roundTrip, assert } = context
    const service = await newService(context)
    await service.open('items 0')
    for await (const item of service.gated('items')) {
      assert.equal(item, 0)
      await roundTrip()
      break
    }
    assert.deepEqual(await service.notes(), [])
    await service.open('items 1')
    await roundTrip()
    assert.deepEqual(await service.notes(), ['items left'])
  },

  async 'by the methods of the iterator'(context) {
    const { remote, asRemote, assert } = context
    for (const way of ['return', 'throw'] as const) {
      const source = asRemote(await remote.makeSource(1000))
      const items = source.items()[Symbol.asyncIterator]()
      await items.next()
      if (way === 'return') {
        assert.deepEqual(await items.return('mine'), { value: 'mine', done: true })
      } else {
        await assert.rejects(items.throw(new RangeError('mine')), { message: 'mine' })
      }
      assert.deepEqual(await items.next(), { value: undefined, done: true })
      assert.equal(((await source.log()) as { ended: string }).ended, 'left', way)
    }
  },

  async 'no more is made than may be under way'(context) {
    const { remote, asRemote, farhold, roundTrip, assert } = context
    for (const prefetch of [1, 3, 16]) {
      const source = asRemote(await remote.makeSource(1000))
      const items = farhold.withOptions(source, { prefetch }).items()[Symbol.asyncIterator]()
      for (let taken = 1; taken <= 40; taken++) {
        assert.deepEqual(await items.next(), { value: { n: taken - 1 }, done: false })
        if (taken % 10 > 0) continue
        await roundTrip()
        const { made } = (await source.log()) as { made: number }
        assert.ok(
          made <= prefetch + taken,
          `made ${made} with ${prefetch} ahead of ${taken}, which`,
        )
      }
      await items.return()
    }
  },
})

const newReadable = (log: { pulled: number; ended?: unknown }, bad = -1): object =>
  new (platformClass('ReadableStream'))({
    pull(controller: { enqueue(chunk: unknown): void }) {
      controller.enqueue(log.pulled === bad ? new WeakMap() : log.pulled)
      log.pulled++
    },
    cancel(reason: unknown) {
      log.ended = reason
    },
  })

/** How many chunks may be made that were not asked for: those under way, and what the stream itself makes ahead. */
const AHEAD = 16 + 1

const streams = group('stopping a stream', {
  async 'no more is made than may be under way, from the owner'(context) {
    const { remote, asRemote, roundTrip, assert } = context
    platformClass('ReadableStream')
    const source = asRemote(await remote.makeCountedReadable())
    const reader = ((await source.stream()) as ReadableStream<unknown>).getReader()
    for (let n = 0; n < 3; n++) assert.deepEqual(await reader.read(), { value: n, done: false })
    await roundTrip()
    const pulled = Number(await source.pulled())
    assert.ok(pulled <= AHEAD + 3, `made ${pulled}, which`)
    await reader.cancel('enough')
    assert.deepEqual(await source.ended(), { type: 'string', text: 'enough' })
  },

  async 'no more is made than may be under way, from here'(context) {
    const { remote, asRemote, roundTrip, assert } = context
    const log: { pulled: number; ended?: unknown } = { pulled: 0, ended: 'not' }
    const stream = newReadable(log)
    const reader = asRemote(await remote.makeReader())
    assert.deepEqual(await reader.read(stream, 3), [0, 1, 2])
    await roundTrip()
    assert.ok(log.pulled <= AHEAD + 3, `made ${log.pulled}, which`)
    await reader.leave()
    await roundTrip()
    assert.equal(log.ended, undefined)
  },

  async 'the reason for cancelling arrives here'(context) {
    const { remote, asRemote, assert } = context
    const log: { pulled: number; ended?: unknown } = { pulled: 0 }
    const stream = newReadable(log)
    const reader = asRemote(await remote.makeReader())
    await reader.cancel(stream, { because: 'of this' })
    assert.deepEqual(log.ended, { because: 'of this' })
  },

  async 'one that was never read is cancelled too'(context) {
    const { remote, asRemote, assert } = context
    const source = asRemote(await remote.makeCountedReadable())
    const stream = (await source.stream()) as ReadableStream<unknown>
    await stream.cancel(new RangeError('not wanted'))
    assert.deepEqual(await source.ended(), { name: 'RangeError', message: 'not wanted' })
  },

  async 'a chunk that cannot cross fails it and cancels its source'(context) {
    const { remote, asRemote, roundTrip, assert } = context
    const log: { pulled: number; ended?: unknown } = { pulled: 0, ended: 'not' }
    const reader = asRemote(await remote.makeReader())
    await assert.rejects(reader.read(newReadable(log, 2), 5), { code: 'FARHOLD_NOT_SHAREABLE' })
    await roundTrip()
    assert.equal((log.ended as { code?: string } | undefined)?.code, 'FARHOLD_NOT_SHAREABLE')
  },

  async 'a stream that was refused can be read here'(context) {
    const { remote, assert } = context
    const stream = newReadable({ pulled: 0 }) as ReadableStream<unknown>
    await assert.rejects(remote.echo([stream, new WeakMap()]), { code: 'FARHOLD_NOT_SHAREABLE' })
    await undefined
    assert.equal(stream.locked, false)
    assert.deepEqual(await remote.take(stream, 2), [0, 1])
  },

  async 'a sink that is slow is waited for'(context) {
    const { remote, asRemote, roundTrip, assert } = context
    platformClass('WritableStream')
    const sink = asRemote(await remote.makeGatedWritable())
    const writer = ((await sink.stream()) as WritableStream<unknown>).getWriter()
    const writes = [1, 2, 3].map((chunk) => writer.write(chunk))
    await writes[0]
    await roundTrip()
    assert.deepEqual(await sink.notes(), [1])
    for (const write of writes) {
      await sink.open()
      await write
    }
    await writer.close()
    assert.deepEqual(await sink.notes(), [1, 2, 3, 'closed'])
  },

  async 'the reason for aborting arrives at the sink'(context) {
    const { remote, asRemote, roundTrip, assert } = context
    platformClass('WritableStream')
    const sink = asRemote(await remote.makeGatedWritable())
    const stream = (await sink.stream()) as WritableStream<unknown>
    await stream.abort(new RangeError('enough'))
    await roundTrip()
    assert.deepEqual(await sink.notes(), [{ name: 'RangeError', message: 'enough' }])
  },

  async 'a chunk that cannot cross aborts the sink'(context) {
    const { remote, asRemote, roundTrip, assert } = context
    platformClass('WritableStream')
    const sink = asRemote(await remote.makeGatedWritable())
    const writer = ((await sink.stream()) as WritableStream<unknown>).getWriter()
    writer.closed.catch(() => undefined)
    await assert.rejects(writer.write(new WeakMap()), { code: 'FARHOLD_NOT_SHAREABLE' })
    await roundTrip()
    const [note] = (await sink.notes()) as { name: string }[]
    assert.equal(note?.name, 'NotShareableError')
  },
})

/** Those that need a transport that can block. */
export const blockingStopCases: readonly Case[] = group('sync, cancelling', {
  async 'a signal that has fired throws its reason, and nothing is sent'(context) {
    const { sync, farhold, assert } = context
    const service = sync().makeService()
    const stopper = new Stopper()
    const stopped = farhold.withOptions(service, { signal: stopper.signal })
    assert.equal(stopped.signalOf('before'), false)
    const reason = { because: 'of this' }
    stopper.abort(reason)
    let thrown: unknown
    try {
      stopped.signalOf('after')
    } catch (error) {
      thrown = error
    }
    assert.equal(thrown, reason)
    assert.deepEqual(service.notes(), ['before'])
    assert.equal(stopper.listeners, 0, 'how many listen')
  },

  async 'a timeout that does not pass changes nothing'(context) {
    const { sync, farhold, assert } = context
    const service = sync().makeService()
    const limited = farhold.withOptions(service, { timeout: 10_000 })
    assert.equal(limited.signalOf('in time'), false)
    assert.deepEqual(limited.notes(), ['in time'])
  },

  async 'an iteration that is left tells its source'(context) {
    const { sync, assert } = context
    const service = sync().makeService()
    for (const _item of service.itemsAfter(() => undefined)) break
    assert.deepEqual(service.notes(), ['items left'])
  },

  async 'an iterable that is no iterator'(context) {
    const { sync, assert } = context
    const given = sync().giveIterable()
    const seen: unknown[] = [...given]
    for await (const item of given) seen.push(item)
    assert.deepEqual(seen, [1, 2, 'a', 'b'])
  },
})

const reuse: readonly Case[] = [
  ...group('cancelling', {
    async 'an answer that is cancelled and released at once harms no other'(context) {
      const { remote, farhold, roundTrip, assert } = context
      const service = await newService(context)
      const stopper = new Stopper()
      const answer = farhold.withOptions(service, { signal: stopper.signal }).link('a')
      const uses = failure(remote.count(answer))
      await roundTrip()
      stopper.abort('enough')
      farhold.release(answer)
      const others = [remote.add(1, 1), remote.add(2, 2), remote.add(3, 3)]
      assert.deepEqual(await Promise.all(others), [2, 4, 6])
      assert.equal((await uses).reason, 'enough')
      assert.equal(await remote.add(4, 4), 8)
    },
  }),
  ...group('stopping an iteration', {
    async 'before its answer is here'(context) {
      const { remote, asRemote, roundTrip, assert } = context
      const source = asRemote(await remote.makeSource(1000))
      const answer = source.items()
      void answer.then(() => undefined)
      await undefined
      await undefined
      await undefined
      // The call has left without word that its answer will be used, so the iteration begins when that is here.
      const items = answer[Symbol.asyncIterator]()
      const first = items.next()
      let left: unknown
      items.return('left').then((result: unknown) => {
        left = result
      })
      assert.deepEqual(await first, { value: undefined, done: true })
      for (let trip = 0; trip < 4; trip++) await roundTrip()
      assert.deepEqual(left, { value: 'left', done: true }, 'what return gave')
      assert.ok(((await source.log()) as { made: number }).made < 1000, 'whether it stopped')
    },
  }),
]

export const cancellingCases: readonly Case[] = [
  ...reasons,
  ...moments,
  ...chains,
  ...neighbours,
  ...timeouts,
  ...calls,
  ...iterations,
  ...streams,
  ...reuse,
  ...blockingStopCases,
]
