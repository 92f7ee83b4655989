/**
 * Threads that block on each other's asynchronous methods at the same moment, in calls that have nothing to do with each other: each of them
 * would need the event loop of one that is blocked, so one of the calls must fail for the others to go on.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createFlag } from './fixtures/shared-flag.ts'
import { Threads } from './threads.ts'

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b', 'c'])
})

afterEach(() => threads.go())

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

/** What becomes of each that blocks on the next one's method, when all of them are about to. */
async function together(ring: readonly string[], methods: readonly string[]): Promise<unknown[]> {
  const flag = createFlag()
  const calls = ring.map((name, at) => {
    const next = ring[(at + 1) % ring.length] as string // in range
    return [name, flag, ring.length, next, methods[at] as string, 'it'] as const
  })
  const there = calls
    .filter(([name]) => name !== 'main')
    .map(([name, ...args]) => threads.peer(name).attemptTogether(...args))
  await turn()
  const here = calls.find(([name]) => name === 'main')
  if (here === undefined) return await Promise.all(there)
  const [, ...args] = here
  return [threads.main.attemptTogether(...args), ...(await Promise.all(there))]
}

const RINGS: readonly string[][] = [
  ['a', 'b'],
  ['main', 'a'],
  ['a', 'b', 'c'],
  ['main', 'a', 'b'],
]
const answered = { value: 'it' }

describe('when one of them needs no event loop, all are answered', () => {
  test.each(RINGS)('%s, %s ...', async (...ring) => {
    for (let round = 0; round < 20; round++) {
      const methods = ring.map((_, at) => (at === round % ring.length ? 'echo' : 'later'))
      expect(await together(ring, methods)).toEqual(ring.map(() => answered))
    }
  })
})

describe('when each needs an event loop', () => {
  test.each(RINGS)('one is refused, and the others are answered: %s, %s ...', async (...ring) => {
    const outcomes = await together(
      ring,
      ring.map(() => 'later'),
    )
    expect(outcomes).toContainEqual(expect.objectContaining({ code: 'FARHOLD_WOULD_BLOCK' }))
    expect(outcomes).not.toContainEqual(expect.objectContaining({ code: 'FARHOLD_CALL_TIMEOUT' }))
  })
})
