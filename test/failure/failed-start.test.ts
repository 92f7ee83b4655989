/**
 * Contexts that die before they have begun: their module throws, ends its thread or never loads, while it has already
 * called and kept what it was given.
 */
import { contexts, proxy } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { describe, expect, test } from 'vitest'
import { startIsolate, startWorker } from './doomed.ts'
import { settleIn } from './observe.ts'
import { type Outcome, outcomeOf } from './outcome.ts'

type Globals = Readonly<Record<string, unknown>>
/** How long a module may take, in milliseconds, where its end is to take too long. */
type Limit = { readonly timeout?: number; readonly wallTimeout?: number }
type Start = (source: string, globals: Globals, limit: Limit) => Promise<unknown>

const worker: Start = (source, globals, limit) =>
  spawnWorker(`data:text/javascript,${encodeURIComponent(source)}`, { globals, ...limit })
const isolate: Start = (source, globals, limit) =>
  spawnIsolate({ source, globals, onError() {}, ...limit })

/** What the module does with its grants before it fails, whichever way it does. */
const BEGUN = `
  globalThis.kept = host
  globalThis.asked = host.ask()
  void (async () => { for await (const item of host.items()) globalThis.item = item })().catch(() => {})
  asked.catch?.(() => {})
  await host.began()
`

const TIMEOUT: Outcome = { error: 'CallTimeoutError' }
const thrown: Outcome = { error: 'RangeError', message: 'RangeError: no stock' }

const CASES: [string, Start, string, Outcome, Limit?][] = [
  [
    'a worker whose module never loads',
    worker,
    'await new Promise(() => {})',
    TIMEOUT,
    { timeout: 1000 },
  ],
  ['a worker whose module loops', worker, 'for (;;);', TIMEOUT, { timeout: 1000 }],
  ['a worker whose module throws', worker, 'throw new RangeError("no stock")', thrown],
  [
    'a worker whose module ends its thread',
    worker,
    'process.exit(7)',
    { error: 'ContextClosedError', reason: 'exit', exitCode: 7 },
  ],
  [
    'a worker whose module crashes its thread',
    worker,
    'setImmediate(() => { throw new RangeError("no stock") }); await new Promise(() => {})',
    { error: 'ContextClosedError', reason: 'error', exitCode: 1, cause: 'RangeError' },
  ],
  [
    'an isolate whose module never loads',
    isolate,
    'await new Promise(() => {})',
    TIMEOUT,
    { wallTimeout: 1000 },
  ],
  ['an isolate whose module loops', isolate, 'for (;;);', TIMEOUT, { timeout: 500 }],
  ['an isolate whose module throws', isolate, 'throw new RangeError("no stock")', thrown],
]

describe.each(CASES)('%s', (_name, start, end, expected, limit = {}) => {
  test('gives back what it was given, and no one else notices', async () => {
    await using own = await (start === worker ? startWorker : startIsolate)({ name: 'neighbour' })
    const neighbour = await settleIn(own)
    const beside = own.stats()
    const before = contexts().length
    const released = Promise.withResolvers<string>()
    const began = Promise.withResolvers<boolean>()
    const left = Promise.withResolvers<string>()
    const late = Promise.withResolvers<string>()
    const items = {
      [Symbol.asyncIterator]() {
        return this
      },
      next: () => new Promise<never>(() => undefined),
      async return() {
        left.resolve('told')
        return { value: undefined, done: true }
      },
    }
    const host = proxy(
      { began: () => began.resolve(true), ask: () => late.promise, items: () => items },
      { released: () => released.resolve('given back') },
    )
    const starting = outcomeOf(start(BEGUN + end, { host }, limit))
    // On a busy machine its time may be over before it has come so far; the rest holds even then.
    const hasBegun = await Promise.race([began.promise, starting.then(() => false)])
    expect(await starting).toEqual(expected)
    expect(await outcomeOf(released.promise)).toEqual({ value: 'given back' })
    if (hasBegun) expect(await outcomeOf(left.promise)).toEqual({ value: 'told' })
    expect(contexts()).toHaveLength(before)
    late.resolve('too late')
    expect(await neighbour.tick()).toBeGreaterThan(0)
    const { exports, imports, pending, serving } = beside
    expect(own.stats()).toMatchObject({ exports, imports, pending, serving })
  })
})
