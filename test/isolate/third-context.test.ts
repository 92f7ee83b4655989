/**
 * An isolate's object in a third context, and a third context's object in an isolate: the host is between them and routes, and
 * what holds of any proxy holds of these.
 */
import { type Context, contextOf, proxy, type Remote, release } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

type Keeper = typeof import('../worker/fixtures/hand-over-ends.ts')

const MODULE = new URL('../worker/fixtures/hand-over-ends.ts', import.meta.url)

/** What a guest offers; the same as the workers' module, as far as these tests use it. */
const SOURCE = `
  let kept, blocking
  const made = []
  export class Ledger {
    entries = []
    constructor(name) { this.name = name; made.push(this) }
    write(entry) { return this.entries.push(entry) }
    self() { return this }
    wait() { return new Promise(() => undefined) }
  }
  export const isOwn = (value) => made.includes(value)
  export const keep = (ledger) => { blocking = ledger; kept = remote(ledger) }
  export const give = () => kept
  export const giveWithin = () => new Map([['deep', [kept]]])
  export const isKept = (ledger) => remote(ledger) === kept
  export const isSelf = async () => remote(await kept.self()) === kept
  export const write = async (entry) => kept.write(entry)
  export const writeBlocking = (entry) => blocking.write(entry)
  export const writeAtOnce = (ledger, entry) => remote(ledger).write(entry)
  export const wait = async () => kept.wait()
  export const callWith = async (callback) => callback(kept)
  export const drop = () => { kept?.[Symbol.dispose](); kept = blocking = undefined }
`

/** One that holds objects of others, whatever it is. */
interface Holder {
  keep(ledger: unknown): PromiseLike<void>
  give(): PromiseLike<unknown>
  isKept(ledger: unknown): PromiseLike<boolean>
  isSelf(): PromiseLike<boolean>
  write(entry: string): PromiseLike<number>
  wait(): PromiseLike<never>
  drop(): PromiseLike<void>
}

interface Ledger {
  readonly entries: string[]
  write(entry: string): number
  self(): Ledger
}

interface Guest extends Holder {
  readonly Ledger: new (name: string) => Ledger
  isOwn(value: unknown): boolean
  giveWithin(): Map<string, unknown[]>
  writeBlocking(entry: string): number
  writeAtOnce(ledger: unknown, entry: string): Promise<number>
  callWith(callback: (ledger: unknown) => unknown): Promise<unknown>
}

let first: Context<Guest>
let second: Context<Guest>
let worker: Context<Keeper>

beforeEach(async () => {
  ;[first, second, worker] = await Promise.all([
    spawnIsolate<Guest>({ name: 'first', source: SOURCE, writes: 'open' }),
    spawnIsolate<Guest>({ name: 'second', source: SOURCE, writes: 'open' }),
    spawnWorker<Keeper>(MODULE, { name: 'worker' }),
  ])
})

afterEach(async () => {
  await Promise.all([first.close(), second.close(), worker.close()])
})

const holder = (name: string): Holder =>
  ({ second: second.remote, worker: worker.remote })[name] as unknown as Holder

async function make(owner: Context<Guest>, name: string): Promise<Remote<Ledger>> {
  return (await new owner.remote.Ledger(name)) as unknown as Remote<Ledger>
}

