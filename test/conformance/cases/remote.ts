/** Reading, calling, constructing, writing: the object protocol on a Remote. */
import { type Case, group } from '../case.ts'

const reading = group('reading', {
  async 'a property is read by await'({ remote, assert }) {
    assert.equal(await remote.answer, 42)
    assert.equal(await remote.minusZero, -0)
    assert.equal(await remote.nothing, undefined)
  },

  async 'a property that does not exist is undefined'({ remote, assert }) {
    assert.equal(await remote.noSuchProperty, undefined)
    assert.equal(await remote.nested.a.noSuchProperty, undefined)
  },

  async 'data is copied'({ remote, assert }) {
    assert.deepEqual(await remote.nested.a.b.list, [1, 2, 3])
    const first = await remote.frozen
    assert.deepEqual(first, { a: 1, inner: { b: 2 } })
    assert.notEqual(first, await remote.frozen)
    assert.equal(Object.isFrozen(first), false)
  },

  async 'a nested path is one message'({ remote, stats, assert }) {
    const before = stats()
    assert.equal(await remote.nested.a.b.c, 'deep')
    assert.equal(stats().calls - before.calls, 1)
  },

  async 'navigation alone sends nothing'({ remote, stats, roundTrip, assert }) {
    const before = stats()
    void remote.nested.a.b.c
    void remote.no.such.thing
    await roundTrip()
    assert.equal(stats().calls - before.calls, 1)
  },

  async 'a path through nothing says which property failed'({ remote, assert }) {
    await assert.rejects(remote.nested.empty.x, { name: 'TypeError', message: /"x" of null/ })
    await assert.rejects(remote.nested.no.such, {
      name: 'TypeError',
      message: /"such" of undefined/,
    })
  },

  async 'a getter runs at its owner'({ remote, assert }) {
    assert.equal(await new remote.Counter(3).count, 3)
    await assert.rejects(remote.makeBox().failing, {
      name: 'RangeError',
      message: 'this getter fails',
    })
  },

  async 'names of promises can be read below a path'({ remote, farhold, assert }) {
    assert.deepEqual(await remote.withThen, { then: 'a name like any other', catch: 1, finally: 2 })
    assert.equal(await farhold.RemoteReflect.get(remote.withThen, 'then'), 'a name like any other')
  },

  async 'a property named by a shared symbol'({ remote, farhold, assert }) {
    const name = Symbol.for('farhold.test')
    assert.equal(await farhold.RemoteReflect.get(remote.bySymbol, name), 'registered')
    assert.equal(await farhold.RemoteReflect.has(remote.bySymbol, Symbol.toStringTag), true)
    assert.equal(await farhold.RemoteReflect.has(remote.bySymbol, Symbol.for('no such')), false)
  },

  async 'a unique symbol cannot name a property of another context'({ remote, farhold, assert }) {
    await assert.rejects(farhold.RemoteReflect.get(remote.bySymbol, Symbol('mine')), {
      message: /Symbol\(mine\) is unique to its context/,
    })
  },
})

