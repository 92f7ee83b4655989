/**
 * Locks between threads: what they protect, who gets them, and what ends a wait.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  type Context,
  type DeadlockError,
  lock,
  lockSync,
  protect,
  type Remote,
  withOptions,
} from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'
import type * as Member from './fixtures/member.ts'
import { Tally } from './fixtures/member.ts'

/** Runs what is no part of any hold around it. */
const withoutHold = AsyncLocalStorage.snapshot()

type Worker = Context<typeof Member>

const NAMES = ['a', 'b', 'c', 'd']
const workers: Worker[] = []
const spawn = (name: string): Promise<Worker> =>
  spawnWorker<typeof Member>(new URL('./fixtures/member.ts', import.meta.url), { name })

// Those that a test has ended are spawned anew.
beforeEach(async () => {
  const missing = NAMES.filter((name) => !workers.some((worker) => worker.name === name))
  workers.push(...(await Promise.all(missing.map(spawn))))
  workers.sort((one, other) => NAMES.indexOf(one.name) - NAMES.indexOf(other.name))
  await Promise.all(workers.map((worker) => worker.remote.reset()))
})
afterAll(async () => {
  await Promise.all(workers.map((worker) => worker.close()))
})

const at = (index: number): Worker => workers[index] as Worker // four were spawned

/** The name of the error that a call fails with. */
async function nameOf(call: PromiseLike<unknown>): Promise<string> {
  return ((await failureOf(call)) as Error).name
}

/** Has someone hold a lock until it is told to let go. */
async function hold(
  by: (told: () => Promise<void>) => Promise<void>,
): Promise<{ letGo(): void; readonly done: Promise<void> }> {
  const entered = Promise.withResolvers<void>()
  const told = Promise.withResolvers<void>()
  const done = by(() => {
    entered.resolve()
    return told.promise
  })
  await Promise.race([entered.promise, done])
  return { letGo: told.resolve, done }
}

/** Resolves for all who have come when `many` have. */
function meetingOf(many: number): Member.Meeting {
  const met = Promise.withResolvers<void>()
  let left = many
  return protect(
    {
      come: () => {
        left--
        if (left === 0) met.resolve()
        return met.promise
      },
    },
    { read: ['come'] },
  )
}

/** No one holds or waits, as every context sees it, when what is on the way has arrived. */
async function expectFree(): Promise<void> {
  for (const worker of workers) {
    await expect.poll(() => worker.lock.query()).toEqual({ held: [], pending: [] })
    expect(worker.stats().locks).toEqual({ held: 0, waiting: 0 })
  }
}

describe('1000 increments from four contexts', () => {
  const add = async (target: unknown, how: Parameters<typeof Member.addMany>[2]): Promise<void> => {
    await Promise.all(
      workers.map((worker) => worker.remote.addMany(target as Remote<Tally>, 250, how)),
    )
  }

  test('of what main owns: exact with the lock, and wrong without', async () => {
    const tally = protect(new Tally(), { read: ['get'] })
    await add(tally, 'locked')
    expect(tally.value).toBe(1000)
    tally.value = 0
    await add(tally, 'bare')
    expect(tally.value).toBeLessThan(1000)
    tally.value = 0
    await add(tally, 'locked, blocking')
    expect(tally.value).toBe(1000)
  })

  test('of what a worker owns, by the lock of its context', async () => {
    await using owner = await spawn('owner')
    const tally = await owner.remote.makeTally()
    await add(tally, 'locked')
    expect(await tally.get()).toBe(1000)
    await tally.set(0)
    await add(tally, 'bare')
    expect(await tally.get()).toBeLessThan(1000)
    await tally.set(0)
    await add(tally, 'locked, blocking')
    expect(await tally.get()).toBe(1000)
  })
})

