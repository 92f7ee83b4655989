/** What a peer can do with streams that writes its own messages: fail its own stream, and end its own session at the most. */
import { ProtocolError } from '@farhold/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HELLO, RawPeer, settle } from './raw-peer.ts'

const CALL = 2
const ITERATE = 14
const REPLY = 16

/** What the peer owns, by the ids it made up. */
const THEIRS = { chunks: 500, readable: 600, writable: 700 }

const escaped: unknown[] = []
const catcher = (error: unknown): void => void escaped.push(error)
beforeEach(() => {
  escaped.length = 0
  process.on('unhandledRejection', catcher)
})
afterEach(async () => {
  await settle()
  process.off('unhandledRejection', catcher)
  expect(escaped).toEqual([])
})

/** Streams that are used as a program does, and what came of it. */
function makeRoot() {
  const seen: unknown[] = []
  const note = (error: unknown): void => void seen.push(error)
  return {
    seen,
    sink: () =>
      new WritableStream({
        write: (chunk) => void seen.push(chunk),
        abort: (reason) => note(reason),
      }),
    takeOne(stream: ReadableStream) {
      const reader = stream.getReader()
      reader.read().then(({ value }) => seen.push(value), note)
    },
    takeOneAndLeave(stream: ReadableStream) {
      const reader = stream.getReader()
      reader.read().then(({ value }) => {
        seen.push(value)
        reader.cancel().catch(note)
      }, note)
    },
    write(stream: WritableStream, count: number) {
      const writer = stream.getWriter()
      writer.closed.catch(() => undefined)
      for (let n = 0; n < count; n++) writer.write(n).then(() => seen.push(n), note)
    },
    take: (transform: unknown) => transform,
  }
}

function start(root: object): RawPeer {
  const peer = new RawPeer(root, 'structured')
  peer.send(...HELLO)
  return peer
}

/** A call of the root with one value that a slot makes, and a number. */
const callWith = (peer: RawPeer, name: string, slot: readonly unknown[], more: unknown = 0) =>
  peer.ask(CALL, name, { args: ['\u00000', more], extra: [[slot], null] })

/** The sink of the root, which the peer gives its chunks. */
async function pipe(peer: RawPeer): Promise<number> {
  const [, , , extra] = (await peer.ask(CALL, 'sink')) as unknown as [0, 0, 0, [[[string, number]]]]
  const id = extra[0][0][1]
  await peer.ask(CALL, 'pipe', {
    target: id,
    args: ['\u00000'],
    extra: [[['iterator', THEIRS.chunks]], null],
    id: 1,
  })
  return id
}

/** The call by which the session iterates what the peer owns: its id. */
function iterationOf(peer: RawPeer): number {
  const call = peer.messages.find(
    ([tag, , operation]) => tag === 1 && (Number(operation) & 15) === ITERATE,
  )
  return Number(call?.[1])
}

async function expectEnd(peer: RawPeer): Promise<void> {
  expect(await peer.session.closed).toMatchObject({
    kind: 'protocol',
    error: expect.any(ProtocolError),
  })
}

describe('a peer that writes to a stream of ours', () => {
  test('writes, as far as its credit goes', async () => {
    const root = makeRoot()
    const peer = start(root)
    await pipe(peer)
    const id = iterationOf(peer)
    const granted = peer.messages.filter(([tag]) => tag === 9)
    expect(granted.map(([, , count]) => count)).toEqual([16])
    for (let n = 0; n < 16; n++) peer.send(8, id, n, null)
    await settle()
    expect(root.seen).toEqual(Array.from({ length: 16 }, (_, n) => n))
    await peer.session.close()
  })

  test('and goes past its credit', async () => {
    const root = makeRoot()
    const peer = start({
      ...root,
      sink: () => new WritableStream({ write: () => new Promise(() => undefined) }),
    })
    await pipe(peer)
    const id = iterationOf(peer)
    for (let n = 0; n < 17; n++) peer.send(8, id, n, null)
    await expectEnd(peer)
  })

  test('and gives its chunks twice', async () => {
    const peer = start(makeRoot())
    const id = await pipe(peer)
    await peer.ask(CALL, 'pipe', {
      target: id,
      args: ['\u00000'],
      extra: [[['iterator', THEIRS.chunks + 1]], null],
      id: 2,
    })
    await expectEnd(peer)
  })

  test('and gives something else for its chunks', async () => {
    const peer = start(makeRoot())
    const [, , , extra] = (await peer.ask(CALL, 'sink')) as unknown as [
      0,
      0,
      0,
      [[[string, number]]],
    ]
    await peer.ask(CALL, 'pipe', { target: extra[0][0][1], args: [[1, 2, 3]], id: 1 })
    await expectEnd(peer)
  })

  test('calls what is not there', async () => {
    const peer = start(makeRoot())
    const id = await pipe(peer)
    for (const name of ['write', 'close', 'drop']) {
      const [tag] = (await peer.ask(CALL, name, { target: id, args: [1], id: 3 })) ?? []
      expect(tag).toBe(3)
    }
    await peer.session.close()
  })
})

