/**
 * What a peer can do with immutable values that writes its own messages: have its own copies refused, get the originals of others, and end its
 * own session at the most.
 */
import { connect, expose, immutable, type Limits, loopback, ProtocolError } from '@farhold/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { errorOf, HELLO, type Message, RawPeer, settle } from './raw-peer.ts'

const Tag = { failure: 3, content: 16, forget: 17, dropped: 18 }
const CALL = 2

const settings = immutable({ currency: 'EUR', rates: [1, 2] })
const kept: unknown[] = []
const root = {
  keep: (value: unknown) => void kept.push(value),
  give: () => settings,
  isOwn: (value: unknown) => value === settings,
  echo: (value: unknown) => value,
  never: () => new Promise(() => undefined),
}

let peer: RawPeer
const open = (limits: Partial<Limits> = {}): void => {
  peer = new RawPeer(root, 'structured', { limits })
  peer.send(...HELLO)
}
const escaped: unknown[] = []
const catcher = (error: unknown): void => void escaped.push(error)
beforeEach(() => {
  kept.length = 0
  escaped.length = 0
  process.on('unhandledRejection', catcher)
  process.on('uncaughtException', catcher)
  open()
})
afterEach(async () => {
  await peer.session.close()
  await settle()
  process.off('unhandledRejection', catcher)
  process.off('uncaughtException', catcher)
  expect(escaped).toEqual([])
})

/** A content of some values, as a peer that keeps the rules writes it. */
const content = (id: number, ...values: unknown[]): unknown[] => [
  Tag.content,
  values.map((_, index) => id + index),
  [values[0], values],
  null,
]
const named = (id: unknown, ...rest: unknown[]): { args: unknown; extra: unknown } => ({
  args: ['\u00000'],
  extra: [[['immutable', id, ...rest]], undefined],
})
const told = (tag: number): Message[] => peer.messages.filter((message) => message[0] === tag)

/** How the session ended. */
async function reason(): Promise<unknown> {
  await settle()
  const closed = await Promise.race([peer.session.closed, Promise.resolve(undefined)])
  return closed?.error
}

describe('a peer that keeps the rules', () => {
  test('names its value as often as it likes', async () => {
    peer.send(...content(1, { list: [1] }))
    await peer.ask(CALL, 'keep', named(1))
    await peer.ask(CALL, 'keep', named(1))
    expect(kept).toEqual([{ list: [1] }, { list: [1] }])
    expect(kept[0]).toBe(kept[1])
    expect(Object.isFrozen((kept[0] as { list: unknown }).list)).toBe(true)
    expect(peer.session.stats().imports).toBe(1)
    peer.send(Tag.forget, 1)
    await settle()
    expect(told(Tag.dropped)).toEqual([[Tag.dropped, 1]])
    expect(peer.session.stats().imports).toBe(0)
    expect(await reason()).toBeUndefined()
  })

  test('gets the content before the answer that names it, once', async () => {
    const answer = await peer.ask(CALL, 'give')
    expect(peer.messages.map(([tag]) => tag).slice(-2)).toEqual([Tag.content, 2])
    expect(answer?.[3]).toEqual([[['immutable', 1]], undefined])
    await peer.ask(CALL, 'give')
    expect(told(Tag.content)).toEqual([])
  })

  test('what it sends home is the owner’s own, whatever it has done to its copy', async () => {
    await peer.ask(CALL, 'give')
    expect((await peer.ask(CALL, 'isOwn', named(1, 1)))?.[2]).toBe(true)
    expect(settings).toEqual({ currency: 'EUR', rates: [1, 2] })
  })

  test('what it drops is sent anew', async () => {
    await peer.ask(CALL, 'give')
    peer.send(Tag.dropped, 1)
    const answer = await peer.ask(CALL, 'give')
    expect(told(Tag.content).map(([, ids]) => ids)).toEqual([[2]])
    expect(answer?.[3]).toEqual([[['immutable', 2]], undefined])
    expect(peer.session.stats().exports).toBe(1)
  })
})

