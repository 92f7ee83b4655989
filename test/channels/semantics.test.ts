/**
 * What channels promise, a sentence at a time, between this context and two workers, which share memory, and an isolate, which does not.
 */
import { channel, ReleasedError, transfer } from '@farhold/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'
import {
  failureName,
  type Member,
  startIsolate,
  startWorker,
  thrownName,
  untilContexts,
} from './contexts.ts'

let first: Member
let second: Member
let isolate: Member
beforeAll(async () => {
  ;[first, second, isolate] = await Promise.all([
    startWorker('first'),
    startWorker('second'),
    startIsolate('isolate'),
  ])
})
afterAll(() => Promise.all([first.close(), second.close(), isolate.close()]))

/** The others, by turns: what holds between two workers holds where no memory is shared. */
const PAIRS: readonly (readonly [string, () => readonly [Member, Member]])[] = [
  ['two workers', () => [first, second]],
  ['a worker and an isolate', () => [first, isolate]],
  ['an isolate and a worker', () => [isolate, first]],
]

describe('association', () => {
  test('an end is associated with a context at its first use there, and not when it comes', async () => {
    const { sender, receiver } = channel()
    await first.remote.have(sender)
    await second.remote.have(receiver)
    expect(await sender.contexts()).toEqual({ senders: [], receivers: [] })
    await first.remote.send(sender, 1)
    expect(await receiver.contexts()).toEqual({ senders: ['first'], receivers: [] })
    expect(await second.remote.receive(receiver)).toBe(1)
    expect(await sender.contexts()).toEqual({ senders: ['first'], receivers: ['second'] })
  })

  test('looking who is there associates no one', async () => {
    const { sender, receiver } = channel()
    expect(await first.remote.contexts(sender)).toEqual({ senders: [], receivers: [] })
    expect(await second.remote.contexts(receiver)).toEqual({ senders: [], receivers: [] })
  })

  test('a context is at an end once, however often it uses it', async () => {
    const { sender, receiver } = channel()
    await first.remote.sendAll(sender, [1, 2, 3])
    sender.trySend(4)
    await sender.send(5)
    expect((await receiver.contexts()).senders.toSorted()).toEqual(['first', 'main'])
  })

  test('an end is the same one in a context, however often it comes', async () => {
    const { sender } = channel()
    await first.remote.have(sender)
    expect(await first.remote.isKept(sender)).toBe(true)
    await isolate.remote.have(sender)
    expect(await isolate.remote.isKept(sender)).toBe(true)
    expect(await first.remote.echo(sender)).toBe(sender)
    expect(await isolate.remote.echo(sender)).toBe(sender)
  })

  test.each(PAIRS)(
    'both ends of a channel that one made go by here to the other: %s',
    async (_, pair) => {
      const [one, other] = pair()
      const { sender, receiver } = await one.remote.make()
      await other.remote.send(sender, 'through')
      expect(await receiver.receive()).toBe('through')
      await sender.send('back')
      expect(await other.remote.receive(receiver)).toBe('back')
      const { senders } = await sender.contexts()
      expect(senders.toSorted()).toEqual([other.name, 'main'].toSorted())
    },
  )
})

