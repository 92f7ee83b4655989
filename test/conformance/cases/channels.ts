/** Channels: what goes in comes out, once and in order; who may use an end; and when it is over. */
import { type Case, type CaseContext, group, type Untyped } from '../case.ts'
import { platformClass } from '../samples.ts'

/** A channel of this context and one of the other: what holds of one holds of both. */
async function eachChannel(
  { farhold, remote }: CaseContext,
  options: object,
  run: (ends: Untyped) => Promise<void>,
): Promise<void> {
  await run(farhold.channel(options))
  await run(await remote.makeChannel(options))
}

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)

const items = group('channels', {
  async 'items come out in the order in which they went in'(context) {
    const { remote, assert } = context
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      const received = remote.drain(receiver)
      for (const item of range(0, 50)) await sender.send(item)
      await sender.close()
      assert.deepEqual(await received, range(0, 50))
    })
    await eachChannel(context, { capacity: 2 }, async ({ sender, receiver }) => {
      const sent = remote.sendEach(sender, range(0, 50)).then(() => remote.closeEnd(sender))
      const received: unknown[] = []
      for await (const item of receiver) received.push(item)
      await sent
      assert.deepEqual(received, range(0, 50))
    })
  },

  async 'an item crosses as an argument does'(context) {
    const { remote, farhold, assert } = context
    const data = {
      text: 'plain',
      nothing: undefined,
      none: null,
      list: [1, -0, Number.NaN, { deep: true }],
      date: new Date(0),
      map: new Map([['key', new Set([1n])]]),
      bytes: new Uint8Array([1, 2, 3]),
    }
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      await sender.send(data)
      assert.sameGraph(await receiver.receive(), data)
      await remote.sendEach(sender, [data])
      assert.sameGraph(await receiver.receive(), data)
      await sender.send(undefined)
      assert.equal(await receiver.receive(), undefined)
      assert.ok((await receiver.receive(await sender.send({ ...data }))) !== data)
    })
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      const results = remote.callEach(receiver)
      let called = 0
      await sender.send(() => ++called)
      await sender.send(farhold.proxy(() => ++called))
      await sender.close()
      assert.deepEqual(await results, [1, 2])
    })
  },

  async 'what is changed after it was sent does not travel'(context) {
    const { assert } = context
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      const item = { value: 1, deep: { value: 1 } }
      const sent = sender.send(item)
      item.value = 2
      item.deep.value = 2
      await sent
      assert.deepEqual(await receiver.receive(), { value: 1, deep: { value: 1 } })
    })
  },

  async 'what cannot cross is refused, with where it is'(context) {
    const { assert } = context
    class Invoice {}
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      await assert.rejects(sender.send({ lines: [new Invoice()] }), {
        name: 'NotShareableError',
        message: /lines\[0\]/,
      })
      await sender.send('fine')
      assert.equal(await receiver.receive(), 'fine')
    })
  },

  async 'items that are small and those that are large keep their order'(context) {
    const { remote, assert } = context
    const large = 'x'.repeat(5000)
    const sent = range(0, 30).map((n) => (n % 3 === 0 ? large + n : { n }))
    await eachChannel(context, { capacity: 4 }, async ({ sender, receiver }) => {
      const received = remote.drain(receiver)
      for (const item of sent) await sender.send(item)
      await sender.close()
      assert.deepEqual(await received, sent)
    })
  },

  async 'an end is the same end each time it comes, and when it comes home'(context) {
    const { remote, assert } = context
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      assert.equal(await remote.echo(sender), sender)
      const [first, second] = await remote.echo([receiver, receiver])
      assert.equal(first, receiver)
      assert.equal(second, receiver)
    })
  },

  async 'an end goes through a channel'(context) {
    const { remote, farhold, assert } = context
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      const answers = farhold.channel()
      await sender.send({ job: 20, reply: answers.sender })
      const { job, reply } = await receiver.receive()
      await remote.sendEach(reply, [job + 1])
      assert.equal(await answers.receiver.receive(), 21)
    })
  },
})

