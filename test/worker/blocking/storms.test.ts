/**
 * A thread that serves blocking calls without a pause: its event loop goes on all the same. A storm ends only when what was asked of the event
 * loop meanwhile has been answered, and would be over long after.
 */
import { MessageChannel } from 'node:worker_threads'
import { type Remote, transfer } from '@farhold/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Peer } from './fixtures/peer.ts'
import { createFlag } from './fixtures/shared-flag.ts'
import { Threads } from './threads.ts'

/** Calls of a storm. */
const LEAST = 10_000
/** When a storm gives up: the event loop of its owner has starved by then. */
const MOST = 300_000

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b', 'c'])
})

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

/** What is asked of the owner's event loop, without any of our messages. Raises the flag when all of it is there. */
async function watch(owner: string) {
  const { port1, port2 } = new MessageChannel()
  const flag = createFlag()
  const peer = owner === 'main' ? (threads.main as unknown as Remote<Peer>) : threads.peer(owner)
  await peer.watch(
    (owner === 'main' ? port1 : transfer(port1, [port1])) as never,
    flag,
    20 as never,
  )
  return { flag, port: port2, seen: () => peer.watched() }
}

describe.each([
  ['main', 'a'],
  ['a', 'b'],
  ['a', 'main'],
])('while %s storms %s', (from, to) => {
  test('its timers fire, and its other ports are read', async () => {
    const { flag, port, seen } = await watch(to)
    port.postMessage('ping')
    const count =
      from === 'main'
        ? threads.main.storm(to, flag, LEAST, MOST)
        : await threads.peer(from).storm(to, flag, LEAST, MOST)
    expect(count).toBeGreaterThanOrEqual(LEAST)
    expect(count).toBeLessThan(MOST)
    expect(await seen()).toEqual({ ticks: 20, message: 'ping' })
    port.close()
  })
})

test('two storms at once, and each that storms is stormed itself', async () => {
  const watches = await Promise.all(['a', 'b', 'c'].map(watch))
  for (const { port } of watches) port.postMessage('ping')
  const counts = await Promise.all([
    threads.peer('a').storm('b', found(watches, 1).flag, LEAST, MOST),
    threads.peer('c').storm('b', found(watches, 1).flag, LEAST, MOST),
  ])
  for (const count of counts) expect(count).toBeLessThan(MOST)
  const around = await Promise.all([
    threads.peer('a').storm('b', createFlag(), 3000, 3000),
    threads.peer('b').storm('c', createFlag(), 3000, 3000),
    threads.peer('c').storm('a', createFlag(), 3000, 3000),
  ])
  expect(around).toEqual([3000, 3000, 3000])
  for (const { seen, port } of watches) {
    expect(await seen()).toEqual({ ticks: 20, message: 'ping' })
    port.close()
  }
})

test('others that await it get their answers', async () => {
  const flag = createFlag()
  const storm = threads.peer('a').storm('b', flag, LEAST, MOST)
  for (let n = 0; n < 50; n++) {
    expect(await threads.peer('b').later(n as never)).toBe(n)
    expect(await threads.peer('c').wait('b', 'later', n)).toBe(n)
  }
  await threads.peer('c').raise(flag)
  expect(await storm).toBeLessThan(MOST)
})

function found<T>(list: readonly T[], index: number): T {
  const value = list[index]
  if (value === undefined) throw new RangeError(`there is no ${index}`)
  return value
}
