/** Calls that were made in one turn leave together; a thread that is blocked in one of them serves those behind it like any other. */
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFlag, raise } from './fixtures/shared-flag.ts'
import { Threads } from './threads.ts'

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b'])
})

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

test('what was called in a later turn is served while the thread is blocked', async () => {
  const blocked = threads.peer('a').blockFor(3000, 'main', 'gate', 'later')
  await turn()
  const behind = threads.peer('a').block('main', 'add', 1, 2)
  expect(await Promise.race([behind, blocked])).toBe(3)
  threads.main.open('later', 'opened')
  expect(await blocked).toBe('opened')
})

test('what was called in the same turn is served while the thread is blocked', async () => {
  const flag = createFlag()
  const blocked = threads.peer('a').attempt('b', 'standFor', flag, 1500)
  const behind = threads.peer('a').raise(flag)
  expect(await blocked).toEqual({ value: 'raised' })
  await behind
})

test('also when the thread that called blocks', async () => {
  const flag = createFlag()
  const blocked = threads.peer('a').attempt('b', 'standFor', flag, 1500)
  threads.main.block('a', 'raise', flag)
  expect(await blocked).toEqual({ value: 'raised' })
  raise(flag)
})
