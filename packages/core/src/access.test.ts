import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { Access, hasProperty, readProperty, visibleKeys } from './access.ts'
import { callAsMethod, callMethod, methodOf } from './calling.ts'
import { AccessDeniedError, UnprotectedError } from './errors.ts'
import { proxy } from './marks.ts'
import { protect } from './protected.ts'
import {
  defineOwnProperty,
  deleteOwnProperty,
  preventExtensions,
  writeInherited,
  writeProperty,
} from './writing.ts'

const OPEN = new Access('open')

class Base {
  static shared = 'static'
  inherited(): string {
    return 'inherited'
  }
}

class Derived extends Base {
  own = 1
  get computed(): number {
    return this.own + 1
  }
}

describe('reading', () => {
  test('sees own properties, and what classes define', () => {
    const object = new Derived()
    expect(readProperty(object, 'own', OPEN)).toBe(1)
    expect(readProperty(object, 'computed', OPEN)).toBe(2)
    expect(typeof readProperty(object, 'inherited', OPEN)).toBe('function')
    expect(readProperty(Derived, 'shared', OPEN)).toBe('static')
    expect(readProperty('text', 'length', OPEN)).toBe(4)
  })

  test.each([
    ['an object', {}],
    ['a function', () => undefined],
    ['a class', Derived],
    ['an array', []],
    ['an object of another realm', runInNewContext('({})') as object],
    ['a function of another realm', runInNewContext('(function () {})') as object],
    ['Object.prototype', Object.prototype],
    ['Function.prototype', Function.prototype],
    ["another realm's Object.prototype", runInNewContext('Object.prototype') as object],
    ["another realm's Function.prototype", runInNewContext('Function.prototype') as object],
  ])('never comes to a root prototype from %s', (_name, target) => {
    for (const key of [
      'hasOwnProperty',
      'isPrototypeOf',
      'propertyIsEnumerable',
      'valueOf',
      'call',
      'apply',
      'bind',
    ]) {
      expect(readProperty(target, key, OPEN), key).toBeUndefined()
      expect(hasProperty(target, key, OPEN), key).toBe(false)
    }
    expect(() => readProperty(target, 'constructor', OPEN)).toThrow(AccessDeniedError)
    expect(hasProperty(target, 'constructor', OPEN)).toBe(false)
  })

  test('a getter has the object that was asked as its this', () => {
    const object = Object.create({
      get self(): unknown {
        return this
      },
    }) as object
    expect(readProperty(object, 'self', OPEN)).toBe(object)
  })

  test('says what was read of nothing', () => {
    expect(() => readProperty(undefined, 'x', OPEN)).toThrow(
      'cannot read property "x" of undefined',
    )
    expect(() => readProperty(null, Symbol.iterator, OPEN)).toThrow(
      'property Symbol(Symbol.iterator) of null',
    )
  })

  test('lists no key that a peer could not name', () => {
    const object = { a: 1, [Symbol.for('shared')]: 2, [Symbol('unique')]: 3, constructor: 4 }
    Object.defineProperty(object, '__proto__', { value: 5, enumerable: true })
    expect(visibleKeys(object, OPEN)).toEqual(['a', Symbol.for('shared')])
  })
})

describe('calling a function as a method of an object', () => {
  class Account {
    get balance(): number {
      return 1
    }
    pay(): void {}
  }
  const account = Object.assign(new Account(), { own: () => undefined })
  const functionOf = (object: object, key: PropertyKey): unknown => Reflect.get(object, key)

  test('is for what a peer could call on it: of its own, of a class, or an accessor', () => {
    const balance = Object.getOwnPropertyDescriptor(Account.prototype, 'balance')?.get
    expect(methodOf(account, functionOf(account, 'own'), OPEN)).toBeDefined()
    expect(methodOf(account, functionOf(account, 'pay'), OPEN)).toBeDefined()
    expect(methodOf(account, balance, OPEN)).toBeDefined()
  })

  test('is not for a method of something else, or of a root prototype', () => {
    expect(methodOf({ pay: () => undefined }, functionOf(account, 'pay'), OPEN)).toBeUndefined()
    expect(methodOf(account, Object.prototype.hasOwnProperty, OPEN)).toBeUndefined()
    expect(methodOf(account, Account, OPEN)).toBeUndefined()
    expect(methodOf(Object.prototype, Object.prototype.toString, OPEN)).toBeUndefined()
  })
})

