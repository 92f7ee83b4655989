/** A blocking proxy is the object, for every operation the language has; where it cannot be, it says the next best. */
import { type Case, group, type Untyped } from '../case.ts'

type Bag = Record<PropertyKey, unknown>

const reading = group('whole object', {
  'what every object inherits is there, unless it has no prototype'({ sync, assert }) {
    const object = sync().makeClay().clay as Untyped
    assert.equal('toString' in object, true)
    assert.equal('hasOwnProperty' in object, true)
    assert.equal('call' in object, false)
    assert.equal('call' in sync().add, true)
    const bare = sync().makeInstance('null').made as Untyped
    assert.equal('toString' in bare, false)
    assert.equal(bare.toString, undefined)
    assert.equal(Object.getPrototypeOf(bare), null)
    object.valueOf = undefined
    assert.equal(object.valueOf, undefined)
  },

  'symbols: shared ones cross, and what no owner can have is not there'({ sync, assert }) {
    const object = sync().makeClay().clay as Bag
    const shared = Symbol.for('whole object')
    const mine = Symbol('mine')
    object[shared] = 1
    assert.equal(object[shared], 1)
    assert.deepEqual(Object.getOwnPropertySymbols(object), [shared])
    assert.equal(object[mine], undefined)
    assert.equal(mine in object, false)
    assert.equal(Object.getOwnPropertyDescriptor(object, mine), undefined)
    assert.equal(delete object[mine], true)
    assert.throws(() => Reflect.set(object, mine, 1), { name: 'TypeError', message: /unique to/ })
    assert.equal(Object.prototype.toString.call(sync().bySymbol), '[object Tagged]')
    assert.equal(Number(sync().makeDate() as unknown), 0)
  },

  'optional chaining, destructuring with defaults, entries, assign'({ sync, assert }) {
    const object = sync().makeClay().clay as Untyped
    assert.equal(object.no?.such?.thing, undefined)
    assert.equal(object.noMethod?.(), undefined)
    assert.equal(object.inner?.b, 2)
    const {
      a,
      missing = 'default',
      inner: { b },
      list: [first],
    } = object
    assert.deepEqual([a, missing, b, first], [1, 'default', 2, 1])
    assert.deepEqual(Object.entries({ ...object.inner }), [['b', 2]])
    assert.deepEqual(
      Object.entries(object).map(([key, value]) => [key, value === object[key]]),
      [
        ['a', true],
        ['list', true],
        ['inner', true],
      ],
    )
    Object.assign(object, { added: 1 }, { more: 2 })
    assert.deepEqual(Object.keys(object), ['a', 'list', 'inner', 'added', 'more'])
  },

  'no accessor is run that was not asked for'({ sync, assert }) {
    const home = sync().makeTempting() as Untyped
    const { tempting, Tempting } = home
    assert.equal(tempting.own(), 'own')
    assert.equal(tempting.method(), 'method')
    assert.equal(tempting instanceof Tempting, true)
    assert.equal(Object.keys(tempting).join(), 'own')
    assert.equal(Object.getPrototypeOf(tempting), Object.prototype)
    assert.equal('then' in tempting, true)
    const more = new Tempting()
    assert.equal(more.own(), 'own')
    assert.equal(home.looked(), 0)
  },

  'a property of a value that cannot cross can be listed'({ sync, assert }) {
    const box = sync().makeInstance('WeakMap') as Untyped
    assert.deepEqual(Object.keys(box), ['made'])
    assert.equal(Object.getOwnPropertyDescriptor(box, 'made')?.value, box.made)
  },

  'an object that inherits from a proxy is written to, and its owner is not'({ sync, assert }) {
    const home = sync().makeClay() as Untyped
    home.addAccessors()
    const heir = Object.create(home.clay as object) as Untyped
    assert.equal(heir.a, 1)
    heir.a = 'mine'
    heir.added = 'mine'
    assert.deepEqual(Object.keys(heir), ['a', 'added'])
    assert.equal(home.clay.a, 1)
    assert.equal(home.clay.added, undefined)
    heir.own = 'to the setter'
    assert.deepEqual(home.clay.written[0], 'to the setter')
    assert.equal(Reflect.set(heir, 'readOnly', 1), false)
    heir.toString = () => 'a local method'
    assert.equal(String(heir), 'a local method')
    assert.equal(Object.hasOwn(home.clay, 'toString'), false)
    const counter = Object.create(sync().makeCounter(1) as unknown as object) as Untyped
    counter.count = 7
    assert.equal(counter.count, 7)
    assert.deepEqual(Object.keys(counter), [])
  },
})

