/** Calls into a worker: raw messages, Farhold, comlink. Each has a worker of its own, with the same function in it. */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { spawnWorker } from '@farhold/transport-worker'
import { wrap } from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import type { Contest, Contestant } from './interleave.ts'

type Add = (a: number, b: number) => Promise<number>

interface Side {
  readonly name: string
  readonly add: Add
  stop(): Promise<void>
}

/** One message per call and one per answer, a promise for each: what one writes by hand. */
async function raw(): Promise<Side> {
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(new URL('./workers/raw.ts', import.meta.url), {
    workerData: port2,
    transferList: [port2],
  })
  return {
    name: 'raw',
    add: overPort(port1),
    stop: async () => {
      port1.close()
      await worker.terminate()
    },
  }
}

function overPort(port: MessagePort): Add {
  const waiting: (((sum: number) => void) | undefined)[] = []
  const free: number[] = []
  port.on('message', ([id, sum]: [number, number]) => {
    const resolve = waiting[id]
    waiting[id] = undefined
    free.push(id)
    resolve?.(sum)
  })
  return (a, b) =>
    new Promise((resolve) => {
      const id = free.pop() ?? waiting.length
      waiting[id] = resolve
      port.postMessage([id, a, b])
    })
}

async function farhold(): Promise<Side> {
  const worker = await spawnWorker<typeof import('./workers/farhold.ts')>(
    new URL('./workers/farhold.ts', import.meta.url),
  )
  const { remote } = worker
  return { name: 'farhold', add: (a, b) => remote.add(a, b), stop: () => worker.close() }
}

async function comlink(): Promise<Side> {
  const worker = new Worker(new URL('./workers/comlink.ts', import.meta.url))
  const remote = wrap<{ add(a: number, b: number): number }>(nodeEndpoint(worker))
  return {
    name: 'comlink',
    add: (a, b) => remote.add(a, b),
    stop: async () => {
      await worker.terminate()
    },
  }
}

const sides = async (): Promise<Side[]> => Promise.all([raw(), farhold(), comlink()])

export const workerOne: Contest = {
  title: 'worker, async, one at a time',
  calls: 200,
  budget: 1.1,
  start: async () =>
    (await sides()).map(
      ({ name, add, stop }): Contestant => ({
        name,
        stop,
        run: async () => {
          for (let call = 0; call < 200; call++) await add(call, 1)
        },
      }),
    ),
}

export const workerMany: Contest = {
  title: 'worker, async, 1000 in flight',
  calls: 1000,
  budget: 0.5,
  start: async () =>
    (await sides()).map(
      ({ name, add, stop }): Contestant => ({
        name,
        stop,
        run: async () => {
          const calls: Promise<number>[] = []
          for (let call = 0; call < 1000; call++) calls.push(add(call, 1))
          await Promise.all(calls)
        },
      }),
    ),
}
