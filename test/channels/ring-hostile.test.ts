/**
 * A ring in memory that anyone writes into, before and amid every operation: each comes to its end, with a result or a typed error.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ASK, ChannelRing, EMPTY } from '../../packages/core/src/channel-ring.ts'
import { SteppedCall } from './stepped.ts'

const CAPACITY = 3
const WORDS = 64 + CAPACITY * 64

/** Numbers that go far: states of laps nearby, positions, and any. */
const value = fc.oneof(
  fc
    .tuple(fc.constantFrom(0, 1, 2, 2 ** 20 - 1, 2 ** 20), fc.nat(3), fc.nat(7))
    .map(([lap, participant, phase]) => (lap << 11) | (participant << 3) | phase),
  fc.nat(10),
  fc.constantFrom(3 * 2 ** 20 - 1, 3 * 2 ** 20, -1, 0xffff, 0x7fffffff, -0x80000000),
  fc.integer(),
)
const index = fc.oneof(
  fc.constantFrom(16, 32, 48, 49, 50, 51),
  fc.constantFrom(64, 128, 192),
  fc.constantFrom(65, 66, 67, 129, 130, 131, 193, 194, 195),
  fc.nat(WORDS - 1),
)
const writes = fc.array(fc.tuple(index, value), { maxLength: 3 })
type Writes = readonly (readonly [number, number])[]

function write(ring: ChannelRing, list: Writes): void {
  const cells = new Int32Array(ring.memory)
  for (const [at, number] of list) cells[at] = number
}

const newRing = () => new ChannelRing(ChannelRing.create(CAPACITY), () => undefined)

function check(run: () => unknown): void {
  try {
    run()
  } catch (error) {
    expect(error).toMatchObject({ name: 'ProtocolError' })
  }
}

const acts: readonly ((ring: ChannelRing) => void)[] = [
  (ring) => expect(['done', 'full', 'ask']).toContain(ring.put(1, { id: 1, name: 'item' })),
  (ring) => void ring.take(2),
  (ring) => expect(['number', 'string']).toContain(typeof ring.putPlaceholder(1)),
  (ring) => expect(ring.head().kind).toBeTypeOf('string'),
  (ring) => expect(ring.takeHead(0).kind).toBeTypeOf('string'),
  (ring) => expect(ring.count).toBeLessThanOrEqual(CAPACITY),
  (ring) => expect(ring.repair(1).length).toBeLessThanOrEqual(CAPACITY),
  (ring) => expect(ring.markSent(2, 'orphaned')).toBeLessThanOrEqual(CAPACITY),
  (ring) => expect(ring.markSent(1, 'removed')).toBeLessThanOrEqual(CAPACITY),
]

test('written into between operations', () => {
  const rounds = fc.array(fc.tuple(writes, fc.nat(acts.length - 1)), { maxLength: 30 })
  fc.assert(
    fc.property(rounds, (list) => {
      const ring = newRing()
      for (const [bad, act] of list) {
        write(ring, bad)
        check(() => acts[act]!(ring))
      }
    }),
    { numRuns: 2000 },
  )
})

test('written into amid operations', () => {
  const call = fc.record({ isPut: fc.boolean(), writes: fc.array(writes, { maxLength: 8 }) })
  fc.assert(
    fc.property(fc.array(call, { maxLength: 8 }), (calls) => {
      const ring = newRing()
      ring.put(1, 'first')
      for (const { isPut, writes } of calls) {
        const item = { id: 1, name: 'item' }
        const run = new SteppedCall(ring.memory, () => (isPut ? ring.put(1, item) : ring.take(2)))
        for (const bad of writes) {
          if (run.outcome !== undefined) break
          write(ring, bad)
          run.step()
        }
        check(() => {
          const outcome = run.finish()
          if ('error' in outcome) throw outcome.error
        })
      }
    }),
    { numRuns: 500 },
  )
})

test('filled with noise', () => {
  const noise = fc.uint8Array({ minLength: 64 * 4, maxLength: WORDS * 4 })
  fc.assert(
    fc.property(noise, fc.nat(WORDS), (bytes, from) => {
      const ring = newRing()
      new Uint8Array(ring.memory).set(bytes.subarray(0, WORDS * 4 - from), from)
      for (const act of acts) check(() => act(ring))
    }),
    { numRuns: 1000 },
  )
})

test('a ring that someone has broken gives nothing, and says so to the hub', () => {
  const ring = newRing()
  write(ring, [
    [16, -5],
    [32, 0x7fffffff],
  ])
  expect(ring.put(1, 1)).toBe('ask')
  expect(ring.take(1)).toBe(ASK)
  expect(ring.take(1)).not.toBe(EMPTY)
  expect(() => ring.head()).toThrow(/shared memory holds a channel/)
  expect(() => ring.takeHead(0)).toThrow(/shared memory holds a channel/)
  expect(() => ring.putPlaceholder(0)).toThrow(/shared memory holds a channel/)
  expect(() => ring.count).toThrow(/shared memory holds a channel/)
})

test('an item that is none is gone, and those behind it come through', () => {
  const ring = newRing()
  ring.put(1, 'bad')
  ring.put(1, 'good')
  write(ring, [[65, 0xffff]])
  expect(() => ring.take(2)).toThrow(/goes past its end/)
  expect(ring.take(2)).toBe('good')
})