const receivers = group('receivers', {
  'accessors run at home on their own object'({ sync, assert }) {
    const home = sync().makeClay() as Untyped
    home.addAccessors()
    const { clay } = home
    assert.equal(clay.own, 'clay')
    assert.equal(Reflect.get(clay, 'own', {}), 'clay')
    clay.own = 1
    assert.deepEqual([...clay.written], [1, true])
    const { get, set } = Object.getOwnPropertyDescriptor(clay, 'own') ?? {}
    assert.equal(get?.call(clay), 'clay')
    set?.call(clay, 2)
    assert.deepEqual([...clay.written], [2, true])
    assert.equal(clay.writeOnly, undefined)
    assert.equal(Reflect.set(clay, 'readOnly', 1), false)
    const bare = get as unknown as () => unknown
    assert.equal(bare(), 'another')
  },

  'a method has the object it is called on as its this, and nothing local'({ sync, assert }) {
    const one = sync().makeNamed('one') as Untyped
    const two = sync().makeNamed('two') as Untyped
    const { whoAmI } = one
    assert.equal(one.whoAmI(), 'one')
    assert.equal(whoAmI.call(two), 'two')
    assert.equal(Reflect.apply(whoAmI, one, []), 'one')
    assert.equal(whoAmI.bind(two)(), 'two')
    assert.equal(whoAmI(), undefined)
    const local = { name: 'local', whoAmI, unshareable: new WeakMap() }
    assert.equal(local.whoAmI(), undefined)
  },

  'what was a method before it was replaced is still that function'({ sync, assert }) {
    const object = sync().makeNamed('object') as Untyped
    const original = object.whoAmI
    object.whoAmI = () => 'replaced'
    assert.equal(object.whoAmI(), 'replaced')
    assert.equal(original.call(object), 'object')
    object.also = object.arrow
    assert.equal(original.call(object), 'object')
    const counter = sync().makeCounter(1) as Untyped
    const { increment } = counter
    counter.increment = 'replaced'
    assert.equal(counter.increment, 'replaced')
    delete counter.increment
    assert.equal(counter.increment, increment)
    assert.equal(counter.increment(), 2)
  },

  'a borrowed method is that of its class, not what its new object has by that name'({
    sync,
    assert,
  }) {
    const counter = sync().makeCounter(1)
    const named = new (sync().NamedCounter)('named', 1)
    assert.equal(named.increment(), 11)
    assert.equal(counter.increment(), 2)
    const { increment } = counter
    assert.equal(Reflect.apply(increment as never, named, [1]), 12)
    assert.equal(named.increment(), 22)
    assert.throws(() => Reflect.apply(increment as never, sync().makeNamed('x'), [1]), {
      name: 'TypeError',
    })
  },
})