/** Lets messages travel until it holds; the limit of the test guards it. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds())
    await Promise.all(
      [first, second, worker].map((each) => each.eval('1').then(undefined, () => undefined)),
    )
}

const tables = (): unknown[] =>
  [first, second, worker].map((context) => {
    const { exports, imports, pending, serving } = context.stats()
    return exports + imports + pending + serving
  })

describe.each(['second', 'worker'])('an object of the first isolate in the %s', (name) => {
  test('works, and is one object by whatever way it comes', async () => {
    using ledger = await make(first, 'a')
    await holder(name).keep(ledger)
    expect(await holder(name).write('x')).toBe(1)
    expect(await holder(name).isKept(ledger)).toBe(true)
    expect(await holder(name).isSelf()).toBe(true)
    expect(await holder(name).give()).toBe(ledger)
    expect(await ledger.entries).toEqual(['x'])
  })

  test('keeps working when the host has released its own, and ends with the last hold', async () => {
    const ledger = await make(first, 'a')
    const kept = holder(name).keep(ledger)
    release(ledger)
    await kept
    expect(await holder(name).write('x')).toBe(1)
    expect(await holder(name).write('y')).toBe(2)
    await holder(name).drop()
    await until(() => tables().every((left) => left === 0))
  })

  test('hears what the host asked before it was passed first', async () => {
    using ledger = await make(first, 'a')
    const written: PromiseLike<unknown>[] = []
    const writeAtOnce = (entry: string): PromiseLike<unknown> =>
      name === 'second'
        ? second.remote.writeAtOnce(ledger, entry)
        : worker.remote.takeAndWrite(ledger as never, entry)
    for (let n = 0; n < 20; n++) {
      written.push(ledger.write(`here ${n}`), writeAtOnce(`there ${n}`))
    }
    await Promise.all(written)
    const entries = (await ledger.entries) as unknown as string[]
    for (let n = 0; n < 20; n++)
      expect(entries.indexOf(`here ${n}`)).toBeLessThan(entries.indexOf(`there ${n}`))
    expect(entries.filter((entry) => entry.startsWith('there'))).toEqual(
      Array.from({ length: 20 }, (_, n) => `there ${n}`),
    )
  })

  test('comes home as itself', async () => {
    using own = await make(first, 'own')
    await holder(name).keep(own)
    const back = await holder(name).give()
    expect(back).toBe(own)
    expect(await first.remote.isOwn(back)).toBe(true)
    expect(await first.remote.isOwn(holder(name).give())).toBe(true)
  })

  test('ends with its owner, by name, and ends nothing else', async () => {
    using ledger = await make(first, 'a')
    await holder(name).keep(ledger)
    const pending = failureOf(holder(name).wait())
    await holder(name).write('x')
    await first.close()
    for (const error of [await pending, await failureOf(holder(name).write('y'))]) {
      expect(error).toMatchObject({
        code: 'FARHOLD_CONTEXT_CLOSED',
        message: expect.stringContaining('"first"') as string,
      })
    }
    using other = await make(second, 'b')
    await holder('worker').keep(other)
    expect(await holder('worker').write('z')).toBe(1)
  })
})

test('through containers and callbacks of a guest', async () => {
  using ledger = await make(first, 'a')
  await second.remote.keep(ledger)
  const map = (await second.remote.giveWithin()) as unknown as Map<string, unknown[]>
  expect(map.get('deep')?.[0]).toBe(ledger)
  let called: unknown
  await second.remote.callWith((given) => {
    called = given
  })
  expect(called).toBe(ledger)
})

test('from isolate to worker to isolate and home', async () => {
  using own = await make(first, 'own')
  await worker.remote.keep(own as never)
  await second.remote.keep(await worker.remote.give())
  expect(await second.remote.write('x')).toBe(1)
  expect(await first.remote.isOwn(await second.remote.give())).toBe(true)
})

describe("a worker's object in a guest", () => {
  test('is used asynchronously, and comes home', async () => {
    using ledger = await new worker.remote.Ledger('a')
    expect(contextOf(ledger)).toBe('worker')
    await first.remote.keep(ledger)
    await second.remote.keep(await first.remote.give())
    expect(await first.remote.write('x')).toBe(1)
    expect(await second.remote.write('y')).toBe(2)
    await worker.remote.keep(ledger as never)
    expect(await worker.remote.isKept((await second.remote.give()) as never)).toBe(true)
  })

  test('is waited for', async () => {
    using ledger = await new worker.remote.Ledger('a')
    await first.remote.keep(ledger)
    expect(await first.remote.writeBlocking('x')).toBe(1)
    expect(first.sync.writeBlocking('y')).toBe(2)
    expect(await first.remote.write('z')).toBe(3)
    expect(await ledger.entries).toEqual(['x', 'y', 'z'])
  })

  test('a function of the host that asks it is a promise too', async () => {
    using ledger = await new worker.remote.Ledger('a')
    await first.bind({ ask: proxy((entry: string) => ledger.write(entry)) })
    expect(
      await first.eval('(async () => [await ask("x"), ask("y") instanceof Promise])()'),
    ).toEqual([1, true])
  })
})
