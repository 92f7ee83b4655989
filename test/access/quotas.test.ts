/**
 * The limits of a session against a peer that writes its messages by hand: at each all is well, and one past it a call is
 * refused and nothing else. What cannot be refused by itself ends the session, and nothing else does.
 */
import {
  connect,
  expose,
  LimitExceededError,
  type Limits,
  loopback,
  ProtocolError,
  proxy,
  type SessionOptions,
} from '@farhold/core'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { values } from '../fuzz/values.ts'
import { errorOf, HELLO, type Message, RawPeer, settle } from './raw-peer.ts'

class Counter {
  n = 0
}

const makeRoot = () => ({
  add: (a: number, b: number) => a + b,
  kindOf: (value: unknown) => typeof value,
  later: (value: unknown) => Promise.resolve(value),
  never: () => new Promise(() => undefined),
  makeCounter: () => proxy(new Counter()),
  makeCounters: (count: number) => Array.from({ length: count }, () => proxy(new Counter())),
  text: (length: number) => 'x'.repeat(length),
  fail: (length: number) => {
    throw new RangeError('x'.repeat(length))
  },
  data: { a: { b: { c: 1 } } },
  numbers: {
    *[Symbol.iterator]() {
      for (let n = 0; ; n++) {
        made = n + 1
        yield n
      }
    },
  },
})
/** How many numbers were asked of `numbers`. */
let made = 0

const get = 0
const call = 2
const iterate = 14
const reply = 16
const hold = 32

/** A list in a list in a list. */
function nested(levels: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < levels; level++) value = [value]
  return value
}

