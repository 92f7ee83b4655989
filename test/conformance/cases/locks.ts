/** Locks: who is inside, who waits, in which order, and what ends a wait. */
import { type Case, type CaseContext, group, type Untyped } from '../case.ts'
import { platformClass } from '../samples.ts'
import { Stopper } from '../stopper.ts'

const newShelf = async ({ remote, asRemote }: CaseContext): Promise<Untyped> =>
  asRemote(await remote.makeShelf())

const newPlainShelf = async ({ remote, asRemote }: CaseContext): Promise<Untyped> =>
  asRemote(await remote.makePlainShelf())

/** Holds a lock until it is told to let go. */
async function holdUntilTold(
  { farhold }: CaseContext,
  target: Untyped,
  options: object = {},
): Promise<{ letGo(): void; readonly done: Promise<unknown> }> {
  const entered = Promise.withResolvers<void>()
  const told = Promise.withResolvers<void>()
  const done = farhold.lock(target as object, options, async () => {
    entered.resolve()
    await told.promise
  })
  await Promise.race([entered.promise, done])
  return { letGo: told.resolve, done }
}

async function addOne(shelf: Untyped): Promise<void> {
  await shelf.set((await shelf.get()) + 1)
}

async function times(count: number, run: () => Promise<unknown>): Promise<void> {
  for (let round = 0; round < count; round++) await run()
}

const holding = group('locks', {
  async 'read, change and write again: exact with the lock, and wrong without'(context) {
    const { farhold, assert } = context
    for (const shelf of [await newShelf(context), await newPlainShelf(context)]) {
      const locked = (): Promise<unknown> => farhold.lock(shelf, (held: Untyped) => addOne(held))
      await Promise.all([1, 2, 3, 4].map(() => times(25, locked)))
      assert.equal(await shelf.get(), 100, 'what they have counted together')
      await shelf.set(0)
      await Promise.all([1, 2, 3, 4].map(() => times(25, () => addOne(shelf))))
      assert.ok((await shelf.get()) < 100, 'that something was lost')
    }
  },

  async 'gives what the callback gives, and lets go when it fails'(context) {
    const { farhold, assert } = context
    const shelf = await newShelf(context)
    assert.equal(await farhold.lock(shelf, () => 1), 1)
    assert.equal(await farhold.lock(shelf, async () => 'later'), 'later')
    const failure = new RangeError('inside')
    const failed = farhold.lock(shelf, () => {
      throw failure
    })
    assert.equal(await assert.rejects(failed), failure)
    assert.equal(await farhold.lock(shelf, (held: Untyped) => held.get()), 0)
  },

  async 'who comes from outside waits until the holder is done, whatever it asks'(context) {
    const { farhold, assert } = context
    for (const shelf of [await newShelf(context), await newPlainShelf(context)]) {
      const entered = Promise.withResolvers<void>()
      const told = Promise.withResolvers<void>()
      const done = farhold.lock(shelf, async (held: Untyped) => {
        entered.resolve()
        await told.promise
        await held.note('inside')
        await farhold.RemoteReflect.set(held, 'value', 7)
      })
      await entered.promise
      const outside = shelf.note('outside')
      const read = shelf.get()
      const property = Promise.resolve(shelf.value)
      told.resolve()
      await Promise.all([done, outside])
      assert.deepEqual(await shelf.notes(), ['inside', 'outside'])
      assert.deepEqual([await read, await property], [7, 7])
    }
  },

  async 'those who wait come in the order they asked'(context) {
    const { farhold, assert } = context
    const shelf = await newShelf(context)
    const first = await holdUntilTold(context, shelf)
    const rest = ['a', 'b', 'c', 'd'].map((name) =>
      farhold.lock(shelf, (held: Untyped) => held.note(name)),
    )
    first.letGo()
    await Promise.all(rest)
    assert.deepEqual(await shelf.notes(), ['a', 'b', 'c', 'd'])
  },

  async 'shared holders are inside side by side, and a writer is not overtaken'(context) {
    const { farhold, roundTrip, assert } = context
    const shelf = await newShelf(context)
    const order: string[] = []
    const one = await holdUntilTold(context, shelf, { mode: 'shared' })
    const two = await holdUntilTold(context, shelf, { mode: 'shared' })
    const writer = farhold.lock(shelf, () => order.push('writer'))
    const reader = farhold.lock(shelf, { mode: 'shared' }, () => order.push('reader'))
    await roundTrip()
    assert.deepEqual(order, [])
    one.letGo()
    await one.done
    await roundTrip()
    assert.deepEqual(order, [])
    two.letGo()
    await Promise.all([writer, reader])
    assert.deepEqual(order, ['writer', 'reader'])
  },

  async 'who holds it enters again, by the proxy it was given'(context) {
    const { farhold, assert } = context
    const shelf = await newShelf(context)
    const seen = await farhold.lock(shelf, async (held: Untyped) => {
      await held.note('first')
      const inner = await farhold.lock(held, async (again: Untyped) => {
        await again.note('second')
        return again.notes()
      })
      await held.note('third')
      return inner
    })
    assert.deepEqual(seen, ['first', 'second'])
    assert.deepEqual(await shelf.notes(), ['first', 'second', 'third'])
  },

  async 'a proxy of something else carries the hold when it is told to'(context) {
    const { farhold, assert } = context
    const shelf = await newPlainShelf(context)
    const other = await newPlainShelf(context)
    await farhold.lock(shelf, async (held: Untyped) => {
      await undefined
      await farhold.withOptions(other, { held }).note('let in')
    })
    assert.deepEqual(await other.notes(), ['let in'])
  },

  async 'what it calls enters with the hold where it calls back'(context) {
    const { farhold, assert } = context
    const shelf = await newShelf(context)
    const seen = await farhold.lock(shelf, (held: Untyped) =>
      held.around(() => 'called back, inside'),
    )
    assert.equal(seen, 'called back, inside')
  },

  async 'a shared hold does not become an exclusive one'(context) {
    const { farhold, assert } = context
    const shelf = await newShelf(context)
    await farhold.lock(shelf, { mode: 'shared' }, async (held: Untyped) => {
      assert.equal(await held.get(), 0)
      const error = await assert.rejects(
        farhold.lock(held, () => 1),
        { name: 'DeadlockError', code: 'FARHOLD_DEADLOCK', message: /cannot become an exclusive/ },
      )
      assert.equal((error as { cycle: readonly unknown[] }).cycle.length, 1)
      await assert.rejects(held.set(1), { name: 'DeadlockError' })
      assert.equal(await farhold.lock(held, { mode: 'shared' }, () => 'again'), 'again')
    })
    assert.equal(await shelf.get(), 0)
  },
})

