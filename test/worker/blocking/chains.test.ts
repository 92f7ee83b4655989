/**
 * Chains of three contexts and more in which the last needs the event loop of the first, which is blocked: a WouldBlockError at once. Each
 * call is bounded, so that one that hangs fails.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { outcomeOf } from './fixtures/peer.ts'
import { Threads } from './threads.ts'

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b', 'c', 'd'])
})

afterEach(() => threads.go())

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

const refused = { error: 'WouldBlockError', code: 'FARHOLD_WOULD_BLOCK' }

/** What becomes of blocking on the first of a way. */
async function attempt(from: string, way: readonly string[], method: string): Promise<unknown> {
  const [to, ...rest] = way
  const [first = method, ...others] = [...rest.flatMap((step) => step.split(' ')), method]
  const call = [first, ...others, 'an answer'] as const
  return from === 'main'
    ? outcomeOf(() => threads.main.block(String(to), ...call))
    : await threads.peer(from).attempt(String(to), ...call)
}

const CHAINS = [
  ['a', ['b', 'wait c', 'wait a']],
  ['a', ['b', 'block c', 'block a']],
  ['a', ['b', 'wait c', 'block a']],
  ['a', ['b', 'block c', 'wait a']],
  ['main', ['a', 'wait b', 'wait main']],
  ['main', ['a', 'block b', 'block main']],
  ['a', ['main', 'wait b', 'wait a']],
  ['a', ['b', 'wait main', 'wait a']],
  ['a', ['b', 'wait c', 'wait d', 'wait a']],
  ['a', ['b', 'block c', 'block d', 'block a']],
  // The one in the middle is blocked, and the last needs it.
  ['a', ['b', 'block c', 'wait d', 'wait b']],
  ['main', ['a', 'block b', 'wait c', 'wait a']],
] as const

describe('a chain that comes back to a blocked thread for a moment', () => {
  test.each(CHAINS)(
    'is answered by a method that needs no event loop: %s blocks on %j',
    async (from, way) => {
      expect(await attempt(from, [...way], 'echo')).toEqual({ value: 'an answer' })
    },
  )
})

describe('a chain that comes back to a blocked thread for its event loop', () => {
  // As long as these hang, they are given up soon.
  beforeAll(() => threads.guardBy(500))
  afterAll(() => threads.guardBy(10_000))

  test.each(CHAINS)('is refused by an asynchronous one: %s blocks on %j', async (from, way) => {
    expect(await attempt(from, [...way], 'later')).toMatchObject(refused)
  })
})

describe('a chain that comes to a thread that is not blocked', () => {
  test.each([
    ['a', ['b', 'wait c', 'wait b']],
    ['a', ['b', 'wait c', 'block b']],
    ['a', ['b', 'wait c', 'wait d', 'wait c']],
    ['main', ['a', 'wait b', 'block c', 'wait a']],
  ] as const)('is answered by an asynchronous method: %s blocks on %j', async (from, way) => {
    expect(await attempt(from, [...way], 'later')).toEqual({ value: 'an answer' })
  })
})
