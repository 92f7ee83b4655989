/** The same object is the same proxy, a proxy that goes home is the object, and what was released is gone. */
import { type Case, group } from '../case.ts'

export const identityCases: readonly Case[] = [
  ...group('identity', {
    async 'the same object is the same proxy while it is held'({ remote, farhold, assert }) {
      const first = await remote.giveHome()
      assert.equal(await remote.giveHome(), first)
      assert.equal(farhold.isProxy(first), true)
      assert.equal(typeof farhold.contextOf(first as object), 'string')
      assert.notEqual(await remote.makeCounter(), await remote.makeCounter())
    },

    async 'functions too'({ remote, assert }) {
      const first = (await remote.makeTargets()) as { Class: unknown }
      const second = (await remote.makeTargets()) as { Class: unknown }
      assert.equal(first.Class, second.Class)
    },

    async 'a proxy sent home is the object itself'({ remote, assert }) {
      const home = await remote.giveHome()
      assert.equal(await remote.isHome(home), true)
      assert.equal(await remote.isHome(remote.giveHome()), true)
      assert.equal(await remote.areHome([home, home]), true)
      assert.equal(
        await remote.homeInMap(
          new Map<unknown, unknown>([
            ['home', home],
            [home, 1],
          ]),
        ),
        true,
      )
      assert.equal(await remote.sameInside({ x: home }, [home]), true)
      assert.equal(await remote.same(home, await remote.makeCounter()), false)
    },

    async 'a proxy sent home through a callback is the object itself'({ remote, assert }) {
      assert.equal(await remote.homeThrough((value: unknown) => value), true)
      assert.equal(await remote.homeThrough(() => ({})), false)
    },

    async 'what a path leads to goes home too'({ remote, assert }) {
      assert.equal(await remote.same(remote.nested.a, remote.nested.a), true)
      assert.equal(await remote.same(remote.add, remote.add), true)
      assert.equal(await remote.same(remote.nested, remote.nested.a), false)
    },

    async 'my own object comes back as itself'({ remote, asRemote, farhold, assert }) {
      const mine = farhold.proxy({ value: 1 })
      const run = () => 1
      assert.equal(await remote.echo(mine), mine)
      assert.equal(await remote.echo(run), run)
      const keeper = asRemote(await remote.makeKeeper())
      await keeper.keep(mine)
      assert.equal(await keeper.give(), mine)
      assert.equal(await keeper.isSame(mine), true)
      assert.equal(await keeper.isSame({}), false)
    },

    async 'my own function is one function there'({ remote, assert }) {
      const run = () => 1
      assert.equal(await remote.same(run, run), true)
      assert.equal(await remote.sameInside({ x: run }, [run]), true)
      assert.equal(await remote.same(run, () => 1), false)
    },

    async 'an instance that was constructed can be compared by its owner'({ remote, assert }) {
      const counter = await new remote.Counter(1)
      assert.equal(await remote.same(counter, counter), true)
      assert.equal(await new remote.Counter(1).equals(counter), true)
    },
  }),

  ...group('release', {
    async 'what was released cannot be used'({ remote, asRemote, farhold, assert }) {
      const counter = asRemote(await remote.makeCounter(1))
      farhold.release(counter as never)
      await assert.rejects(counter.count, { code: 'FARHOLD_RELEASED' })
      assert.throws(() => counter.increment(), { code: 'FARHOLD_RELEASED' })
      farhold.release(counter as never)
    },

    async 'what was released cannot be an argument, and the session goes on'({
      remote,
      farhold,
      assert,
    }) {
      const counter = await remote.makeCounter(1)
      farhold.release(counter as never)
      assert.throws(() => remote.echo({ counter }), { code: 'FARHOLD_RELEASED' })
      assert.equal(await remote.add(1, 1), 2)
    },

    async 'using releases at the end of the block'({ remote, asRemote, assert }) {
      const watched = asRemote(await remote.makeWatched())
      {
        using held = asRemote(await watched.give())
        assert.equal(await held.name, 'watched')
        assert.equal(await watched.released(), 0)
      }
      assert.equal(await watched.released(), 1)
    },

    async 'release before the answer is here'({ remote, asRemote, farhold, roundTrip, assert }) {
      const watched = asRemote(await remote.makeWatched())
      const given = watched.give()
      farhold.release(given as never)
      await roundTrip()
      await roundTrip()
      assert.equal(await watched.released(), 1)
    },

    async 'the same object can be had again'({ remote, asRemote, farhold, assert }) {
      const watched = asRemote(await remote.makeWatched())
      const first = await watched.give()
      farhold.release(first as never)
      const second = asRemote(await watched.give())
      assert.equal(await second.name, 'watched')
      farhold.release(second as never)
      assert.equal(await watched.released(), 2)
    },

    async 'an object that was given twice is released once'({ remote, asRemote, farhold, assert }) {
      const watched = asRemote(await remote.makeWatched())
      const first = await watched.give()
      const second = await watched.give()
      assert.equal(first, second)
      farhold.release(first as never)
      assert.equal(await watched.released(), 1)
    },

    'only proxies can be released or asked for their context'({ farhold, assert }) {
      assert.throws(() => farhold.release({} as never), { name: 'TypeError' })
      assert.throws(() => farhold.contextOf({}), { name: 'TypeError' })
      assert.throws(() => farhold.snapshot({} as never), { name: 'TypeError' })
      assert.throws(() => farhold.sync({} as never), { name: 'TypeError' })
      assert.throws(() => farhold.remote({} as never), { name: 'TypeError' })
      assert.equal(farhold.isProxy({}), false)
      assert.equal(farhold.isProxy(null), false)
    },
  }),

  ...group('snapshot', {
    async 'a copy of what a Remote stands for'({ remote, asRemote, farhold, assert }) {
      const list = asRemote(await remote.makeList([1, { a: 2 }]))
      const copy = await farhold.snapshot(list as never)
      assert.deepEqual(copy, [1, { a: 2 }])
      await list.push(3)
      assert.deepEqual(copy, [1, { a: 2 }])
      assert.deepEqual(await farhold.snapshot(list as never), [1, { a: 2 }, 3])
      assert.deepEqual(
        await farhold.snapshot(asRemote(await remote.makeMap()) as never),
        new Map<string, unknown>([
          ['a', 1],
          ['b', { c: 2 }],
        ]),
      )
    },

    async 'of a result, before it arrives and after'({ remote, farhold, assert }) {
      assert.deepEqual(await farhold.snapshot(remote.makeList([1]) as never), [1])
      const list = remote.makeList([2])
      await list
      assert.deepEqual(await farhold.snapshot(list as never), [2])
      const data = remote.echo({ a: 1 })
      await data
      assert.deepEqual(await farhold.snapshot(data as never), { a: 1 })
    },

    async 'of what a path leads to'({ remote, asRemote, farhold, assert }) {
      const box = asRemote(await remote.makeBox())
      assert.deepEqual(await farhold.snapshot(box.inner as never), { value: 2 })
    },

    async 'what is not data is refused'({ remote, asRemote, farhold, assert }) {
      const counter = asRemote(await remote.makeCounter(1))
      await assert.rejects(farhold.snapshot(counter as never), { code: 'FARHOLD_NOT_SHAREABLE' })
    },
  }),
]
