/**
 * From the death of a context to the last of what was pending: how long until every call and every iteration has rejected.
 *
 * `raw` is when the platform itself says so, measured from the same moment with nothing pending: the worker's `exit`, the port's
 * `close`, the rejection of isolated-vm's own promise. Where the moment is inside the context, it leaves the time in shared memory.
 */
import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { connect } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker, workerTransport } from '@farhold/transport-worker'
import ivm from 'isolated-vm'
import { quantile } from './interleave.ts'
import type * as Mortal from './workers/mortal.ts'

/** How many calls and iterations are pending. */
const PENDING = 1000
/** How many of them are iterations. */
const ITERATIONS = 100
/** Milliseconds that Farhold may take longer than the platform's own event. */
const BUDGET = 50
/** Milliseconds a guest may run in the row of that name. */
const TIMEOUT = 50

/** Milliseconds. */
interface Delay {
  readonly median: number
  readonly longest: number
}

interface Death {
  readonly name: string
  readonly farhold: Delay
  readonly raw: Delay
}

export interface MeasuredDeaths {
  readonly title: string
  readonly pending: number
  readonly runs: number
  readonly budget: number
  readonly deaths: readonly Death[]
}

export const DEATHS = 'death to rejection'

/** One death: gives how many milliseconds it took to be known. */
type Measurement = () => Promise<number>

export async function measureDeaths(runs: number): Promise<MeasuredDeaths> {
  const deaths: Death[] = []
  for (const [name, farhold, raw] of ROWS) {
    const times: [number[], number[]] = [[], []]
    await farhold()
    await raw()
    for (let run = 0; run < runs; run++) {
      times[0].push(await farhold())
      times[1].push(await raw())
    }
    deaths.push({ name, farhold: delayOf(times[0]), raw: delayOf(times[1]) })
  }
  return { title: DEATHS, pending: PENDING, runs, budget: BUDGET, deaths }
}

function delayOf(times: readonly number[]): Delay {
  return { median: quantile(times, 0.5), longest: Math.max(...times) }
}

/** The same clock in every thread. */
const now = (): number => Number(process.hrtime.bigint()) / 1e6

interface Waits {
  never(): Promise<void>
  nothing(): AsyncIterable<unknown>
}

/** Makes the calls and iterations; resolves with when the last of them has rejected. */
function lastRejection(remote: Waits): Promise<number> {
  const pending: Promise<unknown>[] = []
  while (pending.length < PENDING - ITERATIONS) pending.push(remote.never())
  while (pending.length < PENDING) {
    const items = remote.nothing()[Symbol.asyncIterator]()
    pending.push(items.next())
  }
  return Promise.allSettled(pending).then((outcomes) => {
    const at = now()
    if (outcomes.some(({ status }) => status === 'fulfilled'))
      throw new Error('what should have rejected was fulfilled')
    return at
  })
}

type Way = keyof typeof Mortal & ('exit' | 'crash' | 'closePort')
const MORTAL = new URL('./workers/mortal.ts', import.meta.url)

/** A spawned worker ends itself. */
function fromWithin(way: Way): Measurement {
  return async () => {
    const worker = await spawnWorker<typeof Mortal>(MORTAL)
    const moment = new Float64Array(new SharedArrayBuffer(8))
    await worker.remote.useClock(moment)
    const last = lastRejection(worker.remote as unknown as Waits) // as far as it is used here
    await worker.remote.reached()
    worker.remote[way]().then(undefined, () => undefined)
    const at = await last
    await worker.closed
    return at - (moment[0] ?? Number.NaN)
  }
}

function rawFromWithin(way: Way): Measurement {
  return async () => {
    const moment = new Float64Array(new SharedArrayBuffer(8))
    const worker = new Worker(MORTAL, { workerData: { moment, way } })
    worker.on('error', () => undefined)
    await once(worker, 'message')
    const exit = new Promise((resolve) => worker.on('exit', resolve)) // `once` would reject with the error
    worker.postMessage('now')
    await exit
    return now() - (moment[0] ?? Number.NaN)
  }
}

