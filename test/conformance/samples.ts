/**
 * Values that must arrive as they are, one or more for every row of the table in DESIGN.md, section 4. Both
 * contexts make their own, so what arrives is compared on the side where it arrived.
 */
import { Basket, Money, QuotaError } from './registered.ts'

/** A sample's name, and how one is made. `undefined` where the platform lacks it. */
export const samples: Readonly<Record<string, () => unknown>> = {
  // primitives
  undefined: () => undefined,
  null: () => null,
  true: () => true,
  false: () => false,
  zero: () => 0,
  'minus zero': () => -0,
  fraction: () => 0.1,
  'a large number': () => Number.MAX_VALUE,
  NaN: () => Number.NaN,
  Infinity: () => Number.POSITIVE_INFINITY,
  '-Infinity': () => Number.NEGATIVE_INFINITY,
  bigint: () => 2n ** 70n,
  'negative bigint': () => -1n,
  'empty string': () => '',
  'string of other scripts': () => 'Ünïcode \u{1f600} \u2028',
  'string that starts with U+0000': () => '\0',
  'string of two U+0000': () => '\0\0',
  'string that looks like a marker': () => '\u00000',
  'string that looks like an escaped marker': () => '\u0000\u00000',
  'lone surrogates': () => 'a\ud800b\udfff',
  'well-known symbol': () => Symbol.asyncIterator,
  'registered symbol': () => Symbol.for('farhold.test'),
  'registered symbol without a name': () => Symbol.for(''),

  // containers
  'empty object': () => ({}),
  'empty array': () => [],
  'empty Map': () => new Map(),
  'empty Set': () => new Set(),
  'all primitives in an object': () => ({
    undefined: undefined,
    null: null,
    minusZero: -0,
    nan: Number.NaN,
    infinity: Number.POSITIVE_INFINITY,
    bigint: 10n,
    marker: '\u00000',
    symbol: Symbol.for('inside'),
  }),
  'all primitives in an array': () => [
    undefined,
    null,
    -0,
    Number.NaN,
    -Infinity,
    7n,
    '\0',
    Symbol.iterator,
  ],
  'sparse array': () => [, 1, , undefined, ,],
  'array of holes': () => new Array(3),
  'longest sparse array': () => {
    const list: unknown[] = []
    list[4_294_967_294] = 'last'
    return list
  },
  'sparse array with a cycle': () => {
    const list: unknown[] = [, 'x']
    list[5] = list
    return list
  },
  'null-prototype object': () => bare({ a: 1, inner: bare({ b: undefined }) }),
  'null-prototype object with a cycle': () => {
    const object = bare({ list: [1] })
    object.self = object
    return object
  },
  'keys that look special': () => ({
    '': 0,
    ' ': 1,
    '1': 2,
    'a.b': 3,
    'a\\.b': 4,
    '\0': 5,
    '\u00000': -0,
    then: 'data',
    toJSON: 'data',
    json: 1,
    meta: { values: ['undefined'] },
    length: 3,
    hasOwnProperty: 'data',
    toString: 'data',
  }),
  'rich values below keys with dots': () => ({ 'a.b': { 'c\\d': -0 }, 'e.f': [new Date(5)] }),
  'deep nesting': () => {
    let value: unknown = 'bottom'
    for (let depth = 0; depth < 60; depth++) value = depth % 2 === 0 ? { value } : [value]
    return value
  },

  // identity
  'object in a cycle': () => {
    const object: Record<string, unknown> = { a: 1 }
    object.self = object
    object.inner = { outer: object }
    return object
  },
  'array in a cycle': () => {
    const list: unknown[] = [1]
    list.push(list, [list])
    return list
  },
  'shared parts': () => {
    const shared = { x: 1 }
    const list = [shared]
    return { shared, again: shared, list, deep: { list, shared } }
  },
  'equal parts that are not shared': () => [{ x: 1 }, { x: 1 }, [], []],
  'shared rich parts': () => {
    const date = new Date(1e12)
    const map = new Map([['date', date]])
    const set = new Set([map])
    return [date, map, set, { date, map, set }, /x/g]
  },
  'Map with a cycle': () => {
    const map = new Map<unknown, unknown>()
    map.set('self', map)
    map.set(map, { map })
    return map
  },
  'Set with a cycle': () => {
    const set = new Set<unknown>([1])
    set.add(set)
    set.add({ set })
    return set
  },
  'Map with keys of every kind': () => {
    const key = { key: true }
    return new Map<unknown, unknown>([
      [key, 'object'],
      [[1], 'array'],
      [undefined, 'undefined'],
      [null, 'null'],
      [Number.NaN, 'NaN'],
      [1n, 'bigint'],
      [Symbol.for('key'), 'symbol'],
      ['\u00000', 'marker'],
      [new Map([[key, key]]), key],
      ['1', 'text'],
      [1, 'number'],
    ])
  },
  'Set of every kind': () =>
    new Set<unknown>([undefined, null, Number.NaN, 1, '1', 1n, {}, [], new Set([new Map()]), '\0']),

  // built-in classes
  Date: () => new Date('2026-11-21T08:47:42.123Z'),
  'Date before 1970': () => new Date(-1),
  'invalid Date': () => new Date(Number.NaN),
  RegExp: () => /a(?<name>b+)\/[\n"]/giu,
  'empty RegExp': () => /(?:)/,
  URL: () => new (platformClass('URL'))('https://user@example.org:8080/a/b?c=%20d#e'),
  'built-in classes in data': () => ({
    dates: [new Date(0), new Date(Number.NaN)],
    patterns: { one: /x/y },
  }),

  // errors as data
  Error: () => new Error('as data'),
  'errors in data': () => {
    const cause = new RangeError('cause')
    const error = Object.assign(new TypeError('outer', { cause }), {
      code: 'E_CODE',
      detail: { at: [1, undefined] },
    })
    return { error, list: [error, cause], aggregate: new AggregateError([error, 'text'], 'many') }
  },
  'Error with a cycle': () => {
    const error: Error & { self?: unknown } = new Error('cyclic')
    error.self = { error }
    error.cause = error
    return error
  },
  'Error with a name of its own': () => Object.assign(new Error('named'), { name: 'CustomName' }),
  'Error without a message': () => new Error(),

  // bytes
  ArrayBuffer: () => new Uint8Array([1, 2, 3]).buffer,
  'empty ArrayBuffer': () => new ArrayBuffer(0),
  'large ArrayBuffer': () => new Uint8Array(100_000).fill(7).buffer,
  Int8Array: () => new Int8Array([-128, 0, 127]),
  Uint8Array: () => new Uint8Array([0, 128, 255]),
  Uint8ClampedArray: () => new Uint8ClampedArray([0, 128, 255]),
  Int16Array: () => new Int16Array([-32_768, 32_767]),
  Uint16Array: () => new Uint16Array([0, 65_535]),
  Int32Array: () => new Int32Array([-(2 ** 31), 2 ** 31 - 1]),
  Uint32Array: () => new Uint32Array([0, 2 ** 32 - 1]),
  Float16Array: () => new (platformClass('Float16Array'))([1.5, -0, Number.NaN]),
  Float32Array: () => new Float32Array([1.5, -0, Number.NaN, Infinity]),
  Float64Array: () => new Float64Array([0.1, -0, Number.NaN, -Infinity]),
  BigInt64Array: () => new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n]),
  BigUint64Array: () => new BigUint64Array([0n, 2n ** 64n - 1n]),
  DataView: () => new DataView(new Uint8Array([1, 2, 3, 4]).buffer),
  'DataView of a part': () => new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2),
  'empty Uint8Array': () => new Uint8Array(0),
  'large Float64Array': () => new Float64Array(10_000).fill(0.5),
  'part of a buffer': () => new Uint16Array(new Uint16Array([1, 2, 3, 4, 5]).buffer, 2, 3),
  'shared typed array': () => {
    const bytes = new Uint8Array([1, 2])
    return [bytes, { bytes }, new Map([[bytes, bytes]])]
  },
  'bytes beside other values': () => ({
    bytes: new Uint8Array([9]),
    date: new Date(0),
    text: '\0',
    buffer: new ArrayBuffer(2),
  }),

  // registered classes whose every property crosses
  'instance of a registered class': () => {
    const basket = new Basket([1, undefined, new Date(3)])
    basket.owner = { basket }
    basket.price = -0
    return basket
  },
  'registered instances in data': () => {
    const basket = new Basket([])
    return new Map<unknown, unknown>([
      ['basket', basket],
      [basket, [basket, new Basket([basket])]],
    ])
  },
  'registered error': () => new QuotaError('none left', 0),
}

/** Samples that arrive as something else than what was sent, for the cases that look at them by hand. */
export function money(): Money {
  return new Money(5, 'EUR', 'not for others')
}

function bare(properties: Record<string, unknown>): Record<string, unknown> {
  return Object.assign(Object.create(null) as Record<string, unknown>, properties)
}

/** A class of the platform. @throws {ReferenceError} where there is none of that name. */
export function platformClass(name: string): new (...args: readonly unknown[]) => object {
  const Class: unknown = Reflect.get(globalThis, name)
  if (typeof Class !== 'function') throw new ReferenceError(`${name} is not defined`)
  return Class as new (
    ...args: readonly unknown[]
  ) => object // it is a class wherever it exists
}