describe.each(['structured', 'text'] as const)('over a %s transport', (codec) => {
  const peerWith = (limits: Partial<Limits>, options: SessionOptions = {}): RawPeer => {
    const peer = new RawPeer(makeRoot(), codec, { limits, ...options })
    peer.send(...HELLO)
    return peer
  }

  /** What a call of `kindOf` with this argument is answered. */
  const kindOf = (peer: RawPeer, argument: unknown, slots: readonly unknown[] = []) =>
    peer.ask(call, 'kindOf', {
      args: [argument],
      extra: slots.length === 0 ? null : [slots, null],
    })

  function expectRefusal(answer: Message | undefined, limit: keyof Limits): void {
    expect(errorOf(answer)).toEqual({
      name: 'LimitExceededError',
      message: expect.stringContaining(`past the limit "${limit}" of `) as string,
    })
  }

  /** The session goes on, and has counted what it refused. */
  async function expectLife(peer: RawPeer, limit: keyof Limits, refused: number): Promise<void> {
    const answer = await peer.ask(call, 'add', { args: [1, 2], id: 999 })
    expect(answer?.slice(0, 3)).toEqual([2, 999, 3])
    expect(peer.session.stats().limits[limit].refused).toBe(refused)
    expect(peer.reported).toEqual([])
  }

  const answered = (answer: Message | undefined): unknown => answer?.[0] === 2 && answer[2]

  test('depth, of data', async () => {
    const peer = peerWith({ depth: 5 })
    expect(answered(await kindOf(peer, nested(5)))).toBe('object')
    expectRefusal(await kindOf(peer, nested(6)), 'depth')
    expectRefusal(await kindOf(peer, nested(1000)), 'depth')
    await expectLife(peer, 'depth', 2)
  })

  test.each<[string, (next: string) => readonly unknown[]]>([
    ['causes', (next) => ['error', 'Error', 'message', '', {}, { cause: next }]],
    ['bare objects', (next) => ['bare', { next }]],
    ['Maps', (next) => ['map', ['key', next]]],
    ['Sets', (next) => ['set', [next]]],
    ['arrays with holes', (next) => ['sparse', 2, [1], [next]]],
  ])('depth, of %s, which are slots', async (_, slotWith) => {
    const peer = peerWith({ depth: 5 })
    const chain = (length: number): unknown[][] =>
      Array.from({ length }, (_, n) => [...slotWith(n === length - 1 ? 'end' : `\0${n + 1}`)])
    expect(answered(await kindOf(peer, '\0' + '0', chain(5)))).toBe('object')
    expectRefusal(await kindOf(peer, '\0' + '0', chain(6)), 'depth')
    // So many would overflow the stack.
    expectRefusal(await kindOf(peer, '\0' + '0', chain(50_000)), 'depth')
    await expectLife(peer, 'depth', 2)
  })

  test('keys, of all that one message has', async () => {
    const peer = peerWith({ keys: 100 })
    // The list of arguments has one.
    const list = (length: number): unknown[] => Array.from({ length }, () => 0)
    expect(answered(await kindOf(peer, list(99)))).toBe('object')
    expectRefusal(await kindOf(peer, list(100)), 'keys')
    const record = (keys: number): object => Object.fromEntries(list(keys).map((_, n) => [n, 0]))
    expect(answered(await kindOf(peer, [record(48), list(49)]))).toBe('object')
    expectRefusal(await kindOf(peer, [record(49), list(49)]), 'keys')
    const slots = (map: number, set: number, bare: number): unknown[] => [
      ['map', list(2 * map)],
      ['set', list(set)],
      ['bare', record(bare)],
    ]
    const three = ['\0' + '0', '\0' + '1', '\0' + '2']
    expect(answered(await kindOf(peer, three, slots(30, 30, 36)))).toBe('object')
    expectRefusal(await kindOf(peer, three, slots(31, 30, 36)), 'keys')
    expectRefusal(await kindOf(peer, three, slots(30, 31, 36)), 'keys')
    expectRefusal(await kindOf(peer, three, slots(30, 30, 37)), 'keys')
    await expectLife(peer, 'keys', 5)
  })

  test('keys, of an array that says only how long it is', async () => {
    const peer = peerWith({ keys: 100 })
    expect(answered(await kindOf(peer, '\0' + '0', [['sparse', 99, [], []]]))).toBe('object')
    expectRefusal(await kindOf(peer, '\0' + '0', [['sparse', 100, [], []]]), 'keys')
    expectRefusal(await kindOf(peer, '\0' + '0', [['sparse', 2 ** 32 - 1, [], []]]), 'keys')
    await expectLife(peer, 'keys', 2)
  })

  test('keys, of slots that nothing names', async () => {
    const peer = peerWith({ keys: 100 })
    const slots = (length: number): unknown[] => Array.from({ length }, () => ['bare', {}])
    expect(answered(await kindOf(peer, 1, slots(100)))).toBe('number')
    expectRefusal(await kindOf(peer, 1, slots(101)), 'keys')
    await expectLife(peer, 'keys', 1)
  })

  test('keys, of an answer to a call of ours', async () => {
    const peer = peerWith({ keys: 100 })
    const remote = peer.session.remote as unknown as { ask(): PromiseLike<unknown> }
    const items = (length: number): unknown[] => Array.from({ length }, () => 0)
    const outcomes = Promise.allSettled([
      remote.ask().then((value) => value),
      remote.ask().then((value) => value),
    ])
    await settle()
    peer.send(2, 0, items(100), null, 2, 1, items(101), null)
    expect(await outcomes).toEqual([
      { status: 'fulfilled', value: items(100) },
      { status: 'rejected', reason: expect.any(LimitExceededError) as unknown },
    ])
    await expectLife(peer, 'keys', 1)
  })

  test('messageSize, of data', async () => {
    const peer = peerWith({ messageSize: 2000 })
    // The quotes of the text, and the brackets around it.
    expect(answered(await kindOf(peer, 'x'.repeat(2000 - 4)))).toBe('string')
    expectRefusal(await kindOf(peer, 'x'.repeat(2000 - 3)), 'messageSize')
    expectRefusal(await kindOf(peer, ['x'.repeat(1000), 'x'.repeat(1000)]), 'messageSize')
    expectRefusal(await kindOf(peer, { ['x'.repeat(1999)]: 1 }), 'messageSize')
    const error = (length: number): unknown[] => ['error', 'Error', '', 'x'.repeat(length), {}, {}]
    expect(answered(await kindOf(peer, '\0' + '0', [error(1900)]))).toBe('object')
    expectRefusal(await kindOf(peer, '\0' + '0', [error(2001)]), 'messageSize')
    await expectLife(peer, 'messageSize', 4)
  })

  test('messageSize, of buffers', async () => {
    const peer = peerWith({ messageSize: 2000 })
    const send = (length: number, id: number): void => {
      const buffer = new ArrayBuffer(length)
      if (codec === 'structured') peer.send(1, id, call | reply, 0, 'kindOf', [buffer], null)
      else {
        const slots = [['bytes', 'ArrayBuffer', 0]]
        const fields = [1, id, call | reply, 0, 'kindOf', ['\0' + '0'], [slots, null]]
        peer.sendBody(JSON.stringify(fields), [buffer])
      }
    }
    send(1900, 1)
    send(2001, 2)
    await settle()
    const [one, other] = [1, 2].map((id) =>
      peer.messages.find(([tag, of]) => (tag === 2 || tag === 3) && of === id),
    )
    expect(answered(one)).toBe('object')
    expectRefusal(other, 'messageSize')
    await expectLife(peer, 'messageSize', 1)
  })

  test('messageSize, of our answers: what the peer has said it takes', async () => {
    const peer = new RawPeer(makeRoot(), codec)
    peer.send(0, 1, 'small', 1, 3000)
    const text = (length: number) => peer.ask(call, 'text', { args: [length] })
    expect(answered(await text(2998))).toBe('x'.repeat(2998))
    expectRefusal(await text(2999), 'messageSize')
    expectRefusal(await peer.ask(call, 'fail', { args: [3000] }), 'messageSize')
    await expectLife(peer, 'messageSize', 2)
  })

  test.each([0, 1, 1024])('a peer that takes %d is told what it is refused', async (takes) => {
    const peer = new RawPeer(makeRoot(), codec)
    peer.send(0, 1, 'tiny', 1, takes)
    const name = 'n'.repeat(5000)
    expectRefusal(await peer.ask(call, 'text', { args: [1023] }), 'messageSize')
    // The error would quote the name.
    expectRefusal(await peer.ask(call, ['data', name], { args: [] }), 'messageSize')
    expectRefusal(await peer.ask(call, [name, name, name, name]), 'messageSize')
    expect(answered(await peer.ask(call, 'text', { args: [1000] }))).toBe('x'.repeat(1000))
    await expectLife(peer, 'messageSize', 3)
  })

  test('pathLength, of a target and of what arguments name', async () => {
    const peer = peerWith({ pathLength: 3 })
    expect(answered(await peer.ask(get, ['data', 'a', 'b']))).toBeTypeOf('object')
    expectRefusal(await peer.ask(get, ['data', 'a', 'b', 'c']), 'pathLength')
    const home = (...path: string[]) => kindOf(peer, '\0' + '0', [['home', 0, path]])
    expect(answered(await home('data', 'a', 'b'))).toBe('object')
    expectRefusal(await home('data', 'a', 'b', 'c'), 'pathLength')

    peer.send(1, 5, call | hold, 0, 'later', [{ a: { b: { c: 1 } } }], null)
    await settle()
    const answer = (...path: string[]) => kindOf(peer, '\0' + '0', [['answer', 5, path]])
    expect(answered(await answer('a', 'b', 'c'))).toBe('number')
    expectRefusal(await answer('a', 'b', 'c', 'd'), 'pathLength')
    await expectLife(peer, 'pathLength', 3)
  })

  test('pendingCalls', async () => {
    const peer = peerWith({ pendingCalls: 3 })
    for (let id = 0; id < 3; id++) peer.send(1, id, call | reply, 0, 'never', [], null)
    await settle()
    expect(peer.session.stats().limits.pendingCalls).toEqual({ limit: 3, used: 3, refused: 0 })
    expectRefusal(await peer.ask(call, 'add', { args: [1, 2], id: 3 }), 'pendingCalls')
    expect(peer.session.stats().limits.pendingCalls).toEqual({ limit: 3, used: 3, refused: 1 })
    // One that is given up and runs on still counts.
    peer.send(7, 0, 1, null, null)
    expectRefusal(await peer.ask(call, 'add', { args: [1, 2], id: 3 }), 'pendingCalls')
  })

  test('callRate, by the clock of the platform', async () => {
    let now = 0
    const peer = peerWith({ callRate: 10 }, { platform: { performance: { now: () => now } } })
    const outcomes = async (calls: number): Promise<string> => {
      peer.messages.length = 0
      for (let id = 0; id < calls; id++) peer.send(1, id, call | reply, 0, 'add', [1, 2], null)
      await settle()
      return peer.messages
        .filter(([tag]) => tag === 2 || tag === 3)
        .map((message) => (message[0] === 2 ? '+' : '-'))
        .join('')
    }
    expect(await outcomes(12)).toBe('++++++++++--')
    expect(peer.session.stats().limits.callRate).toEqual({ limit: 10, used: 10, refused: 2 })
    now += 100
    expect(await outcomes(2)).toBe('+-')
    now += 10_000
    expect(peer.session.stats().limits.callRate.used).toBe(0)
    expect(await outcomes(11)).toBe('++++++++++-')
    now += 1000
    expectRefusal(await refusalAfter(peer, 10), 'callRate')
    now += 1000
    await expectLife(peer, 'callRate', 5)
  })

  /** The answer of a call that comes behind so many others. */
  async function refusalAfter(peer: RawPeer, calls: number): Promise<Message | undefined> {
    for (let id = 0; id < calls; id++) peer.send(1, id, call | reply, 0, 'add', [1, 2], null)
    return peer.ask(call, 'add', { args: [1, 2], id: 50 })
  }

  test('credit, in one message and in several', async () => {
    const peer = peerWith({ credit: 50 })
    const items = (id: number): number =>
      peer.messages.filter(([tag, of]) => tag === 8 && of === id).length
    peer.send(1, 1, iterate | reply, 0, ['numbers'], null, null)
    peer.send(1, 2, iterate | reply, 0, ['numbers'], null, null)
    await settle()
    expect(peer.messages.filter(([tag]) => tag === 3)).toEqual([])
    peer.messages.length = 0

    // Without a limit the source, which has no end, would keep this thread for ever.
    made = 0
    peer.send(9, 1, 2 ** 53 - 1)
    await settle()
    expectRefusal(
      peer.messages.find(([tag, id]) => tag === 3 && id === 1),
      'credit',
    )
    expect(made).toBe(0)
    peer.send(9, 2, 50)
    await settle()
    expect(items(2)).toBe(50)
    // What was sent is owed no more.
    peer.send(9, 2, 50)
    await settle()
    expect(items(2)).toBe(100)
    peer.send(9, 2, 51)
    await settle()
    expectRefusal(
      peer.messages.find(([tag, id]) => tag === 3 && id === 2),
      'credit',
    )
    await expectLife(peer, 'credit', 2)
    expect(peer.session.stats().serving).toBe(0)
  })

  test('credit of a source that is slow adds up', async () => {
    const gate = Promise.withResolvers<IteratorResult<number>>()
    const root = {
      ...makeRoot(),
      slow: { [Symbol.asyncIterator]: () => ({ next: () => gate.promise }) },
    }
    const peer = new RawPeer(root, codec, { limits: { credit: 50 } })
    peer.send(1, 1, iterate | reply, 0, ['slow'], null, null)
    // One of them is being made.
    peer.send(9, 1, 50, 9, 1, 1)
    await settle()
    expect(peer.messages.filter(([tag]) => tag === 3)).toEqual([])
    peer.send(9, 1, 1)
    await settle()
    expectRefusal(
      peer.messages.find(([tag]) => tag === 3),
      'credit',
    )
    gate.resolve({ value: 1, done: false })
    await settle()
    expect(peer.messages.filter(([tag]) => tag === 8)).toEqual([])
    await expectLife(peer, 'credit', 1)
  })

  test('items that were not asked for end the session', async () => {
    const peer = peerWith({})
    const remote = peer.session.remote as unknown as { items: AsyncIterable<unknown> }
    const iterator = remote.items[Symbol.asyncIterator]()
    const first = iterator.next()
    await settle()
    const credit = peer.messages.find(([tag]) => tag === 9)
    expect(credit).toEqual([9, 0, 16])
    for (let n = 0; n < 16; n++) peer.send(8, 0, n, null)
    await settle()
    expect(await first).toEqual({ value: 0, done: false })
    expect(peer.session.stats().pending).toBe(1)
    peer.send(8, 0, 16, null)
    expect(await peer.session.closed).toMatchObject({
      kind: 'protocol',
      error: expect.any(ProtocolError) as unknown,
    })
  })

  test('exports, and answers that are held', async () => {
    const peer = peerWith({ exports: 5 })
    const used = () => peer.session.stats().limits.exports.used
    for (let n = 0; n < 3; n++)
      expect(answered(await peer.ask(call, 'makeCounter'))).toBe('\0' + '0')
    expect(used()).toBe(3)
    peer.send(
      1,
      10,
      call | hold,
      0,
      'add',
      [1, 2],
      null,
      1,
      11,
      call | hold,
      0,
      'add',
      [1, 2],
      null,
    )
    await settle()
    expect(used()).toBe(5)
    expectRefusal(await peer.ask(call, 'makeCounter'), 'exports')
    peer.send(1, 12, call | hold, 0, 'add', [1, 2], null)
    await settle()
    expectRefusal(
      peer.messages.find(([tag, id]) => tag === 3 && id === 12),
      'exports',
    )
    // The answer that was refused is given up as any other is.
    expect(used()).toBe(6)
    peer.send(5, 12, 5, 11)
    expect(answered(await peer.ask(call, 'makeCounter'))).toBe('\0' + '0')
    expect(used()).toBe(5)
    await expectLife(peer, 'exports', 2)
  })

  test('exports: what is refused leaves nothing behind', async () => {
    const peer = peerWith({ exports: 5 })
    for (let n = 0; n < 4; n++)
      expectRefusal(await peer.ask(call, 'makeCounters', { args: [6] }), 'exports')
    expect(peer.session.stats()).toMatchObject({ exports: 0, held: 0, serving: 0 })
    expect(peer.session.stats().limits.exports).toEqual({ limit: 5, used: 0, refused: 4 })
    expect((await peer.ask(call, 'makeCounters', { args: [5] }))?.[0]).toBe(2)
    expect(peer.session.stats().exports).toBe(5)
    await peer.session.close()
    expect(peer.session.stats().limits.exports.used).toBe(0)
  })

  test('promises that never settle', async () => {
    const peer = peerWith({ promises: 3 })
    const promise = (id: number): unknown[] => ['promise', id]
    for (let id = 0; id < 3; id++)
      expect(answered(await kindOf(peer, ['\0' + '0'], [promise(5 + id)]))).toBe('object')
    expect(peer.session.stats().limits.promises).toEqual({ limit: 3, used: 3, refused: 0 })
    // One that is there already is no other.
    expect(answered(await kindOf(peer, ['\0' + '0'], [promise(5)]))).toBe('object')
    // What came with it goes back.
    const answer = await kindOf(
      peer,
      ['\0' + '1', '\0' + '0'],
      [promise(8), ['export', 30, 'object', 'x'], promise(9)],
    )
    expectRefusal(answer, 'promises')
    const returned = peer.messages.filter(([tag]) => tag === 4).map(([, id]) => id)
    expect(returned).toEqual(expect.arrayContaining([8, 9]))
    peer.send(6, 6, 1, 'settled', null)
    expect(answered(await kindOf(peer, ['\0' + '0'], [promise(8)]))).toBe('object')
    await expectLife(peer, 'promises', 1)
  })

  test('promises in a call that waits for an answer', async () => {
    const peer = peerWith({ promises: 2 })
    peer.send(1, 1, call | hold, 0, 'never', [], null)
    const slots = (...ids: number[]) => [['answer', 1, null], ...ids.map((id) => ['promise', id])]
    const arguments_ = ['\0' + '0', '\0' + '1', '\0' + '2']
    peer.send(1, 2, call | reply, 0, 'kindOf', arguments_, [slots(5, 6), null])
    expect(peer.session.stats().limits.promises.used).toBe(0)
    await settle()
    expect(peer.session.stats().limits.promises.used).toBe(2)
    peer.send(1, 3, call | reply, 0, 'kindOf', arguments_, [slots(6, 7), null])
    await settle()
    expectRefusal(
      peer.messages.find(([tag, id]) => tag === 3 && id === 3),
      'promises',
    )
    expect(peer.messages.filter(([tag]) => tag === 4).map(([, id]) => id)).toContain(7)
    await expectLife(peer, 'promises', 1)
  })

  test('symbols that an engine would keep for ever', async () => {
    const peer = peerWith({ symbols: 4 })
    const symbol = (key: string) => kindOf(peer, '\0' + '0', [['symbol', key]])
    expect(answered(await symbol('#quotas one'))).toBe('symbol')
    expect(answered(await symbol('#quotas two'))).toBe('symbol')
    expect(answered(await symbol('#quotas one'))).toBe('symbol')
    for (let n = 0; n < 10; n++) expect(answered(await symbol('@iterator'))).toBe('symbol')
    // A long one counts as more.
    expectRefusal(await symbol(`#${'x'.repeat(512)}`), 'symbols')
    const read = (key: string) => peer.ask(get, ['data', [1, key]])
    expect((await read('#quotas three'))?.[0]).toBe(2)
    expect(
      answered(await kindOf(peer, '\0' + '0', [['home', 0, ['data', [1, '#quotas four']]]])),
    ).toBe('undefined')
    expectRefusal(await read('#quotas five'), 'symbols')
    expectRefusal(await symbol('#quotas six'), 'symbols')
    expect((await read('#quotas one'))?.[0]).toBe(2)
    expect(peer.session.stats().limits.symbols).toEqual({ limit: 4, used: 4, refused: 3 })
    await expectLife(peer, 'symbols', 3)
  })

  test.each<[string, readonly unknown[]]>([
    [
      'a call that is part of what too many heaps wait for',
      [10, Array.from({ length: 1001 }, (_, n) => n)],
    ],
    ['too many heaps that join', [11, 1, Array.from({ length: 1001 }, (_, n) => n)]],
  ])('%s ends the session', async (_, fields) => {
    const peer = peerWith({})
    peer.send(1, 1, call | reply, 0, 'never', [], null)
    peer.send(...fields)
    expect((await peer.session.closed).kind).toBe('protocol')
  })

  test('heaps that join one after the other are bounded, too', async () => {
    const peer = peerWith({})
    peer.send(1, 1, call | reply, 0, 'never', [], null)
    for (let heap = 0; heap < 1000; heap++) peer.send(11, 1, [heap])
    await expectLife(peer, 'pendingCalls', 0)
    peer.send(11, 1, [5000])
    expect((await peer.session.closed).kind).toBe('protocol')
  })

  test('every limit is reported, in the order it is documented', () => {
    const { limits } = peerWith({ keys: 7 }).session.stats()
    expect(limits.keys).toEqual({ limit: 7, used: undefined, refused: 0 })
    const standing = Object.entries(limits).filter(([, { used }]) => used !== undefined)
    expect(standing.map(([name]) => name)).toEqual([
      'pendingCalls',
      'callRate',
      'callDepth',
      'exports',
      'promises',
      'symbols',
      'lockRequests',
    ])
    for (const [, { used, refused }] of Object.entries(limits)) {
      expect(used ?? 0).toBe(0)
      expect(refused).toBe(0)
    }
  })
})

