import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import {
  defineOwnProperty,
  deleteOwnProperty,
  hasProperty,
  preventExtensions,
  readProperty,
  visibleKeys,
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
