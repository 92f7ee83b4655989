/** A value that never changes is one object wherever it is, and frozen there, too. */
import { type Case, type CaseContext, group } from '../case.ts'
import { Basket, QuotaError } from '../registered.ts'

const REFUSED = { code: 'FARHOLD_NOT_SHAREABLE' }

const makeConfig = () => ({
  currency: 'EUR',
  rates: [1, 2, { deep: ['text', undefined, Number.NaN, -0, 10n] }],
  bare: Object.assign(Object.create(null) as object, { a: 1 }),
  sparse: [1, , 3],
  basket: new Basket([1, { a: 2 }]),
  rule: /a+/gi,
})

const values = group('immutable values', {
  async 'the same object is the same frozen object there, each time'(context) {
    const { remote, asRemote, farhold, assert } = context
    const config = farhold.immutable(makeConfig())
    const memory = asRemote(await remote.makeMemory())
    await memory.keep(config)
    assert.equal(await memory.isKept(config), true)
    assert.equal(await memory.isKept(config), true)
    assert.equal(await remote.same(config, config), true)
    assert.equal(await remote.isFrozen(config), true)
    assert.equal(await memory.isKept(makeConfig()), false)
  },

  async 'it arrives as what it was'({ remote, farhold, assert }) {
    const config = farhold.immutable(makeConfig())
    assert.equal(await remote.echo(config), config)
    assert.deepEqual(await remote.copyOf(config), makeConfig())
  },

  async 'within other data, it is the same as well'({ remote, asRemote, farhold, assert }) {
    const config = farhold.immutable({ a: 1 })
    const memory = asRemote(await remote.makeMemory())
    await memory.keep({ part: config, other: [] })
    assert.equal(await memory.isPartKept(config), true)
    const list: unknown[] = [config, new Map([[config, config]]), new Set([config])]
    const [first, map, set] = await remote.echo(list)
    assert.equal(first, config)
    assert.equal(map.get(config), config)
    assert.equal(set.has(config), true)
  },

  async 'another context gives its own'({ remote, asRemote, farhold, assert }) {
    const settings = await remote.giveSettings()
    assert.equal(await remote.giveSettings(), settings)
    assert.equal(Object.isFrozen(settings), true)
    assert.equal(Object.isFrozen(settings.rates[2].deep), true)
    assert.deepEqual(settings.rates, [1, 2.5, { deep: [Number.NaN, undefined, 10n] }])
    assert.throws(() => settings.rates.push(1), { name: 'TypeError' })
    assert.equal(await remote.areSettings(settings), true)
    assert.equal(await remote.settingsInside({ list: [settings] }), true)
    const memory = asRemote(await remote.makeMemory())
    await memory.keep(settings)
    assert.equal(await memory.give(), settings)
    assert.equal(farhold.immutable(settings), settings)
  },

  async 'another one is another one'({ remote, assert }) {
    const [first, second] = await Promise.all([remote.makeSettings('a'), remote.makeSettings('a')])
    assert.notEqual(first, second)
    assert.deepEqual([...first.bytes, first.large.length], [1, 2, 3, 1000])
    assert.equal(await remote.same(first, second), false)
    assert.equal(await remote.same(first, first), true)
    assert.equal(await remote.echo(first), first)
    assert.equal(await remote.isNamed(second, 'a'), true)
  },

  async 'through callbacks and promises'({ remote, asRemote, farhold, assert }) {
    const config = farhold.immutable({ list: [1] })
    const memory = asRemote(await remote.makeMemory())
    await memory.keep(config)
    let seen: unknown
    const callback = (value: unknown): unknown => {
      seen = value
      return config
    }
    assert.equal(await memory.ask(callback), true)
    assert.equal(seen, config)
    assert.equal(await remote.later(Promise.resolve(config)), config)
  },

  async 'values inside of one another keep their names'({ remote, asRemote, farhold, assert }) {
    const inner = farhold.immutable({ a: [1] })
    const part = farhold.immutable({ inner })
    const outer = farhold.immutable({ part, inner })
    const memory = asRemote(await remote.makeMemory())
    await memory.keep(outer)
    assert.equal(await memory.isPartKept(part), true)
    assert.equal(await remote.same(outer.inner, part.inner), true)
    assert.equal(await remote.same(outer, part), false)
    const around = farhold.immutable({ part: outer })
    await memory.keep(around)
    assert.equal(await memory.isPartKept(outer), true)
  },

  async 'values that hold one another'({ remote, asRemote, farhold, assert }) {
    interface Node {
      part?: Node
      readonly name: string
    }
    const a: Node = { name: 'a' }
    const b: Node = { name: 'b', part: a }
    a.part = b
    farhold.immutable(a)
    farhold.immutable(b)
    const memory = asRemote(await remote.makeMemory())
    await memory.keep(a)
    assert.equal(await memory.isPartKept(b), true)
    await memory.keep(b)
    assert.equal(await memory.isPartKept(a), true)
    assert.equal(await remote.isFrozen(a), true)
    assert.equal(await remote.echo(b), b)
  },

  async 'errors keep what they say'({ remote, farhold, assert }) {
    const cause = new RangeError('too far')
    const error = farhold.immutable(new QuotaError('no more', 5))
    const plain = farhold.immutable(new TypeError('wrong', { cause }))
    assert.equal(await remote.isFrozen(plain), true)
    assert.equal(await remote.echo(error), error)
    const said = await remote.describeError(plain)
    assert.deepEqual(said, ['TypeError', 'wrong', 'RangeError'])
  },

  async 'what is tampered with there does not change here'({ remote, farhold, assert }) {
    const config = farhold.immutable({ currency: 'EUR', rates: [1] })
    assert.deepEqual(await remote.tamper(config), ['TypeError', 'TypeError', 'TypeError', 'false'])
    assert.deepEqual(config, { currency: 'EUR', rates: [1] })
    assert.equal(await remote.echo(config), config)
  },

  async 'bytes inside'({ remote, farhold, assert }) {
    const config = farhold.immutable({ bytes: new Uint8Array([1, 2, 3]), again: [1] })
    assert.deepEqual(await remote.readBytes(config), [true, [1, 2, 3]])
    assert.deepEqual(await remote.readBytes(config), [true, [1, 2, 3]])
    assert.equal(await remote.echo(config), config)
  },

  async 'bytes alone'({ remote, farhold, assert }) {
    const numbers = farhold.immutable(new Float64Array([1, 2, 3.5]))
    assert.equal(await remote.totalOf(numbers), 6.5)
    assert.equal(await remote.totalOf(numbers), 6.5)
    assert.equal(await remote.echo(numbers), numbers)
    const buffer = farhold.immutable(new Uint8Array([1, 2]).buffer)
    assert.equal(await remote.echo(buffer), buffer)
    assert.equal(await remote.same(buffer, buffer), true)
  },

  async 'a call that fails to leave loses nothing'({ remote, asRemote, farhold, assert }) {
    const config = farhold.immutable({ a: 1 })
    await assert.rejects(remote.same(config, new WeakMap()), REFUSED)
    const memory = asRemote(await remote.makeMemory())
    await memory.keep(config)
    assert.equal(await memory.isKept(config), true)
    assert.equal(await remote.echo(config), config)
  },

  'primitives are what they are'({ farhold, assert }) {
    for (const value of [1, 'text', null, undefined, true, 10n, Symbol.iterator])
      assert.equal(farhold.immutable(value), value)
  },

  'what freezing does not keep from changing is refused, with its path'({ farhold, assert }) {
    class Unregistered {
      a = 1
    }
    const refusedBy = (value: unknown, path: string): void => {
      const message = new RegExp(
        `at ${path.replaceAll(/[[\].]/g, '\\$&')} cannot be made immutable`,
      )
      assert.throws(() => farhold.immutable(value), { ...REFUSED, path, message })
    }
    for (const part of [
      new Map(),
      new Set(),
      new Date(0),
      () => 1,
      class {},
      Promise.resolve(1),
      new Unregistered(),
      new WeakMap(),
      farhold.proxy({}),
    ]) {
      const value = { lines: [0, 1, { when: part }], list: [{}] }
      refusedBy(value, 'value.lines[2].when')
      assert.equal(Object.isFrozen(value), false)
      assert.equal(Object.isFrozen(value.list[0]), false)
      refusedBy(part, 'value')
    }
    refusedBy(
      {
        list: [
          {
            get a() {
              return 1
            },
          },
        ],
      },
      'value.list[0].a',
    )
    const hidden = Object.defineProperty({}, 'hidden', { value: new Map() })
    refusedBy({ hidden }, 'value.hidden.hidden')
  },

  async 'a proxy cannot be one'({ remote, farhold, assert }) {
    const home = await remote.giveHome()
    assert.throws(() => farhold.immutable(home), REFUSED)
    assert.throws(() => farhold.immutable({ home }), { ...REFUSED, path: 'value.home' })
  },
})

export const blockingImmutableCases: readonly Case[] = group('immutable values, blocking', {
  async 'the same, through a Sync'({ sync, farhold, assert }: CaseContext) {
    const there = sync()
    const config = farhold.immutable(makeConfig())
    assert.equal(there.echo(config), config)
    assert.equal(there.same(config, config), true)
    assert.equal(there.isFrozen(config), true)
    const settings = there.giveSettings()
    assert.equal(there.giveSettings(), settings)
    assert.equal(there.areSettings(settings), true)
    assert.equal(Object.isFrozen(settings.rates), true)
    const fresh = there.makeSettings('fresh')
    assert.equal(Object.isFrozen(fresh), true)
    assert.deepEqual([...fresh.bytes, fresh.large.length], [1, 2, 3, 1000])
    assert.equal(there.echo(fresh), fresh)
    assert.equal(there.isNamed(fresh, 'fresh'), true)
    const numbers = farhold.immutable(new Float64Array([1, 2.5]))
    assert.equal(there.totalOf(numbers), 3.5)
    assert.equal(there.echo(numbers), numbers)
  },
})

export const immutableCases: readonly Case[] = [...values, ...blockingImmutableCases]
