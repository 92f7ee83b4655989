/** Objects that blocking calls take and give, which belong to a third thread: the calls wait for what must be known of them first. */
import { contextOf, type Remote, release, type Sync } from '@farhold/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Peer } from './fixtures/peer.ts'
import { Threads } from './threads.ts'

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b', 'c'])
})

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

const make = (thread: string, name: string) =>
  threads.main.block(thread, 'make', name) as Sync<Peer>

test('an argument of a third thread is blocked on at once, and is gone when it is released', () => {
  for (let n = 0; n < 40; n++) {
    using fresh = make('b', `fresh ${n}`)
    expect(contextOf(fresh)).toBe('b')
    expect(threads.main.block('a', 'blockOn', fresh, 'add', n, 1)).toBe(n + 1)
    expect(threads.main.block('a', 'block', 'c', 'blockOn', fresh, 'later', n)).toBe(n)
  }
})

test('an answer that is an object of a third thread', async () => {
  for (let n = 0; n < 40; n++) {
    const fresh = threads.main.block('a', 'block', 'b', 'make', `fresh ${n}`) as Sync<Peer>
    expect(contextOf(fresh)).toBe('b')
    expect(fresh.add(n, 1)).toBe(n + 1)
    // Home again, as itself, by another way.
    expect(threads.main.block('c', 'block', 'b', 'isOwn', fresh)).toBe(true)
    release(fresh)
  }
})

test('an argument that is a promise of one', async () => {
  for (let n = 0; n < 20; n++) {
    const fresh = threads.peer('b').make(`fresh ${n}`) as unknown as PromiseLike<Remote<Peer>>
    using here = await fresh
    expect(await threads.peer('a').blockOn(here as never, 'add', n, 1)).toBe(n + 1)
    expect(
      await threads.peer('a').blockOn(threads.peer('b').make('another') as never, 'add', n, 2),
    ).toBe(n + 2)
  }
})

test('what was called before without blocking comes before it', async () => {
  const before = Array.from({ length: 20 }, (_, n) =>
    threads.main.wait('a', 'note', `awaited ${n}`),
  )
  expect(threads.main.block('a', 'note', 'blocking')).toBe(21)
  await Promise.all(before)
  expect(await threads.peer('a').notes()).toEqual([
    ...Array.from({ length: 20 }, (_, n) => `awaited ${n}`),
    'blocking',
  ])
})

test('also when what was called before waits for an object of a third thread', async () => {
  for (let n = 0; n < 20; n++) {
    using fresh = make('b', `fresh ${n}`)
    const before = threads.main.wait('a', 'noteGiven', 'awaited', fresh)
    expect(threads.main.block('a', 'note', 'blocking')).toBe(2)
    await before
    expect(await threads.peer('a').notes()).toEqual(['awaited', 'blocking'])
  }
})
