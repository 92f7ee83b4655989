/**
 * A blocking call of an asynchronous method: its owner's event loop goes on and settles it. What would need the event loop of the thread
 * that is blocked is refused at once.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { MessageChannel } from 'node:worker_threads'
import { proxy, transfer } from '@farhold/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { outcomeOf } from './fixtures/peer.ts'
import { Threads } from './threads.ts'

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b', 'c'])
})

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

describe('while a thread waits for it, the owner of an asynchronous method', () => {
  test.each([
    ['main', 'a'],
    ['a', 'b'],
    ['a', 'main'],
  ])('has its timers fire: %s waits for %s', async (from, to) => {
    expect(await asked(from, to, 'whenTicked', 3)).toBe(3)
  })

  test.each([
    ['main', 'a'],
    ['a', 'b'],
  ])('reads its other ports: %s waits for %s', async (from, to) => {
    const { port1, port2 } = new MessageChannel()
    await threads.peer(to).listen(transfer(port1, [port1]) as never)
    // It is in the port when the owner begins to wait for it, or comes meanwhile.
    port2.postMessage('from elsewhere')
    expect(await asked(from, to, 'whenHeard')).toBe('from elsewhere')
    port2.close()
  })

  test('gets the answers of what it awaits', async () => {
    expect(threads.main.block('a', 'wait', 'b', 'later', 'of b')).toBe('of b')
    expect(
      await threads.peer('a').block('b', 'wait', 'c', 'wait', 'main', 'later', 'of main'),
    ).toBe('of main')
  })

  test('goes on with what others ask it', async () => {
    const blocked = threads.peer('a').block('b', 'gate', 'asked by others')
    await threads.blocks('a')
    expect(await threads.peer('c').wait('b', 'later', 'of b')).toBe('of b')
    expect(await threads.peer('c').block('b', 'later', 'of b')).toBe('of b')
    await threads.peer('c').wait('b', 'open', 'asked by others', 'opened')
    expect(await blocked).toBe('opened')
  })
})

describe('what needs the event loop of a thread that is blocked in what it is part of', () => {
  const refused = { error: 'WouldBlockError', code: 'FARHOLD_WOULD_BLOCK' }

  test('an asynchronous callback of main, awaited', async () => {
    let began = 0
    const callback = proxy(async () => {
      began++
      await turn()
      return 'never in time'
    })
    expect(outcomeOf(() => threads.main.block('a', 'callLater', callback))).toMatchObject({
      ...refused,
      message: expect.stringContaining('"main"') as string,
    })
    expect(outcomeOf(() => threads.main.block('a', 'callBlocking', callback))).toMatchObject(
      refused,
    )
    expect(began).toBe(2)
    expect(threads.main.block('a', 'add', 1, 2)).toBe(3)
  })

  test('an asynchronous method, awaited and blocked on, in every direction', async () => {
    expect(outcomeOf(() => threads.main.block('a', 'wait', 'main', 'later', 1))).toMatchObject(
      refused,
    )
    expect(outcomeOf(() => threads.main.block('a', 'block', 'main', 'later', 1))).toMatchObject(
      refused,
    )
    const a = threads.peer('a')
    for (const way of ['wait', 'block']) {
      expect(await a.attempt('main', way, 'a', 'later', 1)).toMatchObject(refused)
      expect(await a.attempt('b', way, 'a', 'later', 1)).toMatchObject(refused)
    }
  })

  test('is caught where it is asked for, and the rest goes on', async () => {
    const a = threads.peer('a')
    expect(await a.block('b', 'attempt', 'a', 'later', 1)).toMatchObject(refused)
    expect(await a.block('b', 'attemptLater', 'a', 'later', 1)).toMatchObject(refused)
    expect(threads.main.block('a', 'attemptLater', 'main', 'later', 1)).toMatchObject(refused)
    expect(await a.later('later')).toBe('later')
  })

  test('at any depth', async () => {
    const outcome = threads.main.block(
      'a',
      'block',
      'main',
      'block',
      'a',
      'attempt',
      'main',
      'later',
      1,
    )
    expect(outcome).toMatchObject(refused)
  })

  test('no longer, when the thread waits no more', async () => {
    const a = threads.peer('a')
    await a.block('b', 'add', 1, 2)
    expect(await threads.peer('b').wait('a', 'later', 'of a')).toBe('of a')
    expect(await threads.peer('b').block('a', 'later', 'of a')).toBe('of a')
  })

  test('nothing else: who is asked while it waits itself, without blocking, answers', async () => {
    const a = threads.peer('a')
    expect(await a.wait('b', 'block', 'a', 'later', 'of a')).toBe('of a')
    expect(await a.wait('b', 'wait', 'a', 'later', 'of a')).toBe('of a')
    expect(await threads.main.wait('a', 'block', 'main', 'later', 'of main')).toBe('of main')
  })
})

function asked(from: string, to: string, method: string, ...args: unknown[]): Promise<unknown> {
  return from === 'main'
    ? Promise.resolve(threads.main.block(to, method, ...args))
    : (threads.peer(from).block(to, method, ...args) as Promise<unknown>)
}