describe('release', () => {
  test.each(PAIRS)('it bars a context from the end, for good: %s', async (_, pair) => {
    const [one, other] = pair()
    const { sender, receiver } = channel()
    await other.remote.send(sender, 0)
    await one.remote.send(sender, 1)
    await one.remote.release(sender)
    await one.remote.release(sender)
    expect(await failureOf(one.remote.send(sender, 2))).toBeInstanceOf(ReleasedError)
    expect(await failureName(one.remote.trySend(sender, 2))).toBe('ReleasedError')
    expect(await failureName(one.remote.sendSync(sender, 2))).toBe('ReleasedError')
    expect(await failureName(one.remote.closeSender(sender))).toBe('ReleasedError')
    expect(await receiver.contexts()).toEqual({ senders: [other.name], receivers: [] })
    expect([await receiver.receive(), await receiver.receive()]).toEqual([0, 1])
    expect(receiver.tryReceive()).toBeUndefined()
  })

  test('here, too', async () => {
    const { sender, receiver } = channel()
    await first.remote.send(sender, 1)
    expect(receiver.tryReceive()).toBe(1)
    await second.remote.tryReceive(receiver)
    receiver.release()
    receiver.release()
    expect(await failureOf(receiver.receive())).toBeInstanceOf(ReleasedError)
    expect(thrownName(() => receiver.tryReceive())).toBe('ReleasedError')
    expect(thrownName(() => receiver.receiveSync())).toBe('ReleasedError')
    expect(await failureName(receiver.close())).toBe('ReleasedError')
    expect(await failureName(receiver[Symbol.asyncIterator]().next())).toBe('ReleasedError')
  })

  test('one end does not bar the other', async () => {
    const { sender, receiver } = channel()
    await first.remote.send(sender, 1)
    await second.remote.send(sender, 2)
    await first.remote.release(sender)
    expect(await first.remote.receiveMany(receiver, 2)).toEqual([1, 2])
  })

  test('the end of one context is not that of another', async () => {
    const { sender, receiver } = channel()
    await first.remote.send(sender, 1)
    await second.remote.send(sender, 2)
    await first.remote.release(sender)
    await second.remote.send(sender, 3)
    expect(await isolate.remote.receiveMany(receiver, 3)).toEqual([1, 2, 3])
  })

  test('what waits there fails', async () => {
    const { sender, receiver } = channel({ capacity: 1 })
    await second.remote.send(sender, 1)
    const sending = first.remote.send(sender, 2)
    await untilContexts({ sender }, ({ senders }) => senders.length === 2)
    await first.remote.release(sender)
    expect(await failureOf(sending)).toBeInstanceOf(ReleasedError)
    expect(await receiver.receive()).toBe(1)
    expect(receiver.tryReceive()).toBeUndefined()

    const receiving = first.remote.receive(receiver)
    const looping = isolate.remote.drain(receiver)
    await untilContexts({ sender }, ({ receivers }) => receivers.length === 3)
    await first.remote.release(receiver)
    await isolate.remote.release(receiver)
    expect(await failureOf(receiving)).toBeInstanceOf(ReleasedError)
    expect(await failureOf(looping)).toBeInstanceOf(ReleasedError)
    // Neither has taken it along.
    await second.remote.send(sender, 3)
    expect(await receiver.receive()).toBe(3)
  })

  test('using', async () => {
    const { sender, receiver } = channel()
    {
      using ours = sender
      await ours.send(1)
    }
    expect(await failureName(sender.send(2))).toBe('ReleasedError')
    expect(await first.remote.drain(receiver)).toEqual([1])
  })
})