const waiting = group('channels', {
  async 'who sends waits for room'(context) {
    const { roundTrip, assert } = context
    await eachChannel(context, { capacity: 2 }, async ({ sender, receiver }) => {
      await sender.send(1)
      await sender.send(2)
      let isSent = false
      const third = sender.send(3).then(() => {
        isSent = true
      })
      await roundTrip()
      await roundTrip()
      assert.equal(isSent, false)
      assert.equal(await receiver.receive(), 1)
      await third
      assert.deepEqual([await receiver.receive(), await receiver.receive()], [2, 3])
    })
  },

  async 'without room at all, each waits for the other'(context) {
    const { remote, roundTrip, assert } = context
    await eachChannel(context, { capacity: 0 }, async ({ sender, receiver }) => {
      let sent = 0
      const sending = sender.send('a').then(() => sent++)
      await roundTrip()
      assert.equal(sent, 0)
      assert.deepEqual(await remote.receiveSome(receiver, 1), ['a'])
      await sending
      const received = receiver.receive()
      await remote.sendEach(sender, ['b'])
      assert.equal(await received, 'b')
    })
  },

  async 'whoever waits for items gets them in the order of asking'(context) {
    const { remote, assert } = context
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      const received = Promise.all([receiver.receive(), receiver.receive(), receiver.receive()])
      await remote.sendEach(sender, [1, 2, 3])
      assert.deepEqual(await received, [1, 2, 3])
    })
  },

  async 'each item goes to one of those who receive'(context) {
    const { remote, assert } = context
    await eachChannel(context, { capacity: 3 }, async ({ sender, receiver }) => {
      const here: unknown[] = []
      const mine = (async () => {
        for await (const item of receiver) here.push(item)
      })()
      const theirs = remote.drain(receiver)
      for (const item of range(0, 40)) await sender.send(item)
      await sender.close()
      await mine
      const all = [...here, ...(await theirs)] as number[]
      assert.deepEqual(
        all.toSorted((a, b) => a - b),
        range(0, 40),
      )
    })
  },

  async 'a wait ends when its signal fires, and no item is lost by it'(context) {
    const { roundTrip, assert } = context
    const AbortController = platformClass('AbortController') as new () => {
      readonly signal: object
      abort(reason: unknown): void
    } // it is that class wherever it exists
    await eachChannel(context, { capacity: 1 }, async ({ sender, receiver }) => {
      const first = new AbortController()
      const received = receiver.receive({ signal: first.signal })
      const reason = new RangeError('enough')
      first.abort(reason)
      assert.equal(await assert.rejects(received), reason)
      await sender.send(1)
      const second = new AbortController()
      const sending = sender.send(2, { signal: second.signal })
      // It waits there, and is not accepted in the moment in which it is given up.
      await roundTrip()
      second.abort(reason)
      assert.equal(await assert.rejects(sending), reason)
      assert.equal(await receiver.receive(), 1)
      await sender.send(3)
      assert.equal(await receiver.receive(), 3)
      assert.equal(await assert.rejects(receiver.receive({ signal: first.signal })), reason)
      assert.equal(await assert.rejects(sender.send(4, { signal: first.signal })), reason)
    })
  },

  async 'a wait ends after its timeout'(context) {
    const { assert } = context
    assert.ok(platformClass('setTimeout'))
    await eachChannel(context, { capacity: 1 }, async ({ sender, receiver }) => {
      await assert.rejects(receiver.receive({ timeout: 5 }), { name: 'CallTimeoutError' })
      await sender.send(1)
      await assert.rejects(sender.send(2, { timeout: 5 }), { name: 'CallTimeoutError' })
      assert.equal(await receiver.receive(), 1)
    })
  },
})

