/**
 * Threads and a guest that take each other's locks in any way there is, blocking ones included: nothing hangs, what the locks guard is exact, and at the end
 * everything is free.
 */
import { setTimeout as wait } from 'node:timers/promises'
import { type Context, proxy } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'
import { randomFrom } from '../memory/random.ts'
import type * as Module from './fixtures/player.ts'
import { getCounters, left, Player, values } from './fixtures/player.ts'

/** More by hand: `ROUNDS=1000 SEED=7 vitest run ...`. */
const ROUNDS = Number(process.env.ROUNDS ?? 60)
const SEED = Number(process.env.SEED ?? 1)
/** Longer than all of it takes: who is not done by then hangs. */
const HANGS = 20_000

const GUEST = `
  import { lock, withOptions } from '@farhold/core'
  export const play = async (targets, picks) => {
    const done = targets.map(() => 0)
    const raise = async (index, held) => {
      const before = await held.get()
      await held.set(before + 1)
      done[index]++
    }
    let failures = 0
    for (const [what, first, second] of picks) {
      const target = remote(targets[first])
      try {
        if (what === 0) { await target.add(); done[first]++ }
        else if (what === 1) await lock(target, (held) => raise(first, held))
        else await lock(target, async (held) => {
          await raise(first, held)
          const next = withOptions(remote(targets[second]), { held })
          await lock(next, (inner) => raise(second, inner))
        })
      } catch (error) {
        if (error.name !== 'DeadlockError') throw error
        failures++
      }
    }
    return done
  }
`

interface Guest {
  play(targets: readonly unknown[], picks: readonly number[][]): Promise<number[]>
}

const workers: Context<typeof Module>[] = []
let guest: Context<Guest>
const main = new Player()
/** Everyone's counters as each one has them: the main thread's first, then those of the workers. */
let targets: object[]

function spawn(name: string): Promise<Context<typeof Module>> {
  return spawnWorker<typeof Module>(new URL('./fixtures/player.ts', import.meta.url), { name })
}

async function meetAll(context: Context<typeof Module>): Promise<void> {
  await context.remote.player.meet(targets as never)
}

beforeAll(async () => {
  workers.push(...(await Promise.all(['a', 'b', 'c', 'd'].map(spawn))))
  guest = await spawnIsolate<Guest>({ source: GUEST, name: 'guest', locks: 'open' })
  const theirs = await Promise.all(workers.map((worker) => worker.remote.getCounters()))
  targets = [...getCounters(), ...theirs.flat()]
  main.meet(targets as never)
  await Promise.all(workers.map(meetAll))
})
afterAll(async () => {
  await Promise.all([...workers, guest].map((context) => context.close()))
})

/** Fails with who holds and who waits when it takes for ever. */
async function without<T>(hang: Promise<T>): Promise<T> {
  const over = new AbortController()
  const late = wait(HANGS, undefined, { signal: over.signal, ref: false }).then(async () => {
    const state = await Promise.all(
      workers.map(async ({ name, lock }) => [name, await lock.query()]),
    )
    throw new Error(`it hangs: ${JSON.stringify([state, left()])}`)
  })
  late.catch(() => undefined)
  try {
    return await Promise.race([hang, late])
  } finally {
    over.abort()
  }
}

async function expectFree(): Promise<void> {
  for (const worker of workers) {
    await expect.poll(() => worker.lock.query()).toEqual({ held: [], pending: [] })
    // What asks is a call itself, of nothing that is held.
    expect(await worker.remote.left()).toEqual({ busy: 0, bound: 0, name: worker.name })
    expect(worker.stats().locks).toEqual({ held: 0, waiting: 0 })
  }
  expect(guest.stats().locks).toEqual({ held: 0, waiting: 0 })
  expect(left()).toEqual({ busy: 0, bound: 0, name: 'main' })
}

async function counted(): Promise<number[][]> {
  const theirs = await Promise.all(workers.map((worker) => worker.remote.values()))
  return [...values(), ...theirs.flat()] as number[][]
}

/** What is counted since `before` is what all have done, and those with a lock of their own were written one at a time. */
async function expectExact(before: number[][], done: readonly Module.Done[]): Promise<void> {
  const sums = targets.map((_, index) => done.reduce((sum, each) => sum + (each[index] ?? 0), 0))
  const after = await counted()
  expect(after.map(([value = 0], index) => value - (before[index]?.[0] ?? 0))).toEqual(sums)
  expect(after.map(([, overlaps], index) => (index % 2 === 0 ? overlaps : 0))).toEqual(
    targets.map(() => 0),
  )
}

function guestPlays(seed: number): Promise<number[]> {
  const random = randomFrom(seed)
  const picks = Array.from({ length: ROUNDS }, () => [
    random(3),
    random(targets.length),
    random(targets.length),
  ])
  return guest.remote.play(targets.map((target) => proxy(target)) as never, picks as never)
}

test('everyone counts', { timeout: 3 * HANGS }, async () => {
  const before = await counted()
  const done = await without(
    Promise.all([
      main.play(SEED, ROUNDS, 3),
      ...workers.map((worker, index) => worker.remote.player.play(SEED + 1 + index, ROUNDS, 3)),
      guestPlays(SEED + 9),
    ]),
  )
  await expectExact(before, done as never)
  await expectFree()
})
test('everyone counts while others die who hold locks and wait for them', {
  timeout: 3 * HANGS,
}, async () => {
  const doomed = await Promise.all(['x', 'y', 'z'].map(spawn))
  await Promise.all(doomed.map(meetAll))
  const before = await counted()
  const haunted = doomed.map((context, index) =>
    failureOf(context.remote.player.haunt(SEED + 20 + index)),
  )
  const playing = [main, ...workers.map(({ remote }) => remote.player)].map((player, index) =>
    (player as Player).play(SEED + 30 + index, ROUNDS, 2),
  )
  const dying = doomed.map(async (context) => {
    // When each dies is decided by how long the others take for what they do.
    for (let round = 0; round < 10; round++) await counted()
    await context.close()
  })
  const done = await without(Promise.all(playing))
  await without(Promise.all(dying))
  for (const error of await Promise.all(haunted))
    expect((error as Error).name).toBe('ContextClosedError')
  await expectExact(before, done)
  await expectFree()
})
