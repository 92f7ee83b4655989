/**
 * The end of a thread that a blocked one waits for: the blocked call is told the reason, whoever else is blocked meanwhile, and everyone else
 * goes on.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { deaths } from './fixtures/deaths.ts'
import { outcomeOf } from './fixtures/peer.ts'
import { createFlag, type FlagMemory, raise } from './fixtures/shared-flag.ts'
import { Threads } from './threads.ts'

/** Milliseconds until a call that hangs is given up. A wall: nothing depends on its length. */
const BOUND = 6000

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'c'])
})

beforeEach(async () => {
  await threads.add('b', { resourceLimits: { maxOldGenerationSizeMb: 24 } })
})

afterEach(async () => {
  const { closed } = threads.context('b')
  await threads.context('b').close()
  await closed
  threads.lost('b')
  // Everyone else goes on.
  expect(threads.main.block('a', 'block', 'c', 'later', 1)).toBe(1)
  expect(await threads.peer('c').block('a', 'block', 'main', 'later', 2)).toBe(2)
})

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

const lost = (expected: object) => ({
  error: 'ContextClosedError',
  code: 'FARHOLD_CONTEXT_CLOSED',
  message: expect.stringContaining('"b"') as string,
  ...expected,
})

type Death = keyof typeof deaths
const EXITED = { reason: 'exit', exitCode: 3 }
const CRASHED = { reason: 'error', exitCode: 1 }
const EXHAUSTED = { reason: 'memory', exitCode: 1 }

/** What is told of them, as to one that awaits. */
const OWN_DEATHS: readonly (readonly [Death, object])[] = [
  ['exit', EXITED],
  ['exitLater', EXITED],
]
const CRASHES: readonly (readonly [Death, object])[] = [
  ['crash', CRASHED],
  ['rejectUnhandled', CRASHED],
]
const EXHAUSTIONS: readonly (readonly [Death, object])[] = [['exhaust', EXHAUSTED]]

type Blocked = (bound: number, death: Death, flag: FlagMemory) => unknown

const workerOnWorker: Blocked = (bound, ...how) =>
  threads.peer('a').attemptFor(bound, 'b', 'die', ...how)
const mainOnWorker: Blocked = (bound, ...how) => threads.main.attemptFor(bound, 'b', 'die', ...how)
const workerOnMainOnWorker: Blocked = (bound, ...how) =>
  threads.peer('a').block('main', 'attemptFor', bound, 'b', 'die', ...how)
const mainOnWorkerOnWorker: Blocked = (bound, ...how) =>
  threads.main.block('a', 'attemptFor', bound, 'b', 'die', ...how)

describe.each([
  ['a worker', workerOnWorker],
  ['main', mainOnWorker],
  ['main, for a worker that is blocked on it', workerOnMainOnWorker],
  ['a worker that main is blocked on', mainOnWorkerOnWorker],
] as const)('%s, blocked on one', (who, blocked) => {
  const told = async (death: Death, bound = BOUND): Promise<unknown> =>
    await blocked(bound, death, createFlag())

  // Who is blocked besides changes nothing about how it is told of a later turn.
  const ways = who.includes('blocked') ? 1 : 2

  test.each(OWN_DEATHS.slice(0, ways))('that exits (%s)', async (death, expected) => {
    expect(await told(death)).toMatchObject(lost(expected))
  })

  if (who === 'a worker') {
    test.each([...CRASHES, ...EXHAUSTIONS])(
      'that crashes is told why (%s)',
      async (death, expected) => {
        expect(await told(death)).toMatchObject(lost(expected))
      },
    )
  } else {
    test.each(CRASHES)('that crashes is told why (%s)', async (death, expected) => {
      expect(await told(death)).toMatchObject(lost(expected))
    })
  }

  test.each(EXHAUSTIONS)('that runs out of memory (%s)', async (death, expected) => {
    const { closed } = threads.context('b')
    // While main is blocked it sees no more than that the thread has ended; that it was for want of memory comes later.
    const seen = who === 'a worker' ? expected : { exitCode: 1 }
    expect(await told(death)).toMatchObject(lost(seen))
    expect(await closed).toMatchObject({ kind: 'memory', exitCode: 1 })
  })

  test.each(['wait', 'spin'] as const)('that main ends, asked by a third (%s)', async (death) => {
    expect(await ended(blocked, death, BOUND)).toMatchObject(lost({ reason: 'closed' }))
  })
})

