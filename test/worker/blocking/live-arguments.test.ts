/**
 * What lives on after it was passed, in the arguments of a blocking call: its source is in the thread that is blocked. What can be had without
 * that thread's event loop is had; what cannot is refused at once, and nothing hangs.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Threads } from './threads.ts'

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b'])
})

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

const refused = { error: 'WouldBlockError', code: 'FARHOLD_WOULD_BLOCK' }

describe('in the arguments of a blocking call', () => {
  test('a promise that is not asked for', () => {
    expect(threads.main.block('a', 'count', Promise.resolve(1), 2)).toBe(2)
  })

  test('a signal that is not aborted', () => {
    expect(threads.main.block('a', 'isAborted', new AbortController().signal)).toBe(false)
  })
})

describe('in the arguments of a blocking call, what needs its thread', () => {
  // As long as these hang, they are given up soon.
  beforeAll(() => threads.guardBy(500))
  afterAll(() => threads.guardBy(10_000))

  test('a synchronous iterable is iterated, or refused', () => {
    const items = (function* () {
      yield 1
      yield 2
    })()
    expect(threads.main.attempt('a', 'itemsOf', items).error).not.toBe('CallTimeoutError')
  })

  test('a promise that is awaited there', () => {
    expect(threads.main.attempt('a', 'echoLater', Promise.resolve(1))).toMatchObject(refused)
  })

  test('a promise that is asked for when the call has been answered is had', async () => {
    const later = Promise.resolve('for later')
    expect(threads.main.block('a', 'keepLater', later)).toBe('kept')
    expect(await threads.peer('a').kept()).toBe('for later')
  })

  test('an asynchronous iterable', () => {
    const items = (async function* () {
      yield 1
      yield 2
    })()
    expect(threads.main.attempt('a', 'itemsOf', items)).toMatchObject(refused)
  })

  test('a readable stream', () => {
    expect(threads.main.attempt('a', 'itemsOf', ReadableStream.from([1, 2]))).toMatchObject(refused)
  })

  test('a writable stream', async () => {
    const aborted = Promise.withResolvers<unknown>()
    const stream = new WritableStream({ abort: aborted.resolve })
    expect(threads.main.attempt('a', 'writeTo', stream)).toMatchObject(refused)
    expect(await aborted.promise).toMatchObject({ code: 'FARHOLD_WOULD_BLOCK' })
  })

  test('a signal that is aborted already', () => {
    expect(threads.main.attempt('a', 'whenAborted', AbortSignal.abort('before'))).toEqual({
      value: 'before',
    })
  })
})

describe('in the answer of a blocking call, when the thread goes on', () => {
  test('a promise', async () => {
    const { later } = threads.main.block('a', 'givePromise', 1) as { later: Promise<number> }
    expect(await later).toBe(1)
  })

  test('an iterable', async () => {
    const items = threads.main.block('a', 'giveItems', 3) as AsyncIterable<number>
    const seen: number[] = []
    for await (const item of items) seen.push(item)
    expect(seen).toEqual([0, 1, 2])
  })
})
