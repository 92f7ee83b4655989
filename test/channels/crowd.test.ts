/**
 * Many senders and receivers at one channel: four workers and two isolates at once. Every item comes once, and those of one sender in order, also while
 * workers end at random points.
 */
import { readFileSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import { type Context, channel, connect } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker, workerTransport } from '@farhold/transport-worker'
import { transformSync } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Label } from './crowd-member.ts'
import * as here from './crowd-member.ts'

type Member = Context<typeof here>

interface Doomed extends Pick<Member, 'remote' | 'closed'> {
  end(): unknown
}

// Not close() from here: the session ends before the thread does, which may still have something in hand.
const ENDS = ['terminate()', 'exit', 'crash'] as const

const MODULE = new URL('./crowd-member.ts', import.meta.url)
const CAPACITIES = [0, 1, 8, 1000, Number.POSITIVE_INFINITY]

const startWorker = (name: string): Promise<Member> => spawnWorker(MODULE, { name })
/** One that is ended by its Worker, and not by its context. */
async function startOwnWorker(): Promise<Doomed> {
  const worker = new Worker(new URL('./crowd-worker.ts', import.meta.url), {
    execArgv: ['--conditions=source'],
  })
  const { remote, closed } = connect<typeof here>(workerTransport(worker))
  return { remote, closed, end: () => worker.terminate() }
}

async function startDoomed(end: (typeof ENDS)[number]): Promise<Doomed> {
  if (end === 'terminate()') return startOwnWorker()
  const { remote, closed } = await startWorker('doomed')
  return {
    remote,
    closed,
    end: () => (end === 'exit' ? remote.exit(3) : remote.crash()).then(undefined, () => undefined),
  }
}

const startIsolate = (name: string): Promise<Member> =>
  spawnIsolate({
    name,
    source: transformSync(readFileSync(MODULE, 'utf8'), { loader: 'ts', format: 'esm' }).code,
  })

let workers: Member[]
let isolates: Member[]
beforeAll(async () => {
  workers = await Promise.all(['a', 'b', 'c', 'd'].map(startWorker))
  isolates = await Promise.all(['e', 'f'].map(startIsolate))
})
afterAll(() => Promise.all([...workers, ...isolates].map((member) => member.close())))

/** What each receiver has of a sender is in order. */
function expectOrder(received: readonly (readonly Label[])[]): void {
  for (const labels of received) {
    const last = new Map<number, number>()
    for (const { sender, number } of labels) {
      if (number <= (last.get(sender) ?? -1))
        throw new Error(`item ${number} of ${sender} came after ${last.get(sender)}`)
      last.set(sender, number)
    }
  }
}

/** Each came once. */
function expectAll(received: readonly (readonly Label[])[], sent: readonly number[]): void {
  const seen = received.flat().map(({ sender, number }) => `${sender}:${number}`)
  expect(new Set(seen).size).toBe(seen.length)
  const expected = sent.flatMap((many, sender) =>
    Array.from({ length: many }, (_, number) => `${sender}:${number}`),
  )
  expect(seen.toSorted()).toEqual(expected.toSorted())
}

