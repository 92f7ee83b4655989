/** Results that are used before they arrive, and how many messages that takes. */
import { type Case, type CaseContext, group } from '../case.ts'

/**
 * The fewest batches of three runs: the finalizers of earlier cases may add one of their own, and nothing can
 * take one away.
 */
async function batchesOf(
  { stats }: CaseContext,
  run: () => Promise<unknown>,
): Promise<{ sent: number; received: number }> {
  const fewest = { sent: Number.POSITIVE_INFINITY, received: Number.POSITIVE_INFINITY }
  for (let attempt = 0; attempt < 3; attempt++) {
    const before = stats().batches
    await run()
    const after = stats().batches
    fewest.sent = Math.min(fewest.sent, after.sent - before.sent)
    fewest.received = Math.min(fewest.received, after.received - before.received)
  }
  return fewest
}

export const pipeliningCases: readonly Case[] = [
  ...group('pipelining', {
    async 'a chain of dependent calls is one round trip'(context) {
      const { remote, asRemote, assert } = context
      const api = asRemote(await remote.makeApi())
      const batches = await batchesOf(context, async () => {
        assert.equal(await api.user(7).profile().name, 'user 7')
      })
      assert.deepEqual(batches, { sent: 1, received: 1 })
    },

    async 'each link of a chain runs once'({ remote, asRemote, assert }) {
      const api = asRemote(await remote.makeApi())
      assert.equal(await api.user(7).profile().greet('hello'), 'hello, user 7')
      assert.deepEqual(await api.calls, ['user 7', 'profile 7'])
    },

    async 'a chain through a promise of the owner'({ remote, asRemote, assert }) {
      const api = asRemote(await remote.makeApi())
      assert.equal(await api.user(1).profileLater().name, 'user 1')
    },

    async 'a chain through new'(context) {
      const { remote, assert } = context
      const batches = await batchesOf(context, async () => {
        assert.equal(await new remote.Counter(5).plus(2).plus(3).count, 10)
      })
      assert.deepEqual(batches, { sent: 1, received: 1 })
    },

    async 'a result is an argument before it arrives'(context) {
      const { remote, asRemote, assert } = context
      const api = asRemote(await remote.makeApi())
      const batches = await batchesOf(context, async () => {
        assert.equal(await api.isUser(api.user(3)), true)
      })
      assert.deepEqual(batches, { sent: 1, received: 1 })
      assert.equal(await remote.add(remote.add(1, 2), remote.later(4)), 7)
    },

    async 'a result is an argument inside data'({ remote, asRemote, assert }) {
      const api = asRemote(await remote.makeApi())
      assert.equal(await api.total({ users: [api.user(3), api.user(4)] }), 7)
      assert.deepEqual(
        await remote.echo(new Map([['sum', remote.add(1, 2)]])),
        new Map([['sum', 3]]),
      )
    },

    async 'a property of a result is an argument'({ remote, asRemote, assert }) {
      const api = asRemote(await remote.makeApi())
      assert.equal(await remote.add(api.user(3).id, api.data().value), 4)
      assert.equal(await remote.add(remote.answer, remote.nested.a.b.list[0]), 43)
    },

    async 'calls behind one that waits do not wait for it'({ remote, asRemote, assert }) {
      const gate = asRemote(await remote.makeGate())
      const waiting = Promise.resolve(remote.echo(gate.wait()))
      assert.equal(await remote.add(1, 1), 2)
      await gate.open('opened')
      assert.equal(await waiting, 'opened')
    },

    async 'everything that depends on a failed link fails with its error'({
      remote,
      asRemote,
      assert,
    }) {
      const api = asRemote(await remote.makeApi())
      const broken = api.user(-1)
      const dependent = [
        broken.profile(),
        broken.profile().name,
        broken.id,
        api.isUser(broken),
        api.total({ users: [broken] }),
      ]
      for (const failed of await Promise.allSettled(dependent)) {
        assert.equal(failed.status, 'rejected')
        const { reason } = failed as PromiseRejectedResult
        assert.ok(reason instanceof RangeError, 'a RangeError')
        assert.equal((reason as Error).message, 'no user -1')
      }
      await assert.rejects(broken, { name: 'RangeError', message: 'no user -1' })
      assert.deepEqual(await api.calls, ['user -1'])
    },

    async 'a failure that nobody awaits is no unhandled rejection'({
      remote,
      asRemote,
      roundTrip,
      assert,
    }) {
      const api = asRemote(await remote.makeApi())
      void api.user(-1).profile().name
      void api.user(-2)
      await roundTrip()
      await roundTrip()
      assert.deepEqual(await api.calls, ['user -1', 'user -2'])
    },

    async 'a result that was not awaited is a handle in later turns'({
      remote,
      asRemote,
      roundTrip,
      assert,
    }) {
      const api = asRemote(await remote.makeApi())
      const user = api.user(9)
      await roundTrip()
      assert.equal(await user.id, 9)
      await roundTrip()
      assert.equal(await user.profile().name, 'user 9')
      assert.equal(await api.isUser(user), true)
      assert.deepEqual(await api.calls, ['user 9', 'profile 9'])
    },

    async 'a result that was used is awaited later'({ remote, asRemote, roundTrip, assert }) {
      const api = asRemote(await remote.makeApi())
      const data = api.data()
      assert.equal(await data.value, 1)
      await roundTrip()
      assert.deepEqual(await data, { value: 1, list: [1, 2] })
      assert.deepEqual(await api.calls, ['data'])
    },

    async 'a result that was awaited is used later'({ remote, asRemote, assert }) {
      const api = asRemote(await remote.makeApi())
      const data = api.data()
      assert.deepEqual(await data, { value: 1, list: [1, 2] })
      assert.equal(await data.value, 1)
      assert.equal(await data.list[1], 2)
      assert.deepEqual(await data.list.slice(1), [2])
      assert.equal(await remote.add(data.value, 1), 2)
      const counter = new remote.Counter(1)
      await counter
      assert.equal(await counter.increment(), 2)
      assert.deepEqual(await api.calls, ['data'])
    },

    async 'a result is awaited twice, and late'({ remote, asRemote, roundTrip, assert }) {
      const counter = asRemote(await remote.makeCounter(0))
      const result = counter.increment()
      await roundTrip()
      assert.equal(await result, 1)
      assert.equal(await result, 1)
      assert.deepEqual(await Promise.all([result, result]), [1, 1])
      assert.equal(await counter.count, 1)
    },

    async 'catch and finally of a result'({ remote, assert }) {
      const caught = (remote.throwKind('RangeError') as unknown as Promise<unknown>).catch(
        (error: Error) => error.message,
      )
      assert.equal(await caught, 'of RangeError')
      let ran = false
      const last = (remote.add(1, 1) as unknown as Promise<number>).finally(() => {
        ran = true
      })
      assert.equal(await last, 2)
      assert.equal(ran, true)
    },

    async 'an unawaited result that is refused fails only who awaits it'({
      remote,
      asRemote,
      roundTrip,
      assert,
    }) {
      const api = asRemote(await remote.makeApi())
      const user = api.user(2)
      await roundTrip()
      await assert.rejects(user, { name: 'NotShareableError', path: 'result' })
      assert.equal(await user.id, 2)
    },
  }),

  ...group('batching', {
    async 'all calls of one turn leave together'(context) {
      const { remote, assert } = context
      const batches = await batchesOf(context, async () => {
        const sums = await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => remote.add(n, n)))
        assert.deepEqual(sums, [2, 4, 6, 8, 10, 12, 14, 16])
      })
      assert.deepEqual(batches, { sent: 1, received: 1 })
    },

    async 'calls, reads and writes of one turn leave together'(context) {
      const { remote, asRemote, assert } = context
      const box = asRemote(await remote.makeBox())
      const batches = await batchesOf(context, async () => {
        const results = [box.read(), remote.answer, new remote.Counter(1).count]
        ;(box as unknown as Record<string, unknown>).value = 1
        await Promise.all(results)
      })
      assert.deepEqual(batches, { sent: 1, received: 1 })
    },

    async 'a thousand calls at once'({ remote, assert }) {
      const sums = await Promise.all(Array.from({ length: 1000 }, (_, n) => remote.add(n, 1)))
      assert.deepEqual(
        sums,
        Array.from({ length: 1000 }, (_, n) => n + 1),
      )
    },
  }),
]
