/**
 * Views in the context that they are at home in: without any other, and while its thread is blocked.
 */
import { type Context, copy, view } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { describe, expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'
import { failureOf } from '../failure.ts'

type Holder = typeof import('./fixtures/holder.ts')

const startWorker = (): Promise<Context<Holder>> =>
  spawnWorker<Holder>(new URL('./fixtures/holder.ts', import.meta.url))

describe('a view', () => {
  test.for([
    [-1, 'RangeError'],
    [1.5, 'RangeError'],
    [Number.NaN, 'RangeError'],
    [2 ** 53, 'RangeError'],
    ['8', 'TypeError'],
    [null, 'TypeError'],
    [[1, 2], 'TypeError'],
    [new ArrayBuffer(8), 'TypeError'],
    [new DataView(new ArrayBuffer(8)), 'TypeError'],
  ] as const)('is made of nothing else: %j', ([content, name]) => {
    expect(() => view(content as never)).toThrow(expect.objectContaining({ name }))
  })

  test('of a Buffer has its bytes, and not its pool', async () => {
    const bytes = view(Buffer.from('abc'))
    expect([bytes.kind, bytes.length]).toEqual(['Uint8Array', 3])
    using lease = await bytes.lease()
    expect(lease.array.constructor).toBe(Uint8Array)
    expect([...lease.array]).toEqual([97, 98, 99])
    expect(lease.array.buffer.byteLength).toBe(3)
  })

  test('of shared memory has memory of its own', async () => {
    const given = new Uint8Array(new SharedArrayBuffer(2))
    const bytes = view(given)
    given[0] = 9
    using lease = await bytes.lease()
    expect(lease.array[0]).toBe(0)
  })
})

describe('a lease', () => {
  test('of which the wait is given up, by a signal or a time, keeps no one out', async () => {
    const bytes = view(4)
    const first = await bytes.lease({ range: [0, 2] })
    const stopper = new AbortController()
    const stopped = failureOf(bytes.lease({ signal: stopper.signal }))
    const late = failureOf(bytes.lease({ timeout: 10 }))
    const behind = bytes.lease({ range: [2, 4] })
    stopper.abort('enough')
    expect(await stopped).toBe('enough')
    expect(await failureOf(bytes.lease({ signal: stopper.signal }))).toBe('enough')
    expect(await late).toMatchObject({ code: 'FARHOLD_LOCK_TIMEOUT' })
    using lease = await behind
    expect(lease.array.length).toBe(2)
    first[Symbol.dispose]()
  })

  test.for([
    { mode: 'read' },
    { range: [0] },
    { range: [0, 1, 2] },
    { range: [0, '1'] },
    { timeout: 0 },
    { timeout: 'soon' },
    { signal: {} },
    null,
  ])('is refused with options that are none: %j', async (options) => {
    expect(await failureOf(view(4).lease(options as never))).toBeInstanceOf(TypeError)
    expect(() => view(4).leaseSync(options as never)).toThrow(TypeError)
  })

  test('that its own code has cannot be waited for by blocking, others can', async () => {
    const bytes = view(4)
    const own = await bytes.lease({ range: [0, 2] })
    expect(() => bytes.leaseSync()).toThrow(
      expect.objectContaining({ code: 'FARHOLD_WOULD_BLOCK' }),
    )
    own[Symbol.dispose]()
    using lease = bytes.leaseSync()
    expect(lease.array.length).toBe(4)
  })

  test('that a worker has is waited for by a thread that blocks, which serves it meanwhile', async () => {
    await using worker = await startWorker()
    const bytes = view(4)
    await worker.remote.hold(bytes, 'exclusive', [0, 4])
    await worker.remote.fill(3)
    const told = worker.remote.letGo().then(() => 'let go')
    using lease = bytes.leaseSync()
    expect([...lease.array]).toEqual([3, 3, 3, 3])
    expect(await told).toBe('let go')
  })

  test('that a worker dies with is waited for by a thread that blocks', async () => {
    await using worker = await startWorker()
    const bytes = view(4)
    await worker.remote.hold(bytes, 'exclusive', [0, 4])
    const died = failureOf(worker.remote.die())
    using lease = bytes.leaseSync()
    expect(lease.array.length).toBe(4)
    expect(await died).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
  })

  test('that is waited for by blocking, for so long', async () => {
    await using worker = await startWorker()
    const bytes = view(4)
    await worker.remote.hold(bytes, 'exclusive', [0, 4])
    expect(() => bytes.leaseSync({ timeout: 10 })).toThrow(
      expect.objectContaining({ code: 'FARHOLD_LOCK_TIMEOUT' }),
    )
    await worker.remote.letGo()
    using lease = bytes.leaseSync({ timeout: 1000 })
    expect(lease.array.length).toBe(4)
  })

  test('of a view at home keeps no process alive', async () => {
    const ended = await runProgram(`
      import { view } from '@farhold/core'
      globalThis.lease = await view(4).lease()
      view(4)
      console.log('done')`)
    expect(ended).toEqual({ code: 0, signal: null, output: 'done', errors: '' })
  })
})

test('copies that cross each other come to their end', async () => {
  const views = Array.from({ length: 4 }, (_, at) => view(new Uint8Array(8).fill(at)))
  await using worker = await startWorker()
  const theirs = await worker.remote.ownView()
  const all = [...views, theirs]
  const copies = all.flatMap((from) => all.map((to) => [from, to] as const))
  await Promise.all(
    copies.map(async ([from, to]) => {
      if (from.length <= to.length) await copy(from, to)
    }),
  )
  // Whatever came last, it came whole: the copy of one, or of what that was a copy of.
  for (const one of all) {
    using lease = one.leaseSync()
    const [first, ...others] = lease.array.subarray(0, 4)
    const isWhole = others.every((byte) => byte === first) || others.join() === '2,3,4'
    expect(isWhole, lease.array.join()).toBe(true)
  }
})