describe('writing to what inherits elsewhere', () => {
  test('runs a setter, and leaves what can be written to the other side', () => {
    const heard: unknown[] = []
    const object = Object.defineProperties(
      {},
      {
        taken: { set: (value: unknown) => void heard.push(value) },
        read: { get: () => 1 },
        fixed: { value: 1 },
        free: { value: 1, writable: true },
      },
    ) as object
    expect(writeInherited(object, 'taken', 1, OPEN)).toBe(true)
    expect(heard).toEqual([1])
    expect(writeInherited(object, 'read', 1, OPEN)).toBe(false)
    expect(writeInherited(object, 'fixed', 1, OPEN)).toBe(false)
    expect(writeInherited(object, 'free', 1, OPEN)).toBe(null)
    expect(writeInherited(object, 'new', 1, OPEN)).toBe(null)
    expect(writeInherited(() => 1, 'length', 1, OPEN)).toBe(false)
    expect(() => writeInherited(object, 'taken', 2, new Access('none'))).toThrow(UnprotectedError)
    expect(heard).toEqual([1])
  })
})

describe('writing', () => {
  test.each(['protected', 'none'] as const)(
    'is refused when writes are %s, and nothing changes',
    (writes) => {
      const object = { a: 1 }
      expect(() => writeProperty(object, 'a', 2, new Access(writes))).toThrow(UnprotectedError)
      expect(() => deleteOwnProperty(object, 'a', new Access(writes))).toThrow(UnprotectedError)
      expect(() => defineOwnProperty(object, 'b', { value: 1 }, new Access(writes))).toThrow(
        UnprotectedError,
      )
      expect(() => preventExtensions(object, new Access(writes))).toThrow(UnprotectedError)
      expect(object).toEqual({ a: 1 })
      expect(Object.isExtensible(object)).toBe(true)
    },
  )

  test('never changes a root prototype, of any realm', () => {
    for (const target of [
      Object.prototype,
      Function.prototype,
      runInNewContext('Object.prototype') as object,
    ]) {
      expect(() => writeProperty(target, 'polluted', 1, OPEN)).toThrow(UnprotectedError)
      expect(() => preventExtensions(target, OPEN)).toThrow(UnprotectedError)
    }
  })

  test('a forbidden name is denied before anything else', () => {
    for (const key of ['__proto__', 'constructor', 'prototype', '__defineGetter__']) {
      expect(() => writeProperty({}, key, {}, OPEN)).toThrow(AccessDeniedError)
      expect(() => defineOwnProperty({}, key, {}, OPEN)).toThrow(AccessDeniedError)
    }
  })

  test('what cannot be written by anyone says so', () => {
    expect(writeProperty(Object.freeze({ a: 1 }), 'a', 2, OPEN)).toBe(false)
    expect(writeProperty({ a: 1 }, 'a', 2, OPEN)).toBe(true)
  })

  test('what is protected may be written where writes are protected, and nowhere else', () => {
    const open = { list: [1], closed: { a: 1 } }
    const given = new Access('protected')
    protect(open)
    protect(open.list)
    expect(writeProperty(open, 'a', 2, given)).toBe(true)
    expect(defineOwnProperty(open, 'b', { value: 1, configurable: true }, given)).toBe(true)
    expect(deleteOwnProperty(open, 'b', given)).toBe(true)
    expect(callMethod(open.list, 'push', open.list.push, [2], given)).toBe(2)
    expect(callAsMethod(open, () => 5, [], given)).toBe(5)
    expect(preventExtensions(open, given)).toBe(true)
    expect(open).toEqual({ list: [1, 2], closed: { a: 1 }, a: 2 })
    expect(() => writeProperty(open.closed, 'a', 2, given)).toThrow(UnprotectedError)
    expect(() => writeProperty(open, 'a', 3, new Access('none'))).toThrow(UnprotectedError)
    expect(() => callMethod(open.list, 'push', open.list.push, [2], new Access('none'))).toThrow(
      'what push() changes of Array was not written',
    )
    expect(() => callAsMethod(open.closed, () => 5, [], given)).toThrow(AccessDeniedError)
    const list = proxy([1], { schema: { push: {} } })
    const pushed = readProperty(list, 'push', given) as () => unknown
    expect(() => callMethod(list, 'push', pushed, [2], given)).toThrow(UnprotectedError)
    const named = proxy([1], { methods: ['push'] })
    expect(callMethod(named, 'push', named.push, [2], given)).toBe(2)
    protect(Object.prototype)
    expect(() => writeProperty(Object.prototype, 'polluted', 1, given)).toThrow(UnprotectedError)
  })
})
