/** A worker that blocks on the main thread, whose event loop answers. */
import { MessageChannel, Worker } from 'node:worker_threads'
import { proxy } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import type { Contest, Contestant } from './interleave.ts'

const CALLS = 200

/** By messages: the event loop takes each, and the worker sleeps until it is told that the answer is in the port. */
function raw(): Contestant {
  const memory = new SharedArrayBuffer(4)
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(new URL('./workers/raw-port-caller.ts', import.meta.url), {
    workerData: { memory, port: port2 },
    transferList: [port2],
  })
  const answered = new Int32Array(memory)
  let done: () => void = () => undefined
  port1.on('message', (message: 'done' | [number, number]) => {
    if (message === 'done') {
      done()
      return
    }
    port1.postMessage(message[0] + message[1])
    Atomics.add(answered, 0, 1)
    Atomics.notify(answered, 0)
  })
  return {
    name: 'raw, port',
    run: () =>
      new Promise((resolve) => {
        done = resolve
        port1.postMessage(CALLS)
      }),
    stop: async () => {
      port1.close()
      await worker.terminate()
    },
  }
}

async function farhold(): Promise<Contestant> {
  const worker = await spawnWorker<typeof import('./workers/farhold-caller.ts')>(
    new URL('./workers/farhold-caller.ts', import.meta.url),
  )
  const add = proxy((a: number, b: number) => a + b)
  return {
    name: 'farhold',
    run: async () => await worker.remote.callOften(add, CALLS),
    stop: () => worker.close(),
  }
}

/** What coincident uses of a browser's worker. */
class BrowserLikeWorker {
  readonly #worker: Worker

  constructor(url: URL) {
    this.#worker = new Worker(url)
  }

  postMessage(message: unknown, transfer: never[]): void {
    this.#worker.postMessage(message, transfer)
  }

  addEventListener(type: string, listener: (event: object) => void): void {
    this.#worker.on(type, (data) => listener({ data }))
  }

  async terminate(): Promise<void> {
    await this.#worker.terminate()
  }
}

async function coincidentSide(): Promise<Contestant> {
  Reflect.set(globalThis, 'Worker', BrowserLikeWorker)
  const { default: coincident } = await import('coincident/main')
  const { Worker: CoincidentWorker } = coincident()
  const worker = new CoincidentWorker(new URL('./workers/coincident-caller.ts', import.meta.url))
  worker.proxy.add = (a: number, b: number) => a + b
  return {
    name: 'coincident',
    run: async () => {
      await worker.proxy.callOften(CALLS)
    },
    stop: async () => {
      await worker.terminate()
    },
  }
}

export const workerSyncHome: Contest = {
  title: 'worker, sync, towards the main thread',
  calls: CALLS,
  warmUp: 1500,
  start: async () => [raw(), await farhold(), await coincidentSide()],
}