describe.each(CAPACITIES)('capacity %s', (capacity) => {
  test('everyone sends and receives', { timeout: 60_000 }, async () => {
    const MANY = 300
    const { sender, receiver } = channel({ capacity })
    const everyone = [...workers, ...isolates]
    const receiving = [
      ...everyone.map((member, index) => member.remote.receiveList(receiver, index % 2 ? 0 : 2)),
      here.receiveList(receiver, 0),
    ]
    const sending = [
      ...everyone.map((member, index) =>
        member.remote.send(sender, index, MANY, index % 2 ? 2 : 0),
      ),
      here.send(sender, everyone.length, MANY, 0),
    ]
    const sent = await Promise.all(sending)
    await sender.close()
    const received = (await Promise.all(receiving)) as Label[][]
    expectOrder(received)
    expectAll(received, sent)
    expect(sent).toEqual(sent.map(() => MANY))
  })

  test('threads that are blocked', { timeout: 60_000 }, async () => {
    const MANY = 200
    const { sender, receiver } = channel({ capacity })
    const [a, b, c, d] = workers as [Member, Member, Member, Member]
    const receiving = [a, b].map((member) => member.remote.receiveList(receiver, 1))
    const sending = [c, d].map((member, index) => member.remote.send(sender, index, MANY, 1))
    const sent = await Promise.all(sending)
    await sender.close()
    const received = (await Promise.all(receiving)) as Label[][]
    expectOrder(received)
    expectAll(received, sent)
  })

  test('a receiver closes it in the middle', { timeout: 60_000 }, async () => {
    const { sender, receiver } = channel({ capacity })
    const receiving = workers.map((member) => member.remote.receiveList(receiver, 0))
    const sending = [...workers, ...isolates].map((member, index) =>
      member.remote.send(sender, index, 100_000, 0),
    )
    for (let count = 0; count < 50; count++) await receiver.receive()
    await receiver.close({ force: true })
    const received = (await Promise.all(receiving)) as Label[][]
    expectOrder(received)
    const sent = await Promise.all(sending)
    for (const { sender: name, number } of received.flat())
      expect(number).toBeLessThan((sent[name] as number) + 1)
  })
})

describe.each(CAPACITIES)('workers end at random points, capacity %s', (capacity) => {
  test.each(ENDS)('by %s', { timeout: 60_000 }, async (end) => {
    const MANY = 400
    const [doomedSenders, doomedReceivers] = await Promise.all([
      Promise.all([startDoomed(end), startDoomed(end)]),
      Promise.all([startDoomed(end), startDoomed(end)]),
    ])
    const [a, b, c] = workers as [Member, Member, Member, Member]
    const [e, f] = isolates as [Member, Member]
    const senders = [a, b, e, ...doomedSenders]
    const receivers = [c, f, ...doomedReceivers]
    const { sender, receiver } = channel({ capacity })
    const counts = new SharedArrayBuffer(senders.length * MANY)
    const sent = new SharedArrayBuffer(4 * senders.length)
    const listening = [c, ...doomedReceivers].map((member) =>
      member.remote.receiveInto(receiver, 0, counts, MANY).then(
        () => undefined,
        (error: unknown) => error,
      ),
    )
    const guest = f.remote.receiveList(receiver, 0)
    const noted = new Int32Array(sent)
    const sending = senders.map((member, index) =>
      (member === e
        ? e.remote
            .send(sender, index, MANY, 0)
            .then((many) => void Atomics.store(noted, index, many))
        : member.remote.sendFrom(sender, index, MANY, sent)
      ).then(
        () => undefined,
        (error: unknown) => error,
      ),
    )
    let isSent = false
    void sending[0]?.then(() => {
      isSent = true
    })
    // Whoever is to end does so when some more items have been sent.
    for (const [index, member] of [...doomedSenders, ...doomedReceivers].entries()) {
      const until = Atomics.load(noted, 0) + 5 + Math.floor(Math.random() * 60) + index
      while (!isSent && Atomics.load(noted, 0) < until)
        await new Promise((resolve) => setImmediate(resolve))
      void member.end()
    }
    const failures = await Promise.all(sending)
    expect(failures.slice(0, 3)).toEqual([undefined, undefined, undefined])
    for (const member of [...doomedSenders, ...doomedReceivers]) await member.closed
    await here.send(sender, -1, 0, 0)
    await sender.close()
    expect(await listening[0]).toBeUndefined()
    await Promise.all(listening)
    const total = new Uint8Array(counts)
    for (const { sender: name, number } of (await guest) as Label[])
      total[name * MANY + number] = (total[name * MANY + number] as number) + 1
    expect(receivers.length).toBe(4)
    for (const index of senders.keys()) {
      const row = total.subarray(index * MANY, (index + 1) * MANY)
      const known = Atomics.load(noted, index)
      // An item that was received as its receiver ended was not noted by it: it may have come, once.
      const missing = [...row.subarray(0, known)].filter((count) => count === 0).length
      expect(row.every((count) => count <= 1)).toBe(true)
      expect(missing).toBeLessThanOrEqual(doomedReceivers.length)
      expect([...row.subarray(known + 1)].filter((count) => count > 0)).toEqual([])
    }
  })
})
