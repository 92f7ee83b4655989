/**
 * An immutable value is kept on the far side while it exists here, and on neither side when no one holds it. Counts, never times.
 */
import { setImmediate } from 'node:timers/promises'
import { connect, expose, immutable, loopback, type Session } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'

const { gc } = globalThis
if (gc === undefined) throw new Error('this project runs with --expose-gc')

/** Collects until `done` holds; fails when many rounds have not brought it about. */
async function collectUntil(done: () => boolean | Promise<boolean>): Promise<void> {
  for (let round = 0; round < 100; round++) {
    if (await done()) return
    // What a weak reference has given is kept until the end of the turn.
    await setImmediate()
    gc?.()
    await setImmediate()
  }
  expect(await done()).toBe(true)
}

async function collectSome(): Promise<void> {
  for (let round = 0; round < 5; round++) {
    gc?.()
    await setImmediate()
  }
}

interface Node {
  readonly name: string
  other?: Node
}

function makeApi() {
  const kept: unknown[] = []
  let own: object | undefined = immutable({ list: [1, 2] })
  return {
    take: (_value: unknown) => undefined,
    keep: (value: unknown) => void kept.push(value),
    isKept: (value: unknown) => kept.includes(value),
    keptCount: () => kept.length,
    give: () => own,
    giveKept: () => kept[0],
    dropAll: () => {
      own = undefined
      kept.length = 0
    },
  }
}
type Api = ReturnType<typeof makeApi>

describe.each(['structured', 'text'] as const)('over a loopback, %s', (codec) => {
  let far: Session
  let near: Session<Api>
  beforeEach(() => {
    const [here, there] = loopback({ codec })
    far = expose(makeApi(), here)
    near = connect<Api>(there)
  })
  afterEach(() => near.close())

  const tables = () => [
    near.stats().exports,
    far.stats().imports,
    near.stats().imports,
    far.stats().exports,
    near.stats().limits.exports.used,
    far.stats().limits.exports.used,
  ]
  const isEmpty = (): boolean => tables().every((count) => count === 0)

  const shapes: Readonly<Record<string, () => object>> = {
    'plain data': () => immutable({ list: [{ a: 1 }], bytes: new Uint8Array(10) }),
    'a value that leads back to itself': () => {
      const node: Node = { name: 'a' }
      node.other = { name: 'b', other: node }
      return immutable(node)
    },
    'values within a value': () => immutable({ inner: immutable({ deep: immutable([1]) }) }),
    'values that hold one another': () => {
      const a: Node = { name: 'a' }
      const b: Node = { name: 'b', other: a }
      a.other = b
      immutable(a)
      return immutable(b)
    },
    'an error and a rule': () => immutable([new RangeError('far', { cause: /a/ }), /b/g]),
    'a typed array': () => immutable(new Float64Array(1000)),
    // Over the other loopback a shared buffer is one object for both ends, and each holds it for the other.
    ...(codec === 'structured' && { 'a buffer': () => immutable(new ArrayBuffer(1000)) }),
  }

  test.each(Object.entries(shapes))('%s is gone when no one holds it', async (_, make) => {
    const value = await (async () => {
      const made = make()
      await near.remote.take(made)
      await near.remote.take([made])
      expect(near.stats().exports).toBeGreaterThan(0)
      expect(far.stats().imports).toBe(near.stats().exports)
      return new WeakRef(made)
    })()
    await collectUntil(() => value.deref() === undefined)
    await collectUntil(isEmpty)
  })

  test('it is kept there while it exists here, and is the same', async () => {
    const value = immutable({ a: 1 })
    await near.remote.keep(value)
    await collectSome()
    expect(await near.remote.isKept(value)).toBe(true)
    expect(far.stats().imports).toBe(1)
    expect(near.stats().exports).toBe(1)
  })

  test('the copy is the far side’s own when it is gone here, and nothing is left of the session', async () => {
    await (async () => {
      await near.remote.keep(immutable({ a: 1 }))
    })()
    await collectUntil(isEmpty)
    await (async () => {
      const back = await near.remote.giveKept()
      expect(back).toEqual({ a: 1 })
      expect(Object.isFrozen(back)).toBe(true)
      // It comes the other way from now on.
      expect(await near.remote.giveKept()).toBe(back)
      expect(await near.remote.isKept(back)).toBe(true)
      expect([near.stats().imports, far.stats().exports]).toEqual([1, 1])
      expect([near.stats().exports, far.stats().imports]).toEqual([0, 0])
    })()
    await near.remote.dropAll()
    await collectUntil(isEmpty)
  })

  test('what a result brought is gone when its owner gives it up', async () => {
    await (async () => {
      const own = await near.remote.give()
      expect(await near.remote.give()).toBe(own)
    })()
    expect(near.stats().imports).toBe(1)
    await collectSome()
    expect(near.stats().imports).toBe(1)
    await near.remote.dropAll()
    await collectUntil(isEmpty)
  })

  test('a call that cannot leave leaves nothing', async () => {
    await (async () => {
      const value = immutable({ a: 1 })
      const take = near.remote.take as unknown as (value: unknown) => Promise<unknown>
      const refusal = await take([value, new WeakMap()]).then(undefined, (error: Error) => error)
      expect((refusal as Error).name).toBe('NotShareableError')
      expect(isEmpty()).toBe(true)
      await near.remote.take(value)
    })()
    await collectUntil(isEmpty)
  })

  test('the end of the session lets go of everything', async () => {
    const value = immutable({ a: 1 })
    await near.remote.keep(value)
    await near.remote.give()
    await near.close()
    expect(tables().slice(0, 4)).toEqual([0, 0, 0, 0])
  })

  test('many come and go', async () => {
    const send = async (round: number): Promise<void> => {
      const values = Array.from({ length: 100 }, (_, n) => immutable({ round, n }))
      await Promise.all(values.map((value) => near.remote.take(value)))
    }
    for (let round = 0; round < 20; round++) await send(round)
    await collectUntil(isEmpty)
  })
})

