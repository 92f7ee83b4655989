import { describe, expect, test, vi } from 'vitest'
import { ASK, ChannelRing, EMPTY } from './channel-ring.ts'

const HUB = 0
const [ONE, OTHER] = [1, 2]

function newRing(capacity: number, wake: () => void = () => undefined): ChannelRing {
  return new ChannelRing(ChannelRing.create(capacity), wake)
}

describe('items', () => {
  test('first in, first out, round and round, and never more than its capacity', () => {
    const ring = newRing(3)
    let sent = 0
    let received = 0
    for (let round = 0; round < 20; round++) {
      while (ring.put(ONE, { sent }) === 'done') sent++
      expect(sent - received).toBe(3)
      expect(ring.count).toBe(3)
      expect(ring.put(ONE, 0)).toBe('full')
      for (let n = 0; n <= round % 3; n++) expect(ring.take(OTHER)).toEqual({ sent: received++ })
    }
    while (received < sent) expect(ring.take(OTHER)).toEqual({ sent: received++ })
    expect(ring.take(OTHER)).toBe(EMPTY)
  })

  test.for([
    undefined,
    null,
    false,
    -0,
    1.5,
    '',
    'Straße',
    '日本',
    [],
    [[1], { two: 2 }],
    { id: 1, a: 'x', b: null, c: [undefined] },
  ])('%o comes out as it went in', (item) => {
    const ring = newRing(1)
    expect(ring.put(ONE, item)).toBe('done')
    expect(ring.take(OTHER)).toStrictEqual(item)
  })

  test.for([
    new Map(),
    10n,
    Symbol.iterator,
    () => undefined,
    'x'.repeat(300),
    new Array(300).fill(0),
    { text: 'x'.repeat(240) },
  ])('%o is not for a slot, and takes none', (item) => {
    const ring = newRing(1)
    expect(ring.put(ONE, item)).toBe('not-plain')
    expect(ring.count).toBe(0)
    expect(ring.put(ONE, 'small')).toBe('done')
  })

  test('what fills a slot to its end goes, one byte more does not', () => {
    const ring = newRing(2)
    const longest = (length: number) => 'x'.repeat(length)
    let length = 200
    while (ring.put(ONE, longest(length + 1)) === 'done') {
      expect(ring.take(OTHER)).toBe(longest(++length))
    }
    expect(length).toBeGreaterThan(220)
    expect(ring.put(ONE, longest(length))).toBe('done')
    expect(ring.put(ONE, 'the next')).toBe('done')
    expect([ring.take(OTHER), ring.take(OTHER)]).toEqual([longest(length), 'the next'])
  })

  test('a getter that throws leaves nothing behind', () => {
    const ring = newRing(1)
    const item = {
      get bad(): never {
        throw new Error('no')
      },
    }
    expect(() => ring.put(ONE, item)).toThrow('no')
    expect(ring.take(OTHER)).toBe(EMPTY)
    expect(ring.put(ONE, 1)).toBe('done')
  })

  test('a getter that uses the ring does not disturb what is being put', () => {
    const ring = newRing(4)
    ring.put(ONE, 'before')
    const seen: unknown[] = []
    const item = {
      a: 'first',
      get b(): string {
        seen.push(ring.put(ONE, 'inner'), ring.take(ONE))
        return 'second'
      },
    }
    expect(ring.put(ONE, item)).toBe('done')
    expect(seen).toEqual(['not-plain', 'before'])
    expect(ring.take(OTHER)).toEqual({ a: 'first', b: 'second' })
    expect(ring.take(OTHER)).toBe(EMPTY)
  })
})

describe('who asks', () => {
  test('while senders are to ask, they put nothing; the hub still does', () => {
    const ring = newRing(2)
    ring.sendersAsk = true
    expect(ring.put(ONE, 1)).toBe('ask')
    expect(ring.putAnyway(HUB, 2)).toBe('done')
    expect(ring.take(OTHER)).toBe(2)
    ring.sendersAsk = false
    expect(ring.put(ONE, 1)).toBe('done')
  })

  test('while receivers are to ask, they take nothing; the hub still does', () => {
    const ring = newRing(2)
    ring.put(ONE, 'x')
    ring.receiversAsk = true
    expect(ring.take(OTHER)).toBe(ASK)
    expect(ring.takeHead(HUB)).toEqual({ kind: 'plain', sender: ONE, item: 'x' })
    ring.receiversAsk = false
    expect(ring.take(OTHER)).toBe(EMPTY)
  })
})

describe('waking', () => {
  test('once for the next item, and once for the next room', () => {
    const wake = vi.fn()
    const ring = newRing(4, wake)
    ring.put(ONE, 1)
    ring.hungry = true
    expect(wake).toHaveBeenCalledTimes(0)
    ring.put(ONE, 2)
    ring.put(ONE, 3)
    expect(wake).toHaveBeenCalledTimes(1)
    ring.take(OTHER)
    ring.thirsty = true
    ring.take(OTHER)
    ring.take(OTHER)
    expect(wake).toHaveBeenCalledTimes(2)
    ring.hungry = true
    ring.hungry = false
    ring.put(ONE, 4)
    expect(wake).toHaveBeenCalledTimes(2)
  })

  test('it is woken after the item is there, and after the room is', () => {
    const seen: unknown[] = []
    const ring: ChannelRing = newRing(1, () => {
      seen.push(ring.count)
    })
    ring.hungry = true
    ring.put(ONE, 1)
    ring.thirsty = true
    ring.take(OTHER)
    expect(seen).toEqual([1, 0])
  })
})

