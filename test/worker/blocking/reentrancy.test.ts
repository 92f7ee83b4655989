/** Threads that are blocked serve those they wait for, who block on them in turn, as deep as it goes. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Peer, Step } from './fixtures/peer.ts'
import { Threads } from './threads.ts'

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b', 'c'])
})

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

const sumTo = (depth: number): number => (depth * (depth + 1)) / 2

describe.each([1, 2, 40, 150])('there and back, %i times', (depth) => {
  test('between main and a worker, begun by main', () => {
    expect(threads.main.bounce('a', depth)).toBe(sumTo(depth))
  })

  test('between main and a worker, begun by the worker', async () => {
    expect(await threads.peer('a').bounce('main', depth)).toBe(sumTo(depth))
  })

  test('between two workers', async () => {
    expect(await threads.peer('a').bounce('b', depth)).toBe(sumTo(depth))
  })

  test('between main and a worker, blocking there and awaiting back', () => {
    expect(threads.main.bounceMixed('a', depth)).toBe(sumTo(depth))
  })

  test('between a worker and main, blocking there and awaiting back', async () => {
    expect(await threads.peer('a').bounceMixed('main', depth)).toBe(sumTo(depth))
  })

  test('between two workers, blocking there and awaiting back', async () => {
    expect(await threads.peer('a').bounceMixed('b', depth)).toBe(sumTo(depth))
  })

  test('begun with an asynchronous method', async () => {
    expect(await threads.peer('a').bounceLater('b', depth)).toBe(sumTo(depth))
    expect(await threads.main.bounceLater('a', depth)).toBe(sumTo(depth))
  })
})

test('too deep is a LimitExceededError, and all go on', async () => {
  const a = threads.peer('a')
  expect(await a.attempt('b', 'bounce', 'a', 600)).toMatchObject({ code: 'FARHOLD_LIMIT_EXCEEDED' })
  expect(await a.bounce('b', 40)).toBe(sumTo(40))
})

describe('journeys through four threads, blocking and awaiting as it comes', () => {
  test.each(Array.from({ length: 40 }, (_, seed) => seed + 1))('number %i', async (seed) => {
    const { first, steps } = journey(seed)
    const start: Peer = first === 'main' ? threads.main : (threads.peer(first) as unknown as Peer)
    const names = await start.travelLater(steps)
    expect(names).toEqual([first, ...steps.map(({ to }) => to)])
  })
})

/** A journey that can be made: no thread that is blocked is asked for what takes its event loop. */
function journey(seed: number): { first: string; steps: Step[] } {
  const random = randomFrom(seed)
  const names = ['main', 'a', 'b', 'c']
  const pick = (): string => names[Math.floor(random() * names.length)] as string // in range
  const first = pick()
  const blocked = new Set<string>()
  let at = first
  let isLater = true // it begins with `travelLater`
  const steps: Step[] = []
  while (steps.length < 25) {
    const to = pick()
    if (to === at) continue
    const blocks = !isLater || random() < 0.4
    if (blocks) blocked.add(at)
    const later = !blocked.has(to) && random() < 0.6
    steps.push({ to, later, blocks })
    at = to
    isLater = later
  }
  return { first, steps }
}

/** Numbers that are the same for the same seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
