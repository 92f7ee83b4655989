import { describe, expect, test } from 'vitest'
import { LimitExceededError, ProtocolError } from '../errors.ts'
import { type Limits, limitsFrom, OPEN_LIMITS } from '../limits.ts'
import { Quota } from '../quota.ts'
import { textCodec } from './text.ts'

const quotaFor = (limits: Partial<Limits> = {}): Quota =>
  new Quota(limitsFrom(OPEN_LIMITS, limits), {}, true)

const through = (value: unknown): unknown => {
  const packed = textCodec.pack(value, true)
  const { value: json, codecExtra } = JSON.parse(JSON.stringify(packed)) as typeof packed
  return textCodec.unpack(json, codecExtra ?? undefined, quotaFor())
}

const read = (json: unknown, values: unknown, limits: Partial<Limits> = {}): unknown =>
  textCodec.unpack(json, { values }, quotaFor(limits))

describe('what JSON cannot say', () => {
  const leaves: readonly unknown[] = [
    undefined,
    Number.NaN,
    Infinity,
    -Infinity,
    -0,
    1,
    null,
    'text',
    10n,
    -(2n ** 70n),
    new Date(5),
    /a+\/b/gi,
    /[/]\\/u,
  ]
  // Dots part the steps of a path, and a backslash stands before one that does not.
  const names = ['a', 'a.b', '.', '..', '\\', '\\.', 'a\\', '0', '', '0.1']

  test.each(leaves.map((leaf) => [leaf]))('%s comes back as it was, wherever it stands', (leaf) => {
    for (const value of [leaf, [leaf], [1, [leaf, { a: leaf }]], { a: [[leaf], leaf] }])
      expect(through(value)).toStrictEqual(value)
  })

  test('whatever the names around it are', () => {
    const named = (part: unknown): object => Object.fromEntries(names.map((name) => [name, part]))
    for (const leaf of leaves) {
      expect(through(named(leaf))).toStrictEqual(named(leaf))
      expect(through([named([leaf, named({ leaf })])])).toStrictEqual([
        named([leaf, named({ leaf })]),
      ])
    }
  })

  test.each<[string, unknown, unknown]>([
    ['a kind that is not carried', [1], { 0: ['map'] }],
    ['a kind with parts', [1], { 0: ['Date', {}] }],
    ['a part that is not there', [1], { 1: ['undefined'] }],
    ['a part of no object', [1], { '0.a': ['undefined'] }],
    ['a part that is inherited', {}, { toString: ['undefined'] }],
    ['a prototype', {}, { '__proto__.polluted': ['undefined'] }],
    ['a method of all arrays', [], { 'constructor.prototype.map': ['undefined'] }],
    ['a BigInt of no digits', ['0x10'], { 0: ['bigint'] }],
    ['a BigInt of a list', [[1]], { 0: ['bigint'] }],
    ['no annotations', [1], 5],
    ['annotations of nothing', [1], { 0: null }],
  ])('%s is refused', (_, json, values) => {
    expect(() => read(json, values)).toThrow(ProtocolError)
    expect('polluted' in {}).toBe(false)
  })

  test('a BigInt has no more digits than it may, its sign aside', () => {
    const read100 = (digits: string): unknown => read([digits], { 0: ['bigint'] }, { digits: 100 })
    expect(read100('9'.repeat(100))).toEqual([10n ** 100n - 1n])
    expect(read100(`-${'9'.repeat(100)}`)).toEqual([1n - 10n ** 100n])
    expect(() => read100('9'.repeat(101))).toThrow(LimitExceededError)
  })

  test('there are no more annotations than parts may be, and none deeper', () => {
    const list = Array.from({ length: 10 }, () => null)
    const annotated = (count: number): unknown =>
      read([...list], Object.fromEntries(list.slice(0, count).map((_, n) => [n, ['undefined']])), {
        keys: 8,
      })
    // The object that has them is one, too.
    expect(() => annotated(7)).not.toThrow()
    expect(() => annotated(8)).toThrow(LimitExceededError)
    const nested = (levels: number): unknown => {
      let json: unknown = 1
      let values: unknown = ['undefined']
      for (let n = 0; n < levels; n++) {
        json = [json]
        values = { 0: values }
      }
      return read(json, values, { depth: 20 })
    }
    expect(() => nested(20)).not.toThrow()
    expect(() => nested(21)).toThrow(LimitExceededError)
  })

  test('many annotations far inside are found from where they stand, and not from the start', () => {
    // From the start it would be ten thousand million steps.
    const far = 100_000
    const many = 100_000
    const inner = Array.from({ length: many }, () => null)
    let json: unknown = inner
    for (let n = 0; n < far; n++) json = [json]
    const path = '0'.concat('.0'.repeat(far - 1))
    read(json, { [path]: Object.fromEntries(inner.map((_, n) => [n, ['undefined']])) })
    expect(inner.every((item) => item === undefined)).toBe(true)
  })
})
