/**
 * Locks between a host and its guests: what a guest may hold, and how a hold of it ends.
 */
import { type Context, type DeadlockError, lock, protect, type Remote } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'
import type * as Member from './fixtures/member.ts'
import { Tally } from './fixtures/member.ts'

const SOURCE = `
  import { lock, protect, withOptions } from '@farhold/core'
  class Shelf { value = 0; get() { return this.value } set(value) { this.value = value } }
  const shelf = protect(new Shelf(), { read: ['get'] })
  export const getShelf = () => shelf
  export const hold = (target, told) => lock(target, async () => { await told() })
  export const add = async (target, many) => {
    for (let round = 0; round < many; round++)
      await lock(target, async (held) => {
        const there = remote(held)
        await there.set((await there.get()) + 1)
      })
  }
  export const nestHeld = (first, second, meet) =>
    lock(first, async (held) => {
      await meet()
      return lock(withOptions(second, { held }), () => 'both')
    })
`

interface Shelf {
  get(): number
  set(value: number): void
}

interface Guest {
  getShelf(): Shelf
  hold(target: object, told: () => PromiseLike<unknown>): Promise<void>
  add(target: object, many: number): Promise<void>
  nestHeld(first: object, second: object, meet: () => PromiseLike<unknown>): Promise<string>
}

let guest: Context<Guest>
beforeEach(async () => {
  guest = await spawnIsolate<Guest>({ source: SOURCE, name: 'guest' })
})
afterEach(() => guest.close())

test('host and guest count what the host owns, one at a time', async () => {
  const tally = protect(new Tally(), { read: ['get'] })
  const add = async (): Promise<void> => {
    for (let round = 0; round < 50; round++)
      await lock(tally, async (held) => {
        const before = held.get()
        await undefined
        held.set(before + 1)
      })
  }
  await Promise.all([guest.remote.add(tally, 50), add(), guest.remote.add(tally, 50)])
  expect(tally.value).toBe(150)
})

test('host and guest count what the guest owns', async () => {
  const shelf = (await guest.remote.getShelf()) as unknown as Remote<Shelf>
  const add = async (): Promise<void> => {
    for (let round = 0; round < 50; round++)
      await lock(shelf, async (held) => held.set((await held.get()) + 1))
  }
  await Promise.all([add(), add()])
  expect(await shelf.get()).toBe(100)
  expect(await guest.lock.query()).toEqual({ held: [], pending: [] })
})

test('a guest holds no locks but those of protected objects, unless it may', async () => {
  const plain = { get: () => 1, set: () => undefined }
  const hold =
    'import { lock } from "@farhold/core"; export const hold = (target) => lock(target, () => 1)'
  const holdPlain = async (locks?: 'open' | 'none'): Promise<unknown> => {
    await using other = await spawnIsolate<{ hold(target: object): unknown }>({
      source: `${hold}; export const holdPlain = () => hold(plain); export const holdTally = () => hold(tally)`,
      globals: { plain, tally: protect(new Tally()) },
      ...(locks === undefined ? {} : { locks }),
    })
    const { holdPlain, holdTally } = other.remote as never as Record<string, () => Promise<unknown>>
    const outcomes = await Promise.all(
      [holdPlain, holdTally].map((call) => failureOf(call?.() as never)),
    )
    return outcomes.map((outcome) => (outcome instanceof Error ? outcome.name : 'held'))
  }
  expect(await holdPlain()).toEqual(['AccessDeniedError', 'held'])
  expect(await holdPlain('open')).toEqual(['held', 'held'])
  expect(await holdPlain('none')).toEqual(['AccessDeniedError', 'AccessDeniedError'])
})

test('a guest that is closed lets go', async () => {
  const tally = protect(new Tally())
  const entered = Promise.withResolvers<void>()
  const holding = failureOf(
    guest.remote.hold(tally, () => {
      entered.resolve()
      return new Promise(() => undefined)
    }),
  )
  await entered.promise
  const next = lock(tally, () => 'free')
  expect(guest.stats().locks.held).toBe(1)
  await guest.close()
  expect(await next).toBe('free')
  expect(((await holding) as Error).name).toBe('ContextClosedError')
})

test('a guest and a worker that wait for each other: one of them fails', async () => {
  await using worker = await spawnWorker<typeof Member>(
    new URL('./fixtures/member.ts', import.meta.url),
    { name: 'worker' },
  )
  const [one, two] = [protect(new Tally()), protect(new Tally())]
  const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
  const meet = (index: 0 | 1) => async (): Promise<void> => {
    met[index].resolve()
    await Promise.all(met.map(({ promise }) => promise))
  }
  const outcomes = await Promise.allSettled([
    guest.remote.nestHeld(one, two, meet(0)),
    worker.remote.nest(two as never, one as never, { come: meet(1) } as never),
  ])
  const failed = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(failed.map(({ reason }) => (reason as Error).name)).toEqual(['DeadlockError'])
  const cycles = failed.map(({ reason }) => (reason as DeadlockError).cycle)
  expect(
    cycles
      .flat()
      .map(({ context }) => context)
      .sort(),
  ).toEqual(['guest', 'worker'])
})