const calling = group('calling', {
  async 'a function'({ remote, assert }) {
    assert.equal(await remote.add(2, 3), 5)
    assert.equal(await remote.count(), 0)
    assert.equal(await remote.count(undefined), 1)
    assert.equal(await remote.count(1, undefined, undefined), 3)
  },

  async 'a function on a path'({ remote, assert }) {
    assert.equal(await remote.nested.a.b.double(4), 8)
  },

  async 'the result of an async function is not doubled'({ remote, assert }) {
    assert.equal(await remote.later(7), 7)
  },

  async 'a method has its object as this'({ remote, asRemote, assert }) {
    const counter = asRemote(await remote.makeCounter(5))
    assert.equal(await counter.increment(2), 7)
    assert.equal(await counter.incrementLater(), 8)
  },

  async 'a function that was read is called without this'({ remote, asRemote, assert }) {
    const { method } = (await remote.makeTargets()) as { method: unknown }
    assert.equal(await asRemote(method)(), 'no this')
  },

  async 'arguments are copied when the call is made'({ remote, assert }) {
    const order = { lines: [1], bytes: new Uint8Array([1]) }
    const echoed = remote.echo(order)
    order.lines.push(2)
    order.bytes[0] = 9
    assert.deepEqual(await echoed, { lines: [1], bytes: new Uint8Array([1]) })
  },

  async 'a call that no one awaits is made'({ remote, asRemote, roundTrip, assert }) {
    const counter = asRemote(await remote.makeCounter(0))
    void counter.increment()
    void counter.increment()
    await roundTrip()
    assert.equal(await counter.count, 2)
  },

  async 'calls arrive in the order they were made'({ remote, asRemote, assert }) {
    const api = asRemote(await remote.makeApi())
    for (let n = 0; n < 20; n++) void api.note(`${n}`)
    await api.note('last')
    assert.deepEqual(await api.calls, [...Array(20).keys(), 'last'].map(String))
  },

  async 'a method that does not exist is named'({ remote, assert }) {
    await assert.rejects(remote.noSuchMethod(), {
      name: 'TypeError',
      message: /noSuchMethod is not a function/,
    })
    await assert.rejects(remote.nested.a.nope(1), {
      name: 'TypeError',
      message: /nested\.a\.nope is not a function/,
    })
    await assert.rejects(remote.answer(), {
      name: 'TypeError',
      message: /answer is not a function/,
    })
  },

  async 'the methods of built-in classes'({ remote, asRemote, assert }) {
    const map = asRemote(await remote.makeMap())
    assert.equal(await map.get('a'), 1)
    assert.deepEqual(await map.get('b'), { c: 2 })
    await map.set('c', [3])
    assert.equal(await map.size, 3)
    const set = asRemote(await remote.makeSet())
    assert.equal(await set.has('two'), true)
    const list = asRemote(await remote.makeList([3, 1, 2]))
    assert.deepEqual(await list.slice(1), [1, 2])
    assert.equal(await list.length, 3)
    assert.equal(await list[0], 3)
    assert.equal(await asRemote(await remote.makeDate()).toISOString(), '1970-01-01T00:00:00.000Z')
  },
})

const constructing = group('constructing', {
  async 'new makes an instance that stays with its owner'({ remote, asRemote, farhold, assert }) {
    const counter = asRemote(await new remote.Counter(3))
    assert.equal(farhold.isProxy(counter), true)
    assert.equal(await counter.increment(), 4)
    assert.equal(await counter.count, 4)
    assert.equal(await counter.label, 'counter')
  },

  async 'a class on a path'({ remote, assert }) {
    assert.equal(await new remote.nested.a.b.Inner().value, 'inner')
  },

  async 'a class that inherits'({ remote, asRemote, assert }) {
    const counter = asRemote(await new remote.NamedCounter('n', 1))
    assert.equal(await counter.increment(2), 21)
    assert.equal(await counter.describe(), 'n: 21')
    assert.equal(await counter.name, 'n')
    assert.equal(await counter.equals(await new remote.Counter(21)), true)
  },

  async 'statics, own and inherited'({ remote, assert }) {
    assert.equal(await remote.Counter.unit, 'one')
    assert.equal(await remote.NamedCounter.unit, 'one')
    assert.equal(await remote.Counter.from(9).count, 9)
    assert.equal(await remote.NamedCounter.limits.most, 10)
  },

  async 'what a constructor throws'({ remote, assert }) {
    await assert.rejects(new remote.Counter(-1), { name: 'RangeError', message: /starts at 0/ })
    await assert.rejects(new remote.FailingConstructor(), { message: 'the constructor fails' })
  },

  async 'what is no constructor'({ remote, assert }) {
    await assert.rejects(new remote.add(1, 2), { name: 'TypeError' })
    await assert.rejects(new remote.answer(), { name: 'TypeError' })
  },

  async 'a class that was given in an argument'({ remote, assert }) {
    class Holder {
      readonly value: unknown
      constructor(value: unknown) {
        this.value = value
      }
      read(): unknown {
        return this.value
      }
    }
    assert.deepEqual(await remote.construct(Holder, { a: 1 }), { a: 1 })
  },
})