/** The third asks when `b` has begun. */
async function ended(blocked: Blocked, death: Death, bound: number): Promise<unknown> {
  const flag = createFlag()
  const asked = threads.peer('c').endOther(flag, 'b')
  await new Promise(setImmediate)
  const outcome = await blocked(bound, death, flag)
  await asked
  return outcome
}

describe('afterwards', () => {
  test('calls of the one that is gone fail at once, for the same reason', async () => {
    await workerOnWorker(BOUND, 'exit', createFlag())
    expect(await threads.peer('a').attemptLater('b', 'add', 1, 2)).toMatchObject(lost(EXITED))
    expect(await threads.peer('c').attemptLater('b', 'add', 1, 2)).toMatchObject(lost(EXITED))
    expect(await threads.main.attemptLater('b', 'add', 1, 2)).toMatchObject(lost(EXITED))
  })

  test('blocking ones too, of a blocking proxy that was had before', async () => {
    const { peer } = threads.context('b').sync
    mainOnWorker(BOUND, 'exit', createFlag())
    expect(outcomeOf(() => peer.add(1, 2))).toMatchObject(lost(EXITED))
    expect(outcomeOf(() => threads.context('b').sync.peer)).toMatchObject(lost(EXITED))
  })

  test('blocking ones too, of a blocking proxy that is made of a Remote', async () => {
    await workerOnWorker(BOUND, 'exit', createFlag())
    expect(await threads.peer('a').attempt('b', 'add', 1, 2)).toMatchObject(lost(EXITED))
    expect(threads.main.attempt('b', 'add', 1, 2)).toMatchObject(lost(EXITED))
  })

  test('what was awaited from it meanwhile fails too', async () => {
    const flag = createFlag()
    const awaited = threads.peer('a').attemptLater('b', 'gate', 'never')
    const here = threads.main.attemptLater('b', 'gate', 'never')
    await threads.blocks('a')
    expect(threads.main.attemptFor(BOUND, 'b', 'die', 'exit', flag)).toMatchObject(lost(EXITED))
    expect(await awaited).toMatchObject(lost(EXITED))
    expect(await here).toMatchObject(lost(EXITED))
  })
})

describe('one that ends while it is blocked itself', () => {
  test('on main, which ends it', async () => {
    const blocked = threads.peer('b').block('main', 'gate', 'never') as Promise<unknown>
    const failed = blocked.then(undefined, (error: unknown) => error)
    await threads.blocks('b')
    await threads.context('b').close()
    expect(await failed).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED', reason: 'closed' })
  })

  test('on a worker, which goes on', async () => {
    const failed = threads.main.attemptLater('b', 'block', 'a', 'gate', 'for b')
    await threads.blocks('b')
    await threads.context('b').close()
    expect(await failed).toMatchObject(lost({ reason: 'closed' }))
    await threads.peer('a').open('for b', 'too late')
    expect(await threads.peer('a').add(1, 2)).toBe(3)
  })

  test('in a method that another is blocked on', async () => {
    const flag = createFlag()
    // `a` blocks on `b`, which blocks on `c`, where it is ended.
    const outcome = threads.peer('a').attempt('b', 'block', 'c', 'endOther', flag, 'b')
    await threads.blocks('a')
    raise(flag)
    expect(await outcome).toMatchObject(lost({ reason: 'closed' }))
  })
})
