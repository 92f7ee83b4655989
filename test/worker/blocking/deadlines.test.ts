/** A blocking call that takes too long ends with a CallTimeoutError, whatever its owner does, and both go on. */
import { CallTimeoutError } from '@farhold/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

const late = { error: 'CallTimeoutError', code: 'FARHOLD_CALL_TIMEOUT' }

describe('the timeout of a call', () => {
  test('of main, whose owner awaits', () => {
    expect(() => threads.main.blockFor(30, 'a', 'gate', 'never')).toThrow(CallTimeoutError)
    expect(threads.main.block('a', 'add', 1, 2)).toBe(3)
  })

  test('of main, whose owner stands still', () => {
    const flag = createFlag()
    expect(() => threads.main.blockFor(30, 'a', 'stand', flag)).toThrow(CallTimeoutError)
    raise(flag)
    expect(threads.main.block('a', 'add', 1, 2)).toBe(3)
  })

  test('of a worker, towards another and towards main', async () => {
    const flag = createFlag()
    const a = threads.peer('a')
    expect(await a.attemptFor(30, 'b', 'gate', 'never')).toMatchObject(late)
    expect(await a.attemptFor(30, 'main', 'gate', 'never')).toMatchObject(late)
    expect(await a.attemptFor(30, 'b', 'stand', flag)).toMatchObject(late)
    raise(flag)
    expect(await a.block('b', 'add', 1, 2)).toBe(3)
    expect(await a.block('main', 'add', 3, 4)).toBe(7)
  })

  test('holds while the blocked thread always has something to serve', async () => {
    const most = 300
    const flag = createFlag()
    const floods = ['b', 'c', 'b', 'c'].map((name) => threads.peer(name).flood('a', flag, most))
    expect(await threads.peer('a').attemptFor(50, 'b', 'gate', 'never')).toMatchObject(late)
    raise(flag)
    // Had they not been stopped, it would have been over with them.
    for (const rounds of await Promise.all(floods)) expect(rounds).toBeLessThan(most)
  })

  test('of a call within a call ends that one only', async () => {
    const inner = threads.peer('a').block('b', 'attemptFor', 30, 'c', 'gate', 'never')
    expect(await inner).toMatchObject(late)
    const innermost = threads.main.block('a', 'block', 'b', 'attemptFor', 30, 'c', 'gate', 'never')
    expect(innermost).toMatchObject(late)
  })

  test('tells the owner, whose signal of the call fires', async () => {
    expect(await threads.peer('a').attemptFor(30, 'b', 'untilStopped', createFlag())).toMatchObject(
      late,
    )
    expect(await threads.peer('b').stoppedBy()).toMatch(/30 ms/)
  })

  test('that is long enough changes nothing', async () => {
    expect(await threads.peer('a').attemptFor(9000, 'b', 'later', 'in time')).toEqual({
      value: 'in time',
    })
    expect(threads.main.blockFor(9000, 'a', 'later', 'in time')).toBe('in time')
  })
})

test('the timeout of a context holds for the calls of its sync', async () => {
  await threads.add('strict', { timeout: 3000 })
  const { peer } = threads.context('strict').sync
  expect(() => peer.gate('never')).toThrow(CallTimeoutError)
  expect(peer.add(1, 2)).toBe(3)
})