const writing = group('writing', {
  async 'a property is written by assignment'({ remote, asRemote, assert }) {
    const box = asRemote(await remote.makeBox())
    const target = box as unknown as Record<string, unknown>
    target.value = { nested: [1] }
    assert.deepEqual(await box.read(), { nested: [1] })
    ;(box.inner as unknown as Record<string, unknown>).value = -0
    assert.equal(await box.inner.value, -0)
    target.added = undefined
    assert.equal(await remote.same(1, 1), true)
  },

  async 'a write keeps its place among the calls around it'({ remote, asRemote, assert }) {
    const box = asRemote(await remote.makeBox())
    const target = box as unknown as Record<string, unknown>
    const reads = [box.read()]
    target.value = 'second'
    reads.push(box.read())
    target.value = 'third'
    reads.push(box.read())
    assert.deepEqual(await Promise.all(reads), [1, 'second', 'third'])
  },

  async 'a setter runs at its owner'({ remote, asRemote, farhold, assert }) {
    const box = asRemote(await remote.makeBox())
    await farhold.RemoteReflect.set(box, 'twice', 10)
    assert.equal(await box.value, 5)
    const counter = asRemote(await remote.makeCounter(1))
    await farhold.RemoteReflect.set(counter, 'count', 9)
    assert.equal(await counter.count, 9)
  },

  async 'a function is written by reference'({ remote, asRemote, assert }) {
    const box = asRemote(await remote.makeBox())
    let called = 0
    ;(box as unknown as Record<string, unknown>).value = () => ++called
    await box.value()
    assert.equal(called, 1)
  },

  async 'a write that fails is no unhandled rejection'({ remote, asRemote, roundTrip, assert }) {
    const box = asRemote(await remote.makeBox())
    const target = box as unknown as Record<string, unknown>
    target.failing = 1
    target.fixed = 2
    target.value = new WeakMap()
    await roundTrip()
    assert.equal(await box.value, 1)
    assert.equal(await box.fixed, 'fixed')
  },

  async 'a write that fails is reported to onError'({
    remote,
    asRemote,
    reported,
    roundTrip,
    assert,
  }) {
    const box = asRemote(await remote.makeBox())
    const before = reported().length
    const target = box as unknown as Record<string, unknown>
    target.failing = 1
    target.fixed = 2
    target.value = new WeakMap()
    await roundTrip()
    await roundTrip()
    const failures = reported().slice(before) as Error[]
    assert.deepEqual(failures.map((error) => error.name).sort(), [
      'NotShareableError',
      'RangeError',
      'TypeError',
    ])
    assert.ok(
      failures.some(({ message }) => /"fixed".*read-only/.test(message)),
      'the name of what is read-only',
    )
  },

  async delete({ remote, asRemote, farhold, assert }) {
    const box = asRemote(await remote.makeBox())
    const target = box as unknown as Record<string, unknown>
    assert.equal(delete target.value, true)
    assert.equal(await farhold.RemoteReflect.has(box, 'value'), false)
  },

  async 'an export of a module and a frozen object cannot be written'({
    remote,
    asRemote,
    farhold,
    assert,
  }) {
    assert.equal(await farhold.RemoteReflect.set(remote, 'answer', 1), false)
    const frozen = asRemote(await remote.makeFrozen())
    assert.equal(await farhold.RemoteReflect.set(frozen, 'a', 2), false)
    assert.equal(await farhold.RemoteReflect.set(frozen, 'b', 2), false)
    assert.equal(await frozen.a, 1)
    assert.equal(await remote.answer, 42)
  },
})

