/** What surrounds a call that blocks, its caller and its scope, is not what surrounds the calls that are served meanwhile. */
import { setImmediate as turn } from 'node:timers/promises'
import { release } from '@farhold/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createFlag, raise } from './fixtures/shared-flag.ts'
import { Threads } from './threads.ts'

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b', 'c'])
})

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

test('a method knows who called it, whoever was served while it was blocked', async () => {
  const flag = createFlag()
  const around = threads.peer('a').callersAround('b', 'stand', flag)
  await threads.blocks('a')
  expect(await threads.peer('c').block('a', 'callersAround', 'main', 'add', 1, 2)).toEqual([
    'c',
    'c',
  ])
  raise(flag)
  expect(await around).toEqual(['main', 'main'])
})

test('also after it has awaited something', async () => {
  const flag = createFlag()
  const around = threads.peer('c').wait('a', 'callersAroundLater', 'b', flag)
  await turn()
  expect(await threads.peer('c').block('a', 'add', 1, 2)).toBe(3)
  expect(await threads.peer('a').callersAround('main', 'add', 1, 2)).toEqual(['main', 'main'])
  raise(flag)
  expect(await around).toEqual(['c', 'c', 'c'])
})

test('what a call brings that is served in a scope that blocks does not end with the scope', async () => {
  const flag = createFlag()
  const made = await threads.peer('c').make('kept')
  const blocked = threads.peer('a').blockInScope('b', 'stand', flag)
  await threads.blocks('a')
  await threads.peer('a').meet('kept', made as never)
  raise(flag)
  expect(await blocked).toBe('b goes on')
  expect(await threads.peer('a').block('kept', 'add', 1, 2)).toBe(3)
  release(made as never)
})

test('nor does what an answer brings that was asked for outside of it', async () => {
  const flag = createFlag()
  const used = threads.peer('a').useAfterScope('c', 'b', flag)
  await threads.blocks('a')
  // The answer of `c` came before this one.
  expect(await threads.peer('c').block('a', 'add', 1, 2)).toBe(3)
  raise(flag)
  expect(await used).toBe(3)
})
