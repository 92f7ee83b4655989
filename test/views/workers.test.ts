/**
 * Views between threads: one memory, who is in whose way, and what becomes of leases when a side goes away.
 */
import { type Context, view } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'
import { failureOf } from '../failure.ts'

type Holder = typeof import('./fixtures/holder.ts')

const MODULE = new URL('./fixtures/holder.ts', import.meta.url)
const workers: Context<Holder>[] = []

async function start(name: string): Promise<Context<Holder>> {
  const worker = await spawnWorker<Holder>(MODULE, { name })
  workers.push(worker)
  return worker
}

let one: Context<Holder>
let two: Context<Holder>
beforeEach(async () => {
  ;[one, two] = await Promise.all([start('one'), start('two')])
})
afterEach(() => Promise.all(workers.splice(0).map((worker) => worker.close())))

async function read(bytes: ReturnType<Holder['ownView']>): Promise<number[]> {
  using lease = await bytes.lease({ mode: 'shared' })
  return [...lease.array]
}

describe('work on one memory', () => {
  test('four workers, each on its stripe', async () => {
    const numbers = view(new Int32Array(1000))
    const all = [one, two, await start('three'), await start('four')]
    const lengths = await Promise.all(
      all.map((worker, at) => worker.remote.addOneEach(numbers, [at * 250, (at + 1) * 250])),
    )
    expect(lengths).toEqual([250, 250, 250, 250])
    using lease = await numbers.lease()
    expect(lease.array.every((number) => number === 1)).toBe(true)
  })

  test('is exact where the ranges overlap, though each reads, waits and writes', async () => {
    const numbers = view(new Int32Array(4))
    await Promise.all([one, two].map((worker) => worker.remote.addOneApart(numbers, 25)))
    using lease = await numbers.lease()
    expect([...lease.array]).toEqual([50, 0, 0, 0])
  })

  test('is exact for those who block', async () => {
    const numbers = view(new Int32Array(1))
    await Promise.all([one, two].map((worker) => worker.remote.addOneBlocking(numbers, 50)))
    using lease = numbers.leaseSync()
    expect([...lease.array]).toEqual([100])
  })

  test('of a view that is at home in a worker, which another one gets from here', async () => {
    const theirs = await one.remote.ownView()
    await two.remote.keep(theirs)
    await two.remote.writeKept(6)
    expect(await read(theirs)).toEqual([6, 6, 6, 6])
    expect(await two.remote.give()).toBe(theirs)
    // At home it is the owner's own, whoever it comes from.
    await one.remote.keep(theirs)
    expect(await one.remote.give()).toBe(theirs)
    expect(await two.remote.isKept(theirs)).toBe(true)
  })
})

describe('a lease ends', () => {
  test('when its holder dies: nothing is lost but the holder', async () => {
    const bytes = view(4)
    await one.remote.hold(bytes, 'exclusive', [0, 4])
    await one.remote.fill(5)
    const waiting = two.remote.hold(bytes, 'exclusive', [0, 2])
    const reading = read(bytes)
    await Promise.allSettled([one.remote.die()])
    expect(await waiting).toBe(2)
    await two.remote.letGo()
    expect(await reading).toEqual([5, 5, 5, 5])
  })

  test('when its holder dies that waits', async () => {
    const bytes = view(4)
    const lease = await bytes.lease()
    const waiting = failureOf(one.remote.hold(bytes, 'exclusive', [0, 4]))
    const behind = two.remote.hold(bytes, 'exclusive', [0, 4])
    await Promise.allSettled([one.remote.die()])
    expect(await waiting).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
    lease[Symbol.dispose]()
    expect(await behind).toBe(4)
  })

  test('when the context is gone that it is at home in; who waits is told', async () => {
    const theirs = await one.remote.ownView()
    const lease = await theirs.lease({ range: [0, 2] })
    const waiting = failureOf(theirs.lease({ range: [1, 3] }))
    await Promise.allSettled([one.remote.die()])
    expect(await waiting).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
    expect([lease.isOver, lease.array]).toEqual([true, undefined])
    lease[Symbol.dispose]()
    expect(await failureOf(theirs.lease())).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
  })

  test('when it is taken back, at once, for a thread that reads no message too', async () => {
    const bytes = view(4)
    const started = new Int32Array(new SharedArrayBuffer(4))
    const writing = one.remote.writeUntilOver(bytes, started)
    const begun = Promise.resolve(writing)
    await Atomics.waitAsync(started, 0, 0).value
    expect(bytes.revoke()).toBe(1)
    using lease = await bytes.lease()
    expect(lease.array.length).toBe(4)
    expect(await begun).toBeGreaterThanOrEqual(0)
  })
})

describe('closing', () => {
  test('with drain waits for a lease of ours on a view of the other context', async () => {
    const theirs = await one.remote.ownView()
    const lease = await theirs.lease()
    let isClosed = false
    const closing = one.close({ drain: true }).then(() => {
      isClosed = true
    })
    await two.remote.isOver()
    expect([isClosed, lease.isOver]).toEqual([false, false])
    lease[Symbol.dispose]()
    await closing
    expect(lease.isOver).toBe(true)
  })

  test('with drain waits for a lease of the other context on a view of ours', async () => {
    const bytes = view(4)
    await one.remote.hold(bytes, 'exclusive', [0, 4])
    let isClosed = false
    const closing = one.close({ drain: true }).then(() => {
      isClosed = true
    })
    await two.remote.isOver()
    expect(isClosed).toBe(false)
    await one.remote.fill(8)
    await one.remote.letGo()
    await closing
    expect(await read(bytes)).toEqual([8, 8, 8, 8])
  })

  test('with drain waits no longer than its timeout', async () => {
    const bytes = view(4)
    await one.remote.hold(bytes, 'exclusive', [0, 4])
    await one.close({ drain: true, timeout: 20 })
    expect(await read(bytes)).toEqual([0, 0, 0, 0])
  })

  test('without drain ends what is out, on both sides', async () => {
    const theirs = await one.remote.ownView()
    const lease = await theirs.lease()
    const bytes = view(4)
    await one.remote.hold(bytes, 'exclusive', [0, 4])
    const waiting = read(bytes)
    await one.close()
    expect(lease.array).toBeUndefined()
    expect(await waiting).toEqual([0, 0, 0, 0])
  })
})

test('a process does not end while another context has a lease of its memory', async () => {
  const ended = await runProgram(`
    import { view } from '@farhold/core'
    import { spawnWorker } from '@farhold/transport-worker'
    const worker = await spawnWorker(${JSON.stringify(MODULE.href)})
    const bytes = view(4)
    await worker.remote.holdOn(bytes, 300)
    // Blocking for it here would wait for its end in any case.
    process.on('exit', () => console.log(bytes.revoke(), bytes.leaseSync().array[0]))`)
  expect(ended).toMatchObject({ code: 0, signal: null, output: '0 7' })
})
