import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRingMemory, RingReader, RingWriter } from './ring.ts'

function ring() {
  const memory = createRingMemory()
  return { memory, writer: new RingWriter(memory), reader: new RingReader(memory) }
}

test('what is written is read, in order, round and round', () => {
  const { writer, reader } = ring()
  for (let n = 0; n < 5000; n++) {
    expect(writer.write([n, 'x'.repeat(n % 300)])).toBe(true)
    expect(writer.write([n, null])).toBe(true)
    expect(reader.take()).toEqual([n, 'x'.repeat(n % 300)])
    expect(reader.take()).toEqual([n, null])
    expect(reader.isEmpty).toBe(true)
  }
})

test('as a queue does, for any sequence of writing and reading, until it is full', () => {
  const step = fc.oneof(
    fc.nat(4000).map((length) => ({ write: length })),
    fc.constant({ read: true }),
    fc.constant({ post: true }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 400 }), (steps) => {
      const { writer, reader } = ring()
      const model: (readonly [number, string] | 'posted')[] = []
      let number = 0
      const take = (): void => {
        const next = model[0]
        expect(reader.isEmpty).toBe(!model.some((item) => item !== 'posted'))
        const taken = reader.take()
        if (next === undefined || next === 'posted') {
          expect(taken).toBeUndefined()
          expect(reader.isPosted).toBe(next === 'posted')
          if (next === 'posted') {
            model.shift()
            reader.took()
          }
        } else expect(taken).toEqual(model.shift())
      }
      for (const one of steps) {
        if ('write' in one) {
          const values = [number++, 'y'.repeat(one.write)] as const
          if (writer.write(values)) model.push(values)
          else expect(model.length, 'it is full only when much is unread').toBeGreaterThan(8)
        } else if ('post' in one) {
          writer.posted()
          model.push('posted')
        } else take()
      }
      while (model.length > 0) take()
      expect(reader.take()).toBeUndefined()
    }),
    { numRuns: 60 },
  )
})

test('full is full, until something is read', () => {
  const { writer, reader } = ring()
  let written = 0
  while (writer.write([written, 'z'.repeat(1000)])) written++
  expect(written).toBeGreaterThan(50)
  expect(writer.write(['one more'.repeat(200)])).toBe(false)
  for (let n = 0; n < written; n++) expect(reader.take()).toEqual([n, 'z'.repeat(1000)])
  expect(writer.write(['one more'.repeat(200)])).toBe(true)
  expect(reader.take()).toEqual(['one more'.repeat(200)])
})

test('what is larger than an entry may be is refused, and nothing is left of it', () => {
  const { writer, reader } = ring()
  expect(writer.write(new Array(10).fill('x'.repeat(4000)))).toBe(false)
  expect(reader.isEmpty).toBe(true)
  expect(writer.write([1])).toBe(true)
  expect(reader.take()).toEqual([1])
})

/** Where the counters are, in numbers of 4 bytes, and the first entry. */
const WRITTEN = 0
const ENTRY = 192 / 4

describe('a ring that lies', () => {
  const lies: Record<string, (cells: Int32Array) => void> = {
    'more written than there is room': (cells) => {
      cells[WRITTEN] = (1 << 16) + 8
    },
    'less written than was read': (cells) => {
      cells[WRITTEN] = -8
    },
    'written in the middle of an entry': (cells) => {
      cells[WRITTEN] = 12
    },
    'a length past what is written': (cells) => {
      cells[ENTRY] = 4096
    },
    'a length past the ring': (cells) => {
      cells[ENTRY] = 2 ** 31 - 1
    },
    'a negative length': (cells) => {
      cells[ENTRY] = -5
    },
    'a wrap with nothing behind it': (cells) => {
      cells[ENTRY] = -1
    },
    'an entry after more posts than there were': (cells) => {
      cells[ENTRY + 1] = 1
    },
    'an entry after fewer posts than were taken': (cells) => {
      cells[ENTRY + 1] = -1
    },
    'values that are no list': (cells) => {
      new Uint8Array(cells.buffer)[192 + 8] = 20
    },
    'values of no kind': (cells) => {
      new Uint8Array(cells.buffer)[192 + 8] = 12
    },
  }
  test.for(Object.entries(lies))('%s', ([, lie]) => {
    const { memory, writer, reader } = ring()
    writer.write([1, 'two', { three: 3 }])
    lie(new Int32Array(memory))
    expect(() => reader.take()).toThrow(/shared memory/)
  })

  test('any bytes at all: an error or values, never more than was written', () => {
    const bytes = fc.uint8Array({ minLength: 64, maxLength: 64 })
    fc.assert(
      fc.property(bytes, fc.integer(), (content, written) => {
        const { memory, reader } = ring()
        new Uint8Array(memory).set(content, 192)
        Atomics.store(new Int32Array(memory), WRITTEN, written)
        try {
          reader.take()
        } catch (error) {
          expect(error).toMatchObject({ name: 'ProtocolError' })
        }
      }),
      { numRuns: 1000 },
    )
  })
})
