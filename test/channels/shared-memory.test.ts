/** Between threads a small item costs no message: counted, not timed. */
import { type Channel, type Context, channel } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

type Ends = typeof import('./fixtures/ends.ts')

const MANY = 1000
const items = Array.from({ length: MANY }, (_, id) => ({
  id,
  name: `item ${id}`,
  list: [id, null],
}))

let near: Context<Ends>
let far: Context<Ends>
beforeAll(async () => {
  const url = new URL('./fixtures/ends.ts', import.meta.url)
  near = await spawnWorker<Ends>(url, { name: 'near' })
  far = await spawnWorker<Ends>(url, { name: 'far' })
})
afterAll(() => Promise.all([near.close(), far.close()]))

/** How many calls were made while it ran, in either direction between this context and the two. */
async function callsOf(run: () => Promise<unknown>): Promise<number> {
  const calls = (): number => near.stats().calls + far.stats().calls
  const before = calls()
  await run()
  return calls() - before
}

/** A channel that both ends have been used of, so that they know of each other. */
async function met(options: object): Promise<Channel<unknown>> {
  const made = channel(options)
  await near.remote.meet(made.sender)
  await far.remote.meet(made.receiver)
  return made
}

describe.each([
  ['asynchronous', 'send', 'receive'],
  ['blocking', 'sendSync', 'receiveSync'],
] as const)('%s', (_form, send, receive) => {
  it('a thousand items from one worker to another are a handful of calls', async () => {
    const { sender, receiver } = await met({ capacity: MANY })
    let received: unknown
    const calls = await callsOf(async () => {
      await near.remote[send](sender, items)
      received = await far.remote[receive](receiver, MANY)
    })
    expect(received).toEqual(items)
    expect(calls).toBeLessThan(10)
  })

  it('from and to the context that the channel is at home in', async () => {
    const { sender, receiver } = await met({ capacity: MANY })
    const there = await callsOf(async () => {
      for (const item of items) await sender.send(item)
      expect(await far.remote[receive](receiver, MANY)).toEqual(items)
    })
    const back = await callsOf(async () => {
      await near.remote[send](sender, items)
      for (const item of items) expect(await receiver.receive()).toEqual(item)
    })
    expect(there).toBeLessThan(10)
    expect(back).toBeLessThan(10)
  })
})

it('what is no plain data, or large, goes by the context that the channel is at home in', async () => {
  const { sender, receiver } = await met({ capacity: 10 })
  const calls = await callsOf(() =>
    near.remote.send(sender, [new Map([[1, 2]]), 'x'.repeat(1000), new Uint8Array(3)]),
  )
  expect(calls).toBeGreaterThanOrEqual(4)
  expect(await far.remote.receive(receiver, 3)).toEqual([
    new Map([[1, 2]]),
    'x'.repeat(1000),
    new Uint8Array(3),
  ])
})

it('goes on while the context that the channel is at home in does nothing else', async () => {
  const { sender, receiver } = await met({ capacity: MANY })
  const sent = near.remote.send(sender, items)
  // This thread blocks, and the other two have all that they need.
  const received = far.sync.receiveSync(receiver, MANY)
  expect(received).toEqual(items)
  await sent
})

it('without bound, more than the memory has room for waits at home, in order', async () => {
  const { sender, receiver } = await met({})
  const numbers = Array.from({ length: 5000 }, (_, number) => number)
  await near.remote.send(sender, numbers)
  expect(await far.remote.receive(receiver, 2500)).toEqual(numbers.slice(0, 2500))
  await near.remote.sendSync(sender, [-1, -2])
  expect(await far.remote.receiveSync(receiver, 2502)).toEqual([...numbers.slice(2500), -1, -2])
})

it('what was in it before it was passed on is received first', async () => {
  const { sender, receiver } = channel({ capacity: 3 })
  await sender.send('first')
  await sender.send({ second: 2 })
  const sent = near.remote.send(sender, ['third', 'fourth'])
  expect(await far.remote.receive(receiver, 4)).toEqual(['first', { second: 2 }, 'third', 'fourth'])
  await sent
})