const waiting = group('locks', {
  async 'ifAvailable does not wait'(context) {
    const { farhold, assert } = context
    const shelf = await newShelf(context)
    const options = { ifAvailable: true } as const
    assert.equal(await farhold.lock(shelf, options, (held: unknown) => held === null), false)
    const holder = await holdUntilTold(context, shelf)
    assert.equal(await farhold.lock(shelf, options, (held: unknown) => held === null), true)
    holder.letGo()
    await holder.done
    assert.equal(await farhold.lock(shelf, options, (held: unknown) => held === null), false)
  },

  async 'a signal ends a wait, and nothing else'(context) {
    const { farhold, roundTrip, assert } = context
    const shelf = await newShelf(context)
    const holder = await holdUntilTold(context, shelf)
    const stopper = new Stopper()
    const gone = farhold.lock(shelf, { signal: stopper.signal }, () => 'never')
    const stays = farhold.lock(shelf, () => 'in turn')
    const settled = gone.then(
      () => 'held',
      (error: unknown) => error,
    )
    await roundTrip()
    const reason = new RangeError('enough')
    stopper.abort(reason)
    assert.equal(await settled, reason)
    holder.letGo()
    assert.equal(await stays, 'in turn')
    assert.equal(
      await assert.rejects(farhold.lock(shelf, { signal: stopper.signal }, () => 1)),
      reason,
    )
  },

  async 'a timeout ends a wait'(context) {
    platformClass('setTimeout')
    const { farhold, assert } = context
    const shelf = await newShelf(context)
    const holder = await holdUntilTold(context, shelf)
    await assert.rejects(
      farhold.lock(shelf, { timeout: 1 }, () => 'never'),
      { name: 'LockTimeoutError', code: 'FARHOLD_LOCK_TIMEOUT', message: /1 ms/ },
    )
    holder.letGo()
    assert.equal(await farhold.lock(shelf, { timeout: 100_000 }, () => 'held'), 'held')
  },

  async 'wrong options and targets are refused'(context) {
    const { farhold, assert } = context
    const shelf = await newShelf(context)
    for (const options of [
      { mode: 'both' },
      { timeout: -1 },
      { signal: 'now' },
      { ifAvailable: 1 },
      null,
    ]) {
      await assert.rejects(
        farhold.lock(shelf, options as never, () => 1),
        { name: 'TypeError' },
      )
    }
    await assert.rejects(
      farhold.lock([] as never, () => 1),
      { name: 'TypeError' },
    )
    await assert.rejects(
      farhold.lock(1 as never, () => 1),
      { name: 'TypeError' },
    )
    await assert.rejects(farhold.lock(shelf, 'no function' as never), { name: 'TypeError' })
    assert.throws(() => farhold.withOptions(shelf, { held: shelf }), { name: 'TypeError' })
  },
})