describe('philosophers at a table', () => {
  /** What each may take and put back, and no more. */
  type Forks = readonly never[]

  /** Each takes the fork at its left, and then the one at its right. */
  async function dine(forks: Forks): Promise<PromiseSettledResult<string>[]> {
    const meeting = meetingOf(forks.length)
    return Promise.allSettled(
      forks.map((fork, index) => {
        const right = forks[(index + 1) % forks.length] as never
        return at(index).remote.nest(fork, right, meeting as never)
      }),
    )
  }

  async function expectOneToStarve(
    outcomes: PromiseSettledResult<string>[],
  ): Promise<DeadlockError> {
    const starved = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(starved.map(({ reason }) => (reason as Error).name)).toEqual(['DeadlockError'])
    expect(outcomes.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(3)
    await expectFree()
    return starved[0]?.reason as DeadlockError
  }

  test('each worker has a fork', async () => {
    const forks = (await Promise.all(
      workers.map((worker) => worker.remote.getGuarded()),
    )) as unknown as Forks
    const { cycle, message } = await expectOneToStarve(await dine(forks))
    expect(new Set(cycle.map(({ context }) => context))).toEqual(new Set(['a', 'b', 'c', 'd']))
    for (const [index, { holds }] of cycle.entries()) {
      expect(holds).toMatch(/^Tally#\d+$/)
      expect(cycle.at(index - 1)?.waitsFor).toBe(holds)
    }
    expect(message).toMatch(/"a" holds Tally#\d+ and waits for Tally#\d+ \(member\.ts:\d+\)/)
  })

  test('each worker is a fork: the lock of its whole context', async () => {
    const forks = (await Promise.all(
      workers.map((worker) => worker.remote.makeTally()),
    )) as unknown as Forks
    const { message } = await expectOneToStarve(await dine(forks))
    expect(message).toContain('holds context "')
  })

  test('main has the forks', async () => {
    const forks = workers.map(() => protect(new Tally()) as never)
    await expectOneToStarve(await dine(forks))
  })

  test('whose threads are blocked', async () => {
    const forks = workers.map(() => protect(new Tally()) as never)
    const memory = new SharedArrayBuffer(4)
    const outcomes = await Promise.allSettled(
      forks.map((fork, index) =>
        at(index).remote.nestBlocked(fork, forks[(index + 1) % 4] as never, memory, 4),
      ),
    )
    await expectOneToStarve(outcomes)
  })

  test('taken together, no one starves', async () => {
    const forks = await Promise.all(workers.map((worker) => worker.remote.getGuarded()))
    let meals = 0
    await Promise.all(
      forks.map(async (fork, index) => {
        const right = forks[(index + 1) % forks.length] as typeof fork
        for (let round = 0; round < 20; round++) {
          await lock([fork, right], async (one, other) => {
            await one.set((await one.get()) + 1)
            await other.set((await other.get()) + 1)
            meals++
          })
        }
      }),
    )
    expect(meals).toBe(80)
    expect(await Promise.all(forks.map((fork) => fork.get()))).toEqual([40, 40, 40, 40])
    await expectFree()
  })

  test('one who waits for a call, and not for a lock, is on the circle too', async () => {
    const [mine, theirs] = await Promise.all([at(0).remote.getGuarded(), at(1).remote.getGuarded()])
    const met = Promise.withResolvers<void>()
    const told = Promise.withResolvers<void>()
    const other = lock(theirs, async () => {
      met.resolve()
      await told.promise
      return mine.get()
    })
    const outcomes = await Promise.allSettled([
      other,
      lock(mine, async () => {
        await met.promise
        told.resolve()
        return theirs.set(1)
      }),
    ])
    expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    await expectFree()
  })
})

describe('a transaction of another context', () => {
  test('is not mixed with those of others', async () => {
    await using owner = await spawn('owner')
    const database = await owner.remote.getDatabase()
    await Promise.all(
      workers.map(async (worker, index) => {
        for (const amount of [1, 13, 7, 2]) {
          const [from, to] = index % 2 === 0 ? [1, 2] : [2, 1]
          await worker.remote.transfer(database as never, from, to, amount)
        }
      }),
    )
    const rows = (await database.prepare('select balance from account').all()) as {
      balance: number
    }[]
    expect(rows.map(({ balance }) => balance)).toEqual([1000, 1000])
  })
})

describe('a holder that is gone lets go', () => {
  test.each(['an object', 'a context'] as const)('that has ended itself, of %s', async (what) => {
    const target = (await (what === 'an object'
      ? at(0).remote.getGuarded()
      : at(0).remote.makeTally())) as unknown as Remote<Tally>
    const dying = at(1).remote.dieHolding(target, 3)
    const next = at(2).remote.addMany(target, 1, 'locked')
    expect(await nameOf(dying)).toBe('ContextClosedError')
    await next
    expect(await target.get()).toBe(1)
    workers.splice(1, 1)
    await expectFree()
  })

  test('that was terminated while it held it, and while it waited', async () => {
    const target = await at(0).remote.makeTally()
    const holder = await hold((told) => at(1).remote.holdUntil(target, told))
    const waiting = at(2).remote.addMany(target, 1, 'locked')
    const blocked = at(3).remote.addMany(target, 1, 'locked, blocking')
    await expect.poll(async () => (await at(0).lock.query()).pending.length).toBe(2)
    const lost = [nameOf(holder.done), nameOf(waiting)]
    await Promise.all([at(1).close(), at(2).close()])
    expect(await Promise.all(lost)).toEqual(['ContextClosedError', 'ContextClosedError'])
    await blocked
    expect(await target.get()).toBe(1)
    workers.splice(1, 2)
    await expectFree()
  })

  test('whose own thread was blocked when the owner died hears of it', async () => {
    const target = await at(0).remote.makeTally()
    const holder = await hold((told) => lock(target, told))
    const blocked = nameOf(at(1).remote.getBlocked(target, {}))
    await expect.poll(async () => (await at(0).lock.query()).pending.length).toBe(1)
    await at(0).close()
    expect(await blocked).toBe('ContextClosedError')
    holder.letGo()
    await holder.done
    workers.shift()
  })
})

describe('threads that are blocked', () => {
  test('wait for a lock that another thread holds, and hear when it is free', async () => {
    const target = await at(0).remote.makeTally()
    const holder = await hold((told) => at(1).remote.holdUntil(target, told))
    const calls = [at(2).remote.blockedGet(target), at(3).remote.getBlocked(target, {})]
    holder.letGo()
    expect(await Promise.all(calls)).toEqual([0, 0])
    await holder.done
    await expectFree()
  })

  test('give up after their time', async () => {
    const target = await at(0).remote.getGuarded()
    const holder = await hold((told) => at(1).remote.holdUntil(target, told))
    expect(await nameOf(at(2).remote.getBlocked(target, { timeout: 5 }))).toBe('LockTimeoutError')
    holder.letGo()
    await holder.done
    await expectFree()
  })

  test('do not wait for what their own thread holds', async () => {
    const target = await at(0).remote.getGuarded()
    const holder = await hold((told) => lock(target, told))
    const blocking = at(0).sync.getGuarded()
    expect(() => blocking.set(1)).toThrow(expect.objectContaining({ name: 'DeadlockError' }))
    expect(() => lockSync(blocking, () => 1)).toThrow(
      expect.objectContaining({ name: 'DeadlockError' }),
    )
    holder.letGo()
    await holder.done
    blocking.set(2)
    expect(lockSync(blocking, (held) => held.get())).toBe(2)
    await expectFree()
  })

  test('hold it while they do several things', () => {
    const target = at(0).sync.getGuarded()
    const seen = lockSync(target, (held) => {
      held.set(5)
      return held.get() + target.get()
    })
    expect(seen).toBe(10)
    expect(() => lockSync(target, async () => 1)).toThrow(TypeError)
    expect(lockSync(target, { ifAvailable: true }, (held) => held === null)).toBe(false)
  })
})

describe('the lock of a context', () => {
  test('has the shape of the Web Locks API', async () => {
    const { lock: locks, remote } = at(0)
    const result = await locks.request({ mode: 'shared' }, async (held) => {
      expect([held.name, held.mode]).toEqual(['a', 'shared'])
      expect(await locks.query()).toEqual({
        held: [{ name: 'context "a"', mode: 'shared', clientId: 'main' }],
        pending: [],
      })
      return 'result'
    })
    expect(result).toBe('result')
    await locks
      .request(async (held) => {
        expect(at(0).stats().locks.held).toBe(1)
        const order: string[] = []
        const outside = withoutHold(() =>
          at(1)
            .remote.addMany(remote.tally as never, 1, 'bare')
            .then(() => order.push('outside')),
        )
        await withOptions(remote, { held }).tally.set(5)
        order.push('inside')
        await expect.poll(async () => (await locks.query()).pending.length).toBe(1)
        expect(order).toEqual(['inside'])
        return { outside }
      })
      .then(({ outside }) => outside)
    expect(await remote.tally.get()).toBe(6)
    expect(await locks.request({ ifAvailable: true }, (held) => held !== null)).toBe(true)
    await expectFree()
  })

  test('calls that the callback did not wait for are inside all the same', async () => {
    const { remote } = at(0)
    const target = await remote.makeTally()
    const others = [at(1), at(2)].map((worker) => worker.remote.addMany(target, 50, 'locked'))
    for (let round = 0; round < 50; round++) {
      await lock(target, (held) => {
        held.get().then(
          (value: number) => value,
          () => undefined,
        )
        return held.get().then((value: number) => held.set(value + 1))
      })
    }
    await Promise.all(others)
    expect(await target.get()).toBe(150)
    await expectFree()
  })
})