const fixing = group('fixing', {
  'what is frozen is seen to be'({ sync, assert }) {
    const frozen = sync().makeFrozen() as Bag
    assert.equal(Object.isExtensible(frozen), false)
    assert.equal(Object.isFrozen(frozen), true)
    assert.deepEqual(Object.getOwnPropertyDescriptor(frozen, 'a'), {
      value: 1,
      writable: false,
      enumerable: true,
      configurable: false,
    })
    assert.equal(frozen.a, 1)
    assert.equal(frozen.b, undefined)
    assert.equal(Reflect.set(frozen, 'a', 2), false)
    assert.equal(Reflect.set(frozen, 'b', 2), false)
    assert.equal(Reflect.deleteProperty(frozen, 'a'), false)
    assert.equal(Reflect.defineProperty(frozen, 'b', { value: 1 }), false)
    assert.throws(
      () => {
        frozen.a = 2
      },
      { name: 'TypeError' },
    )
    assert.deepEqual(Reflect.ownKeys(frozen), ['a'])
    assert.equal(Object.isFrozen(sync().makeClay().clay), false)
  },

  'an object is frozen through its proxy'({ sync, assert }) {
    const home = sync().makeClay() as Untyped
    home.addAccessors()
    const { clay } = home
    assert.equal(Object.freeze(clay), clay)
    assert.equal(home.isFrozen(), true)
    assert.equal(Object.isFrozen(clay), true)
    assert.equal(clay.inner.b, 2)
    clay.inner.b = 3
    assert.equal(clay.inner.b, 3)
    assert.equal(clay.own, 'clay')
    assert.equal(clay.inner, Object.getOwnPropertyDescriptor(clay, 'inner')?.value)
    assert.deepEqual(Reflect.ownKeys(clay), home.keys().concat('own', 'writeOnly', 'readOnly'))
  },

  'an array is frozen, sealed and made not extensible'({ sync, assert }) {
    const frozen = sync().makeList([1, { a: 1 }]) as Untyped
    Object.freeze(frozen)
    assert.equal(Object.isFrozen(frozen), true)
    assert.equal(Object.getOwnPropertyDescriptor(frozen, 'length')?.writable, false)
    assert.throws(() => frozen.push(3), { name: 'TypeError' })
    assert.equal(frozen[1].a, 1)
    assert.equal(frozen.map((item: unknown) => typeof item).join(), 'number,object')
    const sealed = Object.seal(sync().makeList([1, 2]) as Untyped)
    assert.equal(Object.isSealed(sealed), true)
    sealed[0] = 'written'
    assert.deepEqual([...sealed], ['written', 2])
    const closed = Object.preventExtensions(sync().makeList([1, 2]) as Untyped)
    assert.equal(closed.pop(), 2)
    assert.throws(() => closed.push(3), { name: 'TypeError' })
    assert.deepEqual(Reflect.ownKeys(closed), ['0', 'length'])
    assert.equal(Object.getPrototypeOf(closed), Array.prototype)
  },

  'what happens at home in between is seen'({ sync, assert }) {
    const home = sync().makeClay() as Untyped
    const { clay } = home
    Object.preventExtensions(clay)
    assert.deepEqual(Object.keys(clay), ['a', 'list', 'inner'])
    home.remove('a')
    assert.equal('a' in clay, false)
    assert.equal(Object.getOwnPropertyDescriptor(clay, 'a'), undefined)
    assert.deepEqual(Reflect.ownKeys(clay), ['list', 'inner'])
    assert.equal(home.set('a', 1), false)
    home.define('list', { value: 'fixed', writable: false, configurable: false })
    assert.equal(clay.list, 'fixed')
    assert.equal(Object.getOwnPropertyDescriptor(clay, 'list')?.configurable, false)
    assert.equal(Object.isFrozen(clay), false)
    home.freeze()
    assert.equal(Object.isFrozen(clay), true)
    assert.equal(Reflect.deleteProperty(clay, 'list'), false)
    assert.equal(clay.inner.b, 2)
  },

  'a property is fixed by its descriptor'({ sync, assert }) {
    const { clay } = sync().makeClay() as Untyped
    const define = Reflect.defineProperty
    assert.equal(define(clay, 'fixed', { value: 1 }), true)
    assert.deepEqual(Object.getOwnPropertyDescriptor(clay, 'fixed'), {
      value: 1,
      writable: false,
      enumerable: false,
      configurable: false,
    })
    assert.equal(define(clay, 'fixed', { value: 2 }), false)
    assert.equal(define(clay, 'fixed', { value: 1, configurable: false }), true)
    assert.equal(define(clay, 'half', { value: 1, writable: true, configurable: false }), true)
    clay.half = 2
    assert.equal(Object.getOwnPropertyDescriptor(clay, 'half')?.value, 2)
    assert.equal(define(clay, 'half', { writable: false }), true)
    assert.equal(Reflect.set(clay, 'half', 3), false)
    const get = () => 'computed here'
    assert.equal(define(clay, 'computed', { get, configurable: false }), true)
    assert.equal(Object.getOwnPropertyDescriptor(clay, 'computed')?.get, get)
    assert.equal(define(clay, 'inner', { configurable: false, writable: false }), true)
    assert.equal(clay.inner.b, 2)
    assert.equal(define(clay, 'itself', { value: clay, configurable: false }), true)
    assert.equal(clay.itself, clay)
  },

  'a property cannot be fixed to what would be a copy'({ sync, farhold, assert }) {
    const { clay } = sync().makeClay() as Untyped
    const fix = (value: unknown) =>
      Reflect.defineProperty(clay, 'fixed', { value, configurable: false })
    assert.throws(() => fix({ a: 1 }), { code: 'FARHOLD_NOT_SHAREABLE' })
    assert.equal('fixed' in clay, false)
    const mine = farhold.proxy({ a: 1 })
    assert.equal(fix(mine), true)
    assert.equal(clay.fixed, mine)
    clay.copy = { a: 1 }
    assert.equal(Reflect.defineProperty(clay, 'copy', { configurable: false }), true)
    assert.equal(clay.copy.a, 1)
  },

  'the prototype stays what it is'({ sync, assert }) {
    const { clay } = sync().makeClay() as Untyped
    assert.equal(Reflect.setPrototypeOf(clay, Object.prototype), true)
    assert.equal(Reflect.setPrototypeOf(clay, null), false)
    assert.throws(() => Object.setPrototypeOf(clay, {}), { name: 'TypeError' })
    Object.freeze(clay)
    assert.equal(Object.getPrototypeOf(clay), Object.prototype)
    assert.equal(Reflect.setPrototypeOf(clay, Object.prototype), true)
    assert.equal(Reflect.setPrototypeOf(clay, {}), false)
  },
})

