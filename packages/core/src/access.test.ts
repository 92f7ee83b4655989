import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import {
  defineOwnProperty,
  deleteOwnProperty,
  hasMethod,
  hasProperty,
  preventExtensions,
  readProperty,
  visibleKeys,
  writeInherited,
  writeProperty,
} from './access.ts'
import { AccessDeniedError, UnprotectedError } from './errors.ts'

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
    expect(readProperty(object, 'own')).toBe(1)
    expect(readProperty(object, 'computed')).toBe(2)
    expect(typeof readProperty(object, 'inherited')).toBe('function')
    expect(readProperty(Derived, 'shared')).toBe('static')
    expect(readProperty('text', 'length')).toBe(4)
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
      expect(readProperty(target, key), key).toBeUndefined()
      expect(hasProperty(target, key), key).toBe(false)
    }
    expect(() => readProperty(target, 'constructor')).toThrow(AccessDeniedError)
    expect(hasProperty(target, 'constructor')).toBe(false)
  })

  test('a getter has the object that was asked as its this', () => {
    const object = Object.create({
      get self(): unknown {
        return this
      },
    }) as object
    expect(readProperty(object, 'self')).toBe(object)
  })

  test('says what was read of nothing', () => {
    expect(() => readProperty(undefined, 'x')).toThrow('cannot read property "x" of undefined')
    expect(() => readProperty(null, Symbol.iterator)).toThrow(
      'property Symbol(Symbol.iterator) of null',
    )
  })

  test('lists no key that a peer could not name', () => {
    const object = { a: 1, [Symbol.for('shared')]: 2, [Symbol('unique')]: 3, constructor: 4 }
    Object.defineProperty(object, '__proto__', { value: 5, enumerable: true })
    expect(visibleKeys(object)).toEqual(['a', Symbol.for('shared')])
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
  const methodOf = (object: object, key: PropertyKey): unknown => Reflect.get(object, key)

  test('is for what a peer could call on it: of its own, of a class, or an accessor', () => {
    const balance = Object.getOwnPropertyDescriptor(Account.prototype, 'balance')?.get
    expect(hasMethod(account, methodOf(account, 'own'))).toBe(true)
    expect(hasMethod(account, methodOf(account, 'pay'))).toBe(true)
    expect(hasMethod(account, balance)).toBe(true)
  })

  test('is not for a method of something else, or of a root prototype', () => {
    expect(hasMethod({ pay: () => undefined }, methodOf(account, 'pay'))).toBe(false)
    expect(hasMethod(account, Object.prototype.hasOwnProperty)).toBe(false)
    expect(hasMethod(account, Account)).toBe(false)
    expect(hasMethod(Object.prototype, Object.prototype.toString)).toBe(false)
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
    expect(writeInherited(object, 'taken', 1, 'open')).toBe(true)
    expect(heard).toEqual([1])
    expect(writeInherited(object, 'read', 1, 'open')).toBe(false)
    expect(writeInherited(object, 'fixed', 1, 'open')).toBe(false)
    expect(writeInherited(object, 'free', 1, 'open')).toBe(null)
    expect(writeInherited(object, 'new', 1, 'open')).toBe(null)
    expect(writeInherited(() => 1, 'length', 1, 'open')).toBe(false)
    expect(() => writeInherited(object, 'taken', 2, 'none')).toThrow(UnprotectedError)
    expect(heard).toEqual([1])
  })
})

describe('writing', () => {
  test.each(['protected', 'none'] as const)(
    'is refused when writes are %s, and nothing changes',
    (writes) => {
      const object = { a: 1 }
      expect(() => writeProperty(object, 'a', 2, writes)).toThrow(UnprotectedError)
      expect(() => deleteOwnProperty(object, 'a', writes)).toThrow(UnprotectedError)
      expect(() => defineOwnProperty(object, 'b', { value: 1 }, writes)).toThrow(UnprotectedError)
      expect(() => preventExtensions(object, writes)).toThrow(UnprotectedError)
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
      expect(() => writeProperty(target, 'polluted', 1, 'open')).toThrow(UnprotectedError)
      expect(() => preventExtensions(target, 'open')).toThrow(UnprotectedError)
    }
  })

  test('a forbidden name is denied before anything else', () => {
    for (const key of ['__proto__', 'constructor', 'prototype', '__defineGetter__']) {
      expect(() => writeProperty({}, key, {}, 'open')).toThrow(AccessDeniedError)
      expect(() => defineOwnProperty({}, key, {}, 'open')).toThrow(AccessDeniedError)
    }
  })

  test('what cannot be written by anyone says so', () => {
    expect(writeProperty(Object.freeze({ a: 1 }), 'a', 2, 'open')).toBe(false)
    expect(writeProperty({ a: 1 }, 'a', 2, 'open')).toBe(true)
  })
})