describe('the last one', () => {
  test.each(PAIRS)(
    'when the last sender has left, receivers get what is left, and then it is over: %s',
    async (_, pair) => {
      const [one, other] = pair()
      const { sender, receiver } = channel()
      await one.remote.sendAll(sender, [1, 2])
      await sender.send(3)
      await one.remote.release(sender)
      await sender.send(4)
      sender.release()
      expect(
        await failureName(
          first === one ? second.remote.send(sender, 5) : first.remote.send(sender, 5),
        ),
      ).toBe('ChannelClosedError')
      expect(await other.remote.receive(receiver)).toBe(1)
      expect(await other.remote.drain(receiver)).toEqual([2, 3, 4])
      expect(await failureName(other.remote.receive(receiver))).toBe('ChannelClosedError')
      expect(await failureName(other.remote.tryReceive(receiver))).toBe('ChannelClosedError')
      expect(await receiver.contexts()).toEqual({ senders: [], receivers: [] })
    },
  )

  test.each(PAIRS)('when the last receiver has left, senders fail: %s', async (_, pair) => {
    const [one, other] = pair()
    const { sender, receiver } = channel({ capacity: 2 })
    await one.remote.sendAll(sender, [1, 2])
    expect(await other.remote.receive(receiver)).toBe(1)
    expect(await receiver.receive()).toBe(2)
    await one.remote.sendAll(sender, [3, 4])
    const waiting = one.remote.send(sender, 5)
    await other.remote.release(receiver)
    expect((await receiver.contexts()).receivers).toEqual(['main'])
    receiver.release()
    expect(await failureName(waiting)).toBe('ChannelClosedError')
    expect(await failureName(one.remote.send(sender, 6))).toBe('ChannelClosedError')
    expect(await failureName(one.remote.trySend(sender, 6))).toBe('ChannelClosedError')
    expect(thrownName(() => sender.trySend(6))).toBe('ChannelClosedError')
  })

  test('an end that no one has used closes nothing when it is released', async () => {
    const { sender, receiver } = channel()
    await first.remote.have(sender)
    await first.remote.release(sender)
    await second.remote.have(receiver)
    await second.remote.release(receiver)
    await sender.send(1)
    expect(await receiver.receive()).toBe(1)
  })
})

describe('closing', () => {
  test.each(PAIRS)('at the sending side it lets receivers drain: %s', async (_, pair) => {
    const [one, other] = pair()
    const { sender, receiver } = channel()
    await one.remote.sendAll(sender, [1, 2, 3])
    await one.remote.closeSender(sender)
    expect(await failureName(one.remote.send(sender, 4))).toBe('ChannelClosedError')
    expect(await failureName(other.remote.send(sender, 4))).toBe('ChannelClosedError')
    expect(await failureName(sender.send(4))).toBe('ChannelClosedError')
    expect(await other.remote.drain(receiver)).toEqual([1, 2, 3])
    expect(await failureName(receiver.receive())).toBe('ChannelClosedError')
  })

  test.each(PAIRS)(
    'at the receiving side it is refused while items are in it: %s',
    async (_, pair) => {
      const [one, other] = pair()
      const { sender, receiver } = channel()
      await one.remote.sendAll(sender, [1, 2, 3])
      expect(await failureOf(other.remote.closeReceiver(receiver))).toMatchObject({
        name: 'ChannelNotEmptyError',
        items: 3,
      })
      // Nothing changed.
      await one.remote.send(sender, 4)
      expect(await other.remote.receiveMany(receiver, 4)).toEqual([1, 2, 3, 4])
      await other.remote.closeReceiver(receiver)
      expect(await failureName(one.remote.send(sender, 5))).toBe('ChannelClosedError')
      expect(await failureName(other.remote.receive(receiver))).toBe('ChannelClosedError')
    },
  )

  test.each(PAIRS)('unless it is forced, and then they are dropped: %s', async (_, pair) => {
    const [one, other] = pair()
    const { sender, receiver } = channel({ capacity: 2 })
    await one.remote.sendAll(sender, [1, 2])
    const waiting = one.remote.send(sender, 3)
    await other.remote.closeReceiver(receiver, true)
    expect(await failureName(waiting)).toBe('ChannelClosedError')
    expect(await failureName(one.remote.send(sender, 4))).toBe('ChannelClosedError')
    expect(await failureName(other.remote.receive(receiver))).toBe('ChannelClosedError')
    expect(await failureName(receiver.receive())).toBe('ChannelClosedError')
  })

  test('of a channel that is closed and not empty, at the receiving side', async () => {
    const { sender, receiver } = channel()
    await first.remote.send(sender, 1)
    await first.remote.closeSender(sender)
    expect(await failureName(second.remote.closeReceiver(receiver))).toBe('ChannelNotEmptyError')
    await second.remote.closeReceiver(receiver, true)
    expect(await failureName(receiver.receive())).toBe('ChannelClosedError')
  })

  test.each(PAIRS)('twice is an error: %s', async (_, pair) => {
    const [one, other] = pair()
    const { sender, receiver } = channel()
    await one.remote.closeSender(sender)
    for (const close of [
      () => one.remote.closeSender(sender),
      () => other.remote.closeSender(sender),
      () => sender.close(),
      () => other.remote.closeReceiver(receiver),
      () => other.remote.closeReceiver(receiver, true),
      () => receiver.close(),
    ])
      expect(await failureName(close())).toBe('ChannelClosedError')
  })

  test('twice is an error, also when the first was at the receiving side', async () => {
    const { sender, receiver } = channel()
    await first.remote.closeReceiver(receiver)
    expect(await failureName(first.remote.closeReceiver(receiver))).toBe('ChannelClosedError')
    expect(await failureName(second.remote.closeReceiver(receiver, true))).toBe(
      'ChannelClosedError',
    )
    expect(await failureName(second.remote.closeSender(sender))).toBe('ChannelClosedError')
  })

  test('twice is an error while it drains', async () => {
    const { sender, receiver } = channel()
    await first.remote.send(sender, 1)
    await first.remote.closeSender(sender)
    expect(await failureName(sender.close())).toBe('ChannelClosedError')
    expect(await failureName(second.remote.closeSender(sender))).toBe('ChannelClosedError')
    expect(await receiver.receive()).toBe(1)
  })

  test.each(PAIRS)('ends every wait: %s', async (_, pair) => {
    const [one, other] = pair()
    const { sender, receiver } = channel()
    const waits = [
      one.remote.receive(receiver),
      other.remote.receive(receiver),
      receiver.receive(),
      other.remote.drain(receiver),
    ].map(failureName)
    await untilContexts({ sender }, ({ receivers }) => receivers.length === 3)
    await one.remote.closeSender(sender)
    expect(await Promise.all(waits)).toEqual([
      'ChannelClosedError',
      'ChannelClosedError',
      'ChannelClosedError',
      { fulfilledWith: [] },
    ])
  })
})

