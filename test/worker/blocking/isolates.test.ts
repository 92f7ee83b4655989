/**
 * Guests whose grants are objects of workers, and workers that are given objects of guests: the host is between them, blocked while it
 * waits for either.
 */
import { type Proxied, proxy, type Remote } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Peer } from './fixtures/peer.ts'
import { Threads } from './threads.ts'

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b'])
})

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

/** A guest that blocks on its grant, and an object of the guest's that can be blocked on. */
const GUEST = `
  import { proxy } from '@farhold/core'
  export const add = (a, b) => a + b
  export const ask = (method, ...args) => peer[method](...args)
  export const later = async (value) => value
  export const sum = (times) => {
    let total = 0
    for (let n = 0; n < times; n++) total = peer.add(total, 1)
    return total
  }
  export const bounce = (depth) => depth === 0 ? 0 : depth + peer.callBlocking((n) => bounce(n), depth - 1)
  export const askBack = (method) => peer[method](() => 'of the guest')
  export const made = proxy({
    add,
    call: (tell, ...args) => tell(...args),
    fail() { throw new RangeError('in the guest') },
  })
`

interface Guest {
  add(a: number, b: number): number
  ask(method: string, ...args: unknown[]): unknown
  later(value: string): Promise<string>
  sum(times: number): number
  bounce(depth: number): number
  askBack(method: string): unknown
  readonly made: Proxied<{ add(a: number, b: number): number }>
}

const spawnGuest = (peer: Remote<Peer>) =>
  spawnIsolate<Guest>({ name: 'guest', source: GUEST, globals: { peer } })

describe("a guest of main's whose grant is a worker's object", () => {
  test('blocks on it, called blocking and not', async () => {
    await using guest = await spawnGuest(threads.peer('a'))
    expect(guest.sync.ask('add', 1, 2)).toBe(3)
    expect(guest.sync.sum(50)).toBe(50)
    expect(await guest.remote.sum(50)).toBe(50)
    expect(guest.evalSync('peer.add(3, 4)')).toBe(7)
  })

  test('gets what an asynchronous method of it gives', async () => {
    await using guest = await spawnGuest(threads.peer('a'))
    expect(guest.sync.ask('block', 'b', 'later', 'of b')).toBe('of b')
    // To a guest a promise is a promise: it can be awaited there, and was not waited for.
    expect(await guest.eval('(async () => await peer.later("of a"))()')).toBe('of a')
  })

  test('and the worker calls the guest back meanwhile', async () => {
    await using guest = await spawnGuest(threads.peer('a'))
    expect(guest.sync.askBack('callBlocking')).toBe('of the guest')
    expect(guest.sync.bounce(20)).toBe(210)
    expect(await guest.remote.bounce(20)).toBe(210)
  })

  test('and the worker awaits a function of the guest meanwhile', async () => {
    await using guest = await spawnGuest(threads.peer('a'))
    expect(guest.sync.askBack('call')).toBe('of the guest')
  })

  test('and the worker blocks on main, and on another worker, meanwhile', async () => {
    await using guest = await spawnGuest(threads.peer('a'))
    expect(guest.sync.ask('block', 'main', 'add', 1, 2)).toBe(3)
    expect(guest.sync.ask('block', 'b', 'block', 'main', 'block', 'a', 'add', 3, 4)).toBe(7)
  })

  test('is told what it throws', async () => {
    await using guest = await spawnGuest(threads.peer('a'))
    expect(() => guest.sync.ask('fail', 'in the worker')).toThrow(new RangeError('in the worker'))
    expect(guest.sync.add(1, 1)).toBe(2)
  })
})

describe("a guest's object in a worker", () => {
  test('is blocked on, through main', async () => {
    await using guest = await spawnGuest(threads.peer('a'))
    using made = await guest.remote.made
    const a = threads.peer('a')
    await a.meet('guest', made as never)
    expect(await a.block('guest', 'add', 1, 2)).toBe(3)
    expect(await a.block('b', 'block', 'a', 'block', 'guest', 'add', 3, 4)).toBe(7)
    expect(await a.attempt('guest', 'fail')).toMatchObject({ message: 'in the guest' })
    expect(threads.main.block('a', 'block', 'guest', 'add', 5, 6)).toBe(11)
  })

  test('which the guest blocks on meanwhile', async () => {
    await using guest = await spawnGuest(threads.peer('a'))
    using made = await guest.remote.made
    const a = threads.peer('a')
    await a.meet('guest', made as never)
    expect(guest.sync.ask('block', 'guest', 'add', 1, 2)).toBe(3)
    expect(guest.sync.ask('block', 'b', 'block', 'a', 'block', 'guest', 'add', 3, 4)).toBe(7)
  })

  test('calls a function of that worker back', async () => {
    await using guest = await spawnGuest(threads.peer('a'))
    using made = await guest.remote.made
    const a = threads.peer('a')
    await a.meet('guest', made as never)
    expect(
      await a.block(
        'guest',
        'call',
        proxy((n: number) => n * 2),
        21,
      ),
    ).toBe(42)
  })
})

describe('a guest of a worker', () => {
  const spawnThere = (name: string) =>
    threads.context('b').call(
      async (source: string, name: string, peer: unknown) => {
        const { spawnIsolate } = await import('@farhold/transport-isolate')
        const { proxy } = await import('@farhold/core')
        const guest = await spawnIsolate<Guest>({ name, source, globals: { peer } })
        return proxy({
          run: (method: keyof Guest, ...args: unknown[]): unknown =>
            (guest.sync[method] as (...args: unknown[]) => unknown)(...args),
          runLater: async (method: keyof Guest, ...args: unknown[]): Promise<unknown> =>
            (guest.remote[method] as (...args: unknown[]) => unknown)(...args),
          close: () => guest.close(),
        })
      },
      GUEST,
      name,
      threads.peer('a') as never,
    )

  test("blocks on an object of another worker's", async () => {
    using guest = await spawnThere('guest of b')
    expect(await guest.run('ask', 'add', 1, 2)).toBe(3)
    expect(await guest.run('sum', 50)).toBe(50)
    expect(await guest.runLater('sum', 50)).toBe(50)
    expect(await guest.run('bounce', 20)).toBe(210)
    expect(await guest.run('ask', 'block', 'main', 'block', 'b', 'add', 3, 4)).toBe(7)
    await guest.close()
  })
})
