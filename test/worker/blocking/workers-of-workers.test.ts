/** A worker that has spawned one itself: the two block on each other, and on whoever is beyond. */
import { proxy, type Remote, sync } from '@farhold/core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Peer } from './fixtures/peer.ts'
import { MODULE, type PeerThread, Threads } from './threads.ts'

/** What stands for the child in its parent. */
interface Child {
  /** Has the child block on another that it knows, while its parent blocks on the child. */
  run(other: string, method: string, ...args: unknown[]): unknown
  runLater(other: string, method: string, ...args: unknown[]): Promise<unknown>
  close(): Promise<void>
}

let threads: Threads
let child: Remote<Child>

beforeAll(async () => {
  threads = await Threads.start(['a', 'b'])
  child = (await threads.context('a').call(
    async (module: string, main: unknown, sibling: unknown) => {
      const { proxy } = await import('@farhold/core')
      const { spawnWorker } = await import('@farhold/transport-worker')
      const spawned = await spawnWorker<PeerThread>(new URL(module), { name: 'child' })
      const { peer } = spawned.sync
      peer.meet('main', main as never)
      peer.meet('b', sibling as never)
      return proxy({
        run: (other: string, ...how: [string, ...unknown[]]) => peer.block(other, ...how),
        runLater: (other: string, ...how: [string, ...unknown[]]) =>
          (spawned.remote.peer as unknown as Peer).block(other, ...how),
        close: () => spawned.close(),
      })
    },
    MODULE.href,
    proxy(threads.main) as never,
    threads.peer('b') as never,
  )) as unknown as Remote<Child>
})

afterAll(async () => {
  await child.close()
  child[Symbol.dispose]()
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

test('blocks on main, through its parent, which is blocked on it or is not', async () => {
  expect(await child.run('main', 'add', 1, 2)).toBe(3)
  expect(await child.runLater('main', 'add', 3, 4)).toBe(7)
  expect(await child.runLater('main', 'later', 'of main')).toBe('of main')
})

test('while main is blocked on that', () => {
  const blocking = sync(child)
  expect(blocking.run('main', 'add', 1, 2)).toBe(3)
  expect(blocking.run('main', 'block', 'b', 'later', 'of b')).toBe('of b')
})

test('blocks on a sibling of its parent', async () => {
  expect(await child.run('b', 'add', 1, 2)).toBe(3)
  expect(await child.runLater('b', 'later', 'of b')).toBe('of b')
  expect(sync(child).run('b', 'block', 'main', 'block', 'a', 'add', 3, 4)).toBe(7)
})
