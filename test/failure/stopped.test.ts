/**
 * Limits that end a call and not the context. What ran is told; everything else that is under way goes on, and so do
 * the neighbours.
 */
import { CallTimeoutError, currentCall } from '@farhold/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'
import { startIsolate } from './doomed.ts'
import { type Outcome, outcomeOf } from './outcome.ts'

type Isolate = Awaited<ReturnType<typeof startIsolate>>

let neighbour: Isolate

beforeEach(async () => {
  neighbour = await startIsolate({ name: 'neighbour' })
})

afterEach(() => neighbour.close())

/** Everything that can be under way, until the gate opens. */
async function wait({ remote }: Isolate, gate: Promise<string>) {
  const answer = (): Promise<string> => gate
  const reader = remote.itemsAndAnswer(answer)[Symbol.asyncIterator]()
  await reader.next()
  const waits = {
    call: outcomeOf(remote.ask(answer)),
    chain: outcomeOf((remote.ask(answer) as unknown as { length: Promise<number> }).length),
    argument: outcomeOf(remote.echo(remote.ask(answer))),
    constructor: outcomeOf(new remote.Ledger(remote.ask(() => gate.then(Number))).total()),
    iterator: outcomeOf(reader.next()),
  }
  await remote.echo(0)
  return waits
}

const GOES_ON: Record<string, Outcome> = {
  call: { value: '12' },
  chain: { value: 2 },
  argument: { value: '12' },
  constructor: { value: 12 },
  iterator: { value: { value: '12', done: false } },
}

const LATE: Outcome = { error: 'CallTimeoutError' }
const ALL_LATE = { call: LATE, chain: LATE, argument: LATE, constructor: LATE, iterator: LATE }

const all = async (waits: Record<string, Promise<Outcome>>): Promise<Record<string, Outcome>> =>
  Object.fromEntries(
    await Promise.all(
      Object.entries(waits).map(async ([name, outcome]) => [name, await outcome] as const),
    ),
  )

const countsOf = ({ stats }: Isolate) => {
  const { exports, pending, serving } = stats()
  return { exports, pending, serving }
}

describe('a guest that is stopped by its timeout', () => {
  test.each<[string, (isolate: Isolate) => unknown]>([
    ['in a call', ({ remote }) => remote.spin()],
    ['in a call that blocks', ({ sync }) => sync.spin()],
    [
      'in a constructor',
      ({ context }) => context.eval('new (class { constructor() { for (;;); } })()'),
    ],
    ['in an iterator', ({ context }) => context.eval('[...(function* () { for (;;); })()]')],
  ])('%s: that is told, and everything else goes on', async (_where, stop) => {
    const gate = Promise.withResolvers<string>()
    await using isolate = await startIsolate({ timeout: 300 })
    const waits = await wait(isolate, gate.promise)
    const elsewhere = await wait(neighbour, gate.promise)
    const before = countsOf(isolate)
    const beside = countsOf(neighbour)
    const error = await failureOf((async () => stop(isolate))())
    expect(error).toBeInstanceOf(CallTimeoutError)
    expect(countsOf(isolate)).toEqual(before)
    expect(countsOf(neighbour)).toEqual(beside)
    gate.resolve('12')
    expect(await all(waits)).toEqual(GOES_ON)
    expect(await all(elsewhere)).toEqual(GOES_ON)
  })

  // No one can say whose continuation it was.
  test('in a continuation: whatever waits for that guest is told, and nothing else', async () => {
    const gate = Promise.withResolvers<string>()
    await using isolate = await startIsolate({ timeout: 300 })
    const waits = await wait(isolate, gate.promise)
    const elsewhere = await wait(neighbour, gate.promise)
    const beside = countsOf(neighbour)
    const told = isolate.context.eval('Promise.resolve().then(() => { for (;;); })')
    expect(await failureOf(told)).toBeInstanceOf(CallTimeoutError)
    expect(await all(waits)).toEqual(ALL_LATE)
    expect(await isolate.remote.echo('here')).toBe('here')
    expect(countsOf(isolate)).toMatchObject({ pending: 0, serving: 0 })
    expect(countsOf(neighbour)).toEqual(beside)
    gate.resolve('12')
    expect(await all(elsewhere)).toEqual(GOES_ON)
  })

  test('in a continuation: an iteration that is told sends nothing afterwards', async () => {
    const gate = Promise.withResolvers<string>()
    await using isolate = await startIsolate({ timeout: 300 })
    const { iterator } = await wait(isolate, gate.promise)
    await failureOf(isolate.context.eval('Promise.resolve().then(() => { for (;;); })'))
    expect(await iterator).toEqual(LATE)
    gate.resolve('12')
    for (let turn = 0; turn < 10; turn++) {
      expect(await outcomeOf(isolate.remote.echo(turn))).toEqual({ value: turn })
    }
  })
})

describe('wallTimeout', () => {
  test('ends every call that takes too long, and no other', async () => {
    const gate = Promise.withResolvers<string>()
    await using isolate = await startIsolate({ wallTimeout: 1500 })
    const elsewhere = await wait(neighbour, gate.promise)
    const beside = countsOf(neighbour)
    const waits = await wait(isolate, gate.promise)
    expect(await all(waits)).toEqual(ALL_LATE)
    expect(await isolate.remote.echo('here')).toBe('here')
    expect(countsOf(neighbour)).toEqual(beside)
    // The answers that come after all concern no one.
    gate.resolve('12')
    expect(await all(elsewhere)).toEqual(GOES_ON)
    expect(await isolate.remote.echo('still here')).toBe('still here')
    expect(countsOf(isolate)).toMatchObject({ pending: 0, serving: 0 })
  })
})

test('a function of the host that a guest waits for hears that the guest is gone', async () => {
  const isolate = await startIsolate()
  const asked = Promise.withResolvers<AbortSignal>()
  const call = outcomeOf(
    isolate.remote.ask(() => {
      asked.resolve(currentCall()?.signal as AbortSignal) // Node's own, in this process
      return new Promise<never>(() => undefined)
    }),
  )
  const signal = await asked.promise
  await isolate.close()
  expect(await call).toEqual({ error: 'ContextClosedError', reason: 'closed' })
  expect(signal.aborted).toBe(true)
})