describe('what cannot be made here is refused at once, and the session goes on', () => {
  const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])

  test.each<[string, Partial<Limits>, unknown[], string]>([
    ['too deep', { depth: 10 }, content(1, nested(20)), 'LimitExceededError'],
    ['too many parts', { keys: 10 }, content(1, Array(20).fill(0)), 'LimitExceededError'],
    ['too large', { messageSize: 2000 }, content(1, ['x'.repeat(3000)]), 'LimitExceededError'],
    [
      'more than it may keep',
      { exports: 10 },
      content(1, ['x'.repeat(20_000)]),
      'LimitExceededError',
    ],
    [
      'more of them than it may keep',
      { exports: 3 },
      content(1, [], [], [], []),
      'LimitExceededError',
    ],
    [
      'of an unknown class',
      {},
      [Tag.content, [1], ['\u00000', ['\u00000']], [[['registered', 'no such', {}]], undefined]],
      'NotShareableError',
    ],
    [
      'a map',
      {},
      [Tag.content, [1], ['\u00000', ['\u00000']], [[['map', []]], undefined]],
      'NotShareableError',
    ],
    [
      'itself, named before it is there',
      {},
      [Tag.content, [1], [['\u00000'], [[]]], [[['immutable', 1]], undefined]],
      'NotShareableError',
    ],
    ['a date', {}, content(1, [new Date(0)]), 'NotShareableError'],
  ])('%s', async (_, limits, message, name) => {
    await peer.session.close()
    open(limits)
    peer.send(...message)
    await settle()
    const ids = message[1] as number[]
    expect(told(Tag.dropped)).toEqual(ids.map((id) => [Tag.dropped, id]))
    expect(errorOf(await peer.ask(CALL, 'keep', named(1))).name).toBe(name)
    expect(errorOf(await peer.ask(CALL, 'keep', named(1))).name).toBe(name)
    // It was told before.
    expect(told(Tag.dropped)).toEqual([])
    expect(kept).toEqual([])
    // Both may have been on their way.
    peer.send(Tag.forget, 1)
    peer.send(...content(10, { a: 1 }))
    await peer.ask(CALL, 'keep', named(10))
    expect(kept).toEqual([{ a: 1 }])
    const { exports, imports, limits: used } = peer.session.stats()
    expect([exports, imports, used.exports.used]).toEqual([0, 1, 1])
  })

  test('it remembers no more refusals than it has to', async () => {
    await peer.session.close()
    open({ depth: 5 })
    for (let id = 1; id <= 3000; id++) peer.send(...content(id, nested(20)))
    await settle()
    expect(told(Tag.dropped).length).toBe(3000)
    const [first, last] = [
      await peer.ask(CALL, 'keep', named(1)),
      await peer.ask(CALL, 'keep', named(3000)),
    ]
    expect([errorOf(first).name, errorOf(last).name]).toEqual([
      'NotShareableError',
      'LimitExceededError',
    ])
  })

  test('a content counts by its size while it is kept', async () => {
    await peer.session.close()
    open({ exports: 100 })
    peer.send(...content(1, ['x'.repeat(50 * 1024)]))
    peer.send(...content(2, ['x'.repeat(60 * 1024)]))
    await settle()
    expect(told(Tag.dropped)).toEqual([[Tag.dropped, 2]])
    expect(peer.session.stats().limits.exports.used).toBe(51)
    peer.send(Tag.forget, 1)
    peer.send(...content(3, ['x'.repeat(60 * 1024)]))
    await peer.ask(CALL, 'keep', named(3))
    expect(kept.length).toBe(1)
    expect(peer.session.stats().limits.exports.used).toBe(61)
  })
})

