/**
 * Functions that are passed to a worker and back a million times: no table of either side grows, and nothing is left of them at
 * the end. Counts and bounds, never times.
 */
import { setImmediate } from 'node:timers/promises'
import type { Context } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterAll, beforeAll, expect, test } from 'vitest'

const { gc } = globalThis
if (gc === undefined) throw new Error('this project runs with --expose-gc')

const MODULE = `
  export const take = (callback) => typeof callback
  export const takeAll = (callbacks) => callbacks.length
  const one = () => 'one'
  export const lendOne = () => one
  export const lendNew = (count) => Array.from({ length: count }, () => () => 'new')
  export const collect = () => { gc() }
`

interface Api {
  take(callback: () => unknown): string
  takeAll(callbacks: (() => unknown)[]): number
  lendOne(): () => string
  lendNew(count: number): (() => string)[]
  collect(): void
}

let worker: Context<Api>

beforeAll(async () => {
  worker = await spawnWorker<Api>(`data:text/javascript,${encodeURIComponent(MODULE)}`)
})

afterAll(() => worker.close())

/** All of it with FULL=1, as CI runs it; a part shows the same sooner. */
const MILLION = process.env.FULL === undefined ? 400_000 : 1_000_000
/** Calls that are under way at one time. */
const BATCH = 5000
/** Functions that one call carries. */
const MANY = 20

/** Waits until both tables of this side, and so those of the other, are as empty as they can be. */
async function empty(): Promise<void> {
  const left = (): number => worker.stats().exports + worker.stats().imports
  for (let round = 0; round < 200 && left() > 0; round++) {
    await collect()
  }
  expect(worker.stats()).toMatchObject({ exports: 0, imports: 0, pending: 0 })
}

/** Lets both sides collect and give back; finalizers have a turn of the event loop. */
async function collect(): Promise<void> {
  gc?.()
  await worker.remote.collect()
  await setImmediate()
}

test('the same function, in every call', async () => {
  const callback = (): void => undefined
  for (let sent = 0; sent < MILLION / 5; sent += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, () => worker.remote.take(callback)))
    expect(worker.stats().exports).toBeLessThanOrEqual(1)
  }
  await empty()
}, 60_000)

test('a million fresh callbacks', async () => {
  let most = 0
  for (let sent = 0; sent < MILLION; sent += BATCH * MANY) {
    const calls = Array.from({ length: BATCH }, () =>
      worker.remote.takeAll(Array.from({ length: MANY }, () => () => sent)),
    )
    expect(await Promise.all(calls)).toEqual(calls.map(() => MANY))
    await collect()
    most = Math.max(most, worker.stats().exports)
  }
  expect(most).toBeLessThan(MILLION / 2)
  await empty()
}, 60_000)

test('a function of the worker, in every answer', async () => {
  for (let sent = 0; sent < MILLION / 5; sent += BATCH) {
    await Promise.all(Array.from({ length: BATCH }, () => worker.remote.lendOne()))
    expect(worker.stats().imports).toBeLessThanOrEqual(1)
  }
  await empty()
}, 60_000)

test('a million fresh functions of the worker', async () => {
  let most = 0
  for (let sent = 0; sent < MILLION; sent += BATCH * MANY) {
    expect(await worker.remote.lendNew(BATCH * MANY)).toHaveLength(BATCH * MANY)
    await collect()
    most = Math.max(most, worker.stats().imports)
  }
  expect(most).toBeLessThan(MILLION / 2)
  await empty()
}, 60_000)
