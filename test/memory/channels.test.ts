/**
 * What channels leave behind: nothing. Counts and bounds, never times: a collection may take several rounds, and each round is an event that is
 * waited for.
 */
import { setImmediate } from 'node:timers/promises'
import {
  type Channel,
  channel,
  connect,
  expose,
  loopback,
  type Receiver,
  type Sender,
  type Session,
} from '@farhold/core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { failureName, type Member, startIsolate, startWorker } from '../channels/contexts.ts'

const { gc } = globalThis
if (gc === undefined) throw new Error('this project runs with --expose-gc')

/** Collects until `done` holds; fails when many rounds have not brought it about. */
async function collectUntil(done: () => unknown): Promise<void> {
  for (let round = 0; round < 40; round++) {
    if (await done()) return
    await gc?.({ type: 'major', execution: 'async' })
    await setImmediate()
  }
  expect(await done()).toBe(true)
}

/** Where nothing is held and nothing is awaited. */
const NOTHING = { exports: 0, imports: 0, pending: 0, serving: 0 }

const kept: Channel<unknown>[] = []

const api = {
  make: (capacity: number) => {
    const made = channel({ capacity })
    kept.push(made)
    return made
  },
  last: () => kept.at(-1) as Channel<unknown>,
  /** Uses an end and forgets it. */
  send: (sender: Sender, item: unknown) => sender.send(item),
  receive: (receiver: Receiver) => receiver.receive(),
}

describe('in one heap', () => {
  let owner: Session
  let user: Session<typeof api>
  beforeEach(() => {
    const [here, there] = loopback()
    owner = expose(api, here)
    user = connect<typeof api>(there)
  })
  afterEach(() => {
    kept.length = 0
    return user.close()
  })

  const isNothingLeft = (): boolean =>
    [owner, user].every((session) => {
      const { exports, imports, pending, serving } = session.stats()
      return exports === 0 && imports === 0 && pending === 0 && serving === 0
    })

  test('an end that comes again before it was found to be dropped is at the same seat', async () => {
    kept.push(channel({ capacity: 4 }))
    let gone: WeakRef<object> | undefined
    ;(() => {
      const { sender } = user.sync.last()
      sender.trySend(1)
      gone = new WeakRef(sender)
    })()
    // In a turn of its own, in which no finalizer has run yet.
    await setImmediate()
    gc({ type: 'major', execution: 'sync' })
    expect(gone?.deref()).toBeUndefined()
    user.sync.last().sender.release()
    for (let turn = 0; turn < 100; turn++) await undefined
    expect((await (kept[0] as Channel<unknown>).sender.contexts()).senders).toEqual([])
  })

  test('a channel that is dropped everywhere is collected', async () => {
    let hub: WeakRef<object> | undefined
    await (async () => {
      const { sender, receiver } = await user.remote.make(4)
      await sender.send({ of: () => 1 })
      await receiver.receive()
      await sender.send(2)
      hub = new WeakRef((kept[0] as Channel<unknown>).sender)
    })()
    expect(isNothingLeft()).toBe(false)
    kept.length = 0
    await collectUntil(isNothingLeft)
    await collectUntil(() => hub?.deref() === undefined)
  })

  test('so is one that was never used', async () => {
    await (async () => {
      for (let round = 0; round < 50; round++) await user.remote.make(4)
    })()
    kept.length = 0
    await collectUntil(isNothingLeft)
  })

  test('what was received and dropped is given back', async () => {
    const { sender, receiver } = await user.remote.make(Number.POSITIVE_INFINITY)
    await (async () => {
      for (let round = 0; round < 50; round++) await sender.send({ of: () => round })
      for (let round = 0; round < 50; round++) await receiver.receive()
    })()
    const before = 4 // what both ends are made of
    await collectUntil(() => user.stats().exports === 0 && user.stats().imports <= before)
  })

  test('what a closed channel still had in it is given back', async () => {
    await (async () => {
      const { sender, receiver } = await user.remote.make(Number.POSITIVE_INFINITY)
      for (let round = 0; round < 50; round++) await sender.send({ of: () => round })
      await receiver.close({ force: true })
    })()
    await collectUntil(() => user.stats().exports === 0)
    kept.length = 0
    await collectUntil(isNothingLeft)
  })

  test('waits that were given up leave nothing', async () => {
    await (async () => {
      const { sender, receiver } = await user.remote.make(1)
      await sender.send(0)
      const waits: Promise<unknown>[] = []
      for (let round = 0; round < 200; round++) {
        const stop = new AbortController()
        waits.push(failureName(sender.send(() => round, { signal: stop.signal })))
        if (round % 2) await setImmediate()
        stop.abort(new RangeError('given up'))
      }
      expect(await receiver.receive()).toBe(0)
      for (let round = 0; round < 200; round++) {
        const stop = new AbortController()
        waits.push(failureName(receiver.receive({ signal: stop.signal })))
        if (round % 2) await setImmediate()
        stop.abort(new RangeError('given up'))
      }
      expect(new Set(await Promise.all(waits))).toEqual(new Set(['RangeError']))
      // It is as it was.
      await sender.send(1)
      expect(await receiver.receive()).toBe(1)
    })()
    await collectUntil(() => user.stats().pending === 0 && owner.stats().serving === 0)
    await collectUntil(() => user.stats().exports === 0)
    kept.length = 0
    await collectUntil(isNothingLeft)
  })

  test('an end that no one here has any more leaves, and may come again', async () => {
    const made = channel()
    kept.push(made)
    const there = connect<{ use(end: Sender): unknown }>(
      (() => {
        const [one, other] = loopback()
        expose({ use: (end: Sender) => end.send(1) }, other, { name: 'visitor' })
        return one
      })(),
    )
    await made.sender.send(0)
    for (let round = 0; round < 3; round++) {
      await there.remote.use(made.sender)
      await collectUntil(async () => (await made.receiver.contexts()).senders.length === 1)
    }
    await there.close()
  })
})