describe('what a dead context had sent and no one received', () => {
  const START = [
    ['a worker', startWorker],
    ['an isolate', startIsolate],
  ] as const

  test.each(START)("is kept with unbound: 'keep', the default (%s)", async (_, start) => {
    const doomed = await start('doomed')
    const { sender, receiver } = channel()
    await sender.send(0)
    await doomed.remote.sendAll(sender, [1, 2])
    await sender.send(3)
    await doomed.close()
    expect(await first.remote.receiveMany(receiver, 4)).toEqual([0, 1, 2, 3])
    expect(await sender.contexts()).toEqual({ senders: ['main'], receivers: ['first'] })
  })

  test.each(START)("is removed with unbound: 'remove' (%s)", async (_, start) => {
    const doomed = await start('doomed')
    const { sender, receiver } = channel({ unbound: 'remove', capacity: 4 })
    await sender.send(0)
    await doomed.remote.sendAll(sender, [1, 2])
    await sender.send(3)
    // There is room when they are gone.
    const waiting = Promise.all([sender.send(4), sender.send(5)])
    await doomed.close()
    await waiting
    expect(await first.remote.receiveMany(receiver, 4)).toEqual([0, 3, 4, 5])
  })

  test.each(START)("raises in its place with unbound: 'error' (%s)", async (_, start) => {
    const doomed = await start('doomed')
    const { sender, receiver } = channel({ unbound: 'error' })
    await sender.send(0)
    await doomed.remote.sendAll(sender, [1, 2, 3])
    await sender.send(4)
    await doomed.close()
    expect(await first.remote.receive(receiver)).toBe(0)
    expect(await failureOf(first.remote.receive(receiver))).toMatchObject({
      name: 'ItemOrphanedError',
      sender: 'doomed',
    })
    expect(thrownName(() => receiver.tryReceive())).toBe('ItemOrphanedError')
    expect(await failureName(isolate.remote.receive(receiver))).toBe('ItemOrphanedError')
    expect(await first.remote.receive(receiver)).toBe(4)
  })

  test.each(START)(
    'goes by the death of its sender, whether or not that had released its end (%s)',
    async (_, start) => {
      const doomed = await start('doomed')
      const { sender, receiver } = channel({ unbound: 'remove' })
      await sender.send(0)
      await doomed.remote.sendAll(sender, [1, 2, 3])
      await doomed.remote.release(sender)
      expect(await first.remote.receiveMany(receiver, 2)).toEqual([0, 1])
      await doomed.close()
      expect(receiver.tryReceive()).toBeUndefined()
    },
  )

  test.each(START)('what was received is received (%s)', async (_, start) => {
    const doomed = await start('doomed')
    const { sender, receiver } = channel({ unbound: 'error' })
    await doomed.remote.sendAll(sender, [1, 2])
    expect(await first.remote.receive(receiver)).toBe(1)
    expect(await receiver.receive()).toBe(2)
    await doomed.close()
    expect(await failureName(first.remote.receive(receiver))).toBe('ChannelClosedError')
  })
})