/** Whoever made a worker ends it behind the session's back. */
async function terminated(): Promise<number> {
  const worker = new Worker(MORTAL, { workerData: { exposed: true } })
  const session = connect<typeof Mortal>(workerTransport(worker))
  const last = lastRejection(session.remote as unknown as Waits)
  await session.remote.reached()
  const from = now()
  void worker.terminate()
  return (await last) - from
}

async function rawTerminated(): Promise<number> {
  const worker = new Worker(MORTAL, { workerData: { moment: undefined, way: undefined } })
  await once(worker, 'message')
  const from = now()
  void worker.terminate()
  await once(worker, 'exit')
  return now() - from
}

/** The other end of a port closes; its thread lives on. */
async function portClosed(): Promise<number> {
  const { port1, port2 } = new MessageChannel()
  const moment = new Float64Array(new SharedArrayBuffer(8))
  const worker = new Worker(MORTAL, { workerData: { port: port2, moment }, transferList: [port2] })
  const session = connect<typeof Mortal>(workerTransport(port1))
  const last = lastRejection(session.remote as unknown as Waits)
  await session.remote.reached()
  session.remote.closePort().then(undefined, () => undefined)
  const at = await last
  await worker.terminate()
  return at - (moment[0] ?? Number.NaN)
}

async function rawPortClosed(): Promise<number> {
  const { port1, port2 } = new MessageChannel()
  const moment = new Float64Array(new SharedArrayBuffer(8))
  const worker = new Worker(MORTAL, {
    workerData: { port: port2, moment, way: 'closePort' },
    transferList: [port2],
  })
  await once(worker, 'message')
  worker.postMessage('now')
  port1.start()
  await once(port1, 'close')
  const at = now()
  await worker.terminate()
  return at - (moment[0] ?? Number.NaN)
}

const GUEST = `
  export const never = () => new Promise(() => {})
  export async function* nothing() { await never() }
  export const reached = () => undefined
  export const spin = () => { for (;;); }
`

interface Guest extends Waits {
  reached(): void
  spin(): void
}

async function disposed(): Promise<number> {
  const guest = await spawnIsolate<Guest>({ source: GUEST })
  const last = lastRejection(guest.remote as unknown as Waits)
  await guest.remote.reached()
  const from = now()
  void guest.close()
  return (await last) - from
}

async function rawGuest(): Promise<{ isolate: ivm.Isolate; context: ivm.Context }> {
  const isolate = new ivm.Isolate()
  const context = await isolate.createContext()
  await context.eval(GUEST.replaceAll('export const', 'var').replaceAll('export ', ''))
  return { isolate, context }
}

async function rawDisposed(): Promise<number> {
  const { isolate, context } = await rawGuest()
  const pending = context.eval('never()', { promise: true })
  await context.eval('reached()')
  const from = now()
  isolate.dispose()
  await pending.catch(() => undefined)
  return now() - from
}

/** How long after its time the call is told. Only this one: the guest and its other calls go on. */
async function timedOut(): Promise<number> {
  await using guest = await spawnIsolate<Guest>({ source: GUEST, timeout: TIMEOUT })
  const from = now()
  await guest.remote.spin().then(undefined, () => undefined)
  return now() - from - TIMEOUT
}

async function rawTimedOut(): Promise<number> {
  const { isolate, context } = await rawGuest()
  const spin = await context.global.get('spin', { reference: true })
  const from = now()
  await spin.apply(undefined, [], { timeout: TIMEOUT }).catch(() => undefined)
  const late = now() - from - TIMEOUT
  isolate.dispose()
  return late
}

const ROWS: readonly (readonly [string, Measurement, Measurement])[] = [
  ['process.exit', fromWithin('exit'), rawFromWithin('exit')],
  ['uncaught error', fromWithin('crash'), rawFromWithin('crash')],
  ['terminate', terminated, rawTerminated],
  ['port closed', portClosed, rawPortClosed],
  ['isolate disposed', disposed, rawDisposed],
  ['isolate timeout', timedOut, rawTimedOut],
]