describe('between threads', () => {
  let first: Member
  let second: Member
  beforeAll(async () => {
    ;[first, second] = await Promise.all([startWorker('first'), startWorker('second')])
  })
  afterAll(() => Promise.all([first.close(), second.close()]))

  const collectThere = (member: Member): PromiseLike<unknown> =>
    member.eval("gc({ type: 'major', execution: 'async' })") as PromiseLike<unknown>

  async function collectAllUntil(done: () => unknown): Promise<void> {
    await collectUntil(async () => {
      await Promise.all([first, second].map(collectThere))
      return await done()
    })
  }

  test('an end that no one in a worker has any more leaves: then the channel closes, and the end may come again to another', async () => {
    const { sender, receiver } = channel()
    await sender.send(0)
    for (let round = 1; round < 4; round++) {
      await first.remote.send(sender, round)
      expect((await sender.contexts()).senders.toSorted()).toEqual(['first', 'main'])
      await first.remote.drop(sender)
      await collectAllUntil(async () => (await sender.contexts()).senders.length === 1)
    }
    expect(await second.remote.receiveMany(receiver, 4)).toEqual([0, 1, 2, 3])
    sender.release()
    expect(await failureName(second.remote.receive(receiver))).toBe('ChannelClosedError')
    await second.remote.dropAll()
  })

  test('what a context had sent that then dropped its end goes by the death of that context nevertheless', async () => {
    const { sender, receiver } = channel({ unbound: 'remove' })
    await sender.send(0)
    const doomed = await startWorker('doomed')
    await doomed.remote.sendAll(sender, [1, 2])
    await doomed.remote.drop(sender)
    await collectUntil(async () => {
      await collectThere(doomed)
      return (await sender.contexts()).senders.length === 1
    })
    for (let round = 0; round < 3; round++) await collectThere(doomed)
    expect(await receiver.receive()).toBe(0)
    await doomed.close()
    expect(receiver.tryReceive()).toBeUndefined()
  })

  test('one that was released stays so, also when it was dropped', async () => {
    const { sender, receiver } = channel()
    await sender.send(0)
    await first.remote.send(sender, 1)
    await first.remote.release(sender)
    await first.remote.drop(sender)
    for (let round = 0; round < 5; round++) await collectThere(first)
    await collectAllUntil(() => true)
    expect(await failureName(first.remote.send(sender, 2))).toBe('ReleasedError')
    await first.remote.dropAll()
    expect(await receiver.receive()).toBe(0)
  })

  test('also in the context where it is at home', async () => {
    const { sender } = await (async () => {
      const made = channel()
      await first.remote.have(made.sender)
      await made.sender.send(1)
      await second.remote.send(made.sender, 2)
      made.sender.release()
      return { sender: new WeakRef(made.sender) }
    })()
    await collectUntil(() => sender.deref() === undefined)
    const [back] = (await first.remote.ends()) as Sender[]
    expect(await failureName((back as Sender).send(3))).toBe('ReleasedError')
    await Promise.all([first.remote.dropAll(), second.remote.dropAll()])
  })

  test('a channel that everyone has dropped is gone everywhere', async () => {
    await (async () => {
      const { sender, receiver } = channel()
      await first.remote.send(sender, 1)
      await first.remote.sendFunction(sender as never, 'a function')
      await second.remote.receive(receiver)
      await first.remote.dropAll()
      await second.remote.dropAll()
    })()
    await collectAllUntil(() =>
      [first, second].every(
        (member) => member.stats().exports === 0 && member.stats().imports === 0,
      ),
    )
    for (const member of [first, second])
      expect(member.stats()).toMatchObject({ ...NOTHING, imports: expect.any(Number) as number })
  })

  test('a million items leave nothing behind', { timeout: 120_000 }, async () => {
    const MANY = 1_000_000
    const { sender, receiver } = channel({ capacity: 1000 })
    const pump = async (many: number): Promise<void> => {
      const [sum] = await Promise.all([
        second.remote.sum(receiver, many),
        first.remote.sendNumbers(sender, many),
      ])
      expect(sum).toBe((many * (many - 1)) / 2)
    }
    await pump(MANY / 2)
    await collectAllUntil(() => true)
    const used = async (): Promise<number[]> => {
      for (let round = 0; round < 4; round++) await collectAllUntil(() => true)
      return [
        process.memoryUsage().heapUsed,
        ...((await Promise.all(
          [first, second].map((member) => member.remote.heapUsed()),
        )) as number[]),
      ]
    }
    const before = await used()
    await pump(MANY)
    // One word an item would be more.
    await collectAllUntil(async () =>
      (await used()).every((bytes, index) => bytes - (before[index] as number) < 7_000_000),
    )
    await Promise.all([first.remote.dropAll(), second.remote.dropAll()])
  })
})

test('an isolate that is gone leaves nothing of the channels that it had', async () => {
  const isolate = await startIsolate('isolate')
  const { sender, receiver } = channel()
  await sender.send(0)
  await isolate.remote.sendFunction(sender as never, 'a function')
  expect(await isolate.remote.receive(receiver)).toBe(0)
  await sender.send(1)
  await receiver.receive()
  await isolate.close()
  expect(isolate.stats()).toMatchObject(NOTHING)
  expect(await sender.contexts()).toEqual({ senders: ['main'], receivers: ['main'] })
})
