/**
 * Views in isolates: the memory itself where the host allows it, and copies of what is leased where it does not.
 */
import { type Context, type View, view } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

type Bytes = View<Uint8Array>

interface Guest {
  fill(bytes: Bytes, range: readonly [number, number], byte: number): Promise<number>
  keep(bytes: Bytes): void
  give(): Bytes
  hold(bytes: Bytes): Promise<number>
  letGo(): void
  look(): unknown
  put(byte: number): void
  isShared(): boolean
  make(): Bytes
  makeLarge(): Bytes
  spin(): void
}

const SOURCE = `
  import { view } from '@farhold/core'
  let kept, lease, aside, own
  export const fill = async (bytes, range, byte) => {
    using lease = await bytes.lease({ range })
    lease.array.fill(byte)
    return lease.array.length
  }
  export const keep = (bytes) => { kept = bytes }
  export const give = () => kept
  export const hold = async (bytes) => {
    lease = await bytes.lease()
    aside = lease.array
    return lease.array.length
  }
  export const letGo = () => { lease[Symbol.dispose]() }
  export const look = () => ({ isOver: lease.isOver, array: lease.array?.length, aside: aside.length })
  export const put = (byte) => { aside.fill(byte) }
  export const isShared = () => Object.prototype.toString.call(aside.buffer) === '[object SharedArrayBuffer]'
  export const make = () => own ??= view(new Uint8Array([1, 2, 3, 4]))
  export const makeLarge = () => view(new Uint8Array(1_000_000))
  export const spin = () => { for (;;); }
`

const guests: Context<unknown>[] = []
async function start(options: Parameters<typeof spawnIsolate>[0]): Promise<Context<Guest>> {
  const guest = await spawnIsolate<Guest>({ name: 'guest', source: SOURCE, ...options })
  guests.push(guest)
  return guest
}
afterEach(() => Promise.all(guests.splice(0).map((guest) => guest.close())))

async function read(bytes: Bytes): Promise<number[]> {
  using lease = await bytes.lease({ mode: 'shared' })
  return [...lease.array]
}

describe.for([
  ['that shares memory', { sharedMemory: true }, true],
  ['that does not', {}, false],
  ['in a process of its own', { contain: 'process' }, false],
] as const)('an isolate %s', ([, options, isShared]) => {
  test('writes to a view of its host', async () => {
    const guest = await start(options)
    const bytes = view(4)
    expect(await guest.remote.fill(bytes, [1, 3], 9)).toBe(2)
    expect(await read(bytes)).toEqual([0, 9, 9, 0])
    expect(await guest.remote.hold(bytes)).toBe(4)
    expect(await guest.remote.isShared()).toBe(isShared)
  })

  test('sees what is there when it gets its lease, and what it writes is there before the next one', async () => {
    const guest = await start(options)
    const bytes = view(2)
    for (let byte = 1; byte < 20; byte++) {
      using lease = await bytes.lease()
      lease.array.fill(byte)
      const there = guest.remote.fill(bytes, [0, 1], 100 + byte)
      lease[Symbol.dispose]()
      const next = read(bytes)
      expect(await there).toBe(1)
      expect((await next)[1]).toBe(byte)
      expect(await read(bytes)).toEqual([100 + byte, byte])
    }
  })

  test('has a view that its host leases', async () => {
    const guest = await start(options)
    const theirs = await guest.remote.make()
    expect(await guest.remote.make()).toBe(theirs)
    {
      using lease = await theirs.lease({ range: [1, 3] })
      expect([...lease.array]).toEqual([2, 3])
      lease.array[1] = 7
    }
    expect(await guest.remote.fill(theirs, [0, 1], 5)).toBe(1)
    expect(await read(theirs)).toEqual([5, 2, 7, 4])
  })

  test('loses its lease when its host takes it back: what it writes then does not count', async () => {
    const guest = await start(options)
    const bytes = view(4)
    await guest.remote.hold(bytes)
    expect(bytes.revoke()).toBe(1)
    expect(await guest.remote.look()).toEqual({
      isOver: true,
      array: undefined,
      aside: isShared ? 4 : 0,
    })
    if (isShared) return // An array that is put aside goes on showing what is shared.
    expect(await failureOf(guest.remote.put(9))).toMatchObject({ name: 'TypeError' })
    await guest.remote.letGo()
    expect(await read(bytes)).toEqual([0, 0, 0, 0])
  })

  test('loses its lease with its life', async () => {
    const guest = await start({ ...options, timeout: 100 })
    const bytes = view(4)
    await guest.remote.hold(bytes)
    const waiting = read(bytes)
    await guest.close()
    expect(await waiting).toEqual([0, 0, 0, 0])
  })

  test('gives what it got to another context, through its host', async () => {
    const [guest, other] = await Promise.all([start(options), start(options)])
    await guest.remote.keep(await other.remote.make())
    const passed = await guest.remote.give()
    expect(await guest.remote.fill(passed, [0, 2], 6)).toBe(2)
    expect(await read(await other.remote.make())).toEqual([6, 6, 3, 4])
  })

  test('and a worker work on the same view', async () => {
    await using worker = await spawnWorker<typeof import('./fixtures/holder.ts')>(
      new URL('./fixtures/holder.ts', import.meta.url),
    )
    const guest = await start(options)
    const theirs = await worker.remote.ownView()
    expect(await guest.remote.fill(theirs, [0, 2], 6)).toBe(2)
    await worker.remote.keep(await guest.remote.make())
    expect(await worker.remote.readKept()).toEqual([1, 2, 3, 4])
    await worker.remote.writeKept(8)
    expect(await read(theirs)).toEqual([6, 6, 3, 4])
    expect(await read(await guest.remote.make())).toEqual([8, 8, 8, 8])
  })
})

test('a copy of more than a guest may send back is not lent, and no one is kept out', async () => {
  const guest = await start({ limits: { messageSize: 100_000 } })
  const bytes = view(1_000_000)
  const refused = await failureOf(guest.remote.hold(bytes))
  expect(refused).toMatchObject({ code: 'FARHOLD_LIMIT_EXCEEDED', limit: 'messageSize' })
  expect(bytes.revoke()).toBe(0)
  expect(await guest.remote.fill(bytes, [0, 90_000], 5)).toBe(90_000)
  const first = await bytes.lease({ range: [0, 100_000] })
  expect([first.array[89_999], first.array[90_000]]).toEqual([5, 0])
})

test('what a guest has more of than it may send is not leased from it, and no one is kept out', async () => {
  const guest = await start({ limits: { messageSize: 100_000 } })
  const theirs = await guest.remote.makeLarge()
  const refused = await failureOf(theirs.lease())
  expect(refused).toMatchObject({ code: 'FARHOLD_LIMIT_EXCEEDED' })
  using part = await theirs.lease({ range: [0, 50_000] })
  expect(part.array.length).toBe(50_000)
})
