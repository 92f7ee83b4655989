import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import { classNameOf, isEvaluator, type PassStyle, passStyleOf } from './pass-style.ts'

class Own {
  get [Symbol.toStringTag](): string {
    return 'Map'
  }
}

const STYLES: readonly (readonly [PassStyle, object])[] = [
  ['plain', {}],
  ['bare', Object.create(null) as object],
  ['array', []],
  ['array', new (class extends Array {})()],
  ['map', new Map()],
  ['set', new Set()],
  ['date', new Date()],
  ['regexp', /x/],
  ['url', new URL('https://example.org')],
  ['error', new Error()],
  ['error', new (class extends TypeError {})()],
  ['error', new DOMException('x')],
  ['buffer', new ArrayBuffer(1)],
  ['view', new Uint8Array(1)],
  ['view', Buffer.from('x')],
  ['view', new DataView(new ArrayBuffer(1))],
  ['shared', new SharedArrayBuffer(1)],
  ['promise', Promise.resolve()],
  ['iterator', (function* () {})()],
  ['iterator', (async function* () {})()],
  ['iterator', [].values()],
  ['iterator', { [Symbol.asyncIterator]: () => undefined }],
  ['readable', new ReadableStream()],
  ['writable', new WritableStream()],
  ['signal', new AbortController().signal],
  ['reference', () => undefined],
  ['reference', class {}],
  ['refused', new Own()],
  ['refused', new (class extends Map {})()],
  ['refused', new WeakMap()],
  ['refused', Object(1) as object],
  ['refused', Object.create({ inherited: 1 }) as object],
  ['refused', Function],
  ['refused', Reflect.get(globalThis, 'eval') as object],
]

describe('passStyleOf', () => {
  test.for(STYLES.map(([style, value], index) => [style, index, value] as const))(
    '%s, sample %i',
    ([style, , value]) => {
      expect(passStyleOf(value)).toBe(style)
    },
  )

  test('built-in objects of another realm are what they are here', () => {
    const values = runInNewContext(
      '[{}, [], new Map(), new Set(), new Date(), /x/, new TypeError(), new ArrayBuffer(1), new Uint8Array(1), Promise.resolve()]',
    ) as object[]
    expect(values.map(passStyleOf)).toEqual([
      'plain',
      'array',
      'map',
      'set',
      'date',
      'regexp',
      'error',
      'buffer',
      'view',
      'promise',
    ])
  })

  test('runs nothing of the value', () => {
    const hostile = new Proxy(class Hostile {}.prototype, {
      get: (_target, key) => {
        if (key === Symbol.toStringTag) return undefined
        throw new Error(`${String(key)} was read`)
      },
    })
    expect(
      passStyleOf(
        Object.create(hostile, { constructor: { get: () => expect.unreachable() } }) as object,
      ),
    ).toBe('refused')
  })
})

test('classNameOf says what a user would, and runs no getter', () => {
  expect(classNameOf(new Own())).toBe('Own')
  expect(classNameOf(Object.create(null) as object)).toBe('an object')
  expect(classNameOf(function named() {})).toBe('function named')
  expect(classNameOf(() => undefined)).toBe('a function')
  class Nameless {
    readonly own = 1
    static get name(): string {
      return expect.unreachable()
    }
  }
  expect(classNameOf(Nameless)).toBe('a function')
  expect(classNameOf(new Nameless())).toBe('an object')
  expect(
    classNameOf(
      Object.create({
        get constructor() {
          return expect.unreachable()
        },
      }) as object,
    ),
  ).toBe('an object')
})

test('every class that makes code of text is an evaluator', () => {
  for (const make of [() => {}, async () => {}, function* () {}, async function* () {}]) {
    expect(isEvaluator(Object.getPrototypeOf(make).constructor)).toBe(true)
  }
  expect(isEvaluator(Reflect.get(globalThis, 'eval'))).toBe(true)
  expect(isEvaluator(Object)).toBe(false)
})
