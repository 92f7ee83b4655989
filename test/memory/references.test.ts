/**
 * What is no longer held is given back. Counts and bounds, never times: a collection may take several rounds, and
 * each round is an event that is waited for.
 */
import { setImmediate } from 'node:timers/promises'
import { connect, expose, loopback, proxy, type Session } from '@farhold/core'
import { afterEach, beforeEach, expect, test } from 'vitest'

const { gc } = globalThis
if (gc === undefined) throw new Error('this project runs with --expose-gc')

class Counter {
  #value = 0

  add(by: number): number {
    this.#value += by
    return this.#value
  }
}

const gone: string[] = []

function makeApi() {
  return {
    Counter,
    counter: () => new Counter(),
    named: (name: string) => proxy({ name }, { released: () => gone.push(name) }),
    run: (job: (n: number) => void) => job(1),
    fails: () => {
      throw new RangeError('no one looks')
    },
    signal: () => stopper.signal,
    /** Only listens to its signal, and keeps it nowhere. */
    untilAborted: (signal: AbortSignal, _unused?: undefined) => {
      const { promise, resolve } = Promise.withResolvers<unknown>()
      const told = (event: Event) => resolve((event.target as AbortSignal).reason)
      signal.addEventListener('abort', told)
      return promise
    },
  }
}

type Api = ReturnType<typeof makeApi>

const reported: unknown[] = []
let stopper: AbortController
let owner: Session
let holder: Session<Api>

beforeEach(() => {
  gone.length = 0
  reported.length = 0
  stopper = new AbortController()
  const [here, there] = loopback()
  owner = expose(makeApi(), here)
  holder = connect<Api>(there, { onError: (error) => reported.push(error) })
})

afterEach(() => holder.close())

/** Collects until `done` holds; fails when many rounds have not brought it about. */
async function collectUntil(done: () => boolean): Promise<void> {
  for (let round = 0; round < 100 && !done(); round++) {
    gc?.()
    await setImmediate()
  }
  expect(done()).toBe(true)
}

const heldByHolder = () => owner.stats().exports

test('proxies that are dropped are given back, all of them', async () => {
  await (async () => {
    const counters = await Promise.all(
      Array.from({ length: 200 }, () => new holder.remote.Counter()),
    )
    expect(await counters[0]?.add(1)).toBe(1)
    expect(heldByHolder()).toBe(200)
  })()
  await collectUntil(() => heldByHolder() === 0 && holder.stats().imports === 0)
})

test('the owner is told when no one holds an object any more, once', async () => {
  await (async () => {
    await holder.remote.named('first')
    using second = await holder.remote.named('second')
    expect(await second.name).toBe('second')
  })()
  await collectUntil(() => gone.length === 2)
  expect(gone.toSorted()).toEqual(['first', 'second'])
})

test('a callback that was passed many times leaves nothing behind', async () => {
  let ran = 0
  for (let turn = 0; turn < 2000; turn++) await holder.remote.run(() => ran++)
  expect(ran).toBe(2000)
  await collectUntil(() => holder.stats().exports === 0)
})

test('a result that is only used is kept while its proxy is, and given up with it', async () => {
  const before = holder.stats().pending
  await (async () => {
    const counter = holder.remote.counter()
    for (let turn = 1; turn <= 3; turn++) {
      gc?.()
      await setImmediate()
      expect(await counter.add(1)).toBe(turn)
    }
  })()
  expect(holder.stats().pending).toBe(before)
  expect(reported).toEqual([])
})

test('a failure that no one looked at is reported when it can no longer be looked at', async () => {
  ;(() => void holder.remote.fails())()
  await collectUntil(() => reported.length === 1)
  expect(reported[0]).toMatchObject({ name: 'RangeError', message: 'no one looks' })
})

test('a signal is not collected while the call that was given it is running', async () => {
  // Over text, and with a value that JSON cannot carry, the arguments are no part of the message they came in.
  const [here, there] = loopback({ codec: 'text' })
  expose(makeApi(), here)
  await using session = connect<Api>(there)
  const controller = new AbortController()
  const reason = session.remote.untilAborted(controller.signal, undefined).then((value) => value)
  for (let round = 0; round < 20; round++) {
    gc?.()
    await setImmediate()
  }
  controller.abort('enough')
  expect(await Promise.race([reason, roundTrips(session, 5)])).toBe('enough')
})

/** Resolves when what was on its way has arrived. */
async function roundTrips(session: Session<Api>, count: number): Promise<string> {
  for (let turn = 0; turn < count; turn++) await session.remote.run(() => undefined)
  return 'nothing came'
}

test('a signal is heard by who only listens to it, and given back when no one does', async () => {
  const heard = Promise.withResolvers<unknown>()
  const ignore = () => heard.reject(new Error('no one listens any more'))
  await (async () => {
    const signal = (await holder.remote.signal()) as AbortSignal
    signal.addEventListener('abort', () => heard.resolve(signal.reason))
  })()
  for (let round = 0; round < 10; round++) {
    gc?.()
    await setImmediate()
  }
  expect(heldByHolder()).toBe(1)
  stopper.abort('enough')
  expect(await heard.promise).toBe('enough')
  await collectUntil(() => heldByHolder() === 0)

  stopper = new AbortController()
  await (async () => {
    const signal = (await holder.remote.signal()) as AbortSignal
    signal.addEventListener('abort', ignore)
    signal.removeEventListener('abort', ignore)
  })()
  await collectUntil(() => heldByHolder() === 0)
})
