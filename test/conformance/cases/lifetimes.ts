/** What is given up goes back, once, and nothing else does; its owner can learn of it. */
import { type Case, type CaseContext, group, type Untyped } from '../case.ts'

const GONE = { code: 'FARHOLD_RELEASED' } as const

const newService = async ({ remote, asRemote }: CaseContext): Promise<Untyped> =>
  asRemote(await remote.makeService())

const scopes = group('scope', {
  async 'what calls bring is released at the end'(context) {
    const { asRemote, farhold, assert } = context
    const service = await newService(context)
    let kept: Untyped
    const result = await farhold.scope(async () => {
      kept = asRemote(await service.give())
      return [kept.is, 'data']
    })
    assert.equal(result[1], 'data')
    assert.throws(() => kept.is(), GONE)
    assert.equal(await service.released(), 1)
  },

  async 'it is usable until then'(context) {
    const { asRemote, farhold, assert } = context
    const service = await newService(context)
    const [text, before] = await farhold.scope(async () => {
      const held = asRemote(await service.give())
      return [await held.is, await service.released()]
    })
    assert.deepEqual([text, before], ['precious', 0])
    assert.equal(await service.released(), 1)
  },

  async 'what is received after an await is released too'(context) {
    const { asRemote, farhold, assert } = context
    const service = await newService(context)
    let kept: Untyped
    await farhold.scope(async () => {
      await service.notes()
      kept = asRemote(await service.give())
    })
    assert.equal(await service.released(), 1)
    assert.throws(() => kept.is(), GONE)
  },

  async 'what was held before stays'(context) {
    const { asRemote, farhold, assert } = context
    const service = await newService(context)
    const before = asRemote(await service.give())
    await farhold.scope(async () => {
      assert.equal(asRemote(await service.give()), before)
    })
    assert.equal(await before.is, 'precious')
    assert.equal(await service.released(), 0)
    farhold.release(before)
    assert.equal(await service.released(), 1)
  },

  async 'answers that were not awaited are given up'(context) {
    const { farhold, roundTrip, assert } = context
    const service = await newService(context)
    await farhold.scope(() => {
      service.give()
      void service.give().is
    })
    await roundTrip()
    await roundTrip()
    assert.equal(await service.released(), 1)
  },

  async 'what a function is called with that was passed inside'(context) {
    const { asRemote, farhold, assert } = context
    const service = await newService(context)
    let given: Untyped
    let during: unknown
    await farhold.scope(async () => {
      await service.callWith(async (value: unknown) => {
        given = asRemote(value)
        during = await given.is
      })
    })
    assert.equal(during, 'precious')
    assert.throws(() => given.is(), GONE)
    assert.equal(await service.released(), 1)
  },

  async 'a function that was passed inside works when it is over'(context) {
    const { remote, asRemote, farhold, assert } = context
    const service = await newService(context)
    const keeper = asRemote(await remote.makeKeeper())
    await farhold.scope(async () => {
      await keeper.keep((value: unknown) => asRemote(value).is)
    })
    const given = await service.give()
    farhold.release(given as never)
    assert.equal(await keeper.call(service.give()), 'precious')
  },

  async 'what the other side received meanwhile stays with it'(context) {
    const { remote, asRemote, farhold, roundTrip, assert } = context
    const holder = asRemote(await remote.makeHolder())
    await farhold.scope(async () => {
      const service = await newService(context)
      await holder.hold(() => 'still here')
      await service.callWith((value: unknown) => value)
    })
    await roundTrip()
    assert.equal(await holder.use(), 'still here')
    await holder.drop()
  },

  async 'nested scopes end with what is theirs'(context) {
    const { remote, asRemote, farhold, assert } = context
    const outerService = await newService(context)
    const innerService = await newService(context)
    let outer: Untyped
    let inner: Untyped
    await farhold.scope(async () => {
      outer = asRemote(await outerService.give())
      await farhold.scope(async () => {
        inner = asRemote(await innerService.give())
        assert.equal(asRemote(await outerService.give()), outer)
      })
      assert.throws(() => inner.is(), GONE)
      assert.equal(await innerService.released(), 1)
      assert.equal(await outer.is, 'precious')
    })
    assert.throws(() => outer.is(), GONE)
    assert.equal(await outerService.released(), 1)
    assert.equal(await remote.add(1, 1), 2)
  },

  async 'a function that throws'(context) {
    const { asRemote, farhold, assert } = context
    const service = await newService(context)
    const mistake = new RangeError('thrown inside')
    let kept: Untyped
    const error = await assert.rejects(
      farhold.scope(async () => {
        kept = asRemote(await service.give())
        throw mistake
      }),
    )
    assert.equal(error, mistake)
    assert.throws(() => kept.is(), GONE)
    assert.equal(await service.released(), 1)
    await assert.rejects(
      farhold.scope(() => {
        throw mistake
      }),
      { message: 'thrown inside' },
    )
  },

  async 'a proxy that it returns is released, a copy is not'(context) {
    const { remote, asRemote, farhold, assert } = context
    const service = await newService(context)
    // A promise cannot even be resolved with a blocking proxy that was released: it looks for a "then".
    const use = await farhold
      .scope(() => service.give())
      .then(
        (returned: unknown) => () => asRemote(returned).is() as unknown,
        (error: unknown) => () => {
          throw error
        },
      )
    assert.throws(use, GONE)
    assert.equal(await service.released(), 1)
    const copy = await farhold.scope(() => farhold.snapshot(remote.makeList([1, 2]) as never))
    assert.deepEqual(copy, [1, 2])
  },

  async 'a call that is cancelled inside harms no other'(context) {
    const { remote, farhold, assert } = context
    const service = await newService(context)
    const error = await assert.rejects(
      farhold.scope(async () => {
        const answer = service.link('a')
        const used = Promise.resolve(remote.count(answer))
        used.catch(() => undefined)
        throw new RangeError('enough')
      }),
    )
    assert.equal((error as Error).message, 'enough')
    assert.deepEqual(await Promise.all([remote.add(1, 1), remote.add(2, 2)]), [2, 4])
    await service.open('a')
    assert.deepEqual(await Promise.all([remote.add(1, 1), remote.add(2, 2)]), [2, 4])
  },
})

