/**
 * Items that one thread sends and another receives, one way: by messages of the platform, one for each item or for a batch of them; by a
 * pool of threads, a task for each; and through memory that both share.
 *
 * A turn ends when the receiver has had all of its items.
 */
import { once } from 'node:events'
import { MessageChannel, type Transferable, Worker } from 'node:worker_threads'
import { channel } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { Piscina } from 'piscina'
import { ChannelRing } from '../packages/core/src/channel-ring.ts'
import type { Contest, Contestant } from './interleave.ts'
import { type Item, RawChannel } from './raw-channel.ts'
import type { Lane } from './workers/channel.ts'

const ITEMS = 2000
const BATCH = 32
const CAPACITY = 256

type ItemOf = (number: number) => Item

function start(lane: Lane, transferList: readonly Transferable[] = []): Worker {
  return new Worker(new URL('./workers/channel.ts', import.meta.url), {
    workerData: { lane, items: ITEMS },
    transferList: [...transferList],
  })
}

function messages(name: string, kind: 'messages' | 'batches', itemOf: ItemOf): Contestant {
  const { port1, port2 } = new MessageChannel()
  const worker = start({ kind, port: port2 }, [port2])
  return {
    name,
    run: async () => {
      const done = once(port1, 'message')
      if (kind === 'messages')
        for (let number = 0; number < ITEMS; number++) port1.postMessage(itemOf(number))
      else
        for (let number = 0; number < ITEMS; number += BATCH)
          port1.postMessage(
            Array.from({ length: Math.min(BATCH, ITEMS - number) }, (_, n) => itemOf(number + n)),
          )
      await done
    },
    stop: async () => {
      port1.close()
      await worker.terminate()
    },
  }
}

function tasks(itemOf: ItemOf): Contestant {
  const pool = new Piscina({
    filename: new URL('./workers/piscina.ts', import.meta.url).href,
    minThreads: 1,
    maxThreads: 1,
  })
  return {
    name: 'piscina, tasks',
    run: async () => {
      await Promise.all(Array.from({ length: ITEMS }, (_, number) => pool.run(itemOf(number))))
    },
    stop: () => pool.destroy(),
  }
}

function ring(itemOf: ItemOf): Contestant {
  const memory = { ring: ChannelRing.create(CAPACITY), control: RawChannel.newControl() }
  const worker = start({ kind: 'ring', ...memory })
  const channel = new RawChannel(memory.ring, memory.control)
  return {
    name: 'raw ring',
    run: () => {
      const { turns } = channel
      for (let number = 0; number < ITEMS; number++) channel.send(itemOf(number))
      channel.untilDone(turns)
    },
    stop: async () => {
      await worker.terminate()
    },
  }
}

async function ours(itemOf: ItemOf): Promise<Contestant> {
  const worker = await spawnWorker<typeof import('./workers/channel-end.ts')>(
    new URL('./workers/channel-end.ts', import.meta.url),
  )
  const { sender, receiver } = channel<Item>({ capacity: CAPACITY })
  const turns = channel<number>()
  worker.remote.receive(receiver, turns.sender, ITEMS).catch(() => undefined) // it ends with its worker
  return {
    name: 'farhold',
    run: async () => {
      for (let number = 0; number < ITEMS; number++) await sender.send(itemOf(number))
      await turns.receiver.receive()
    },
    stop: () => worker.close(),
  }
}

const contest = (what: string, itemOf: ItemOf): Contest => ({
  title: `channel, ${what}`,
  unit: 'items',
  calls: ITEMS,
  start: async () => [
    messages('raw messages', 'messages', itemOf),
    messages(`in batches of ${BATCH}`, 'batches', itemOf),
    tasks(itemOf),
    ring(itemOf),
    await ours(itemOf),
  ],
})

export const channelObjects = contest('small objects', (id) => ({ id, a: 1, b: 2.5, c: 'x' }))
export const channelNumbers = contest('numbers', (number) => number)
