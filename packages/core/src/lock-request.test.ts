import { afterEach, expect, test } from 'vitest'
import { ContextLock } from './context-lock.ts'
import { chaseWaiter, localParty } from './deadlock.ts'
import { LockRequest, lockOf, type TakenLocks } from './lock-request.ts'
import { protect } from './protected.ts'
import { busyLocks, type LockMode, type Party, RwLock } from './rw-lock.ts'
import { type Bound, thisHeap } from './this-heap.ts'

const party: Party = localParty('test')
const context = new ContextLock(() => 'context')

function twoLocks(): [RwLock, RwLock] {
  return [new RwLock(() => 'one'), new RwLock(() => 'two')]
}

/** Asks for some locks; what becomes of it is noted. */
function request(
  locks: readonly RwLock[],
  options: { mode?: LockMode; ifAvailable?: boolean; bonds?: readonly number[] } = {},
) {
  const outcome: { taken?: TakenLocks | undefined; error?: unknown; isOver: boolean } = {
    isOver: false,
  }
  const { mode = 'exclusive', ifAvailable = false, bonds = [] } = options
  const asked = new LockRequest(
    locks,
    { mode, ifAvailable, bonds, party },
    {
      granted: (taken) => Object.assign(outcome, { taken, isOver: true }),
      failed: (error) => Object.assign(outcome, { error, isOver: true }),
    },
  )
  const bound: Bound = {
    bonds,
    chase: (_, probe) => asked.waiter !== undefined && chaseWaiter(asked.waiter, probe, 'here'),
  }
  thisHeap.bound.add(bound)
  asked.goOn()
  return { asked, outcome, bound }
}

afterEach(() => {
  thisHeap.bound.clear()
  expect([...busyLocks]).toEqual([])
})

test('locks are taken in one order, each of them once', () => {
  const [one, two] = twoLocks()
  const first = request([two, one, two])
  const second = request([one, two])
  expect(first.outcome.taken?.tokens.length).toBe(1)
  expect([one, two].map((lock) => [...lock.line].length)).toEqual([1, 0])
  first.outcome.taken?.free()
  expect(second.outcome.isOver).toBe(true)
  second.outcome.taken?.free()
  second.outcome.taken?.free()
})

test('one that is called off gives back what it has', () => {
  const [one, two] = twoLocks()
  const first = request([two])
  const second = request([one, two])
  const third = request([one])
  second.asked.callOff()
  expect([second.outcome.isOver, third.outcome.isOver]).toEqual([false, true])
  first.outcome.taken?.free()
  third.outcome.taken?.free()
})

test('one that has its locks keeps them when it is called off too late', () => {
  const [one] = twoLocks()
  const first = request([one])
  const second = request([one])
  first.asked.callOff()
  expect([first.outcome.isOver, second.outcome.isOver]).toEqual([true, false])
  first.outcome.taken?.free()
  expect(second.outcome.isOver).toBe(true)
  second.outcome.taken?.free()
})

test('if available, all are had at once, or none', () => {
  const [one, two] = twoLocks()
  const first = request([two])
  const second = request([one, two], { ifAvailable: true })
  expect(second.outcome).toEqual({ taken: undefined, isOver: true })
  expect(one.isIdle).toBe(true)
  first.outcome.taken?.free()
})

test('who waits for a second lock has the first, so those who wait for that one may be a circle with it', () => {
  const [one, two] = twoLocks()
  const holder = request([two])
  const both = request([one, two])
  const nested = request([one], { bonds: holder.outcome.taken?.tokens ?? [] })
  const failures = [both, nested].filter(({ outcome }) => outcome.error !== undefined)
  expect(failures.map(({ outcome }) => (outcome.error as Error).name)).toEqual(['DeadlockError'])
  nested.outcome.taken?.free()
  holder.outcome.taken?.free()
  both.outcome.taken?.free()
})

test('an object is entered by its own lock, or by its context’s', () => {
  const guarded = protect({ n: 0 })
  expect(lockOf(guarded, context)).not.toBe(context)
  expect(lockOf(guarded, context)).toBe(lockOf(guarded, context))
  expect(lockOf({}, context)).toBe(context)
})
