/** What a hub does when things happen between two steps of others, which no program can bring about at will. */
import { describe, expect, test } from 'vitest'
import { type Association, ChannelHub, type Unbound } from './channel-hub.ts'
import { ChannelRing } from './channel-ring.ts'
import { ChannelClosedError, ChannelNotEmptyError, ItemOrphanedError } from './errors.ts'

function start(
  items: number,
  { capacity = Infinity, unbound = 'keep' as Unbound, shared = false } = {},
) {
  const hub = new ChannelHub(capacity, unbound)
  const memory = shared ? hub.share()?.memory : undefined
  const [sender, other] = [hub.join('sender', 's', 's'), hub.join('sender', 'o', 'o')]
  const [receiver, heir] = [hub.join('receiver', 'r', 'r'), hub.join('receiver', 'h', 'h')]
  for (let item = 1; item <= items; item++) hub.offer(sender, item)
  return { hub, sender, other, receiver, heir, memory: memory as SharedArrayBuffer }
}

/** All there is now. */
function drain(hub: ChannelHub, receiver: Association): unknown[] {
  const items: unknown[] = []
  for (let ticket = 1000; ; ticket++) {
    const found = hub.poll(receiver, ticket)
    if (found === undefined) return items
    items.push(found[0])
  }
}

describe.each([
  ['at home', false],
  ['in shared memory', true],
])('%s', (_, shared) => {
  test.each([[[0, 1, 2]], [[2, 1, 0]], [[1, 2, 0]], [[0, 2]]])(
    'what is put back is received again in the order in which it was sent (%j)',
    (tickets) => {
      const { hub, receiver, heir } = start(5, { shared })
      for (let ticket = 0; ticket < 3; ticket++) hub.poll(receiver, ticket)
      for (const ticket of tickets) hub.putBack(receiver, ticket)
      expect(drain(hub, heir)).toEqual([...tickets.map((ticket) => ticket + 1).sort(), 4, 5])
    },
  )

  test('what a dead receiver was given and another gave back, too', () => {
    const { hub, receiver, heir } = start(4, { shared })
    hub.poll(receiver, 0)
    hub.poll(heir, 0)
    hub.poll(receiver, 1)
    hub.putBack(heir, 0)
    hub.dropped(receiver)
    expect(drain(hub, heir)).toEqual([1, 2, 3, 4])
  })

  test('what comes back of a sender that is gone meanwhile follows the rule for what it had sent', () => {
    const removed = start(3, { shared, unbound: 'remove' })
    removed.hub.poll(removed.receiver, 0)
    removed.hub.dropped(removed.sender)
    removed.hub.dropped(removed.receiver)
    expect(drain(removed.hub, removed.heir)).toEqual([])

    const orphaned = start(1, { shared, unbound: 'error' })
    orphaned.hub.poll(orphaned.receiver, 0)
    orphaned.hub.dropped(orphaned.sender)
    orphaned.hub.putBack(orphaned.receiver, 0)
    expect(() => drain(orphaned.hub, orphaned.heir)).toThrow(ItemOrphanedError)
    expect(drain(orphaned.hub, orphaned.heir)).toEqual([])
  })

  test('what is on its way to a receiver may come back, so the channel is not over', () => {
    const { hub, sender, receiver, heir } = start(1, { shared })
    hub.poll(receiver, 0)
    hub.close(sender, false)
    expect(hub.poll(heir, 0)).toBeUndefined()
    hub.putBack(receiver, 0)
    expect(hub.poll(heir, 1)).toEqual([1])
    hub.took(heir, 1)
    expect(() => hub.poll(heir, 2)).toThrow(ChannelClosedError)
  })

  test('nor is it empty for another receiver that closes it', () => {
    const { hub, receiver, heir } = start(1, { shared })
    hub.poll(receiver, 0)
    expect(() => hub.close(heir, false)).toThrow(ChannelNotEmptyError)
    hub.putBack(receiver, 0)
    expect(hub.poll(heir, 1)).toEqual([1])
    hub.took(heir, 1)
    hub.close(heir, false)
  })
})

test('what is put in shared memory while a receiver closes the channel is not lost without a word', () => {
  const { hub, receiver, sender, memory } = start(0, { shared: true })
  const ring = new ChannelRing(memory, () => hub.pump())
  // Between the look for items and the end of it.
  const { store } = Atomics
  let result: string | undefined
  Atomics.store = ((cells: Int32Array, index: number, value: number) => {
    if (index === 48 && value === 1 && result === undefined)
      result = ring.put(sender.number, 'in between')
    return store(cells, index, value)
  }) as typeof Atomics.store
  try {
    expect(() => hub.close(receiver, false)).toThrow(ChannelNotEmptyError)
  } finally {
    Atomics.store = store
  }
  expect(result).toBe('done')
  expect(ring.sendersAsk).toBe(false)
  expect(hub.poll(receiver, 0)).toEqual(['in between'])
  hub.took(receiver, 0)
  hub.close(receiver, false)
  expect(() => hub.confirm()).toThrow(ChannelClosedError)
})
