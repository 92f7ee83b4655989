import { expect, test } from 'vitest'
import { ASK, ChannelRing, EMPTY } from './channel-ring.ts'

test('first in, first out, round and round, and never more than its capacity', () => {
  const ring = new ChannelRing(ChannelRing.create(3), () => undefined)
  let sent = 0
  let received = 0
  for (let round = 0; round < 20; round++) {
    while (ring.put(1, { sent }) === 'done') sent++
    expect(sent - received).toBe(3)
    expect(ring.count).toBe(3)
    for (let n = 0; n <= round % 3; n++) expect(ring.take(2)).toEqual({ sent: received++ })
  }
  while (received < sent) expect(ring.take(2)).toEqual({ sent: received++ })
  expect(ring.take(2)).toBe(EMPTY)
  expect(ASK).not.toBe(EMPTY)
})
