/**
 * What a guest has dropped comes back to the host, whichever way the host enters it; and what a guest lends is given back
 * to it. Counts and bounds, never times: the guest's memory is collected when the test says so, and what follows
 * is waited for.
 */
import { setImmediate } from 'node:timers/promises'
import { type Context, proxy } from '@farhold/core'
import { type SpawnIsolateOptions, spawnIsolate } from '@farhold/transport-isolate'
import { afterEach, describe, expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'

const { gc } = globalThis
if (gc === undefined) throw new Error('this project runs with --expose-gc')

const SOURCE = `
  export const take = (callback) => typeof callback
  export const takeAll = (callbacks) => callbacks.length
  export const use = (callback) => callback(1)
  export const askOnly = (n) => { remote(shop).item(n) }
  export const read = (times) => { let sum = 0; for (let n = 0; n < times; n++) sum += shop.item(n).price; return sum }
  export const readLive = (times) => { let sum = 0; for (let n = 0; n < times; n++) sum += shelf.first.price; return sum }
  const one = () => 'one'
  export const lendOne = () => one
  export const lendNew = () => () => 'new'
  export const runOne = (run) => { run(one) }
  export const collect = () => { gc() }
`

interface Guest {
  take(callback: () => unknown): string
  takeAll(callbacks: (() => unknown)[]): number
  use(callback: (n: number) => number): number
  askOnly(n: number): void
  read(times: number): number
  readLive(times: number): number
  lendOne(): () => string
  lendNew(): () => string
  runOne(run: (job: () => string) => void): void
  collect(): void
}

/** Holds on to nothing; each reading makes an object that crosses by reference. */
const globals = {
  shop: { item: (price: number) => proxy({ price: price % 10 }) },
  shelf: {
    get first() {
      return { price: 1 }
    },
  },
}

let guest: Context<Guest>

async function spawn(options: SpawnIsolateOptions = {}): Promise<Context<Guest>> {
  // A heap so small that a leak on the guest's side ends the isolate.
  guest = await spawnIsolate<Guest>({ source: SOURCE, memoryLimit: 16, globals, ...options })
  return guest
}

afterEach(() => guest.close())

/** What the host lends from the start: the two grants. */
const GRANTS = Object.keys(globals).length
/** More than a guest that gives back ever holds: what its heap has room for between two collections, and then some. */
const BOUND = 30_000

const lent = (): number => guest.stats().exports

/** Waits until what is counted has come down to a number, or below; fails when it never does. */
async function downTo(count: () => number, least: number): Promise<void> {
  for (let turn = 0; turn < 5000 && count() > least; turn++) {
    gc?.()
    await setImmediate()
  }
  expect(count()).toBeLessThanOrEqual(least)
}

describe('a guest that is entered synchronously only', () => {
  test('gives back callbacks, also within one turn of its host', async () => {
    const { sync } = await spawn()
    let most = 0
    for (let n = 0; n < 60_000; n++) {
      sync.take(() => n)
      if (n % 1000 === 0) most = Math.max(most, lent())
    }
    expect(most).toBeLessThan(BOUND)
    sync.collect()
    await downTo(lent, GRANTS)
  })

  test('gives back callbacks that come many at a time', async () => {
    const { sync } = await spawn()
    let most = 0
    for (let n = 0; n < 1000; n++) {
      sync.takeAll(Array.from({ length: 200 }, () => () => n))
      most = Math.max(most, lent())
    }
    expect(most).toBeLessThan(BOUND)
    sync.collect()
    await downTo(lent, GRANTS)
  })

  test('gives back objects that it reached by calls and by reading', async () => {
    const { sync } = await spawn()
    let most = 0
    for (let n = 0; n < 100; n++) {
      expect(sync.read(500)).toBe(2250)
      expect(sync.readLive(500)).toBe(500)
      most = Math.max(most, lent())
    }
    expect(most).toBeLessThan(BOUND)
    sync.collect()
    await downTo(lent, GRANTS)
  })

  test('gives back answers that it never waited for', async () => {
    const reported: unknown[] = []
    const { sync } = await spawn({
      limits: { exports: 20_000 },
      console: (...line) => reported.push(line),
    })
    // The host keeps each of them until then, and refuses to keep more than the limit.
    for (let n = 0; n < 60_000; n++) sync.askOnly(n)
    expect(guest.evalSync('1 + 1')).toBe(2)
    sync.collect()
    await downTo(lent, GRANTS)
    expect(reported).toEqual([])
  })

  test('gives back what it dropped in a burst, with nothing entered afterwards', async () => {
    const { sync } = await spawn()
    for (let n = 0; n < 300; n++) sync.take(() => n)
    sync.collect()
    await downTo(lent, GRANTS)
  })

  test('gives back while an asynchronous call of the same turn is not over', async () => {
    const { sync, remote } = await spawn()
    const first = remote.use((n) => n + 1).then((n) => n)
    // The guest's thread may wait for this turn to end, and nothing of this be given back before.
    for (let n = 0; n < 20_000; n++) sync.take(() => n)
    expect(await first).toBe(2)
    sync.collect()
    await downTo(lent, GRANTS)
  })
})

test('a guest that is entered asynchronously only gives back', async () => {
  const { remote } = await spawn()
  let most = 0
  for (let n = 0; n < 500; n++) {
    await Promise.all(Array.from({ length: 200 }, () => remote.take(() => n)))
    most = Math.max(most, lent())
  }
  expect(most).toBeLessThan(BOUND)
  await remote.collect()
  await downTo(lent, GRANTS)
})

test('what is held stays, however often it is swept', async () => {
  const { sync } = await spawn()
  guest.evalSync('globalThis.kept = []; globalThis.keep = (f) => kept.push(f); 0')
  const keep = guest.evalSync('keep') as (f: () => number) => void
  for (let n = 0; n < 500; n++) keep(() => n)
  for (let n = 0; n < 20_000; n++) sync.take(() => n)
  sync.collect()
  await downTo(lent, GRANTS + 500)
  expect(guest.evalSync('kept.reduce((sum, f) => sum + f(), 0)')).toBe((499 * 500) / 2)
  guest.evalSync('kept.length = 0')
  sync.collect()
  await downTo(lent, GRANTS)
})

describe('what a guest lends', () => {
  test('the same function, again and again, is one reference', async () => {
    const { sync } = await spawn()
    for (let n = 0; n < 50_000; n++) {
      sync.lendOne()
      if (n % 20_000 === 0) await setImmediate()
    }
    expect(guest.stats().imports).toBeLessThanOrEqual(2)
    expect(sync.lendOne()()).toBe('one')
  })

  test('the same function, as an argument of a callback', async () => {
    const { sync } = await spawn()
    let ran = 0
    const run = (job: unknown): void => {
      if (typeof job === 'function') ran++
    }
    for (let n = 0; n < 25_000; n++) sync.runOne(run)
    expect(ran).toBe(25_000)
    expect(guest.stats().imports).toBeLessThanOrEqual(3)
    expect(lent()).toBeLessThanOrEqual(GRANTS + 1)
  })

  test('fresh functions are given back to it', async () => {
    const { sync, remote } = await spawn()
    let most = 0
    for (let n = 0; n < 25; n++) {
      for (let m = 0; m < 2000; m++) sync.lendNew()
      // A host's finalizers have a turn of its event loop, as everywhere.
      gc?.()
      await setImmediate()
      most = Math.max(most, guest.stats().imports)
    }
    expect(most).toBeLessThan(20_000)
    expect(await remote.take(() => 0)).toBe('function')
    const held = sync.lendNew()
    await downTo(() => guest.stats().imports, 3)
    expect(held()).toBe('new')
  })
})

test('what finalizers do is inside the time limit, whatever the guest made of its built-ins', async () => {
  const { sync, remote } = await spawn({ timeout: 100 })
  for (let n = 0; n < 5; n++) sync.take(() => n)
  guest.evalSync(`
    const original = Map.prototype.delete
    Map.prototype.delete = function (key) {
      while (this.get(key) instanceof WeakRef); // an entry of the runtime's own table
      return original.call(this, key)
    }
    0
  `)
  sync.collect()
  // The engine runs finalizers before this entry, where no limit holds: an endless one would end the isolate.
  for (let n = 0; n < 5; n++) await remote.take(() => n).catch(() => undefined)
  expect(guest.evalSync('1 + 1')).toBe(2)
})

describe('a host', () => {
  const program = (last: string): string => `
    import { spawnIsolate } from '@farhold/transport-isolate'
    const guest = await spawnIsolate({ source: 'export const take = (f) => typeof f' })
    for (let n = 0; n < 5000; n++) guest.sync.take(() => n)
    ${last}
  `
  const flags = ['--conditions=source', '--input-type=module']

  test('ends by itself while a sweep is due', async () => {
    const ended = await runProgram(program(`console.log('done')`), { flags })
    expect(ended).toMatchObject({ code: 0, signal: null, output: 'done' })
  })

  test('leaves in the turn in which a guest was given a chance', async () => {
    const ended = await runProgram(program('process.exit(7)'), { flags })
    expect(ended).toMatchObject({ code: 7, signal: null, errors: '' })
  })

  test('closes in the turn in which a guest was given a chance', async () => {
    const ended = await runProgram(program(`await guest.close(); console.log('closed')`), { flags })
    expect(ended).toMatchObject({ code: 0, signal: null, output: 'closed', errors: '' })
  })
})