const classes = group('classes', {
  'instanceof with a class of the owner'({ sync, assert }) {
    const { Counter, NamedCounter, Even } = sync()
    const named = new NamedCounter('named')
    const counter = sync().makeCounter(1) as unknown
    assert.equal((named as unknown) instanceof NamedCounter, true)
    assert.equal((named as unknown) instanceof Counter, true)
    assert.equal(counter instanceof Counter, true)
    assert.equal(counter instanceof NamedCounter, false)
    assert.equal(({} as unknown) instanceof Counter, false)
    assert.equal((1 as unknown) instanceof Counter, false)
    assert.equal((new WeakMap() as unknown) instanceof Counter, false)
    assert.equal((2 as unknown) instanceof Even, true)
    assert.equal((3 as unknown) instanceof Even, false)
    assert.equal(counter instanceof Even, false)
  },

  'instanceof with the classes of the language'({ sync, assert }) {
    const names = ['Array', 'Map', 'Set', 'WeakMap', 'Date', 'RegExp', 'Promise', 'Error']
    for (const name of [...names, 'TypeError', 'RangeError', 'ArrayBuffer', 'Uint8Array']) {
      const { made } = sync().makeInstance(name) as Untyped
      const Class = Reflect.get(globalThis, name) as new () => unknown
      assert.equal(made instanceof Class, true, name)
      assert.equal(made instanceof Object, true, name)
    }
    assert.equal((sync().makeInstance('TypeError') as Untyped).made instanceof Error, true)
  },

  'statics, and accessors and private fields of instances'({ sync, assert }) {
    const { Counter, NamedCounter } = sync()
    assert.equal(Counter.unit, 'one')
    assert.equal(NamedCounter.unit, 'one')
    assert.equal(NamedCounter.limits.most, 10)
    const counter = Counter.from(9) as Untyped
    assert.equal(counter.count, 9)
    counter.count = 3
    assert.equal(counter.plus(1).count, 4)
    assert.equal(counter.equals(Counter.from(4)), true)
    assert.throws(
      () => {
        counter.count = 0.5
      },
      { name: 'TypeError', message: 'a count is whole' },
    )
    assert.deepEqual(Object.keys(counter), ['label'])
    const { Inner } = sync().nested.a.b
    assert.equal(new Inner().value, 'inner')
    const Bound = Counter.bind(null, 7) as Untyped
    assert.equal(new Bound().count, 7)
  },

  'a local class cannot extend one of another context'({ sync, assert }) {
    const { Counter } = sync()
    class Mine extends (Counter as Untyped) {}
    const refused = { code: 'FARHOLD_NOT_SHAREABLE', message: /cannot extend Sync<.*Counter/ }
    assert.throws(() => new Mine(), refused)
    assert.throws(() => Reflect.construct(Counter as never, [], Mine), refused)
    assert.throws(() => Reflect.construct(Counter as never, [], sync().NamedCounter), refused)
    assert.throws(() => new (sync().add as Untyped)(1, 2), { name: 'TypeError' })
  },

  'an array of a class of its own has its methods, and runs the others here'({ sync, assert }) {
    const stack = sync().makeStack() as Untyped
    assert.equal(Array.isArray(stack), true)
    assert.equal(stack.top, 'first')
    assert.equal(stack.push('second'), 2)
    assert.equal(stack.top, 'pushed second')
    assert.deepEqual(
      stack.map((item: string) => item.length),
      [5, 13],
    )
    assert.deepEqual([...stack], ['first', 'pushed second'])
  },
})