describe("places for the hub's own items", () => {
  test('they stand in line, and only the hub takes them', () => {
    const ring = newRing(3)
    ring.put(ONE, 'first')
    const position = ring.putPlaceholder(OTHER)
    ring.put(ONE, 'third')
    expect(ring.putPlaceholder(OTHER)).toBe('full')
    expect(ring.count).toBe(3)
    expect(ring.take(OTHER)).toBe('first')
    expect(ring.take(OTHER)).toBe(ASK)
    expect(ring.head()).toEqual({ kind: 'placeholder', sender: OTHER, position })
    expect(ring.takeHead(HUB)).toEqual({ kind: 'placeholder', sender: OTHER, position })
    expect(ring.take(OTHER)).toBe('third')
  })

  test('each has a position of its own', () => {
    const ring = newRing(4)
    const positions = new Set<unknown>()
    for (let round = 0; round < 10; round++) {
      for (let count = 0; count < 4; count++) positions.add(ring.putPlaceholder(ONE))
      for (let count = 0; count < 4; count++) ring.takeHead(HUB)
    }
    expect(positions.size).toBe(40)
  })

  test('the head says what comes next', () => {
    const ring = newRing(2)
    expect(ring.head()).toEqual({ kind: 'empty' })
    expect(ring.takeHead(HUB)).toEqual({ kind: 'empty' })
    ring.put(OTHER, 1)
    expect(ring.head()).toMatchObject({ kind: 'plain', sender: OTHER })
  })
})

describe('what a dead sender has sent', () => {
  const filled = (): { readonly ring: ChannelRing; readonly position: unknown } => {
    const ring = newRing(4)
    ring.put(ONE, 'one')
    ring.put(OTHER, 'other')
    const position = ring.putPlaceholder(ONE)
    ring.put(OTHER, 'another')
    return { ring, position }
  }

  test('removed: those that meet it pass it by', () => {
    const { ring } = filled()
    expect(ring.markSent(ONE, 'removed')).toBe(2)
    expect(ring.count).toBe(2)
    expect([ring.take(ONE), ring.take(ONE), ring.take(ONE)]).toEqual(['other', 'another', EMPTY])
  })

  test('removed at the head of a full ring: a sender finds room, and the hub is told', () => {
    const wake = vi.fn()
    const ring = newRing(2, wake)
    ring.put(ONE, 1)
    ring.put(ONE, 2)
    ring.markSent(ONE, 'removed')
    ring.thirsty = true
    expect(ring.put(OTHER, 3)).toBe('done')
    expect(wake).toHaveBeenCalledTimes(1)
    expect(ring.putPlaceholder(OTHER)).toBeTypeOf('number')
    expect(ring.putPlaceholder(OTHER)).toBe('full')
    expect(ring.take(OTHER)).toBe(3)
  })

  test('orphaned: who meets it asks, and the hub takes it', () => {
    const { ring, position } = filled()
    expect(ring.markSent(ONE, 'orphaned')).toBe(2)
    expect(ring.count).toBe(4)
    expect(ring.take(OTHER)).toBe(ASK)
    expect(ring.takeHead(HUB)).toMatchObject({ kind: 'orphaned', sender: ONE })
    expect(ring.take(OTHER)).toBe('other')
    expect(ring.takeHead(HUB)).toEqual({ kind: 'orphaned', sender: ONE, position })
    expect(ring.takeHead(HUB)).toEqual({ kind: 'plain', sender: OTHER, item: 'another' })
  })
})

describe('memory that is no ring is refused', () => {
  const word = (index: number, value: number) => {
    const memory = ChannelRing.create(2)
    new Int32Array(memory)[index] = value
    return memory
  }
  const wrong: Record<string, SharedArrayBuffer> = {
    'empty memory': new SharedArrayBuffer(0),
    'too little memory': new SharedArrayBuffer(100),
    'memory without a header': new SharedArrayBuffer(4096),
    'another version': word(1, 2),
    'no capacity': word(2, 0),
    'a negative capacity': word(2, -1),
    'a capacity that is not there': word(2, 3),
    'a capacity past all': word(2, 2 ** 30),
    'memory that is not shared': new ArrayBuffer(1024) as unknown as SharedArrayBuffer,
    'no memory': {} as SharedArrayBuffer,
  }
  test.for(Object.entries(wrong))('%s', ([, memory]) => {
    expect(() => new ChannelRing(memory, () => undefined)).toThrow(/shared memory holds/)
  })

  test.for([0, -1, 1.5, Number.NaN, 2 ** 20])('none is made of %d slots', (capacity) => {
    expect(() => ChannelRing.create(capacity)).toThrow(RangeError)
  })
})

test('a slot that a receiver has taken and not freed is no broken ring, however long that takes', () => {
  const memory = ChannelRing.create(1)
  const ring = new ChannelRing(memory, () => undefined)
  ring.put(1, 'held')
  // Receiver 7 stops between taking it and freeing its slot, with head moved on.
  const { compareExchange } = Atomics
  const stopped = new Error('stopped')
  let left = 2
  Atomics.compareExchange = ((...args: Parameters<typeof compareExchange>) => {
    if (left-- === 0) throw stopped
    return compareExchange(...args)
  }) as typeof Atomics.compareExchange
  try {
    expect(() => ring.take(7)).toThrow(stopped)
  } finally {
    Atomics.compareExchange = compareExchange
  }
  expect(ring.take(2)).toBe(EMPTY)
  expect(ring.head()).toEqual({ kind: 'empty' })
  expect(ring.takeHead(0)).toEqual({ kind: 'empty' })
  expect(ring.put(1, 'more')).toBe('full')
  expect(ring.repair(7)).toEqual([{ sender: 1, item: 'held' }])
  expect(ring.put(1, 'more')).toBe('done')
  expect(ring.take(2)).toBe('more')
})
