/**
 * Contexts that take one call at a time: no one else is inside until a method has settled, but while it waits for another
 * context.
 */
import { type Context, connect, expose, loopback, proxy, type Remote, sync } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as Member from './fixtures/member.ts'

const spawn = (name: string, lock: 'turn' | 'exclusive'): Promise<Context<typeof Member>> =>
  spawnWorker<typeof Member>(new URL('./fixtures/member.ts', import.meta.url), { name, lock })

let one: Context<typeof Member>
let two: Context<typeof Member>
beforeAll(async () => {
  ;[one, two] = await Promise.all([spawn('one', 'exclusive'), spawn('two', 'exclusive')])
})
afterAll(() => Promise.all([one.close(), two.close()]))

async function expectFree(): Promise<void> {
  for (const { lock } of [one, two])
    await expect.poll(() => lock.query()).toEqual({ held: [], pending: [] })
}

/** One of each worker. */
async function relays(): Promise<readonly [Remote<Member.Relay>, Remote<Member.Relay>]> {
  return [await one.remote.makeRelay(), await two.remote.makeRelay()]
}

const many = <R>(count: number, run: () => R): R[] => Array.from({ length: count }, run)

describe('a worker', () => {
  test('has one call inside at a time, and any number without', async () => {
    await Promise.all(many(10, () => one.remote.stay()))
    expect(await one.remote.mostInside()).toBe(1)
    await using open = await spawn('open', 'turn')
    await Promise.all(many(10, () => open.remote.stay()))
    expect(await open.remote.mostInside()).toBe(10)
    await expectFree()
  })

  test('serves others while a method waits for another context, and has the lock again when it goes on', async () => {
    await one.remote.reset()
    let waiting = 0
    let most = 0
    const call = async (): Promise<void> => {
      waiting++
      most = Math.max(most, waiting)
      // Until all are in here, which they could not be if the first kept the lock.
      if (waiting === 5) met.resolve()
      await met.promise
    }
    const met = Promise.withResolvers<void>()
    await Promise.all(many(5, () => one.remote.addAround(call)))
    expect(most).toBe(5)
    expect(await one.remote.tally.value).toBe(5)
    await expectFree()
  })

  test('calls that call back, to any depth, all come to an end', async () => {
    const [first, second] = await relays()
    expect(await first.relay(8, second, first)).toBe(8)
    expect(
      await Promise.all([first.relay(6, second, first), second.relay(6, first, second)]),
    ).toEqual([6, 6])
    await expectFree()
  })

  test('so do those that block', async () => {
    const [first, second] = await relays()
    expect(await first.relayBlocked(6, second, first)).toBe(6)
    expect(
      await Promise.all([
        first.relayBlocked(6, second, first),
        second.relayBlocked(6, first, second),
      ]),
    ).toEqual([6, 6])
    expect(sync(first).relayBlocked(4, second, first)).toBe(4)
    await expectFree()
  })

  test('a method that fails lets go', async () => {
    await one.remote.addAround(() => Promise.reject(new RangeError('no'))).then(undefined, () => 0)
    expect(await one.remote.mostInside()).toBe(1)
    await expectFree()
  })
})

test('a context in the same heap', async () => {
  const [here, there] = loopback()
  let inside = 0
  let most = 0
  const owner = expose(
    {
      stay: async () => {
        inside++
        most = Math.max(most, inside)
        for (let turn = 0; turn < 5; turn++) await undefined
        inside--
      },
    },
    here,
    { lock: 'exclusive' },
  )
  const session = connect<{ stay(): Promise<void> }>(there)
  await Promise.all(many(10, () => session.remote.stay()))
  expect(most).toBe(1)
  await session.close()
  await owner.close()
})

describe('a guest', () => {
  const SOURCE = `
    let inside = 0, most = 0, total = 0
    export async function stay() {
      most = Math.max(most, ++inside)
      for (let turn = 0; turn < 5; turn++) await undefined
      inside--
      return most
    }
    export async function around() {
      const before = total
      await remote(host).wait()
      total = Math.max(before, total) + 1
      return total
    }
  `
  interface Guest {
    stay(): Promise<number>
    around(): Promise<number>
  }

  test('has one call inside at a time, but while it waits for the host', async () => {
    let waiting = 0
    const met = Promise.withResolvers<void>()
    const host = proxy({
      async wait() {
        waiting++
        if (waiting === 3) met.resolve()
        await met.promise
      },
    })
    await using guest = await spawnIsolate<Guest>({
      source: SOURCE,
      lock: 'exclusive',
      globals: { host },
    })
    expect(await Promise.all(many(5, () => guest.remote.stay()))).toEqual([1, 1, 1, 1, 1])
    const totals = await Promise.all(many(3, () => guest.remote.around()))
    expect(totals.sort()).toEqual([1, 2, 3])
    await expect.poll(() => guest.lock.query()).toEqual({ held: [], pending: [] })
  })
})