describe('a peer whose stream is read here', () => {
  test('sends on without end when the reader has left', async () => {
    const root = makeRoot()
    const peer = start(root)
    await callWith(peer, 'takeOneAndLeave', ['readable', THEIRS.readable])
    const id = iterationOf(peer)
    peer.send(8, id, 'first', null)
    await settle()
    expect(root.seen).toEqual(['first'])
    for (let n = 0; n < 16; n++) peer.send(8, id, n, null)
    await expectEnd(peer)
  })

  test('says it is one of bytes, and sends something else', async () => {
    const root = makeRoot()
    const peer = start(root)
    await callWith(peer, 'takeOne', ['readable', THEIRS.readable, 1])
    peer.send(8, iterationOf(peer), 'text', null)
    await settle()
    expect(root.seen).toEqual([expect.any(ProtocolError)])
    expect(peer.session.stats().imports).toBe(0)
    await peer.session.close()
  })
})

describe('a peer whose stream is written to here', () => {
  /** The chunks of the session, as the peer was given them. */
  async function written(root: object): Promise<{ peer: RawPeer; chunks: number; piping: number }> {
    const peer = start(root)
    await callWith(peer, 'write', ['writable', THEIRS.writable], 30)
    const piping = peer.messages.find(
      ([tag, , , target]) => tag === 1 && target === THEIRS.writable,
    )
    const [, id, , , , , extra] = piping as unknown as [0, number, 0, 0, 0, 0, [[[string, number]]]]
    return { peer, chunks: extra[0][0][1], piping: id }
  }

  test('takes as many as it gives credit for', async () => {
    const root = makeRoot()
    const { peer, chunks } = await written(root)
    peer.send(1, 40, ITERATE | REPLY, chunks, null, null, null)
    peer.send(9, 40, 3)
    await settle()
    expect(root.seen).toEqual([0, 1, 2])
    await peer.session.close()
    expect(root.seen.slice(3)).toEqual(
      Array(27).fill(expect.objectContaining({ code: 'FARHOLD_CONTEXT_CLOSED' })),
    )
  })

  test('reads its chunks twice', async () => {
    const { peer, chunks } = await written(makeRoot())
    peer.send(1, 40, ITERATE | REPLY, chunks, null, null, null)
    peer.send(1, 41, ITERATE | REPLY, chunks, null, null, null)
    await expectEnd(peer)
  })

  test('says that it has ended when no one has closed it', async () => {
    const root = makeRoot()
    const { peer, piping } = await written(root)
    peer.send(2, piping, null, null)
    await settle()
    expect(root.seen).toEqual(Array(30).fill(expect.any(ProtocolError)))
    await peer.session.close()
  })
})

test.each([
  ['numbers', [['transform', 1, 2]]],
  [
    'one end',
    [
      ['transform', '\u00001', undefined],
      ['readable', THEIRS.readable],
    ],
  ],
  ['itself', [['transform', '\u00000', '\u00000']]],
])('a transform stream of %s', async (_, slots) => {
  const peer = start(makeRoot())
  await peer.ask(CALL, 'take', { args: ['\u00000'], extra: [slots, null] })
  await expectEnd(peer)
})
