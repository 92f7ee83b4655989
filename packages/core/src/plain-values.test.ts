import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { NO_ROOM, NOT_PLAIN, PlainReader, PlainWriter } from './plain-values.ts'

const SIZE = 4096
const memory = new SharedArrayBuffer(SIZE)
const writer = new PlainWriter(memory, 0)
const reader = new PlainReader(memory, 0)

function roundTrip(values: readonly unknown[]): unknown {
  const end = writer.writeAll(values, 0, SIZE)
  expect(end).toBeGreaterThan(0)
  return reader.read(0, end)
}

const plain = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(undefined, null, true, false, -0, 0, Number.NaN, 2 ** 31, -(2 ** 31), 239, 240),
    fc.integer(),
    fc.double(),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.string({ maxLength: 80 }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string({ maxLength: 8 }).filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value

test('what is plain comes out as it went in, or does not go in', () => {
  fc.assert(
    fc.property(fc.array(plain, { maxLength: 6 }), (values) => {
      const end = writer.writeAll(values, 0, SIZE)
      if (end === NO_ROOM || end === NOT_PLAIN) return
      expect(reader.read(0, end)).toStrictEqual(values)
    }),
    { numRuns: 500 },
  )
})

test('nothing is written past its end, however much there is to write', () => {
  const bytes = new Uint8Array(memory)
  fc.assert(
    fc.property(fc.array(plain, { maxLength: 6 }), fc.nat(200), (values, room) => {
      bytes.fill(0xaa)
      const end = writer.writeAll(values, 8, 8 + room)
      expect(end).toBeLessThanOrEqual(8 + room)
      expect(bytes.subarray(8 + room).every((byte) => byte === 0xaa)).toBe(true)
    }),
    { numRuns: 300 },
  )
})

test('whatever is there, reading it ends, with values or a protocol error', () => {
  const bytes = new Uint8Array(memory)
  const kinds = fc.oneof(fc.nat(12), fc.nat(255))
  fc.assert(
    fc.property(fc.array(kinds, { maxLength: 120 }), fc.nat(130), (content, length) => {
      bytes.fill(0xff)
      bytes.set(content)
      try {
        reader.read(0, length)
      } catch (error) {
        expect(error).toMatchObject({ name: 'ProtocolError' })
      }
    }),
    { numRuns: 3000 },
  )
})

describe('what is not plain is left to the platform', () => {
  const shared = { a: 1 }
  const cyclic: unknown[] = []
  cyclic.push(cyclic)
  let deep: unknown = 1
  for (let depth = 0; depth < 40; depth++) deep = [deep]
  const unplain: Record<string, unknown> = {
    'an object that comes twice': [shared, shared],
    'a cycle': cyclic,
    'a Map': new Map(),
    'a Date': new Date(0),
    'an array with a hole': Object.assign(new Array(3), [1]),
    'an array with a property beside its items': /a/.exec('a'),
    'an object without a prototype': Object.create(null),
    'an instance': new (class Thing {})(),
    bytes: new Uint8Array(2),
    'a bigint': 5n,
    'a symbol': Symbol.iterator,
    'a function': () => undefined,
    'a string that is too long': 'x'.repeat(5000),
    'what is nested too deep': deep,
  }
  test.for(Object.entries(unplain))('%s', ([, value]) => {
    expect(writer.writeAll([1, value], 0, SIZE)).toBe(NOT_PLAIN)
    expect(writer.writeAll([{ in: [value] }], 0, SIZE)).toBe(NOT_PLAIN)
  })
})

test('what comes in two values of a list is plain in both', () => {
  const args = [1]
  expect(roundTrip([args, args])).toEqual([[1], [1]])
})

test('keys that come again, in other objects, other orders and other words', () => {
  const words = ['a', 'b', 'id', 'name', 'émile', '名', '', '0']
  const keys = fc.uniqueArray(fc.constantFrom(...words), { maxLength: 5 })
  fc.assert(
    fc.property(fc.array(keys, { maxLength: 8 }), (list) => {
      const values = list.map((keys) => Object.fromEntries(keys.map((key, index) => [key, index])))
      expect(roundTrip(values)).toStrictEqual(values)
    }),
    { numRuns: 2000 },
  )
})

test('a getter that throws leaves nothing behind', () => {
  const item = { inner: [] }
  const bad = {
    item,
    get bad(): never {
      throw new Error('no')
    },
  }
  expect(() => writer.write(bad, 0, SIZE)).toThrow('no')
  expect(roundTrip([item])).toEqual([item])
})

describe('what lies is refused', () => {
  const lies: Record<string, readonly number[]> = {
    'an array longer than what is left': [6, 0xff, 0xff, 0xff, 0x7f],
    'an array of negative length': [6, 0xff, 0xff, 0xff, 0xff],
    'a string longer than what is left': [8, 200, 0, 0, 0, 65],
    'a wide string longer than what is left': [9, 3, 0, 0, 0, 65, 0, 66, 0],
    'an object with more keys than bytes': [7, 9, 0, 0, 0, 8, 1, 0, 0, 0, 65, 1],
    'a key that is a number': [7, 1, 0, 0, 0, 20, 1],
    'the key __proto__': [7, 1, 0, 0, 0, 8, 9, 0, 0, 0, ...Buffer.from('__proto__'), 7, 0, 0, 0, 0],
    'a number cut short': [5, 0, 0],
    'an unknown kind': [15],
    'nothing at all': [],
    'arrays without end': new Array(500).fill([6, 1, 0, 0, 0]).flat() as number[],
  }
  test.for(Object.entries(lies))('%s', ([, content]) => {
    new Uint8Array(memory).set(content)
    expect(() => reader.read(0, content.length)).toThrow(/shared memory holds/)
  })
})