const SOURCE = `
let kept
export const keep = (value) => { kept = value }
export const isKept = (value) => value === kept
export const drop = () => { kept = undefined; own = undefined }
export const give = () => own
export const again = () => 0
import { immutable } from '@farhold/core'
let own = immutable({ list: [1] })
`

test('a guest lets go, and is let go of', async () => {
  await using guest = await spawnIsolate<{
    keep(value: unknown): void
    isKept(value: unknown): boolean
    drop(): void
    give(): { readonly list: readonly number[] }
    again(): number
  }>({ source: SOURCE })
  await (async () => {
    const value = immutable({ a: [1] })
    await guest.remote.keep(value)
    expect(await guest.remote.isKept(value)).toBe(true)
    expect(guest.stats().exports).toBe(1)
  })()
  await collectUntil(async () => {
    await guest.remote.again()
    return guest.stats().exports === 0
  })
  await (async () => {
    const own = await guest.remote.give()
    expect(await guest.remote.give()).toBe(own)
    expect(guest.stats().imports).toBe(1)
  })()
  await guest.remote.drop()
  // The guest's own collector finds it, when it runs.
  await collectUntil(async () => {
    await guest.eval('for (let n = 0; n < 200; n++) new ArrayBuffer(2 ** 20)')
    return guest.stats().imports === 0
  })
})

test('ten thousand calls to a worker keep one copy there', async () => {
  await using worker = await spawnWorker<typeof import('./immutable-worker.ts')>(
    new URL('./immutable-worker.ts', import.meta.url),
  )
  const config = immutable({ list: Array.from({ length: 20_000 }, (_, n) => ({ n })) })
  const before = await worker.remote.heapUsed()
  for (let batch = 0; batch < 100; batch++)
    await Promise.all(Array.from({ length: 100 }, () => worker.remote.see(config)))
  expect(await worker.remote.seen()).toBe(1)
  const first = await worker.remote.heapUsed()
  for (let batch = 0; batch < 100; batch++)
    await Promise.all(Array.from({ length: 100 }, () => worker.remote.see(config)))
  // One copy is about 2 MB; ten thousand would be more than the heap.
  expect((await worker.remote.heapUsed()) - first).toBeLessThan(2 ** 20)
  expect(first - before).toBeLessThan(2 ** 24)
  expect(await worker.remote.seen()).toBe(1)
})
