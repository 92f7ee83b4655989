/** A worker that answers nothing, until it dies in the way it is told; it says when. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads'
import { expose as exposeOn } from '@farhold/core'
import { expose, workerTransport } from '@farhold/transport-worker'

interface Start {
  /** Where it says when. */
  readonly moment?: Float64Array
  readonly port?: MessagePort
  /** How it dies at the first message, where nothing else is heard here. */
  readonly way?: Way
  /** Does it expose this to whoever started it? */
  readonly exposed?: boolean
}

const start = (workerData ?? {}) as Start // what `deaths.ts` gives
let clock = start.moment

function stamp(): void {
  if (clock !== undefined) clock[0] = Number(process.hrtime.bigint()) / 1e6
}

/** Where to say when. */
export function useClock(moment: Float64Array): void {
  clock = moment
}

export function never(): Promise<void> {
  return new Promise(() => undefined)
}

export async function* nothing(): AsyncGenerator<void> {
  yield await never()
}

/** What was called before this is pending. */
export function reached(): void {}

export function exit(): void {
  stamp()
  process.exit(3)
}

export function crash(): void {
  setImmediate(() => {
    stamp()
    throw new Error('uncaught')
  })
}

export function closePort(): void {
  stamp()
  start.port?.close()
}

const ways = { exit, crash, closePort }
type Way = keyof typeof ways

const api = { ...ways, never, nothing, reached }
const { way } = start
if (start.exposed) expose(api)
else if (start.port !== undefined && way === undefined) {
  exposeOn(api, workerTransport(start.port, { keepAlive: true }))
} else if ('way' in start) {
  parentPort?.on('message', () => {
    if (way !== undefined) ways[way]()
  })
  parentPort?.postMessage('ready')
}