const reflect = group('RemoteReflect', {
  async 'get, set, has and deleteProperty'({
    remote,
    asRemote,
    farhold: { RemoteReflect },
    assert,
  }) {
    const box = asRemote(await remote.makeBox())
    assert.equal(await RemoteReflect.get(box, 'value'), 1)
    assert.deepEqual(await RemoteReflect.get(box.inner, 'value'), 2)
    assert.equal(await RemoteReflect.set(box, 'value', 'new'), true)
    assert.equal(await RemoteReflect.get(box, 'value'), 'new')
    assert.equal(await RemoteReflect.has(box, 'value'), true)
    assert.equal(await RemoteReflect.has(box, 'noSuch'), false)
    assert.equal(await RemoteReflect.deleteProperty(box, 'value'), true)
    assert.equal(await RemoteReflect.deleteProperty(box, 'noSuch'), true)
    assert.equal(await RemoteReflect.deleteProperty(box, 'fixed'), false)
    assert.equal(await RemoteReflect.has(box, 'value'), false)
  },

  async 'has sees what classes define'({ remote, asRemote, farhold: { RemoteReflect }, assert }) {
    const counter = asRemote(await new remote.NamedCounter('n'))
    for (const name of ['increment', 'count', 'describe', 'label', 'name']) {
      assert.equal(await RemoteReflect.has(counter, name), true, name)
    }
  },

  async 'ownKeys lists names and shared symbols'({
    remote,
    asRemote,
    farhold: { RemoteReflect },
    assert,
  }) {
    const box = asRemote(await remote.makeBox())
    assert.deepEqual(await RemoteReflect.ownKeys(box), [
      'value',
      'inner',
      'list',
      'read',
      'twice',
      'failing',
      'fixed',
      'hidden',
      Symbol.for('box'),
    ])
    assert.deepEqual(await RemoteReflect.ownKeys(box.inner), ['value'])
    assert.deepEqual(await RemoteReflect.ownKeys((await remote.makeList(['a', 'b'])) as object), [
      '0',
      '1',
      'length',
    ])
  },

  async getOwnPropertyDescriptor({ remote, asRemote, farhold: { RemoteReflect }, assert }) {
    const box = asRemote(await remote.makeBox())
    assert.deepEqual(await RemoteReflect.getOwnPropertyDescriptor(box, 'inner'), {
      value: { value: 2 },
      writable: true,
      enumerable: true,
      configurable: true,
    })
    assert.deepEqual(await RemoteReflect.getOwnPropertyDescriptor(box, 'fixed'), {
      value: 'fixed',
      writable: false,
      enumerable: true,
      configurable: false,
    })
    const twice = await RemoteReflect.getOwnPropertyDescriptor(box, 'twice')
    assert.equal(typeof twice?.get, 'function')
    assert.equal(typeof twice?.set, 'function')
    assert.equal(await RemoteReflect.getOwnPropertyDescriptor(box, 'noSuch'), undefined)
    assert.equal(
      await RemoteReflect.getOwnPropertyDescriptor(
        (await new remote.Counter(1)) as object,
        'count',
      ),
      undefined,
    )
  },

  async defineProperty({ remote, asRemote, farhold: { RemoteReflect }, assert }) {
    const box = asRemote(await remote.makeBox())
    assert.equal(
      await RemoteReflect.defineProperty(box, 'late', { value: 1, enumerable: false }),
      true,
    )
    assert.deepEqual(await RemoteReflect.getOwnPropertyDescriptor(box, 'late'), {
      value: 1,
      writable: false,
      enumerable: false,
      configurable: false,
    })
    assert.equal(await RemoteReflect.defineProperty(box, 'late', { value: 2 }), false)
  },

  async 'getPrototypeOf names built-in classes only'({
    remote,
    asRemote,
    farhold: { RemoteReflect },
    assert,
  }) {
    const prototypeOf = async (value: unknown) =>
      RemoteReflect.getPrototypeOf(asRemote(await value))
    assert.equal(await prototypeOf(new remote.Counter(1)), Object.prototype)
    assert.equal(await prototypeOf(remote.makeList([])), Array.prototype)
    assert.equal(await prototypeOf(remote.makeMap()), Map.prototype)
    assert.equal(await prototypeOf(remote.makeDate()), Date.prototype)
    assert.equal(await RemoteReflect.getPrototypeOf(remote.add), Function.prototype)
  },

  async 'isExtensible and preventExtensions'({
    remote,
    asRemote,
    farhold: { RemoteReflect },
    assert,
  }) {
    const box = asRemote(await remote.makeBox())
    assert.equal(await RemoteReflect.isExtensible(box), true)
    assert.equal(await RemoteReflect.preventExtensions(box), true)
    assert.equal(await RemoteReflect.isExtensible(box), false)
    assert.equal(await RemoteReflect.set(box, 'added', 1), false)
    assert.equal(await RemoteReflect.isExtensible(remote.frozen), false)
  },

  async 'apply and construct'({ remote, farhold: { RemoteReflect }, asRemote, assert }) {
    assert.equal(await RemoteReflect.apply(remote.add, undefined, [1, 2]), 3)
    const counter = asRemote(await RemoteReflect.construct(remote.Counter, [4]))
    assert.equal(await counter.count, 4)
    const other = asRemote(await RemoteReflect.construct(remote.Counter, [10]))
    const increment = asRemote(await other.increment)
    assert.equal(await RemoteReflect.apply(increment, counter, [3]), 7)
    assert.equal(await RemoteReflect.apply(other.increment, counter, [1]), 8)
    assert.deepEqual([await counter.count, await other.count], [8, 10])
  },

  'what is no proxy is refused at once'({ farhold: { RemoteReflect }, assert }) {
    for (const operation of ['get', 'getOwnPropertyDescriptor', 'apply', 'construct'] as const) {
      assert.throws(() => RemoteReflect[operation]({}, 'x' as never, []), {
        name: 'TypeError',
        message: /takes a Remote/,
      })
    }
  },
})