describe('items', () => {
  test.each(PAIRS)(
    'those of one sender arrive in the order in which they were sent: %s',
    async (_, pair) => {
      const [one, other] = pair()
      const { sender, receiver } = channel({ capacity: 3 })
      const numbers = Array.from({ length: 100 }, (_, index) => index)
      const [received] = await Promise.all([
        other.remote.receiveMany(receiver, 100),
        one.remote.sendAtOnce(sender, numbers),
      ])
      expect(received).toEqual(numbers)
    },
  )

  test.each(PAIRS)('each goes to exactly one receiver: %s', async (_, pair) => {
    const [one, other] = pair()
    const { sender, receiver } = channel({ capacity: 3 })
    const all = [one.remote.drain(receiver), other.remote.drain(receiver)]
    const numbers = Array.from({ length: 200 }, (_, index) => index)
    for (const number of numbers) await sender.send(number)
    await sender.close()
    const received = (await Promise.all(all)) as number[][]
    for (const some of received) expect(some).toEqual(some.toSorted((a, b) => a - b))
    expect(received.flat().toSorted((a, b) => a - b)).toEqual(numbers)
  })

  test.each(PAIRS)('cross as arguments do: %s', async (_, pair) => {
    const [one, other] = pair()
    const { sender, receiver } = channel()
    const big = 'x'.repeat(100_000)
    const items = [
      undefined,
      null,
      Number.NaN,
      -0,
      5n,
      new Date(1),
      new Map([[1, new Set(['a'])]]),
      big,
      [[]],
    ]
    await one.remote.sendAll(sender, items)
    expect(await other.remote.receiveMany(receiver, items.length)).toEqual(items)
    await one.remote.sendFunction(sender as never, 'by reference')
    const ask = (await receiver.receive()) as () => Promise<string>
    expect(await ask()).toBe('by reference')
  })

  test('are copied also where they stay', async () => {
    const { sender, receiver } = channel<{ list: number[] }>()
    const item = { list: [1] }
    await sender.send(item)
    item.list.push(2)
    const received = await receiver.receive()
    expect(received).toEqual({ list: [1] })
    expect(received).not.toBe(item)
  })

  test('a buffer that is transferred is gone here and arrives', async () => {
    const { sender, receiver } = channel<ArrayBuffer>()
    const buffer = new Uint8Array([1, 2, 3]).buffer
    await sender.send(transfer(buffer, [buffer]))
    expect(buffer.byteLength).toBe(0)
    expect(new Uint8Array((await first.remote.receive(receiver)) as ArrayBuffer)).toEqual(
      new Uint8Array([1, 2, 3]),
    )
  })

  test('one that cannot cross is refused, and the channel goes on', async () => {
    const { sender, receiver } = channel()
    expect(await failureName(sender.send(new WeakMap()))).toBe('NotShareableError')
    await sender.send(1)
    expect(await first.remote.receive(receiver)).toBe(1)
  })

  test('ends of channels go through channels', async () => {
    const outer = channel()
    const inner = channel()
    await outer.sender.send(inner.receiver)
    await inner.sender.send(7)
    const receiver = await first.remote.receive(outer.receiver)
    expect(receiver).toBe(inner.receiver)
    expect(await second.remote.receive(receiver as never)).toBe(7)
  })
})