/** A second peer of this context, in its own heap. */
function secondPeer({ farhold }: CaseContext, root: object) {
  const [here, there] = farhold.loopback()
  farhold.expose(root, here, { name: 'this context' })
  return farhold.connect(there, { name: 'another peer' })
}

const releasing = group('released', {
  async 'using it throws where it is used'(context) {
    const { remote, asRemote, farhold, assert } = context
    const counter = asRemote(await remote.makeCounter(1))
    const { increment } = counter
    const inside = counter.some.where
    farhold.release(counter)
    assert.throws(() => counter.increment(), GONE)
    assert.throws(() => increment(), GONE)
    assert.throws(() => new counter.Class(), GONE)
    assert.throws(() => {
      counter.count = 1
    }, GONE)
    assert.throws(() => remote.echo([counter]), GONE)
    assert.throws(() => counter[Symbol.asyncIterator](), GONE)
    assert.throws(() => farhold.withOptions(counter, {}), GONE)
    await assert.rejects(inside, GONE)
  },

  async 'one of two sessions gives it up, and the other goes on'(context) {
    const { remote, asRemote, farhold, assert } = context
    const shared = farhold.proxy({ value: 'shared' })
    const holder = asRemote(await remote.makeHolder())
    await holder.hold(shared)
    const second = secondPeer(context, { give: () => shared })
    const held = (await (second.remote as Untyped).give()) as Untyped
    farhold.release(held)
    assert.equal(await holder.read('value'), 'shared')
    const again = (await (second.remote as Untyped).give()) as Untyped
    await holder.drop()
    assert.equal(await again.value, 'shared')
    await second.close()
  },
})