const speaking = group('speaking', {
  'a tagged template, with its raw strings and its identity'({ sync, assert }) {
    const { tag } = sync()
    const value = { a: 1 }
    const ask = (n: number) => (tag as Untyped)`a${n}\n${value}\u{41}`
    const first = ask(1)
    assert.deepEqual(first.strings, ['a', '\n', 'A'])
    assert.deepEqual(first.raw, ['a', '\\n', '\\u{41}'])
    assert.deepEqual(first.values, [1, { a: 1 }])
    assert.equal(first.frozen, true)
    assert.equal(ask(2).known, first.known)
    assert.notEqual((tag as Untyped)`another`.known, first.known)
    assert.deepEqual((tag as Untyped)`\u`.strings, [undefined])
  },

  'using closes what has a disposer at home'({ sync, assert }) {
    const disposables = sync().makeDisposables() as Untyped
    {
      using one = disposables.open('one')
      using two = disposables.open('two')
      using plain = disposables.plain()
      assert.deepEqual([one.name, two.name, plain.name], ['one', 'two', 'plain'])
    }
    assert.deepEqual(disposables.log(), ['closed two', 'closed one'])
  },

  'a generator of the owner is asked step by step'({ sync, assert }) {
    const home = sync().makeGenerator() as Untyped
    const generator = home.generate()
    assert.deepEqual(generator.next(), { value: 1, done: false })
    assert.deepEqual(generator.next('heard'), { value: 2, done: false })
    assert.deepEqual(generator.return('enough'), { value: 'enough', done: true })
    assert.deepEqual(generator.next(), { value: undefined, done: true })
    assert.deepEqual(home.heard(), ['heard', 'left'])
    assert.deepEqual([...home.generate()], [1, 2])
    const map = sync().makeMap() as Untyped
    assert.deepEqual([...map.keys()], ['a', 'b'])
    const seen: unknown[] = []
    map.forEach((...[, key]: unknown[]) => void seen.push(key))
    assert.deepEqual(seen, ['a', 'b'])
  },

  'JSON.stringify gives what it gives at home'({ sync, assert }) {
    const home = sync().makeReport() as Untyped
    assert.equal(JSON.stringify(home.report), home.text())
    const once = ['toJSON of total', 'toJSON of same']
    assert.deepEqual(home.calls(), [...once, ...once])
    assert.equal(
      JSON.stringify({ list: [home.report.total], at: home.report.at, run: home.report.run }),
      '{"list":[{"sum":"3 EUR"}],"at":"1970-01-01T00:00:00.000Z"}',
    )
    assert.equal(home.calls()[4], 'toJSON of 0')
    assert.equal(
      JSON.stringify(home.report.lines, null, 1),
      JSON.stringify([{ price: 1 }, { price: 2 }], null, 1),
    )
    assert.equal(JSON.stringify(home.report, ['title', 'deep']), '{"title":"report","deep":{}}')
    assert.equal(JSON.stringify(sync().makeDate()), '"1970-01-01T00:00:00.000Z"')
    assert.equal(JSON.stringify(sync().makeStack()), '["first"]')
    assert.equal(JSON.stringify(sync().add), undefined)
    assert.equal(JSON.stringify(sync().makeCounter(1)), '{"label":"counter"}')
  },

  'JSON.stringify fails as it does at home, and takes a replacer'({ sync, assert }) {
    const unwritable = sync().makeUnwritable() as Untyped
    assert.throws(() => JSON.stringify(unwritable.cycle), { name: 'TypeError' })
    assert.throws(() => JSON.stringify(unwritable.big), { name: 'TypeError' })
    assert.throws(() => JSON.stringify(unwritable.failing), { name: 'RangeError' })
    const bigAsText = (_key: string, value: unknown) =>
      typeof value === 'bigint' ? String(value) : value
    assert.equal(JSON.stringify(unwritable.big, bigAsText), '{"n":"10"}')
  },
})