describe('capacity', () => {
  test.each(PAIRS)('is exact: %s', async (_, pair) => {
    const [one, other] = pair()
    for (const capacity of [1, 2, 7]) {
      const { sender, receiver } = channel({ capacity })
      for (let item = 0; item < capacity; item++)
        expect(await one.remote.trySend(sender, item)).toBe(true)
      expect(await one.remote.trySend(sender, -1)).toBe(false)
      expect(await other.remote.trySend(sender, -1)).toBe(false)
      expect(sender.trySend(-1)).toBe(false)
      expect(await other.remote.tryReceive(receiver)).toBe(0)
      expect(await one.remote.trySend(sender, capacity)).toBe(true)
      expect(await one.remote.trySend(sender, -1)).toBe(false)
      expect(await other.remote.receiveMany(receiver, capacity)).toEqual(
        Array.from({ length: capacity }, (_, index) => index + 1),
      )
      expect(await other.remote.tryReceive(receiver)).toBeUndefined()
    }
  })

  test('is Infinity by default', async () => {
    const { sender, receiver } = channel()
    const numbers = Array.from({ length: 5000 }, (_, index) => index)
    await first.remote.sendAll(sender, numbers)
    await first.remote.closeSender(sender)
    expect(await second.remote.drain(receiver)).toEqual(numbers)
  })

  test.each(PAIRS)('with 0 each send waits for its receiver: %s', async (_, pair) => {
    const [one, other] = pair()
    const { sender, receiver } = channel({ capacity: 0 })
    expect(await one.remote.trySend(sender, -1)).toBe(false)
    expect(sender.trySend(-1)).toBe(false)
    const sent: number[] = []
    const sending = [1, 2, 3].map(async (item) => {
      await one.remote.send(sender, item)
      sent.push(item)
    })
    await untilContexts({ sender }, ({ senders }) => senders.includes(one.name))
    await one.remote.echo(0)
    expect(sent).toEqual([])
    expect(await other.remote.receive(receiver)).toBe(1)
    await sending[0]
    expect(sent).toEqual([1])
    expect(await other.remote.tryReceive(receiver)).toBe(2)
    expect(receiver.tryReceive()).toBe(3)
    await Promise.all(sending)
    // Whoever waits to receive needs no room.
    const receiving = other.remote.receive(receiver)
    const receivingHere = receiver.receive()
    for (let item = 4; item < 6; ) if (await one.remote.trySend(sender, item)) item++
    expect([await receiving, await receivingHere].toSorted()).toEqual([4, 5])
  })

  test('is a whole number or Infinity', () => {
    for (const capacity of [-1, 1.5, Number.NaN, '1', null])
      expect(() => channel({ capacity: capacity as number })).toThrow(TypeError)
    expect(() => channel({ unbound: 'drop' as 'keep' })).toThrow(TypeError)
    expect(() => channel(null as never)).toThrow(TypeError)
  })
})