const ends = group('channels', {
  async 'who is at which end is who has used it'(context) {
    const { remote, assert } = context
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      assert.deepEqual(await sender.contexts(), { senders: [], receivers: [] })
      await sender.send(1)
      assert.equal((await receiver.contexts()).senders.length, 1)
      await remote.receiveSome(receiver, 1)
      const { senders, receivers } = await remote.contextsOf(sender)
      assert.deepEqual([senders.length, receivers.length], [1, 1])
      sender.release()
      assert.deepEqual((await receiver.contexts()).senders, [])
    })
  },

  async 'an end that was released here is not used here again'(context) {
    const { remote, assert } = context
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      await remote.sendEach(sender, [1])
      await sender.send(2)
      sender.release()
      sender.release()
      await assert.rejects(sender.send(3), { name: 'ReleasedError', code: 'FARHOLD_RELEASED' })
      assert.throws(() => sender.trySend(3), { name: 'ReleasedError' })
      await assert.rejects((await remote.echo(sender)).send(3), { name: 'ReleasedError' })
      await remote.sendEach(sender, [4])
      assert.deepEqual(await remote.receiveSome(receiver, 3), [1, 2, 4])
    })
  },

  async 'what waits at an end that is released fails'(context) {
    const { remote, assert } = context
    await eachChannel(context, { capacity: 1 }, async ({ sender, receiver }) => {
      await remote.sendEach(sender, [1])
      const sending = sender.send(2)
      sender.release()
      await assert.rejects(sending, { name: 'ReleasedError' })
      assert.equal(await receiver.receive(), 1)
      const receiving = receiver.receive()
      receiver.release()
      await assert.rejects(receiving, { name: 'ReleasedError' })
    })
  },

  async 'when the last sender is gone, receivers get what is left and then it is closed'(context) {
    const { remote, assert } = context
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      await sender.send(1)
      await remote.sendEach(sender, [2])
      sender.release()
      await remote.sendEach(sender, [3])
      await remote.releaseEnd(sender)
      const received: unknown[] = []
      for await (const item of receiver) received.push(item)
      assert.deepEqual(received, [1, 2, 3])
      await assert.rejects(receiver.receive(), {
        name: 'ChannelClosedError',
        code: 'FARHOLD_CHANNEL_CLOSED',
        message: /the last sender is gone/,
      })
    })
  },

  async 'when the last receiver is gone, nothing can be sent'(context) {
    const { remote, assert } = context
    await eachChannel(context, { capacity: 2 }, async ({ sender, receiver }) => {
      await sender.send(1)
      assert.equal(await receiver.receive(), 1)
      await sender.send(2)
      await sender.send(3)
      const waits = sender.send(4)
      receiver.release()
      await assert.rejects(waits, { name: 'ChannelClosedError' })
      await assert.rejects(remote.sendEach(sender, [5]), { name: 'ChannelClosedError' })
    })
  },
})