describe('what is malformed ends the session, and nothing else', () => {
  const slotted = (...slot: unknown[]): unknown[] => [
    Tag.content,
    [1],
    ['\u00000', ['\u00000']],
    [[slot], undefined],
  ]
  const asked = (id: unknown, ...rest: unknown[]): unknown[] => {
    const { args, extra } = named(id, ...rest)
    return [1, 0, CALL | 16, 0, 'keep', args, extra]
  }

  test.each<[string, unknown[]]>([
    ['ids that are no list', [Tag.content, 1, [{}, [{}]], null]],
    ['no ids', [Tag.content, [], [{}, []], null]],
    ['an id that is text', [Tag.content, ['1'], [{}, [{}]], null]],
    ['an id below 0', [Tag.content, [-1], [{}, [{}]], null]],
    ['an id of 0', [Tag.content, [0], [{}, [{}]], null]],
    ['the same id twice', [Tag.content, [1, 1], [{}, [{}, {}]], null]],
    ['ids that go down', [Tag.content, [2, 1], [{}, [{}, {}]], null]],
    ['fewer values than ids', [Tag.content, [1, 2], [{}, [{}]], null]],
    ['more values than ids', [Tag.content, [1], [{}, [{}, {}]], null]],
    ['a value that is a number', [Tag.content, [1], [1, [1]], null]],
    ['a content that is no list', [Tag.content, [1], { 1: [{}] }, null]],
    ['a content that is text', [Tag.content, [1], 'ab', null]],
    ['a content that is nothing', [Tag.content, [1], null, null]],
    ['an object of its own inside', slotted('export', 5, 'object', 'Object')],
    ['a function of its own inside', slotted('export', 5, 'function', 'run')],
    ['an object of ours inside', slotted('home', 0, null)],
    ['an object of another inside', slotted('of', 1, 'other', 5, 'object', 'Object')],
    ['a promise inside', slotted('promise', 5)],
    ['a signal inside', slotted('signal', 5)],
    ['a stream inside', slotted('readable', 5)],
    ['an iterator inside', slotted('iterator', 5)],
    ['an answer inside', slotted('answer', 0, null)],
    ['a slot of no kind inside', slotted('no such', 5)],
    ['one of ours inside that it does not have', slotted('immutable', 1, 1)],
    ['a value of ours that it does not have', asked(1, 1)],
    ['an id that is text, of ours', asked('1', 1)],
    ['an id that is a fraction', asked(0.5)],
    ['an id that is nothing', asked(undefined)],
    ['to forget no id', [Tag.forget, 'x']],
    ['to drop what it does not have', [Tag.dropped, 1]],
    ['to drop no id', [Tag.dropped, null]],
  ])('%s', async (_, message) => {
    peer.send(...message)
    expect(await reason()).toBeInstanceOf(ProtocolError)
    expect(kept).toEqual([])
    const { exports, imports } = peer.session.stats()
    expect([exports, imports]).toEqual([0, 0])
  })

  test('a value that was never sent fails what names it, and is as soon forgotten', async () => {
    const answer = await peer.ask(CALL, 'keep', named(7))
    expect(errorOf(answer).name).toBe('NotShareableError')
    peer.send(Tag.forget, 7)
    peer.send(...content(7, { a: 1 }))
    await peer.ask(CALL, 'keep', named(7))
    expect(kept).toEqual([{ a: 1 }])
    expect(told(Tag.dropped)).toEqual([])
  })

  test('a content that comes twice is read once', async () => {
    peer.send(...content(1, { a: 1 }))
    peer.send(...content(1, { a: 2 }))
    await peer.ask(CALL, 'keep', named(1))
    expect(kept).toEqual([{ a: 1 }])
    expect(peer.session.stats().limits.exports.used).toBe(1)
  })

  test('to drop a value twice', async () => {
    await peer.ask(CALL, 'give')
    peer.send(Tag.dropped, 1, Tag.dropped, 1)
    expect(await reason()).toBeInstanceOf(ProtocolError)
  })

  test('a value of ours that it has dropped', async () => {
    await peer.ask(CALL, 'give')
    peer.send(Tag.dropped, 1)
    peer.send(1, 0, CALL | 16, 0, 'keep', named(1, 1).args, named(1, 1).extra)
    expect(await reason()).toBeInstanceOf(ProtocolError)
    expect(kept).toEqual([])
  })
})

test('prototypes cannot be reached by a content', async () => {
  const text = new RawPeer(root, 'text')
  text.send(...HELLO)
  text.sendBody(
    `[16,[1],[{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"a":1},["\\u00000"]],[[["same",1]],null]]`,
  )
  await text.ask(CALL, 'keep', named(1))
  expect(kept).toEqual([{ a: 1 }])
  expect(Object.getPrototypeOf(kept[0])).toBe(Object.prototype)
  expect('polluted' in {}).toBe(false)
  await text.session.close()
})

test('a peer that shares no memory gets a copy of bytes, once', async () => {
  const bytes = immutable({ bytes: new Uint8Array([1, 2, 3]) })
  expect(bytes.bytes.buffer).toBeInstanceOf(SharedArrayBuffer)
  const closed = new RawPeer({ give: () => bytes }, 'structured', { sharedMemory: false })
  closed.send(...HELLO)
  await closed.ask(CALL, 'give')
  const [, , body] = closed.messages.find(([tag]) => tag === Tag.content) ?? []
  const [first] = body as [{ bytes: Uint8Array }]
  expect(first.bytes.buffer).toBeInstanceOf(ArrayBuffer)
  expect(first.bytes).toEqual(new Uint8Array([1, 2, 3]))
  await closed.session.close()
})

test('the first message is hello, also when the first call has bytes to move before it', async () => {
  const [here, there] = loopback({ codec: 'text' })
  const tags: unknown[] = []
  const owner = expose({ size: (value: { bytes: Uint8Array }) => value.bytes.length }, there)
  const { post } = here
  here.post = (batch) => {
    tags.push((JSON.parse(batch.body as string) as unknown[])[0])
    post.call(here, batch)
  }
  const session = connect<{ size(value: { bytes: Uint8Array }): number }>(here, {
    sharedMemory: false,
  })
  expect(await session.remote.size(immutable({ bytes: new Uint8Array(5) }))).toBe(5)
  expect(tags[0]).toBe(0)
  expect(owner.stats().imports).toBe(1)
  await session.close()
})
