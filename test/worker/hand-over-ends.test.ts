/**
 * Hand-overs at the moments at which they can go wrong: deaths, meetings, refusals, roots, nested workers.
 */
import { type Context, type Remote, release } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'
import { OBSERVED } from './observed-sessions.ts'

type Module = typeof import('./fixtures/hand-over-ends.ts')

const module = new URL('./fixtures/hand-over-ends.ts', import.meta.url)
let left: Context<Module>
let right: Context<Module>
let third: Context<Module>

const spawn = (name: string, options = {}): Promise<Context<Module>> =>
  spawnWorker<Module>(module, { name, ...OBSERVED, ...options })

beforeEach(async () => {
  const names = ['left', 'right', 'third']
  ;[left, right, third] = (await Promise.all(names.map((name) => spawn(name)))) as [
    Context<Module>,
    Context<Module>,
    Context<Module>,
  ]
})

afterEach(async () => {
  await Promise.all([left.close(), right.close(), third.close()])
})

/** Asks again after each round trip until it holds; the limit of the test guards it. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await third.eval('undefined')
}

/** Nothing is held between a worker and its siblings. */
async function isClear(worker: Context<Module>): Promise<boolean> {
  const sessions = await worker.remote.left()
  return sessions.every(
    ({ exports, imports, pending, expected, isParent }) =>
      isParent || exports + imports + pending + expected === 0,
  )
}

test('an error brings what it can, and what it leaves out costs the rest nothing', async () => {
  using ledger = await new left.remote.Ledger('a')
  await right.remote.keep(ledger as never)
  const error = (await failureOf(right.remote.failWith(right.remote.give() as never))) as {
    ledger: Remote<import('./fixtures/hand-over-ends.ts').Ledger>
  }
  expect(error.ledger).toBe(ledger)
  expect(await error.ledger.write('here')).toBe(1)
})

test('a function is called there', async () => {
  const add = (await left.eval('(a, b) => a + b')) as () => unknown
  await right.remote.keep(add)
  expect(await right.remote.owner()).toBe('left')
  expect(await right.remote.call(1, 2)).toBe(3)
})

test('a root that was given back can be passed on again', async () => {
  for (let n = 0; n < 3; n++) {
    await right.remote.keep(left.remote)
    expect(await right.remote.owner()).toBe('left')
    await right.remote.drop()
  }
  await until(() => isClear(right))
  await until(() => isClear(left))
})

test('what is received in a scope is given back at its end', async () => {
  const ledger = await new left.remote.Ledger('a')
  for (let n = 1; n <= 5; n++) {
    await right.remote.writeInScope((() => ledger) as never)
    expect(await ledger.entries.length).toBe(n)
    await until(() => isClear(right))
  }
  release(ledger)
  await until(async () => (await left.remote.givenBack()) === 1)
})

describe('two who meet', () => {
  test('introduced by who spawned them and by a sibling at one time', async () => {
    for (let n = 0; n < 5; n++) {
      const ledger = await new left.remote.Ledger('a')
      await third.remote.keep(ledger as never)
      const both = [right.remote.keep(ledger as never), third.remote.passOn(right.remote as never)]
      await Promise.all(both)
      expect(await right.remote.isKept(ledger)).toBe(true)
      expect(await right.remote.write('x')).toBe(1)
      release(ledger)
      await Promise.all([right.remote.drop(), third.remote.drop()])
      await until(async () => (await left.remote.givenBack()) === n + 1)
    }
  })

  test('both are given something of the other, and use it at once', async () => {
    using ofLeft = await new left.remote.Ledger('left')
    using ofRight = await new right.remote.Ledger('right')
    for (let n = 1; n <= 20; n++) {
      const counts = [
        left.remote.takeAndWrite(ofRight as never),
        right.remote.takeAndWrite(ofLeft as never),
      ]
      expect(await Promise.all(counts)).toEqual([n, n])
    }
  })
})

describe('an end', () => {
  test('of the owner in the moment its object is passed on', async () => {
    using ledger = await new left.remote.Ledger('a')
    const kept = failureOf(right.remote.keep(ledger as never))
    const waits = failureOf(right.remote.wait())
    await left.close()
    expect(await kept).toEqual({ fulfilledWith: undefined })
    for (const error of [await waits, await failureOf(right.remote.write('x'))]) {
      expect(error).toMatchObject({
        code: 'FARHOLD_CONTEXT_CLOSED',
        message: expect.stringContaining('"left"') as string,
      })
    }
    expect(await right.eval('1 + 1')).toBe(2)
    await right.remote.drop()
    expect(right.stats()).toMatchObject({ pending: 0, exports: 0 })
  })

  test('of the one it is passed to, in that moment', async () => {
    const ledger = await new left.remote.Ledger('a')
    const kept = failureOf(right.remote.keep(ledger as never))
    await right.close()
    expect(await kept).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
    expect(await ledger.write('x')).toBe(1)
    release(ledger)
    await until(async () => (await left.remote.givenBack()) === 1)
    await until(() => isClear(left))
  })

  test('of the one who passed it on, as soon as it has arrived', async () => {
    const ledger = await new left.remote.Ledger('a')
    await right.remote.keep(ledger as never)
    await right.remote.write('first')
    release(ledger)
    await failureOf(right.remote.passOnAndExit(third.remote as never))
    expect(await third.remote.owner()).toBe('left')
    expect(await third.remote.write('second')).toBe(2)
    await third.remote.drop()
    await until(async () => (await left.remote.givenBack()) === 1)
  })
})

describe('a worker of a worker', () => {
  test('passes its objects up and across', async () => {
    const { ledger, end } = (await left.remote.nested()) as unknown as {
      ledger: Remote<import('./fixtures/hand-over-ends.ts').Ledger>
      end: () => Promise<void>
    }
    await right.remote.keep(ledger as never)
    expect(await right.remote.write('across')).toBe(1)
    expect(await right.remote.isSelf()).toBe(true)
    expect(await ledger.entries).toEqual(['across'])
    await end()
    expect(await failureOf(right.remote.write('late'))).toMatchObject({
      code: 'FARHOLD_CONTEXT_CLOSED',
      message: expect.stringContaining('"inner"') as string,
    })
  })
})