const hooks = group('released hook', {
  async 'runs once, when the last of two sessions has given it up'(context) {
    const { remote, asRemote, farhold, roundTrip, assert } = context
    let told = 0
    const shared = farhold.proxy({ value: 'shared' }, { released: () => told++ })
    const holder = asRemote(await remote.makeHolder())
    await holder.hold(shared)
    const second = secondPeer(context, { give: () => shared })
    const held = (await (second.remote as Untyped).give()) as Untyped
    await holder.drop()
    await roundTrip()
    assert.equal(told, 0)
    farhold.release(held)
    await (second.remote as Untyped).nothing
    assert.equal(told, 1)
    // Introduced anew, it is held anew.
    await holder.hold(shared)
    await roundTrip()
    assert.equal(told, 1)
    await holder.drop()
    await roundTrip()
    assert.equal(told, 2)
    await second.close()
    await roundTrip()
    assert.equal(told, 2)
  },

  async 'runs when the last peer that held it is gone'(context) {
    const { farhold, assert } = context
    const { promise, resolve } = Promise.withResolvers<string>()
    const shared = farhold.proxy({}, { released: () => resolve('told') })
    const second = secondPeer(context, { give: () => shared })
    const held: unknown = await (second.remote as Untyped).give()
    assert.equal(farhold.isProxy(held), true)
    await second.close()
    assert.equal(await promise, 'told')
  },

  async 'is a method of the class, by a symbol'(context) {
    const { remote, asRemote, farhold, roundTrip, assert } = context
    assert.equal(farhold.released as symbol, Symbol.for('farhold.released'))
    const knowing = asRemote(await remote.makeKnowing())
    for (const times of [1, 2]) {
      const held = asRemote(await knowing.give())
      assert.equal(await held.label, 'knowing')
      farhold.release(held)
      await roundTrip()
      assert.equal(await knowing.told(), times)
    }
  },

  async 'is not for others to call'(context) {
    const { remote, asRemote, farhold, assert } = context
    const knowing = asRemote(await remote.makeKnowing())
    const held = asRemote(await knowing.give())
    const hook = Symbol.for('farhold.released')
    assert.equal(held[hook], undefined)
    assert.equal(await farhold.RemoteReflect.get(held, hook).catch(() => undefined), undefined)
    assert.equal(await farhold.RemoteReflect.has(held, hook).catch(() => false), false)
    assert.deepEqual(
      ((await farhold.RemoteReflect.ownKeys(held)) as unknown[]).filter((key) => key === hook),
      [],
    )
    assert.equal(await knowing.told(), 0)
    farhold.release(held)
  },

  async 'that fails is reported'(context) {
    const { remote, asRemote, farhold, reported, roundTrip, assert } = context
    const thrown = new RangeError('in a hook')
    const rejected = new RangeError('in a hook, later')
    const holder = asRemote(await remote.makeHolder())
    for (const released of [
      () => {
        throw thrown
      },
      () => Promise.reject(rejected) as unknown as undefined,
    ]) {
      await holder.hold(farhold.proxy({}, { released }))
      await holder.drop()
      await roundTrip()
    }
    assert.deepEqual(
      reported().filter((error) => error === thrown || error === rejected),
      [thrown, rejected],
    )
    assert.equal(await remote.add(1, 1), 2)
  },

  async 'does not run for what was refused'(context) {
    const { remote, farhold, roundTrip, assert } = context
    let told = 0
    const shared = farhold.proxy({}, { released: () => told++ })
    await assert.rejects(remote.echo([shared, new WeakMap()]), { code: 'FARHOLD_NOT_SHAREABLE' })
    await roundTrip()
    assert.ok(told <= 1, `told ${told} times, which`)
  },
})

const behind: readonly Case[] = group('scope', {
  async 'what is given to an object that was received inside stays with its owner'(context) {
    const { asRemote, farhold, assert } = context
    const service = await newService(context)
    await farhold.scope(async () => {
      const registry = asRemote(await service.registry())
      await registry.register(() => 'still here')
    })
    assert.equal(await service.callRegistered(), 'still here')
  },

  async 'code that goes on behind it does not end the session'(context) {
    const { remote, asRemote, farhold, assert } = context
    const service = await newService(context)
    const late: Promise<unknown>[] = []
    await farhold.scope(() => {
      // Both are here only when the scope is over: one was asked for inside, and so, where that is followed, was the other.
      const given = Promise.resolve(service.wait('gate'))
      late.push(given.then((value) => asRemote(value).is))
      late.push(given.then(async () => asRemote(await service.give()).is))
    })
    await service.open('gate', service.give())
    for (const promise of late) {
      const outcome = await promise.catch((error: { code?: string }) => error.code)
      assert.ok(outcome === 'precious' || outcome === GONE.code, `outcome ${String(outcome)}`)
    }
    assert.equal(await remote.add(1, 1), 2)
  },
})

export const lifetimeCases: readonly Case[] = [...scopes, ...behind, ...releasing, ...hooks]