const several = group('locks', {
  async 'several are taken in one order, in whichever they are named'(context) {
    const { farhold, assert } = context
    const [one, two, three] = [
      await newShelf(context),
      await newShelf(context),
      await newShelf(context),
    ]
    const orders = [
      [one, two, three],
      [three, two, one],
      [two, three, one],
      [two, one, three],
    ]
    const transfer = async (...held: Untyped[]): Promise<void> => {
      for (const shelf of held) await addOne(shelf)
    }
    await Promise.all(
      orders.map((targets) => times(10, () => farhold.lock(targets, transfer as never))),
    )
    assert.deepEqual([await one.get(), await two.get(), await three.get()], [40, 40, 40])
  },

  async 'several are all had, or none'(context) {
    const { farhold, assert } = context
    const [one, two] = [await newShelf(context), await newShelf(context)]
    const holder = await holdUntilTold(context, two)
    const both = await farhold.lock([one, two], { ifAvailable: true }, (...held: unknown[]) => held)
    assert.deepEqual(both, [null, null])
    const free = await farhold.lock(one, { ifAvailable: true }, (held: unknown) => held !== null)
    assert.equal(free, true)
    holder.letGo()
    await holder.done
  },

  async 'two who wait for each other: one of them fails, with the circle'(context) {
    const { farhold, assert } = context
    const [one, two] = [await newShelf(context), await newShelf(context)]
    const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
    const nested = (mine: Untyped, theirs: Untyped, here: number): Promise<unknown> =>
      farhold.lock(mine, async (held: Untyped) => {
        met[here]?.resolve()
        await Promise.all(met.map(({ promise }) => promise))
        return farhold.lock(farhold.withOptions(theirs, { held }), () => 'both')
      })
    const outcomes = await Promise.allSettled([nested(one, two, 0), nested(two, one, 1)])
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected')
    assert.equal(failed.length, 1, 'how many have failed')
    const error = (failed[0] as PromiseRejectedResult).reason as {
      readonly name: string
      readonly cycle: readonly Record<string, string>[]
    }
    assert.equal(error.name, 'DeadlockError')
    assert.equal(error.cycle.length, 2, 'how many are in the circle')
    for (const [index, step] of error.cycle.entries()) {
      assert.match(step.holds, /^Shelf#\d+$/)
      assert.equal(step.waitsFor, error.cycle[1 - index]?.holds)
    }
    // All is free again.
    assert.equal(await farhold.lock([one, two], () => 'free'), 'free')
  },
})

const ownLock = group('locks', {
  async 'methods that read run side by side, and what writes runs alone'(context) {
    const { assert } = context
    const shelf = await newShelf(context)
    // Each read waits inside until the others have come.
    assert.deepEqual(await Promise.all([shelf.meet(3), shelf.meet(3), shelf.meet(3)]), [3, 3, 3])
    await Promise.all(Array.from({ length: 20 }, () => shelf.addSlowly()))
    assert.equal(await shelf.get(), 20)
    const plain = await newPlainShelf(context)
    await Promise.all(Array.from({ length: 20 }, () => plain.addSlowly()))
    assert.ok((await plain.get()) < 20, 'that an object without a lock loses some')
  },

  async 'what a reader calls back reads beside it, and may not write'(context) {
    const { assert } = context
    const shelf = await newShelf(context)
    const read = await shelf.around(async () => {
      const writing = shelf.set(5)
      const reading = shelf.meet(1)
      await assert.rejects(writing, { name: 'DeadlockError' })
      return reading
    })
    assert.equal(read, 1)
    await shelf.set(6)
    assert.equal(await shelf.get(), 6)
  },
})

export const lockCases: readonly Case[] = [...holding, ...waiting, ...several, ...ownLock]
