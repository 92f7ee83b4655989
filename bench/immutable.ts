/**
 * A configuration of 1 MB that is an argument of every call: copied each time by a message written by hand, copied each time
 * by a call, and immutable, so that it crosses once.
 */
import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { immutable } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import type { Contest } from './interleave.ts'
import type { Configuration } from './workers/config.ts'

/** As long as JSON. */
const BYTES = 2 ** 20

/** How many copies one turn makes. */
const COPIES = 5

async function copies(pass: () => Promise<unknown>): Promise<void> {
  for (let copy = 0; copy < COPIES; copy++) await pass()
}

function makeConfiguration(): Configuration {
  const entries: { name: string; weight: number }[] = []
  for (let length = 0; length < BYTES; ) {
    const entry = { name: `entry number ${entries.length}`, weight: entries.length }
    length += JSON.stringify(entry).length + 1
    entries.push(entry)
  }
  return { entries }
}

const spawn = () =>
  spawnWorker<typeof import('./workers/config.ts')>(new URL('./workers/config.ts', import.meta.url))

export const immutableOrCopied: Contest = {
  title: 'immutable, 1 MB in a call',
  calls: COPIES,
  rounds: 15,
  async start() {
    const { port1, port2 } = new MessageChannel()
    const rawWorker = new Worker(new URL('./workers/raw-config.ts', import.meta.url), {
      workerData: port2,
      transferList: [port2],
    })
    const worker = await spawn()
    const plain = makeConfiguration()
    const config = immutable(makeConfiguration())
    return [
      {
        name: 'raw',
        run: () =>
          copies(() => {
            port1.postMessage([plain, 7])
            return once(port1, 'message')
          }),
        stop: async () => {
          port1.close()
          await rawWorker.terminate()
        },
      },
      {
        name: 'farhold, plain',
        run: () => copies(async () => worker.remote.read(plain, 7)),
        stop: () => worker.close(),
      },
      { name: 'immutable', run: () => copies(async () => worker.remote.read(config, 7)) },
    ]
  },
}

const TIMES = 10_000

/** What the id of a value costs a call, over a number in its place; fails when more than one copy has come. */
export const immutableOrNumber: Contest = {
  title: 'immutable, 1 MB passed 10,000 times',
  calls: TIMES,
  budget: 1.3,
  rounds: 9,
  warmUp: 100,
  async start() {
    const worker = await spawn()
    const config = immutable(makeConfiguration())
    return [
      {
        name: 'a number instead',
        run: async () => {
          for (let index = 0; index < TIMES; index++) await worker.remote.add(7, index)
        },
        stop: () => worker.close(),
      },
      {
        name: 'immutable',
        run: async () => {
          for (let index = 0; index < TIMES; index++) await worker.remote.readKnown(config, index)
          const copies = await worker.remote.seenSoFar()
          if (copies !== 1) throw new Error(`${copies} copies have come`)
        },
      },
    ]
  },
}
