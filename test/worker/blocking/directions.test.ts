import { proxy, sync } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { MODULE, type PeerThread, Threads } from './threads.ts'

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b', 'c'])
})

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

describe('a blocking call', () => {
  test('from main to a worker', () => {
    const { main } = threads
    expect(main.block('a', 'add', 1, 2)).toBe(3)
    expect(main.block('a', 'later', 'in a later turn')).toBe('in a later turn')
    expect(threads.context('a').sync.peer.add(3, 4)).toBe(7)
  })

  test('from a worker to main', async () => {
    const a = threads.peer('a')
    expect(await a.block('main', 'add', 1, 2)).toBe(3)
    expect(await a.block('main', 'later', { of: ['main'] })).toEqual({ of: ['main'] })
  })

  test('from a worker to a worker', async () => {
    const a = threads.peer('a')
    expect(await a.block('b', 'add', 1, 2)).toBe(3)
    expect(await a.block('b', 'later', new Map([['of', 'b']]))).toEqual(new Map([['of', 'b']]))
  })

  test.each([
    ['main', 'a', 'b', 'c'],
    ['main', 'a', 'main', 'b', 'main', 'c'],
    ['main', 'a', 'b', 'a', 'b', 'c', 'b', 'a'],
    ['a', 'b', 'c', 'main'],
    ['a', 'main', 'b', 'main', 'a', 'c'],
  ])('from thread to thread to thread: %j', async (...way) => {
    const [first, ...rest] = way
    const call = [...rest.flatMap((to) => ['block', to]).slice(1), 'add', 20, 1] as const
    const [second, ...args] = call
    const answer =
      first === 'main'
        ? threads.main.block(String(second), ...(args as [string]))
        : await threads.peer('a').block(String(second), ...(args as [string]))
    expect(answer).toBe(21)
  })

  test('throws what was thrown three threads on, by its class', () => {
    expect(() => threads.main.block('a', 'block', 'b', 'block', 'c', 'fail', 'far away')).toThrow(
      new RangeError('far away'),
    )
    expect(threads.main.block('a', 'add', 1, 1)).toBe(2)
  })

  test('calls back a function of each of those who wait for it', () => {
    const seen: unknown[] = []
    const callback = (value: unknown) => {
      seen.push(value)
      return 'from main'
    }
    expect(threads.main.block('a', 'block', 'b', 'call', proxy(callback), 'of b')).toBe('from main')
    expect(seen).toEqual(['of b'])
  })

  test('gives an object that the next blocking call goes to', () => {
    const { peer } = threads.context('a').sync
    expect(sync(threads.peer('a'))).toBe(peer)
    const given = threads.main.block('b', 'other', 'a')
    expect(given).toBe(peer)
  })

  test('between workers that have never heard of each other', async () => {
    await using stranger = await spawnWorker<PeerThread>(MODULE, { name: 'stranger' })
    using peer = await stranger.remote.peer
    const a = threads.peer('a')
    expect(await a.blockOn(peer as never, 'add', 1, 2)).toBe(3)
    expect(await peer.blockOn(a as never, 'add', 3, 4)).toBe(7)
  })

  test('between workers that have never heard of each other, while main is blocked', async () => {
    await using stranger = await spawnWorker<PeerThread>(MODULE, { name: 'stranger' })
    using peer = await stranger.remote.peer
    expect(threads.main.block('b', 'blockOn', peer, 'add', 1, 2)).toBe(3)
    expect(threads.main.block('b', 'blockOn', peer, 'later', 'it')).toBe('it')
  })
})