describe('text that is not read', () => {
  const batch = (length: number): string => {
    const empty = JSON.stringify([1, 1, call | reply, 0, 'kindOf', [''], null])
    return JSON.stringify([
      1,
      1,
      call | reply,
      0,
      'kindOf',
      ['x'.repeat(length - empty.length)],
      null,
    ])
  }
  const most = 2 * 2000 + 1024

  test('a batch may be twice as long as a message, with room for what is around it', async () => {
    const peer = new RawPeer(makeRoot(), 'text', { limits: { messageSize: 2000 } })
    peer.sendBody(batch(most))
    await settle()
    expect(errorOf(peer.messages.find(([tag]) => tag === 3)).name).toBe('LimitExceededError')
    expect(peer.session.stats().serving).toBe(0)
    await peer.session.close()
    expect((await peer.session.closed).kind).toBe('closed')
  })

  test('a longer one ends the session, whatever it says', async () => {
    for (const body of [batch(most + 1), ' '.repeat(most + 1), '['.repeat(most + 1)]) {
      const peer = new RawPeer(makeRoot(), 'text', { limits: { messageSize: 2000 } })
      peer.sendBody(body)
      const { kind, error } = await peer.session.closed
      expect(kind).toBe('protocol')
      expect(String(error)).toContain(`a batch of ${most + 1} characters`)
    }
  })

  test.each([
    ['characters that JSON writes as six', '\u0001'],
    ['half of a pair', '\ud800'],
    ['quotes', '"'],
    ['other letters', 'ä'],
  ])('%s count as they are written', async (_, character) => {
    const [here, there] = loopback({ codec: 'text' })
    const limits = { messageSize: 6000 }
    expose(makeRoot(), here, { limits })
    await using session = connect<ReturnType<typeof makeRoot>>(there)
    await session.remote.add(1, 2)
    const written = JSON.stringify(character).length - 2
    // "kindOf", two brackets and two quotes.
    const most = Math.floor((6000 - 8 - 4) / written)
    expect(await session.remote.kindOf(character.repeat(most))).toBe('string')
    const refused = await session.remote.kindOf(character.repeat(most + 1)).then(
      () => 'an answer',
      (error: unknown) => error,
    )
    expect(refused).toMatchObject({ limit: 'messageSize' })
    // As many at once as there may be: none is longer than the peer reads.
    const kinds = await Promise.all(
      Array.from({ length: 30 }, () => session.remote.kindOf(character.repeat(most))),
    )
    expect(new Set(kinds)).toEqual(new Set(['string']))
  })

  test('whatever is sent within the limit is read', async () => {
    const [here, there] = loopback({ codec: 'text' })
    expose(makeRoot(), here, { limits: { messageSize: 3000 } })
    await using session = connect<ReturnType<typeof makeRoot>>(there)
    await session.remote.add(1, 2)
    const outcomes = await Promise.all(
      Array.from({ length: 400 }, (_, n) => {
        const deep = {
          name: 'x'.repeat(n * 10),
          at: new Date(n),
          big: 10n ** BigInt(n),
          no: undefined,
        }
        const value = n % 2 === 0 ? deep : [new Uint8Array(n * 5), new Map([[deep, n]]), /a+/g]
        return session.remote.kindOf(value).then(
          (kind) => kind,
          (error: unknown) => (error as LimitExceededError).limit,
        )
      }),
    )
    expect(new Set(outcomes)).toEqual(new Set(['object', 'messageSize']))
    expect(session.stats().limits.messageSize.refused).toBe(
      outcomes.filter((outcome) => outcome === 'messageSize').length,
    )
  })
})