const counting = group('crossings', {
  'JSON.stringify is one, and so is a snapshot'({ sync, farhold, stats, assert }) {
    const { report } = sync().makeReport() as Untyped
    const before = stats().calls
    JSON.stringify(report)
    assert.equal(stats().calls - before, 1)
    JSON.stringify([report, { report }])
    assert.equal(stats().calls - before, 3)
    const { deep } = report
    const again = stats().calls
    assert.deepEqual(farhold.snapshot(deep), { deeper: { deepest: [{ list: [[1], [{}]] }] } })
    assert.equal(stats().calls - again, 1)
  },

  'a method of a class is one, and what cannot be there is none'({ sync, stats, assert }) {
    const { Counter } = sync()
    const counter = sync().makeCounter(1)
    counter.increment()
    const before = stats().calls
    counter.increment()
    counter.increment()
    assert.equal(stats().calls - before, 2)
    const some = counter as Untyped
    void [some[Symbol('mine')], Symbol('mine') in some, some.constructor, typeof some]
    assert.equal(stats().calls - before, 2)
    const list = sync().makeList([1]) as Untyped
    const again = stats().calls
    void [Array.isArray(list), list.map, list[Symbol.iterator]]
    assert.equal(stats().calls - again, 0)
    assert.equal(some instanceof Counter, true)
    assert.equal(stats().calls - again, 1)
  },
})

const asynchronous = group('whole object, asynchronous', {
  async 'everything that can be iterated'({ remote, asRemote, assert }) {
    const all = async (source: Untyped): Promise<unknown[]> => {
      const items: unknown[] = []
      for await (const item of source) items.push(item)
      return items
    }
    assert.deepEqual(await all(asRemote(await remote.makeList([1, [2]]))), [1, [2]])
    assert.deepEqual(await all(asRemote(await remote.makeMap())), [
      ['a', 1],
      ['b', { c: 2 }],
    ])
    assert.deepEqual(await all(asRemote(await remote.makeSet())), [1, 'two'])
    assert.deepEqual(await all(remote.makeStack()), ['first'])
    assert.deepEqual(await all(remote.upTo(2)), [1, 2])
    assert.deepEqual(await all(remote.upToLater(2)), [1, 2])
    assert.deepEqual(await all(remote.makeGenerator().generate()), [1, 2])
    assert.deepEqual(await all(remote.makeMap().keys()), ['a', 'b'])
    await assert.rejects(all(remote.makeCounter(1)), { name: 'TypeError', message: /not iterable/ })
  },

  async 'await using closes what has a disposer at home'({ remote, asRemote, assert }) {
    const disposables = asRemote(await remote.makeDisposables())
    {
      await using one = asRemote(await disposables.open('one'))
      await using two = asRemote(await disposables.openLater('two'))
      await using plain = asRemote(await disposables.plain())
      using given = asRemote(await disposables.open('given up'))
      assert.equal(await one.name, 'one')
      assert.equal(await two.name, 'two')
      assert.equal(await plain.name, 'plain')
      assert.equal(await given.name, 'given up')
    }
    assert.deepEqual(await disposables.log(), ['closed two later', 'closed one'])
    await using data = remote.echo({ a: 1 })
    assert.deepEqual(await data, { a: 1 })
  },

  async 'a proxy that was disposed of is released'({ remote, asRemote, assert }) {
    const disposables = asRemote(await remote.makeDisposables())
    const one = asRemote(await disposables.open('one'))
    await one[Symbol.asyncDispose]()
    await one[Symbol.asyncDispose]()
    await assert.rejects(one.name, { code: 'FARHOLD_RELEASED' })
    assert.deepEqual(await disposables.log(), ['closed one'])
  },

  async 'a local class cannot extend one of another context'({ remote, asRemote, assert }) {
    const refused = { code: 'FARHOLD_NOT_SHAREABLE', message: /cannot extend Remote<.*Counter/ }
    for (const Class of [remote.Counter, asRemote(await remote.Counter)]) {
      class Mine extends Class {}
      assert.throws(() => new Mine(), refused)
      assert.throws(() => Reflect.construct(Class, [], Object), refused)
      assert.equal(await new Class(3).count, 3)
    }
  },

  'instanceof is refused, as its answer cannot be waited for'({ remote, assert }) {
    assert.throws(() => ({}) instanceof remote.Counter, {
      name: 'TypeError',
      message: /use a Sync/,
    })
  },

  async 'a tagged template'({ remote, assert }) {
    const { strings, raw, values } = await remote.tag`a${1}\n`
    assert.deepEqual([strings, raw, values], [['a', '\n'], ['a', '\\n'], [1]])
  },
})

/** What needs a transport that blocks. */
export const blockingObjectCases: readonly Case[] = [
  ...reading,
  ...receivers,
  ...fixing,
  ...classes,
  ...speaking,
  ...counting,
]

export const wholeObjectCases: readonly Case[] = [...blockingObjectCases, ...asynchronous]