describe('waiting', () => {
  test.each(PAIRS)('send waits for room: %s', async (_, pair) => {
    const [one, other] = pair()
    const { sender, receiver } = channel({ capacity: 1 })
    await one.remote.send(sender, 1)
    const order: string[] = []
    const sending = one.remote.send(sender, 2).then(() => order.push('sent'))
    await one.remote.echo(0)
    await one.remote.echo(0)
    order.push('received')
    expect(await other.remote.receive(receiver)).toBe(1)
    await sending
    expect(order).toEqual(['received', 'sent'])
    expect(await other.remote.receive(receiver)).toBe(2)
  })

  test.each(PAIRS)('receive waits for an item: %s', async (_, pair) => {
    const [one, other] = pair()
    const { sender, receiver } = channel()
    const receiving = other.remote.receive(receiver)
    await untilContexts({ sender }, ({ receivers }) => receivers.length === 1)
    await one.remote.send(sender, 1)
    expect(await receiving).toBe(1)
  })

  test('trySend and tryReceive wait for nothing', async () => {
    const { sender, receiver } = channel({ capacity: 1 })
    expect(receiver.tryReceive()).toBeUndefined()
    expect([sender.trySend(1), sender.trySend(2)]).toEqual([true, false])
    expect([receiver.tryReceive(), receiver.tryReceive()]).toEqual([1, undefined])
  })

  test('sendSync waits for room, and receiveSync for an item, with the thread blocked', async () => {
    const { sender, receiver } = channel({ capacity: 1 })
    const received = second.remote.receiveSync(receiver)
    await untilContexts({ sender }, ({ receivers }) => receivers.length === 1)
    sender.sendSync(1)
    expect(await received).toBe(1)
    await first.remote.sendSync(sender, 2)
    const sent = first.remote.sendSync(sender, 3)
    expect(receiver.receiveSync()).toBe(2)
    await sent
    expect(await isolate.remote.receiveSync(receiver)).toBe(3)
    const receiving = second.remote.receiveSync(receiver)
    await isolate.remote.sendSync(sender, 4)
    expect(await receiving).toBe(4)
  })

  test('this thread serves others while it is blocked', async () => {
    const { sender, receiver } = channel()
    const sent = first.remote.send(sender, 1)
    expect(receiver.receiveSync()).toBe(1)
    await sent
    const full = channel({ capacity: 1 })
    full.sender.sendSync(1)
    const receiving = first.remote.receiveMany(full.receiver, 2)
    full.sender.sendSync(2)
    expect(await receiving).toEqual([1, 2])
  })

  test.each(PAIRS)('gives up after `timeout`: %s', async (_, pair) => {
    const [one, other] = pair()
    const { sender, receiver } = channel({ capacity: 1 })
    expect(await failureName(other.remote.receiveSync(receiver, 20))).toBe('CallTimeoutError')
    await one.remote.send(sender, 1)
    expect(await failureName(one.remote.sendSync(sender, 2, 20))).toBe('CallTimeoutError')
    expect(await other.remote.receive(receiver)).toBe(1)
    expect(await other.remote.tryReceive(receiver)).toBeUndefined()
  })

  test.each([
    ['a worker', () => first],
    ['here', undefined],
  ])(
    'gives up after `timeout` or with `signal`, without a blocked thread (%s)',
    async (_, whose) => {
      const { sender, receiver } = channel({ capacity: 1 })
      const member = whose?.()
      const receiving =
        member === undefined
          ? receiver.receive({ timeout: 20 })
          : member.remote.receive(receiver, 20)
      expect(await failureName(receiving)).toBe('CallTimeoutError')
      const aborted =
        member === undefined
          ? receiver.receive({ signal: AbortSignal.timeout(20) })
          : member.remote.receiveUntil(receiver, 20)
      expect(await failureName(aborted)).toBe('TimeoutError')
      await second.remote.send(sender, 1)
      const sending =
        member === undefined ? sender.send(2, { timeout: 20 }) : member.remote.send(sender, 2, 20)
      expect(await failureName(sending)).toBe('CallTimeoutError')
      const { signal } = new AbortController()
      expect(await failureName(sender.send(3, { signal, timeout: 1 }))).toBe('CallTimeoutError')
      const gone = AbortSignal.abort(new RangeError('no more'))
      expect(await failureName(sender.send(3, { signal: gone }))).toBe('RangeError')
      expect(await failureName(receiver.receive({ signal: gone }))).toBe('RangeError')
      expect(thrownName(() => sender.sendSync(3, { signal: gone }))).toBe('RangeError')
      expect(thrownName(() => receiver.receiveSync({ signal: gone }))).toBe('RangeError')
      expect(await receiver.receive()).toBe(1)
      expect(receiver.tryReceive()).toBeUndefined()
    },
  )

  test('a wait that was given up keeps no one behind it', async () => {
    const { sender, receiver } = channel({ capacity: 1 })
    await sender.send(1)
    const stop = new AbortController()
    const given = failureName(sender.send(2, { signal: stop.signal }))
    const waiting = first.remote.send(sender, 3)
    await untilContexts({ sender }, ({ senders }) => senders.length === 2)
    stop.abort(new RangeError('no more'))
    expect(await given).toBe('RangeError')
    expect(await receiver.receive()).toBe(1)
    await waiting
    expect(await receiver.receive()).toBe(3)
  })
})

