/**
 * One row of the table of memory, in a process of its own: bytes before and after objects were given out.
 *
 * Both heaps are measured with everything that is not held collected. What the two sides need once, for code and tables,
 * was there before.
 */
import { setImmediate } from 'node:timers/promises'
import { connect, expose, loopback, proxy } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import type { Footprint } from '../memory.ts'
import { latestIsolate } from './isolates-seen.ts'
import * as here from './keeper.ts'

/** How many calls are under way at a time, so that what a pending call costs is none of what is measured. */
const IN_FLIGHT = 1000
/** What stays when all was let go of: the functions that are called to do it. */
const FEW = 10

interface Sides {
  /** Has `count` objects given out. They are held until `drop`. */
  obtain(count: number): Promise<void> | void
  /** Lets go of all of them. */
  drop(): Promise<void> | void
  /** Bytes in use by the side that holds, and by the one that owns if that is another heap. */
  used(): Promise<readonly number[]>
  /** How many objects are given out. */
  given(): number
  stop(): Promise<void> | void
}

async function footprintOf(sides: Sides, count: number): Promise<Footprint> {
  try {
    // Once over: compiled code and the tables' own growth are no part of a proxy.
    await sides.obtain(2 * IN_FLIGHT)
    await sides.drop()
    while (sides.given() > FEW) {
      await sides.used()
      await setImmediate()
    }
    const before = await sides.used()
    await sides.obtain(count)
    const after = await sides.used()
    const bytes = after.map((used, side) => (used - (before[side] ?? Number.NaN)) / count)
    const [importer = Number.NaN, exporter] = bytes
    return { importer, exporter, both: importer + (exporter ?? 0) }
  } finally {
    await sides.stop()
  }
}

async function inTurns(count: number, one: (index: number) => Promise<unknown>): Promise<void> {
  for (let from = 0; from < count; from += IN_FLIGHT) {
    const calls: Promise<unknown>[] = []
    for (let index = from; index < Math.min(count, from + IN_FLIGHT); index++)
      calls.push(one(index))
    await Promise.all(calls)
  }
}

/** What one writes by hand: a proxy that knows its id, found again by it, given back by a finalizer; a slot at the owner. */
function raw(count: number): Sides {
  class Traps implements ProxyHandler<() => void> {
    readonly id: number
    constructor(id: number) {
      this.id = id
    }
    get(): number {
      return this.id
    }
  }
  const target = (): void => undefined
  const held: unknown[] = new Array(count).fill(null)
  const own = Array.from({ length: count }, (_, value) => ({ value }))
  let imports = new Map<number, WeakRef<object>>()
  let slots: object[] = []
  const collected = new FinalizationRegistry<number>((id) => imports.delete(id))
  return {
    obtain: (some) => {
      for (let id = 0; id < some; id++) {
        const made = new Proxy(target, new Traps(id))
        slots.push(own[id] ?? target)
        imports.set(id, new WeakRef(made))
        collected.register(made, id)
        held[id] = made
      }
    },
    drop: () => {
      held.fill(null)
      imports = new Map()
      slots = []
    },
    used: async () => [await usedHere()],
    given: () => slots.length,
    stop: () => undefined,
  }
}

/** A weak reference keeps what it names until the turn is over. */
async function usedHere(): Promise<number> {
  await setImmediate()
  return here.used()
}

async function loopbackRemote(count: number): Promise<Sides> {
  const [near, far] = loopback()
  const owner = expose(here, near)
  const session = connect<typeof here>(far)
  const held: unknown[] = new Array(count).fill(null)
  here.prepare(count)
  return {
    obtain: (some) =>
      inTurns(some, async (index) => {
        held[index] = await session.remote.give(index)
      }),
    drop: () => {
      held.fill(null)
    },
    used: async () => [await usedHere()],
    given: () => owner.stats().exports,
    stop: async () => {
      await session.close()
      here.prepare(0)
    },
  }
}

const spawnKeeper = () => spawnWorker<typeof here>(new URL('./keeper.ts', import.meta.url))

async function workerRemote(count: number): Promise<Sides> {
  const worker = await spawnKeeper()
  await worker.remote.prepare(count)
  const held: unknown[] = new Array(count).fill(null)
  const floor = worker.stats().imports
  return {
    obtain: (some) =>
      inTurns(some, async (index) => {
        held[index] = await worker.remote.give(index)
      }),
    drop: () => {
      held.fill(null)
    },
    used: async () => [await usedHere(), await worker.remote.used()],
    given: () => worker.stats().imports - floor,
    stop: () => worker.close(),
  }
}

/** The other way round: what is passed to the worker is kept there. */
async function heldByWorker(count: number): Promise<Sides> {
  const worker = await spawnKeeper()
  await worker.remote.prepare(count)
  const own = Array.from({ length: count }, (_, value) => ({ value }))
  const floor = worker.stats().exports
  return {
    obtain: (some) => inTurns(some, (index) => worker.remote.keep(proxy(own[index] ?? {}))),
    drop: () => worker.remote.dropKept(),
    used: async () => [await worker.remote.used(), await usedHere()],
    given: () => worker.stats().exports - floor,
    stop: () => worker.close(),
  }
}

const GUEST = `
  let own = []
  let kept = []
  let next = 0
  export function prepare(count) {
    own = Array.from({ length: count }, (_, value) => () => value)
    kept = new Array(count).fill(null)
    next = 0
  }
  export const give = (index) => own[index]
  export const keep = (value) => { kept[next++] = value }
  export const dropKept = () => { kept.fill(null); next = 0 }
`

interface Guest {
  prepare(count: number): void
  give(index: number): object
  keep(value: object): void
  dropKept(): void
}

async function spawnGuest(count: number) {
  const guest = await spawnIsolate<Guest>({
    source: GUEST,
    memoryLimit: 512,
    limits: { exports: 2 * count },
  })
  const isolate = latestIsolate()
  guest.sync.prepare(count)
  const used = async (): Promise<number> => {
    await guest.eval('gc(); gc()')
    return isolate.getHeapStatisticsSync().used_heap_size
  }
  return { guest, used }
}

async function isolateSync(count: number): Promise<Sides> {
  const { guest, used } = await spawnGuest(count)
  const held: unknown[] = new Array(count).fill(null)
  const floor = guest.stats().imports
  return {
    obtain: (some) => {
      for (let index = 0; index < some; index++) held[index] = guest.sync.give(index)
    },
    drop: () => {
      held.fill(null)
    },
    used: async () => [await usedHere(), await used()],
    given: () => guest.stats().imports - floor,
    stop: () => guest.close(),
  }
}

async function heldByIsolate(count: number): Promise<Sides> {
  const { guest, used } = await spawnGuest(count)
  const own = Array.from({ length: count }, (_, value) => ({ value }))
  const floor = guest.stats().exports
  return {
    obtain: (some) => {
      for (let index = 0; index < some; index++) guest.sync.keep(proxy(own[index] ?? {}))
    },
    drop: () => guest.sync.dropKept(),
    used: async () => [await used(), await usedHere()],
    given: () => guest.stats().exports - floor,
    stop: () => guest.close(),
  }
}

const START: Readonly<Record<string, (count: number) => Sides | Promise<Sides>>> = {
  raw,
  loopback: loopbackRemote,
  worker: workerRemote,
  'held by worker': heldByWorker,
  'isolate, sync': isolateSync,
  'held by isolate': heldByIsolate,
}

const [, , name = '', count = ''] = process.argv
const start = START[name]
if (start === undefined) throw new TypeError(`there is no row ${name}`)
process.send?.(await footprintOf(await start(Number(count)), Number(count)))
process.disconnect()