describe.each(['structured', 'text'] as const)('what is sent and what is read, %s', (codec) => {
  async function withLimit<R>(
    messageSize: number,
    use: (send: (value: unknown) => Promise<unknown>) => Promise<R>,
  ): Promise<R> {
    const [here, there] = loopback({ codec })
    const owner = expose(makeRoot(), here, { limits: { messageSize } })
    await using session = connect<ReturnType<typeof makeRoot>>(there)
    await session.remote.add(1, 2)
    const result = await use((value) =>
      session.remote.kindOf(value as never).then(
        (kind) => kind,
        (error: unknown) => error,
      ),
    )
    // Who is told in time never sends what the other would have to refuse.
    expect(owner.stats().limits.messageSize.refused).toBe(0)
    return result
  }

  test('the size at which a value is not sent is the size from which on it is read', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 20 }), async (makes) => {
        const value = ['x'.repeat(1024), ...makes.map((make) => make())]
        const refused = await withLimit(1024, (send) => send(value))
        const size = Number(
          /^the size (\d+) of arguments/.exec(String((refused as Error).message))?.[1],
        )
        expect(size).toBeGreaterThan(1024)
        expect(await withLimit(size, (send) => send(value))).toBe('object')
        expect(await withLimit(size - 1, (send) => send(value))).toMatchObject({
          limit: 'messageSize',
        })
      }),
      { numRuns: 150 },
    )
  })
})