const closing = group('channels', {
  async 'a channel that a sender closes is drained'(context) {
    const { remote, assert } = context
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      await sender.send(1)
      await remote.sendEach(sender, [2])
      await remote.closeEnd(sender)
      await assert.rejects(sender.send(3), { name: 'ChannelClosedError' })
      assert.deepEqual([await receiver.receive(), await receiver.receive()], [1, 2])
      await assert.rejects(receiver.receive(), { name: 'ChannelClosedError' })
      assert.deepEqual(await remote.drain(receiver), [])
    })
  },

  async 'to close it twice is an error'(context) {
    const { remote, assert } = context
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      await sender.close()
      await assert.rejects(sender.close(), { name: 'ChannelClosedError' })
      await assert.rejects(remote.closeEnd(sender), { name: 'ChannelClosedError' })
      await assert.rejects(receiver.close(), { name: 'ChannelClosedError' })
    })
  },

  async 'a receiver closes an empty one, and another only by force'(context) {
    const { remote, assert } = context
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      await sender.send(1)
      await sender.send(2)
      const error = await assert.rejects(receiver.close(), {
        name: 'ChannelNotEmptyError',
        code: 'FARHOLD_CHANNEL_NOT_EMPTY',
      })
      assert.equal((error as { items: number }).items, 2)
      await sender.send(3)
      await remote.closeEnd(receiver, { force: true })
      await assert.rejects(receiver.receive(), { name: 'ChannelClosedError' })
      await assert.rejects(sender.send(4), { name: 'ChannelClosedError' })
    })
    await eachChannel(context, {}, async ({ sender, receiver }) => {
      await receiver.close()
      await assert.rejects(remote.sendEach(sender, [1]), { name: 'ChannelClosedError' })
    })
  },

  async 'whoever waits is told that it is closed'(context) {
    const { remote, roundTrip, assert } = context
    await eachChannel(context, { capacity: 1 }, async ({ sender, receiver }) => {
      const receiving = receiver.receive()
      const drained = remote.drain(receiver)
      await roundTrip()
      await sender.close()
      await assert.rejects(receiving, { name: 'ChannelClosedError' })
      assert.deepEqual(await drained, [])
    })
    await eachChannel(context, { capacity: 1 }, async ({ sender, receiver }) => {
      await sender.send(1)
      const sending = sender.send(2)
      const theirs = remote.sendEach(sender, [3])
      await roundTrip()
      await receiver.close({ force: true })
      await assert.rejects(sending, { name: 'ChannelClosedError' })
      await assert.rejects(theirs, { name: 'ChannelClosedError' })
    })
  },

  async 'wrong options are refused where they are given'(context) {
    const { farhold, assert } = context
    for (const options of [{ capacity: -1 }, { capacity: 1.5 }, { unbound: 'lose' }, 7])
      assert.throws(() => farhold.channel(options as never), { name: 'TypeError' })
    const { sender, receiver } = farhold.channel()
    await assert.rejects(sender.send(1, { timeout: -1 }), { name: 'TypeError' })
    await assert.rejects(receiver.receive({ signal: {} as never }), { name: 'TypeError' })
    await assert.rejects(receiver.close({ force: 1 as never }), { name: 'TypeError' })
  },

  async 'locks of a program are not in its way'(context) {
    const { farhold, remote, asRemote, assert } = context
    const shelf = asRemote(await remote.makePlainShelf())
    const { sender, receiver } = await remote.makeChannel({ capacity: 1 })
    await farhold.lock(shelf, async () => {
      await sender.send('while it is held')
      assert.equal(await receiver.receive(), 'while it is held')
    })
  },
})

/** For ends whose sessions can block this thread. */
export const blockingChannelCases: readonly Case[] = group('channels, blocking', {
  async 'trySend and tryReceive answer at once'(context) {
    const { assert } = context
    await eachChannel(context, { capacity: 2 }, async ({ sender, receiver }) => {
      assert.equal(receiver.tryReceive(), undefined)
      assert.deepEqual(
        [sender.trySend(1), sender.trySend({ two: 2 }), sender.trySend(3)],
        [true, true, false],
      )
      assert.deepEqual([receiver.tryReceive(), receiver.tryReceive()], [1, { two: 2 }])
      assert.equal(receiver.tryReceive(), undefined)
      await sender.close()
      assert.throws(() => sender.trySend(4), { name: 'ChannelClosedError' })
      assert.throws(() => receiver.tryReceive(), { name: 'ChannelClosedError' })
    })
  },

  async 'in the other context, too'(context) {
    const { remote, assert } = context
    await eachChannel(context, { capacity: 2 }, async ({ sender, receiver }) => {
      assert.deepEqual(await remote.trySendEach(sender, [1, 2, 3]), [true, true, false])
      assert.deepEqual(await remote.tryReceiveOne(receiver), [1])
      assert.deepEqual(await remote.tryReceiveOne(receiver), [2])
      assert.deepEqual(await remote.tryReceiveOne(receiver), [])
    })
  },

  async 'an end that is read from an object is an end'({ sync, assert }) {
    const post = sync().makePost()
    const end = post.box.sender
    end.sendSync(1)
    assert.equal(post.box.receiver.receiveSync(), 1)
    assert.equal(post.box.sender, end)
  },

  async 'what is there is received without waiting, and what has room is sent'(context) {
    const { assert } = context
    await eachChannel(context, { capacity: 3 }, async ({ sender, receiver }) => {
      sender.sendSync(1)
      sender.sendSync('x'.repeat(3000))
      sender.sendSync({ three: [3] })
      assert.equal(receiver.receiveSync(), 1)
      assert.equal((receiver.receiveSync() as string).length, 3000)
      assert.deepEqual(receiver.receiveSync(), { three: [3] })
    })
  },
})

export const channelCases: readonly Case[] = [
  ...items,
  ...waiting,
  ...ends,
  ...closing,
  ...blockingChannelCases,
]
