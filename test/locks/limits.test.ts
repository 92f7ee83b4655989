/** How many of a peer's calls and requests may wait for locks. */
import { connect, expose, lock, loopback, protect } from '@farhold/core'
import { expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

class Shelf {
  value = 0
  get(): number {
    return this.value
  }
}

test('up to the limit they wait; one more is refused, and those in line go on', async () => {
  const shelf = protect(new Shelf(), { read: ['get'] })
  const [here, there] = loopback()
  const owner = expose({ shelf: () => shelf }, here, { limits: { lockRequests: 2 } })
  const session = connect<{ shelf(): typeof shelf }>(there)
  const remote = await session.remote.shelf()
  const told = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  const holding = lock(shelf, () => {
    entered.resolve()
    return told.promise
  })
  await entered.promise
  const waiting = [Promise.resolve(remote.get()), lock(remote, () => 'held')]
  await expect.poll(() => owner.stats().locks.waiting).toBe(2)
  const errors = await Promise.all([failureOf(remote.get()), failureOf(lock(remote, () => 'no'))])
  for (const error of errors)
    expect(error).toMatchObject({ name: 'LimitExceededError', limit: 'lockRequests' })
  expect(owner.stats().locks).toEqual({ held: 0, waiting: 2 })
  told.resolve()
  await holding
  expect(await Promise.all(waiting)).toEqual([0, 'held'])
  expect(await remote.get()).toBe(0)
  expect(owner.stats().locks).toEqual({ held: 0, waiting: 0 })
  await session.close()
})
