/**
 * What a peer may not write stays as it is, by whatever way it tries, and the refusal says what of which object. What is opened for
 * writing one by one is tested beside `access.ts`.
 */
import {
  connect,
  expose,
  loopback,
  proxy,
  type Session,
  type SessionOptions,
  UnprotectedError,
} from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { afterEach, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

class Stock {
  count = 1
  label = 'stock'
  readonly items = [3, 1, 2]
  readonly prices = new Map([['tea', 4]])
  readonly tags = new Set(['hot'])
  readonly since = new Date(0)
  readonly bytes = new Uint8Array([2, 1])
  readonly parts: { list: number[] } = { list: [1] }
  heard: unknown[] = []
  readonly withAccessor = Object.defineProperty({} as { level: number }, 'level', {
    get: () => this.heard.length,
    set: (value: unknown) => void this.heard.push(value),
    enumerable: true,
    configurable: true,
  })

  set level(value: number) {
    this.heard.push(value)
  }

  take(): number {
    this.count--
    return this.count
  }

  get state(): unknown {
    const { count, label, items, prices, tags, since, bytes, parts, heard } = this
    return structuredClone({
      keys: Object.keys(this),
      extensible: Object.isExtensible(this) && Object.isExtensible(items),
      prototype: Object.getPrototypeOf(this) === Stock.prototype,
      ...{ count, label, items, prices, tags, since, bytes, parts, heard },
    })
  }
}

type Write = readonly [title: string, says: RegExp, write: (stock: Stock) => unknown]

/** Each with what its refusal names: the object and the property. */
const WRITES: readonly Write[] = [
  ['set', /"count" of Stock/, (stock) => Reflect.set(stock, 'count', 5)],
  ['set of a new name', /"fresh" of Stock/, (stock) => Reflect.set(stock, 'fresh', 5)],
  [
    'set by a symbol',
    /Symbol\(own\) of Stock/,
    (stock) => Reflect.set(stock, Symbol.for('own'), 5),
  ],
  ['delete', /"count" of Stock/, (stock) => Reflect.deleteProperty(stock, 'count')],
  [
    'defineProperty',
    /"count" of Stock/,
    (stock) => Object.defineProperty(stock, 'count', { value: 5 }),
  ],
  ['preventExtensions', /the extensibility of Stock/, (stock) => Object.preventExtensions(stock)],
  ['freeze', /the extensibility of Array/, (stock) => Object.freeze(stock.items)],
  ['assign', /"count" of Stock/, (stock) => Object.assign(stock, { count: 7, label: 'x' })],
  ['a setter of the class', /"level" of Stock/, (stock) => Reflect.set(stock, 'level', 1)],
  [
    'an accessor of its own',
    /"level" of Object/,
    (stock) => Reflect.set(stock.withAccessor, 'level', 1),
  ],
  [
    'the setter itself',
    /"level" of Object/,
    ({ withAccessor }) =>
      Object.getOwnPropertyDescriptor(withAccessor, 'level')?.set?.call(withAccessor, 1),
  ],
  [
    'a setter that is inherited here',
    /"level" of Stock/,
    (stock) => Reflect.set(Object.create(stock) as Stock, 'level', 1),
  ],
  ['length', /"length" of Array/, ({ items }) => Reflect.set(items, 'length', 0)],
  ['an item', /"0" of Array/, ({ items }) => Reflect.set(items, 0, 9)],
  ['an item of a part', /"1" of Array/, ({ parts }) => parts.list.push(2)],
  ['push', /"3" of Array/, ({ items }) => items.push(4)],
  ['pop', /"2" of Array/, ({ items }) => items.pop()],
  ['shift', /"0" of Array/, ({ items }) => items.shift()],
  ['unshift', /"3" of Array/, ({ items }) => items.unshift(0)],
  ['splice', /"0" of Array/, ({ items }) => items.splice(0, 1)],
  ['splice at the end', /"2" of Array/, ({ items }) => items.splice(2, 1)],
  ['sort', /"0" of Array/, ({ items }) => items.sort()],
  ['reverse', /"0" of Array/, ({ items }) => items.reverse()],
  ['fill', /"0" of Array/, ({ items }) => items.fill(0)],
  ['copyWithin', /"0" of Array/, ({ items }) => items.copyWithin(0, 1)],
  ['Map.set', /what set\(\) changes of Map/, ({ prices }) => prices.set('tea', 5)],
  ['Map.clear', /what clear\(\) changes of Map/, ({ prices }) => prices.clear()],
  ['Set.add', /what add\(\) changes of Set/, ({ tags }) => tags.add('cold')],
  ['Date.setTime', /what setTime\(\) changes of Date/, ({ since }) => since.setTime(5)],
  ['TypedArray.fill', /what fill\(\) changes of Uint8Array/, ({ bytes }) => bytes.fill(0)],
]

let sessions: Session[] = []
afterEach(async () => {
  for (const session of sessions) await session.close()
  sessions = []
})

function reach(stock: object, writes: NonNullable<SessionOptions['writes']>) {
  const [here, there] = loopback()
  const session = connect<{ stock: Stock }>(there)
  sessions.push(session, expose({ stock: proxy(stock) }, here, { writes }))
  return session
}

describe.each(['protected', 'none'] as const)('writes: %s', (writes) => {
  test.each(WRITES)('%s', (_title, says, write) => {
    const stock = new Stock()
    const before = stock.state
    const there = reach(stock, writes).sync.stock as unknown as Stock
    let error: unknown
    try {
      write(there)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(UnprotectedError)
    expect((error as Error).message).toMatch(says)
    expect((error as Error).message).toMatch(/was not written: .* Nothing changed\./)
    expect(stock.state).toEqual(before)
  })

  test('setPrototypeOf is for no one', () => {
    const stock = new Stock()
    const there = reach(stock, writes).sync.stock
    expect(Reflect.setPrototypeOf(there, {})).toBe(false)
    expect(stock).toBeInstanceOf(Stock)
  })

  test('a call that changes an array at home is a write as well', async () => {
    const stock = new Stock()
    const before = stock.state
    const { items, prices } = reach(stock, writes).remote.stock
    for (const call of [
      () => items.push(4),
      () => items.sort(),
      () => items.splice(0, 2),
      () => items.reverse(),
      () => prices.set('tea', 5),
    ]) {
      const error = await failureOf(call() as PromiseLike<unknown>)
      expect(error).toBeInstanceOf(UnprotectedError)
      expect((error as Error).message).toMatch(/changes of (Array|Map) was not written/)
    }
    expect(stock.state).toEqual(before)
  })

  test('methods of the owner change what they like, and reading goes on', async () => {
    const stock = new Stock()
    const { remote, sync } = reach(stock, writes)
    expect(await remote.stock.take()).toBe(0)
    expect(stock.count).toBe(0)
    expect(sync.stock.items.map((n) => n * 2)).toEqual([6, 2, 4])
    expect(sync.stock.items.toSorted()).toEqual([1, 2, 3])
    expect(await remote.stock.prices.get('tea')).toBe(4)
    expect(sync.stock.withAccessor.level).toBe(0)
  })
})

test('a function is not borrowed for an object of the owner', async () => {
  const stock = new Stock()
  const [here, there] = loopback()
  const owner = expose({ stock: proxy(stock), other: proxy([9]), list: proxy([1]) }, here, {
    writes: 'protected',
  })
  const session = connect<{ stock: Stock; other: number[]; list: number[] }>(there)
  sessions.push(owner, session)
  const { stock: held, list } = session.remote
  // The language calls `push`, and the setter, on what the peer names as their `this`.
  const borrowed = list.map as unknown as (fn: unknown, self: unknown) => PromiseLike<unknown>
  for (const [fn, self] of [
    [session.remote.other.push, held.items],
    [held.take, held.items],
    [held.prices.set, held.prices],
  ])
    expect(await failureOf(borrowed(fn, self))).toMatchObject({
      code: expect.stringMatching(/FARHOLD_(UNPROTECTED|ACCESS_DENIED)/),
    })
  expect(stock.items).toEqual([3, 1, 2])
  expect(stock.count).toBe(1)
  expect([...stock.prices]).toEqual([['tea', 4]])
})

describe('a guest', () => {
  test('changes no array, Map or Date that it was granted', async () => {
    const stock = new Stock()
    const before = stock.state
    await using sandbox = await spawnIsolate({ globals: { stock } })
    for (const write of [
      'stock.items.push(1)',
      'stock.items.sort()',
      'stock.items.splice(1, 1)',
      'stock.items.length = 0',
      'remote(stock.items).push(1)',
      'stock.prices.set("tea", 1)',
      'stock.since.setTime(1)',
      'stock.level = 1',
      'stock.count = 1',
    ]) {
      const error = await failureOf(sandbox.eval(write))
      expect(error, write).toBeInstanceOf(UnprotectedError)
    }
    expect(stock.state).toEqual(before)
    expect(await sandbox.eval('stock.items.map((n) => n + 1)')).toEqual([4, 2, 3])
  })
})
