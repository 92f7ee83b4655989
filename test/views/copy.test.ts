/**
 * What copy() sends, and what it may not do. That it copies is in the conformance suite.
 */
import {
  type Context,
  connect,
  copy,
  expose,
  loopback,
  proxy,
  type Remote,
  type SessionOptions,
  type View,
  view,
} from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

const MEGABYTE = 1 << 20

const makeRoot = () => ({
  theirs: view(MEGABYTE),
  others: view(MEGABYTE),
  arrays: proxy({ one: new Uint8Array(MEGABYTE), other: new Uint8Array(MEGABYTE) }),
})
type Root = ReturnType<typeof makeRoot>

const closers: (() => Promise<void>)[] = []
afterEach(() => Promise.all(closers.splice(0).map((close) => close())))

async function start(options: SessionOptions = {}) {
  const [here, there] = loopback()
  const root = makeRoot()
  const owner = expose(root, here, options)
  const session = connect<Root>(there, options)
  closers.push(() => session.close())
  const { remote } = session
  const ends = { theirs: await remote.theirs, others: await remote.others, arrays: remote.arrays }
  return { ...ends, root, owner, session }
}

type Started = Awaited<ReturnType<typeof start>>

/** How many megabytes are moved while something is done: each side counts what it sends. */
async function crossing({ session, owner }: Started, run: () => Promise<unknown>): Promise<number> {
  const moved = (): number => session.stats().bytes + owner.stats().bytes
  const before = moved()
  await run()
  return (moved() - before) / MEGABYTE
}

describe('what crosses', () => {
  test('nothing, between views whose memory is shared', async () => {
    const started = await start()
    const { theirs, others } = started
    expect(await crossing(started, () => copy(theirs, others))).toBe(0)
    expect(await crossing(started, () => copy(theirs, view(MEGABYTE)))).toBe(0)
    expect(await crossing(started, () => copy(new Uint8Array(MEGABYTE), theirs))).toBe(0)
  })

  test('nothing, between arrays of one owner', async () => {
    const started = await start()
    const { arrays } = started
    expect(await crossing(started, () => copy(arrays.one, arrays.other))).toBe(0)
  })

  test('one buffer, from or to an array of another context', async () => {
    const started = await start()
    const { arrays, theirs } = started
    expect(await crossing(started, () => copy(arrays.one, theirs))).toBe(1)
    expect(await crossing(started, () => copy(theirs, arrays.one))).toBe(1)
    expect(await crossing(started, () => copy(new Uint8Array(MEGABYTE), arrays.one))).toBe(1)
    expect(await crossing(started, () => copy(arrays.one, new Uint8Array(MEGABYTE)))).toBe(1)
  })

  test('one buffer, from or to a view whose memory is not shared', async () => {
    const started = await start({ sharedMemory: false })
    const { theirs } = started
    const ours = view(MEGABYTE)
    expect(await crossing(started, () => copy(ours, theirs))).toBe(1)
    expect(await crossing(started, () => copy(theirs, ours))).toBe(1)
    expect(await crossing(started, () => copy(new Uint8Array(MEGABYTE), theirs))).toBe(1)
  })

  test('nothing, between views of one context whose memory is not shared', async () => {
    const started = await start({ sharedMemory: false })
    const { theirs, others, root } = started
    await copy(new Uint8Array(MEGABYTE).fill(5), theirs)
    expect(await crossing(started, () => copy(theirs, others))).toBe(0)
    using lease = await root.others.lease()
    expect(lease.array.every((byte) => byte === 5)).toBe(true)
  })

  test('no more than the range, for a lease of what is not shared: there and back', async () => {
    const started = await start({ sharedMemory: false })
    const half = [0, MEGABYTE / 2] as const
    const lease = async (mode: 'exclusive' | 'shared'): Promise<void> => {
      using held = await started.theirs.lease({ mode, range: half })
      expect(held.array.length).toBe(MEGABYTE / 2)
      held[Symbol.dispose]()
      await started.session.remote.theirs // behind it
    }
    expect(await crossing(started, () => lease('shared'))).toBe(0.5)
    expect(await crossing(started, () => lease('exclusive'))).toBe(1)
  })
})

describe('who may write', () => {
  test.for(['protected', 'none'] as const)('not who is not let: writes %s', async (writes) => {
    const { arrays, root } = await start({ writes })
    root.arrays.one.fill(1)
    const ones = new Uint8Array(4).fill(2)
    for (const from of [ones, arrays.one])
      expect(await failureOf(copy(from, arrays.other))).toMatchObject({
        code: 'FARHOLD_UNPROTECTED',
      })
    expect(root.arrays.other.every((byte) => byte === 0)).toBe(true)
    const read = new Uint8Array(MEGABYTE)
    await copy(arrays.one, read)
    expect(read[MEGABYTE - 1]).toBe(1)
  })
})

describe('an end that goes away', () => {
  interface Guest {
    make(): View
    arrays(): Remote<{ bytes: Uint8Array }>
  }
  const SOURCE = `
    import { proxy, view } from '@farhold/core'
    const own = view(1000)
    export const make = () => own
    export const arrays = () => proxy({ bytes: new Uint8Array(1000).fill(3) })
  `
  const startGuest = async (): Promise<Context<Guest>> => {
    const guest = await spawnIsolate<Guest>({ source: SOURCE })
    closers.push(() => guest.close())
    return guest
  }

  test('fails the copy, and keeps no one out', async () => {
    const guest = await startGuest()
    const theirs = await guest.remote.make()
    const ours = view(1000)
    using first = await theirs.lease({ range: [0, 1] })
    const waiting = failureOf(copy(theirs, ours))
    await guest.close()
    expect(await waiting).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
    expect(first.isOver).toBe(true)
    using lease = await ours.lease()
    expect(lease.array.length).toBe(1000)
  })

  test('a guest and a worker, through here', async () => {
    const guest = await startGuest()
    await using worker = await spawnWorker<typeof import('./fixtures/holder.ts')>(
      new URL('./fixtures/holder.ts', import.meta.url),
    )
    const numbers = await worker.remote.ownView()
    const { bytes } = await guest.remote.arrays()
    await copy(bytes.subarray(0, 4), numbers)
    using lease = await numbers.lease({ mode: 'shared' })
    expect([...lease.array]).toEqual([3, 3, 3, 3])
    const theirs = await guest.remote.make()
    lease[Symbol.dispose]()
    await copy(numbers, theirs)
    using there = await theirs.lease({ mode: 'shared', range: [0, 5] })
    expect([...there.array]).toEqual([3, 3, 3, 3, 0])
  })
})
