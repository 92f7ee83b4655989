/** The ring between threads that run at once, one of which may be terminated amid it. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { describe, expect, test } from 'vitest'
import { ChannelRing } from '../../packages/core/src/channel-ring.ts'
import { newControl, over, type Player, ringOf, sentBy, wakeAll } from './ring-harness.ts'

const ITEMS = 4000
const SENDERS = [1, 2]
const RECEIVERS = [3, 4]

interface Taken {
  readonly sender: number
  readonly count: number
}

/** Plays it. One thread is terminated, if so wished, once about that many items were put. */
async function play(
  capacity: number,
  death?: { readonly number: number; readonly after: number },
): Promise<{
  readonly sent: Int32Array
  readonly logs: readonly (readonly Taken[])[]
  readonly returned: readonly Taken[]
}> {
  const [ring, control] = [ChannelRing.create(capacity), newControl()]
  const players = [...SENDERS, ...RECEIVERS].map((number): Player => {
    const role = SENDERS.includes(number) ? 'sends' : 'receives'
    const log = new SharedArrayBuffer(4 + 8 * SENDERS.length * ITEMS)
    return { role, number, items: ITEMS, ring, control, log }
  })
  const url = new URL('./fixtures/ring-player.ts', import.meta.url)
  const workers = players.map((workerData) => new Worker(url, { workerData }))
  const errors: unknown[] = []
  const ended = workers.map((worker) => {
    worker.on('error', (error) => errors.push(error))
    return once(worker, 'exit')
  })
  const sent = sentBy({ control })
  const hub = ringOf({ ring, control })
  const returned: Taken[] = []
  if (death !== undefined) {
    const count = () => SENDERS.reduce((sum, number) => sum + Atomics.load(sent, number), 0)
    while (count() < death.after) await new Promise(setImmediate)
    await workers[death.number - 1]?.terminate()
    for (const one of hub.repair(death.number)) returned.push(('item' in one && one.item) as Taken)
    wakeAll(control)
  }
  for (const number of SENDERS) await ended[number - 1]
  over(control)
  for (const number of RECEIVERS) await ended[number - 1]
  expect(errors).toEqual([])
  expect(hub.takeHead(0)).toEqual({ kind: 'empty' })
  const logs = players.map(({ log }) => {
    const cells = new Int32Array(log)
    return Array.from({ length: cells[0]! }, (_, index) => {
      return { sender: cells[2 * index + 1]!, count: cells[2 * index + 2]! }
    })
  })
  return { sent, logs, returned }
}

/** Each receiver has each sender's items in order. */
function expectOrder(logs: readonly (readonly Taken[])[]): void {
  for (const log of logs)
    for (const sender of SENDERS) {
      const counts = log.filter((item) => item.sender === sender).map(({ count }) => count)
      expect(counts).toEqual(counts.toSorted((one, other) => one - other))
    }
}

test.for([1, 2, 7, 64])('every item once, and in order, through %d slots', async (capacity) => {
  const { logs } = await play(capacity)
  expectOrder(logs)
  for (const sender of SENDERS) {
    const counts = logs.flat().flatMap((item) => (item.sender === sender ? [item.count] : []))
    expect(counts.toSorted((one, other) => one - other)).toEqual([...Array(ITEMS).keys()])
  }
})

describe('one thread is terminated', () => {
  test.for(
    [1, 4, 3, 1, 3].map((number, round) => ({ number, capacity: [1, 2, 3, 16, 64][round]! })),
  )('thread $number, with $capacity slots', async ({ number, capacity }) => {
    const after = Math.floor(Math.random() * ITEMS)
    const { sent, logs, returned } = await play(capacity, { number, after })
    expectOrder(logs)
    const taken = [...logs.flat(), ...returned]
    let missing = 0
    for (const sender of SENDERS) {
      const counts = taken.flatMap((item) => (item.sender === sender ? [item.count] : []))
      expect(new Set(counts).size).toBe(counts.length)
      // Those that it knows to have put are all there, and at most one more.
      const known = sent[sender]!
      expect(Math.max(-1, ...counts)).toBeLessThanOrEqual(sender === number ? known : known - 1)
      missing += known - counts.filter((count) => count < known).length
    }
    // A receiver may have had one in hand.
    expect(missing).toBeLessThanOrEqual(RECEIVERS.includes(number) ? 1 : 0)
  })
})
