/**
 * A blocking call that is given up by its signal while its thread is blocked: whoever is served meanwhile, on behalf of a third thread or
 * of the one that is waited for, can abort it.
 */
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createFlag, raise } from './fixtures/shared-flag.ts'
import { Threads } from './threads.ts'

/** Milliseconds until a call that no one can stop is given up. A wall: nothing depends on its length. */
const BOUND = 800

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b', 'c'])
  await threads.guardBy(BOUND)
})

afterEach(() => threads.go())

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

describe('a signal that is aborted while the thread is blocked', () => {
  test('by a third thread, in a call that the blocked one serves', async () => {
    const a = threads.peer('a')
    const blocked = a.attemptStoppably('b', 'gate', 'never')
    await threads.blocks('a')
    await threads.peer('c').block('a', 'stop', 'by c')
    expect(await blocked).toEqual({ error: 'string', message: 'by c' })
  })

  test('by main', async () => {
    const a = threads.peer('a')
    const blocked = a.attemptStoppably('b', 'gate', 'never')
    await threads.blocks('a')
    await a.stop('by main')
    expect(await blocked).toEqual({ error: 'string', message: 'by main' })
  })

  test('by the one that is waited for', async () => {
    const a = threads.peer('a')
    const blocked = a.attemptStoppably('b', 'waitThenHang', 'a', 'stop', 'by b')
    expect(await blocked).toEqual({ error: 'string', message: 'by b' })
  })

  test('whose owner stands still', async () => {
    const flag = createFlag()
    const blocked = threads.peer('a').attemptStoppably('b', 'stand', flag)
    await threads.blocks('a')
    await threads.peer('c').block('a', 'stop', 'by c')
    expect(await blocked).toEqual({ error: 'string', message: 'by c' })
    // Only the caller was let go: the owner goes on when it can.
    raise(flag)
    expect(await threads.peer('b').add(1, 2)).toBe(3)
  })

  test('that came from another thread, as an argument', async () => {
    const controller = new AbortController()
    const blocked = threads.peer('a').attemptWith(controller.signal as never, 'b', 'gate', 'never')
    await threads.blocks('a')
    controller.abort('from afar')
    expect(await blocked).toEqual({ error: 'string', message: 'from afar' })
  })

  test('while main is the one that is blocked', () => {
    expect(threads.main.attemptStoppably('a', 'waitThenHang', 'main', 'stop', 'by a')).toEqual({
      error: 'string',
      message: 'by a',
    })
  })

  test('the owner is told, and its own call ends with it', async () => {
    const a = threads.peer('a')
    const blocked = a.attemptStoppably('b', 'untilStopped')
    await threads.blocks('a')
    await threads.peer('c').block('a', 'stop', 'by c')
    expect(await blocked).toEqual({ error: 'string', message: 'by c' })
    expect(await threads.peer('b').stoppedBy()).toBe('by c')
  })

  test('of a call within a call stops that one only', async () => {
    const a = threads.peer('a')
    const blocked = a.block('b', 'attemptStoppably', 'c', 'gate', 'never')
    await threads.blocks('a')
    await threads.blocks('b')
    await threads.peer('b').stop('the inner one')
    expect(await blocked).toEqual({ error: 'string', message: 'the inner one' })
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
