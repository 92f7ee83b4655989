/** The blocking proxy: looks like the object, answers at once. */
import { type Case, group, type Untyped } from '../case.ts'

type Live = {
  number: number
  text: string
  object: { a: number; b: { c: number }; extra?: unknown }
  list: number[]
  map: Map<string, string>
  add(a: number, b: number): number
  copy(): { fresh: boolean }
  late?: unknown
}

const live = (sync: Untyped): Live => sync.makeLive() as unknown as Live

export const syncCases: readonly Case[] = group('sync', {
  'properties, nested and missing'({ sync, assert }) {
    const root = sync()
    assert.equal(root.answer, 42)
    assert.equal(root.minusZero, -0)
    assert.equal(root.nothing, undefined)
    assert.equal(root.noSuch, undefined)
    assert.equal(root.nested.a.b.c, 'deep')
    assert.throws(() => root.nested.no.such, { name: 'TypeError' })
  },

  'calls and methods'({ sync, assert }) {
    const root = sync()
    assert.equal(root.add(1, 2), 3)
    assert.equal(root.nested.a.b.double(4), 8)
    const counter = root.makeCounter(5)
    assert.equal(counter.increment(2), 7)
    assert.equal(counter.count, 7)
    const { add } = root
    assert.equal(add(3, 4), 7)
    assert.deepEqual(root.echo({ a: [1, -0, undefined] }), { a: [1, -0, undefined] })
  },

  'new'({ sync, assert }) {
    const counter = new (sync().Counter)(3)
    assert.equal(counter.increment(), 4)
    const named = new (sync().NamedCounter)('n', 1)
    assert.equal(named.describe(), 'n: 1')
    assert.throws(() => new (sync().Counter)(-1), { name: 'RangeError', message: /starts at 0/ })
  },

  'setting and setters'({ sync, assert }) {
    const box = sync().makeBox() as unknown as {
      value: unknown
      twice: unknown
      read(): unknown
      inner: { value: unknown }
    }
    box.value = { a: 1 }
    assert.deepEqual(box.read(), { a: 1 })
    box.twice = 10
    assert.equal(box.value, 5)
    box.inner.value = 'nested'
    assert.equal(box.inner.value, 'nested')
  },

  'a write that fails throws'({ sync, assert }) {
    const box = sync().makeBox() as unknown as Record<string, unknown>
    assert.throws(
      () => {
        box.failing = 1
      },
      { name: 'RangeError', message: 'this setter fails' },
    )
    assert.throws(
      () => {
        box.fixed = 1
      },
      { name: 'TypeError', message: /fixed/ },
    )
    assert.throws(
      () => {
        box.value = new WeakMap()
      },
      { code: 'FARHOLD_NOT_SHAREABLE' },
    )
    assert.equal(box.value, 1)
  },

  'in, delete, keys, entries, descriptors'({ sync, assert }) {
    const object = live(sync()).object
    assert.equal('a' in object, true)
    assert.equal('z' in object, false)
    assert.deepEqual(Object.keys(object), ['a', 'b'])
    assert.deepEqual(Reflect.ownKeys(object), ['a', 'b'])
    assert.equal(Object.entries(object).length, 2)
    assert.deepEqual(Object.getOwnPropertyDescriptor(object, 'a'), {
      value: 1,
      writable: true,
      enumerable: true,
      configurable: true,
    })
    assert.equal(Object.getOwnPropertyDescriptor(object, 'z'), undefined)
    assert.equal(Object.hasOwn(object, 'b'), true)
    assert.equal(delete (object as { a?: number }).a, true)
    assert.deepEqual(Object.keys(object), ['b'])
    object.extra = 1
    assert.equal(
      Reflect.defineProperty(object, 'more', { value: 2, configurable: true, enumerable: true }),
      true,
    )
    assert.deepEqual(Object.keys(object), ['b', 'extra', 'more'])
  },

  'spread, destructuring and for-in copy one level'({ sync, farhold, assert }) {
    const object = live(sync()).object
    const { a, ...rest } = object
    assert.equal(a, 1)
    assert.deepEqual(Object.keys(rest), ['b'])
    const copy = { ...object }
    assert.equal(copy.b.c, 2)
    assert.equal(farhold.isProxy(copy), false)
    assert.equal(farhold.isProxy(copy.b), true)
    const names: string[] = []
    for (const name in object) names.push(name)
    assert.deepEqual(names, ['a', 'b'])
    assert.deepEqual(Object.assign({}, object, { b: 0 }), { a: 1, b: 0 })
  },

  'navigation is live, results of calls are copies'({ sync, farhold, assert }) {
    const box = live(sync())
    assert.equal(box.object, box.object)
    assert.equal(farhold.isProxy(box.object), true)
    box.object.b.c = 9
    assert.equal(box.object.b.c, 9)
    const copy = box.copy()
    assert.equal(farhold.isProxy(copy), false)
    copy.fresh = false
    assert.equal(box.copy().fresh, true)
  },

  'a live array'({ sync, assert }) {
    const { list } = live(sync())
    assert.equal(Array.isArray(list), true)
    assert.equal(list.length, 3)
    assert.equal(list[0], 3)
    assert.deepEqual([...list], [3, 1, 2])
    assert.deepEqual(
      list.map((n) => n * 2),
      [6, 2, 4],
    )
    assert.deepEqual(
      list.filter((n) => n > 1),
      [3, 2],
    )
    assert.equal(
      list.reduce((sum, n) => sum + n, 0),
      6,
    )
    assert.equal(list.includes(2), true)
    assert.equal(list.indexOf(1), 1)
    assert.deepEqual(list.slice(1), [1, 2])
    assert.deepEqual(list.concat([4]), [3, 1, 2, 4])
    assert.equal(list.at(-1), 2)
    assert.equal(list.join('-'), '3-1-2')
    const [first, ...others] = list
    assert.deepEqual([first, others], [3, [1, 2]])
    assert.deepEqual(Array.from(list), [3, 1, 2])
    assert.deepEqual(Object.keys(list), ['0', '1', '2'])
  },

  'a live array is changed in place'({ sync, assert }) {
    const { list } = live(sync())
    assert.equal(list.push(5, 4), 5)
    list.sort()
    assert.deepEqual([...list], [1, 2, 3, 4, 5])
    assert.deepEqual(list.splice(1, 2), [2, 3])
    list[0] = 10
    list.length = 2
    assert.deepEqual([...list], [10, 4])
    assert.equal(list.pop(), 4)
    assert.equal(list.shift(), 10)
    assert.deepEqual([...list], [])
  },

  iteration({ sync, assert }) {
    const { iterables } = sync()
    assert.deepEqual([...(iterables.synchronous as Iterable<unknown>)], [1, 2])
    assert.deepEqual([...(iterables.list as Iterable<unknown>)], [1, 2, 3])
    assert.deepEqual([...(iterables.set as Iterable<unknown>)], ['x', 'y'])
    assert.deepEqual([...(iterables.map as Iterable<unknown>)], [['a', 1]])
    assert.deepEqual([...(sync().upTo(3) as Iterable<unknown>)], [1, 2, 3])
    const seen: unknown[] = []
    for (const n of sync().upTo(100) as Iterable<unknown>) {
      seen.push(n)
      if (seen.length === 2) break
    }
    assert.deepEqual(seen, [1, 2])
  },

  'a live Map'({ sync, assert }) {
    const { map } = live(sync())
    assert.equal(map.get('k'), 'v')
    map.set('l', 'w')
    assert.equal(map.size, 2)
    assert.equal(map.has('l'), true)
    assert.equal(map.delete('k'), true)
    assert.equal(map.size, 1)
  },

  'JSON.stringify and snapshot'({ sync, farhold, assert }) {
    const box = live(sync())
    assert.equal(JSON.stringify(box.object), '{"a":1,"b":{"c":2}}')
    assert.equal(JSON.stringify(box.list), '[3,1,2]')
    const copy = farhold.snapshot(box.object as never) as unknown as typeof box.object
    assert.deepEqual(copy, { a: 1, b: { c: 2 } })
    assert.equal(farhold.isProxy(copy.b), false)
    assert.deepEqual(farhold.snapshot(box.list as never), [3, 1, 2])
    assert.deepEqual(farhold.snapshot(box.map as never), new Map([['k', 'v']]))
  },

  'instanceof and typeof'({ sync, assert }) {
    const root = sync()
    assert.ok(
      // biome-ignore lint/suspicious/useIsArray: both are tested
      (root.makeList([]) as unknown) instanceof Array,
      'a live array as an instance of Array',
    )
    assert.ok((root.makeMap() as unknown) instanceof Map, 'a live Map as an instance of Map')
    assert.ok((root.makeDate() as unknown) instanceof Date, 'a live Date as an instance of Date')
    assert.ok((root.add as unknown) instanceof Function, 'a function as an instance of Function')
    assert.equal(typeof root.add, 'function')
    assert.equal(typeof root.makeCounter(1), 'object')
    assert.equal(Object.getPrototypeOf(root.makeCounter(1)), Object.prototype)
  },

  'callbacks while this side waits'({ sync, assert }) {
    const seen: unknown[] = []
    const result = sync().callNow(
      (a: number, b: unknown) => {
        seen.push(b)
        return a + 1
      },
      1,
      { data: true },
    )
    assert.equal(result, 2)
    assert.deepEqual(seen, [{ data: true }])
    assert.equal(
      sync().callNow(() => sync().add(1, 2)),
      3,
    )
    assert.throws(
      () =>
        sync().callNow(() => {
          throw new RangeError('in the callback')
        }),
      { name: 'RangeError', message: 'in the callback' },
    )
  },

  'errors with frames of both sides'({ sync, assert }) {
    function askFromHere(): unknown {
      return sync().throwKind('RangeError')
    }
    const error = assert.throws(askFromHere, {
      name: 'RangeError',
      message: 'of RangeError',
    }) as Error
    const stack = String(error.stack)
    const there = stack.indexOf('throwKind')
    const seam = stack.indexOf('at [context ')
    assert.ok(
      there > 0 && seam > there && stack.indexOf('askFromHere') > seam,
      `an ordered stack in\n${stack}\n`,
    )
    assert.throws(() => sync().noSuchMethod(), {
      name: 'TypeError',
      message: /noSuchMethod is not a function/,
    })
    assert.equal(
      assert.throws(() => sync().throwKind('undefined')),
      undefined,
    )
    assert.equal(
      assert.throws(() => sync().throwKind('string')),
      'a string',
    )
  },

  'what cannot cross'({ sync, assert }) {
    assert.throws(() => sync().echo({ x: new WeakMap() }), {
      code: 'FARHOLD_NOT_SHAREABLE',
      path: 'arguments[0].x',
    })
    assert.throws(() => sync().giveInvoiceInside(), {
      code: 'FARHOLD_NOT_SHAREABLE',
      path: 'result.lines[1].invoice',
    })
    assert.equal(sync().add(1, 1), 2)
  },

  identity({ sync, assert }) {
    const root = sync()
    const home = root.giveHome()
    assert.equal(root.giveHome(), home)
    assert.equal(root.isHome(home), true)
    assert.equal(root.nested.a, root.nested.a)
    assert.equal(root.add, root.add)
    const mine = () => 1
    assert.equal(root.echo(mine), mine)
    assert.equal(root.same(root.nested, root.nested), true)
  },

  'both kinds of proxy stand for the same object'({ remote, sync, farhold, asRemote, assert }) {
    const counter = sync().makeCounter(1) as never
    const asynchronous = asRemote(counter)
    assert.equal(farhold.sync(asynchronous as never), counter)
    assert.equal(farhold.sync(counter), counter)
    assert.equal(farhold.remote(asynchronous as never), asynchronous)
    assert.equal((farhold.sync(remote.nested.a as never) as Untyped).b.c, 'deep')
    return asynchronous.increment().then((count: unknown) => assert.equal(count, 2))
  },

  release({ sync, farhold, assert }) {
    const counter = sync().makeCounter(1)
    farhold.release(counter as never)
    assert.throws(() => counter.count, { code: 'FARHOLD_RELEASED' })
    assert.throws(() => sync().echo([counter]), { code: 'FARHOLD_RELEASED' })
    assert.equal(sync().add(1, 1), 2)
    {
      using other = sync().makeCounter(2)
      assert.equal(other.count, 2)
    }
  },

  'an async function gives its value'({ sync, assert }) {
    const gate = sync().makeGate()
    gate.open('opened')
    assert.equal(typeof gate.wait, 'function')
  },

  'forbidden names do not exist'({ sync, assert }) {
    const root = sync()
    const targets = {
      root,
      nested: root.nested,
      add: root.add,
      Counter: root.Counter,
      counter: root.makeCounter(1),
    }
    for (const [kind, target] of Object.entries(targets)) {
      for (const name of [
        'constructor',
        '__proto__',
        'prototype',
        'caller',
        'callee',
        'arguments',
        '__defineGetter__',
      ]) {
        // That of a function is null, so that `extends` comes as far as `super()`, which says why it is refused.
        const found: unknown = Reflect.get(target, name) ?? undefined
        assert.equal(found, undefined, `${name} of ${kind}`)
        assert.equal(Reflect.has(target, name), false, `${name} in ${kind}`)
        assert.throws(() => Reflect.set(target, name, { polluted: 1 }), {
          code: 'FARHOLD_ACCESS_DENIED',
        })
      }
      assert.equal(Reflect.setPrototypeOf(target, {}), false)
    }
    assert.equal(root.isUnharmed(), true)
  },

  'what every object inherits'({ sync, assert }) {
    const { object, list } = live(sync())
    assert.equal(String(object), '[object Object]')
    assert.equal(`${list as unknown as string}`, '3,1,2')
    // biome-ignore lint/suspicious/noPrototypeBuiltins: this is the method under test
    assert.equal(object.hasOwnProperty('a'), true)
    assert.equal(object.valueOf(), object)
    assert.equal(String(sync().makeDate()), String(new Date(0)))
    assert.match(String(sync().add), /native code/)
    assert.match(String(sync().makeCounter(1)), /^\[object/)
  },
})
