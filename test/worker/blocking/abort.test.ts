/**
 * A blocking call that is given up by its signal while its thread is blocked: whoever is served meanwhile, on behalf of a third thread or
 * of the one that is waited for, can abort it.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createFlag, raise, waitFor } from './fixtures/shared-flag.ts'
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

describe('a signal that is aborted while the thread is blocked', () => {
  test('by a third thread, in a call that the blocked one serves', async () => {
    const begun = createFlag()
    const blocked = threads.peer('a').attemptStoppably('b', 'untilStopped', begun)
    await threads.peer('c').stopOther(begun, 'a', 'by c')
    expect(await blocked).toEqual({ error: 'string', message: 'by c' })
  })

  test('by main', async () => {
    const begun = createFlag()
    const blocked = threads.peer('a').attemptStoppably('b', 'untilStopped', begun)
    await turn()
    waitFor(begun)
    await threads.peer('a').stop('by main')
    expect(await blocked).toEqual({ error: 'string', message: 'by main' })
  })

  test('by the one that is waited for', async () => {
    const blocked = threads.peer('a').attemptStoppably('b', 'waitThenHang', 'a', 'stop', 'by b')
    expect(await blocked).toEqual({ error: 'string', message: 'by b' })
  })

  test('while the owner stands still', async () => {
    const begun = createFlag()
    const flag = createFlag()
    const blocked = threads.peer('a').attemptStoppably('b', 'standTelling', begun, flag)
    await threads.peer('c').stopOther(begun, 'a', 'by c')
    const outcome = await blocked
    // Only the caller was let go: the owner goes on when it can.
    raise(flag)
    expect(await threads.peer('b').add(1, 2)).toBe(3)
    expect(outcome).toEqual({ error: 'string', message: 'by c' })
  })

  test('in the thread that gave it', async () => {
    const begun = createFlag()
    const controller = new AbortController()
    const { signal } = controller
    const blocked = threads.peer('a').attemptWith(signal as never, 'b', 'untilStopped', begun)
    await turn()
    waitFor(begun)
    controller.abort('from afar')
    expect(await blocked).toEqual({ error: 'string', message: 'from afar' })
  })

  test('while it is main that is blocked', () => {
    expect(threads.main.attemptStoppably('a', 'waitThenHang', 'main', 'stop', 'by a')).toEqual({
      error: 'string',
      message: 'by a',
    })
  })

  test('is heard by the owner, whose signal of the call fires with the reason', async () => {
    const begun = createFlag()
    const blocked = threads.peer('a').attemptStoppably('b', 'untilStopped', begun)
    await threads.peer('c').stopOther(begun, 'a', 'by c')
    await blocked
    expect(await threads.peer('b').stoppedBy()).toBe('by c')
  })

  test('of a call within a call, ends that one only', async () => {
    const begun = createFlag()
    const blocked = threads.peer('a').attempt('b', 'attemptStoppably', 'c', 'untilStopped', begun)
    await turn()
    waitFor(begun)
    await threads.peer('b').stop('the inner one')
    expect(await blocked).toEqual({ value: { error: 'string', message: 'the inner one' } })
  })
})

describe('a signal', () => {
  test('that was aborted before stops the call before it is sent', async () => {
    const signal = AbortSignal.abort('before')
    expect(threads.main.attemptWith(signal, 'b', 'note', 'never')).toEqual({
      error: 'string',
      message: 'before',
    })
    expect(await threads.peer('b').notes()).toEqual([])
  })

  test('that is aborted after the answer changes nothing', async () => {
    const a = threads.peer('a')
    expect(await a.attemptStoppably('b', 'add', 1, 2)).toEqual({ value: 3 })
    await a.stop('too late')
    expect(await a.block('b', 'add', 3, 4)).toBe(7)
  })
})
