/** Calls into an isolate and out of it: what isolated-vm offers, and Farhold. */
import { spawnIsolate } from '@farhold/transport-isolate'
import ivm from 'isolated-vm'
import type { Contest, Contestant } from './interleave.ts'

interface Guest {
  add(a: number, b: number): number
  callOut(times: number): number
}

/** The same guest on both sides; `host` is its one grant. */
const GUEST = `
  function add(a, b) { return a + b }
  function callOut(times) {
    let sum = 0
    for (let call = 0; call < times; call++) sum += host(call, 1)
    return sum
  }
`

const host = (a: number, b: number): number => a + b

interface RawIsolate {
  readonly add: ivm.Reference<Guest['add']>
  readonly callOut: ivm.Reference<Guest['callOut']>
  stop(): void
}

async function raw(): Promise<RawIsolate> {
  const isolate = new ivm.Isolate()
  const context = await isolate.createContext()
  await context.global.set('host', new ivm.Callback(host))
  await context.eval(GUEST)
  const add = await context.global.get('add', { reference: true })
  const callOut = await context.global.get('callOut', { reference: true })
  return { add, callOut, stop: () => isolate.dispose() }
}

const farhold = () =>
  spawnIsolate<Guest>({
    source: `${GUEST.replaceAll('function ', 'export function ')}`,
    globals: { host },
  })

export const isolateSync: Contest = {
  title: 'isolate, sync, two numbers',
  calls: 2000,
  budget: 1.5,
  start: async (): Promise<Contestant[]> => {
    const { add, stop } = await raw()
    const context = await farhold()
    const { sync } = context
    return [
      {
        name: 'raw',
        stop,
        run: () => {
          for (let call = 0; call < 2000; call++) add.applySync(undefined, [call, 1])
        },
      },
      {
        name: 'farhold',
        stop: () => context.close(),
        run: () => {
          for (let call = 0; call < 2000; call++) sync.add(call, 1)
        },
      },
    ]
  },
}

export const isolateAsync: Contest = {
  title: 'isolate, async, one at a time',
  calls: 200,
  budget: 1.2,
  start: async (): Promise<Contestant[]> => {
    const { add, stop } = await raw()
    const context = await farhold()
    const { remote } = context
    return [
      {
        name: 'raw',
        stop,
        run: async () => {
          for (let call = 0; call < 200; call++) await add.apply(undefined, [call, 1])
        },
      },
      {
        name: 'farhold',
        stop: () => context.close(),
        run: async () => {
          for (let call = 0; call < 200; call++) await remote.add(call, 1)
        },
      },
    ]
  },
}

export const isolateCallback: Contest = {
  title: 'guest to host, sync, two numbers',
  calls: 2000,
  budget: 1.5,
  start: async (): Promise<Contestant[]> => {
    const { callOut, stop } = await raw()
    const context = await farhold()
    const { sync } = context
    return [
      {
        name: 'raw',
        stop,
        run: () => {
          callOut.applySync(undefined, [2000])
        },
      },
      {
        name: 'farhold',
        stop: () => context.close(),
        run: () => {
          sync.callOut(2000)
        },
      },
    ]
  },
}