const harmless = group('a Remote is harmless', {
  async 'it is never thenable by itself'({ remote, asRemote, assert }) {
    const counter = asRemote(await remote.makeCounter(1))
    assert.equal((remote as { then?: unknown }).then, undefined)
    assert.equal((counter as { then?: unknown }).then, undefined)
    assert.equal(await Promise.resolve(counter), counter)
    assert.equal('then' in counter, false)
  },

  async 'as text, in JSON, in a container that is awaited: nothing is sent'({
    remote,
    asRemote,
    stats,
    assert,
  }) {
    const counter = asRemote(await remote.makeCounter(1))
    const before = stats().calls
    for (const some of [remote, counter, remote.nested.a, counter.count]) {
      assert.match(String(some), /^Remote</)
      assert.match(`${some}`, /^Remote</)
      assert.match(`${some as unknown as string} `, /^Remote</)
      assert.match((some as unknown as { toString(): string }).toString(), /^Remote</)
      assert.equal(JSON.stringify({ some }), '{}')
      assert.equal(Object.prototype.toString.call(some), '[object Remote]')
      assert.deepEqual(Object.keys(some), [])
      assert.deepEqual(Reflect.ownKeys(some), [])
      assert.equal('anything' in some, false)
      assert.equal(Object.getPrototypeOf(some), null)
    }
    const container = await Promise.resolve({ counter, list: [counter] })
    assert.equal(container.list[0], counter)
    assert.equal(stats().calls - before, 0)
  },

  async 'its text says what it stands for'({ remote, asRemote, assert }) {
    const counter = asRemote(await remote.makeCounter(1))
    assert.match(String(counter), /^Remote<Counter of "/)
    assert.match(String(counter.count), /^Remote<Counter\.count of "/)
  },

  'what would change the proxy itself is refused'({ remote, assert }) {
    assert.throws(() => Object.setPrototypeOf(remote, {}), { name: 'TypeError' })
    assert.throws(() => Object.preventExtensions(remote), { name: 'TypeError' })
    assert.throws(() => Object.defineProperty(remote, 'x', { value: 1 }), {
      message: /RemoteReflect/,
    })
    assert.equal(Reflect.setPrototypeOf(remote, {}), false)
  },
})

export const remoteCases: readonly Case[] = [
  ...reading,
  ...calling,
  ...constructing,
  ...writing,
  ...reflect,
  ...harmless,
]