describe('for await', () => {
  test('gives items until the channel is closed and empty', async () => {
    const { sender, receiver } = channel()
    const draining = first.remote.drain(receiver)
    await second.remote.sendAll(sender, [1, 2, 3])
    await second.remote.closeSender(sender)
    expect(await draining).toEqual([1, 2, 3])
  })

  test('that is left leaves the channel as it is', async () => {
    const { sender, receiver } = channel()
    await first.remote.sendAll(sender, [1, 2, 3])
    for await (const item of receiver) if (item === 2) break
    expect(await receiver.receive()).toBe(3)
    await first.remote.send(sender, 4)
    expect(await second.remote.receive(receiver)).toBe(4)
  })
})

describe('the context where a channel is at home', () => {
  test.each([
    ['a worker', startWorker],
    ['an isolate', startIsolate],
  ] as const)('takes it along: %s', async (_, start) => {
    const home = await start('home')
    const { sender, receiver } = await home.remote.make({ capacity: 1 })
    await sender.send(1)
    const waits = [sender.send(2), first.remote.send(sender, 3)].map(failureName)
    await untilContexts({ sender }, ({ senders }) => senders.length === 2)
    await home.close()
    expect(await Promise.all(waits)).toEqual(['ContextClosedError', 'ContextClosedError'])
    for (const use of [
      () => receiver.receive(),
      () => sender.send(4),
      () => sender.close(),
      () => sender.contexts(),
    ])
      expect(await failureName(use())).toBe('ContextClosedError')
    expect(thrownName(() => receiver.tryReceive())).toBe('ContextClosedError')
    expect(await failureName(first.remote.trySend(sender, 5))).toBe('ContextClosedError')
    sender.release()
    receiver.release()
  })
})

describe('an item that was given and not taken', () => {
  test('comes back in its place, before what was sent after it', async () => {
    const { sender, receiver } = channel()
    const doomed = await startWorker('doomed')
    // Its thread is blocked, so it takes none of those that it is given.
    await doomed.remote.have(receiver)
    const waiting = doomed.remote.receiveManyAtOnce(receiver, 3)
    await untilContexts({ sender }, ({ receivers }) => receivers.length === 1)
    await doomed.remote.echo(0)
    expect(receiver.tryReceive()).toBeUndefined()
    const lost = failureName(waiting)
    const spinning = failureName(doomed.remote.spin())
    await new Promise((resolve) => setImmediate(resolve))
    for (const item of [1, 2, 3, 4]) await sender.send(item)
    await doomed.close()
    expect([await lost, await spinning]).toEqual(['ContextClosedError', 'ContextClosedError'])
    expect(await first.remote.receiveMany(receiver, 4)).toEqual([1, 2, 3, 4])
  })
})
