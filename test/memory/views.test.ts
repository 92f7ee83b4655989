/**
 * Leases that no one disposes of, and what views keep. Counts and bounds, never times: a collection may take several rounds, and each round is an
 * event that is waited for.
 */
import { setImmediate } from 'node:timers/promises'
import { connect, expose, loopback, type Session, type View, view } from '@farhold/core'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'

const { gc } = globalThis
if (gc === undefined) throw new Error('this project runs with --expose-gc')

type Bytes = View<Uint8Array>
interface Api {
  give(): Bytes
  fresh(): Bytes
}

let own: Bytes
let owner: Session
let holder: Session<Api>
const warnings: string[] = []

beforeEach(() => {
  own = view(8)
  const [here, there] = loopback()
  owner = expose({ give: () => own, fresh: () => view(8) }, here)
  holder = connect<Api>(there)
  vi.spyOn(console, 'warn').mockImplementation((text: string) => warnings.push(text))
})

afterEach(async () => {
  await holder.close()
  warnings.length = 0
  vi.restoreAllMocks()
})

/** Collects until something holds. */
async function collectUntil(done: () => boolean): Promise<void> {
  for (let round = 0; round < 100 && !done(); round++) {
    gc?.()
    await setImmediate()
  }
  expect(done()).toBe(true)
}

/** In a frame of its own, so that nothing of it is left on the stack. */
async function leak(bytes: Bytes): Promise<void> {
  const lease = await bytes.lease()
  lease.array.fill(1)
}

test('a lease that is left to the collector lets go, and says so once', async () => {
  for (const bytes of [own, await holder.remote.give(), own]) {
    await leak(bytes)
    let next: { [Symbol.dispose](): void } | undefined
    void bytes.lease().then((lease) => {
      next = lease
    })
    await collectUntil(() => next !== undefined)
    next?.[Symbol.dispose]()
  }
  expect(warnings).toEqual([
    expect.stringMatching(/^farhold: a lease \(exclusive, elements 0 to 8/),
  ])
})

test('a lease is kept by its array', async () => {
  const { array } = await (await holder.remote.give()).lease()
  for (let round = 0; round < 20; round++) {
    gc?.()
    await setImmediate()
  }
  expect(own.revoke()).toBe(1)
  expect(array.length).toBe(8)
})

test('a lease keeps its view, and what is at home', async () => {
  const lease = await (async () => (await holder.remote.fresh()).lease())()
  for (let round = 0; round < 20; round++) {
    gc?.()
    await setImmediate()
  }
  lease.array.fill(1)
  expect(lease.isOver).toBe(false)
  lease[Symbol.dispose]()
})

test('leases that were disposed of, and views that no one holds, leave nothing', async () => {
  const use = async (): Promise<void> => {
    const bytes = await holder.remote.fresh()
    using lease = await bytes.lease()
    lease.array.fill(1)
  }
  for (let round = 0; round < 200; round++) await use()
  const before = owner.stats()
  expect(before.exports).toBeGreaterThan(0)
  await collectUntil(() => owner.stats().exports === 0 && holder.stats().imports === 0)
})

test('many leases of one view leave nothing', async () => {
  const bytes = await holder.remote.give()
  for (let round = 0; round < 2000; round++) {
    using lease = await bytes.lease({ range: [round % 8, (round % 8) + 1] })
    lease.array[0] = round
  }
  // The view itself; its last lease is given back when the owner has answered.
  await collectUntil(() => owner.stats().exports === 1 && owner.stats().held === 0)
})
