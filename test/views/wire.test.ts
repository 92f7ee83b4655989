/**
 * What a peer can do to views that writes its own messages: be refused, or end its own session; never reach memory that it was not given.
 */
import { type CodecName, type SessionOptions, type View, view } from '@farhold/core'
import { describe, expect, test } from 'vitest'
import { errorOf, HELLO, type Message, RawPeer, settle } from '../access/raw-peer.ts'
import { failureOf } from '../failure.ts'

const CALL = 2

function start(codec: CodecName = 'structured', options: SessionOptions = {}) {
  const bytes = view(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]))
  const got: unknown[] = []
  const root = {
    give: () => bytes,
    take: (value: unknown) => {
      got.push(value)
      return 'taken'
    },
  }
  const peer = new RawPeer(root, codec, options)
  peer.send(...HELLO)
  return { bytes, got, peer }
}

const slotsOf = (message: Message | undefined): readonly (readonly unknown[])[] =>
  (message?.[3] as readonly [readonly (readonly unknown[])[]] | null)?.[0] ?? []

/** Sends a presence of these parts in a call of `take`. */
function send(peer: RawPeer, parts: readonly unknown[], slots: readonly unknown[][] = []): void {
  peer.send(1, 9, CALL | 16, 0, 'take', ['\0' + '0'], [[['presence', ...parts], ...slots], null])
}

const SHARED = new SharedArrayBuffer(8)
const LEDGER = new SharedArrayBuffer(4096)
/** An object of the peer's own. */
const THEIRS = ['export', 5, 'object', 'View', 1]

const FORGED: Readonly<Record<string, [parts: unknown[], slots?: unknown[][]]>> = {
  'no parts': [['view']],
  'an unknown kind': [['window', 1, 2]],
  'no home': [['view', null, 'Uint8Array', 8, 1, 1, null, null]],
  'a number for a home': [['view', 1, 'Uint8Array', 8, 1, 1, null, null]],
  'data for a home': [['view', {}, 'Uint8Array', 8, 1, 1, null, null]],
  'an object of ours that is no home': [
    ['view', '\0' + '1', 'Uint8Array', 8, 1, 1, null, null],
    [['home', 0, null]],
  ],
  'a function of ours for a home': [
    ['view', '\0' + '1', 'Uint8Array', 8, 1, 1, null, null],
    [['home', 0, 'give']],
  ],
  'an unknown kind of arrays': [['view', '\0' + '1', 'Array', 8, 1, 1, null, null], [THEIRS]],
  'a DataView': [['view', '\0' + '1', 'DataView', 8, 1, 1, null, null], [THEIRS]],
  'a kind that is inherited': [['view', '\0' + '1', '__proto__', 8, 1, 1, null, null], [THEIRS]],
  'a length below nothing': [['view', '\0' + '1', 'Uint8Array', -1, 1, 1, null, null], [THEIRS]],
  'a length that is no number': [
    ['view', '\0' + '1', 'Uint8Array', '8', 1, 1, null, null],
    [THEIRS],
  ],
  'less memory than it says': [
    ['view', '\0' + '1', 'Uint8Array', 9, 1, 1, SHARED, LEDGER],
    [THEIRS],
  ],
  'more memory than it says': [
    ['view', '\0' + '1', 'Uint8Array', 7, 1, 1, SHARED, LEDGER],
    [THEIRS],
  ],
  'memory that is not shared': [
    ['view', '\0' + '1', 'Uint8Array', 8, 1, 1, new ArrayBuffer(8), LEDGER],
    [THEIRS],
  ],
  'memory that is data': [
    ['view', '\0' + '1', 'Uint8Array', 8, 1, 1, { byteLength: 8 }, LEDGER],
    [THEIRS],
  ],
  'memory without a ledger': [['view', '\0' + '1', 'Uint8Array', 8, 1, 1, SHARED, null], [THEIRS]],
  'a ledger that is not shared': [
    ['view', '\0' + '1', 'Uint8Array', 8, 1, 1, SHARED, new ArrayBuffer(8)],
    [THEIRS],
  ],
  'a name that is none': [['view', '\0' + '1', 'Uint8Array', 8, {}, 1, null, null], [THEIRS]],
}

describe('a forged view ends the session of who sent it', () => {
  test.for(Object.entries(FORGED))('%s', async ([, [parts, slots]]) => {
    const { got, peer } = start()
    send(peer, parts, slots)
    expect(await peer.session.closed).toMatchObject({
      kind: 'protocol',
      error: { code: 'FARHOLD_PROTOCOL' },
    })
    expect(got).toEqual([])
  })

  test('memory, by one that may not share any', async () => {
    const { got, peer } = start('text', { sharedMemory: false })
    peer.sendBody(
      JSON.stringify([
        ...[1, 9, CALL | 16, 0, 'take', ['\0' + '0']],
        [
          [
            ['presence', 'view', '\0' + '1', 'Uint8Array', 8, 1, 1, '\0' + '2', '\0' + '3'],
            THEIRS,
            ['bytes', 'SharedArrayBuffer', 0],
            ['bytes', 'SharedArrayBuffer', 1],
          ],
          null,
        ],
      ]),
      [SHARED, LEDGER],
    )
    expect(await peer.session.closed).toMatchObject({ kind: 'protocol' })
    expect(got).toEqual([])
  })
})

describe('a home', () => {
  /** What names the home of a view of ours. */
  async function home(options: SessionOptions = {}) {
    const made = start('structured', options)
    const slots = slotsOf(await made.peer.ask(CALL, 'give'))
    const target = slots.find(([kind]) => kind === 'export')?.[1] as number
    const ask = (method: string, args: readonly unknown[], extra: unknown = null, id = 1) =>
      made.peer.ask(CALL, method, { target, args, extra, id })
    return { ...made, target, ask }
  }

  test('refuses what is no lease of it', async () => {
    const { bytes, ask } = await home()
    for (const [args, name] of [
      [['exclusive', 0, 9, 'shared', null, 0], 'RangeError'],
      [['exclusive', -1, 4, 'shared', null, 0], 'RangeError'],
      [['exclusive', 4, 3, 'copy', null, 0], 'RangeError'],
      [['exclusive', 0, 2 ** 53, 'copy', null, 0], 'RangeError'],
      [['exclusive', 0, Infinity, 'copy', null, 0], 'TypeError'],
      [['exclusive', 0.5, 1, 'copy', null, 0], 'TypeError'],
      [['exclusive', '0', 1, 'copy', null, 0], 'TypeError'],
      [['exclusive', [0], 1, 'copy', null, 0], 'TypeError'],
      [['mine', 0, 1, 'copy', null, 0], 'TypeError'],
      [['exclusive', 0, 1, 'all', null, 0], 'TypeError'],
      [[], 'TypeError'],
    ] as const) {
      expect(errorOf(await ask('lease', args)), JSON.stringify(args)).toMatchObject({ name })
    }
    expect(bytes.revoke()).toBe(0)
  })

  test('keeps no lease that no one wants the answer of', async () => {
    const { bytes, peer, target } = await home()
    peer.send(1, 4, CALL, target, 'lease', ['exclusive', 0, 8, 'shared', null, 0], null)
    await settle()
    using lease = bytes.leaseSync()
    expect(lease.array.length).toBe(8)
  })

  test('has nothing else to call, and nothing to change', async () => {
    const { bytes, peer, target } = await home()
    for (const path of ['revoke', 'memory', 'constructor', 'request', 'dropped'])
      expect((await peer.ask(CALL, path, { target }))?.[0], path).toBe(3)
    // `set` and `defineProperty`
    await peer.ask(1, 'lease', { target, args: [1] })
    await peer.ask(8, 'lease', { target, args: [{ value: 1 }] })
    using lease = await bytes.lease({ range: [0, 1] })
    expect(lease.array[0]).toBe(1)
  })

  test('takes no more bytes back than it lent, nor anything else', async () => {
    const { bytes, peer, ask } = await home()
    for (const back of [new ArrayBuffer(5), 'text', { byteLength: 4 }, new Uint8Array(2), null]) {
      const answer = await ask('lease', ['exclusive', 0, 4, 'copy', null, 0])
      const lease = slotsOf(answer).find(([kind]) => kind === 'export')?.[1] as number
      const reply = await peer.ask(CALL, 'end', { target: lease, args: [back], id: 2 })
      expect(reply?.[0]).toBe(back instanceof ArrayBuffer ? 3 : 2)
      using whole = bytes.leaseSync()
      expect([...whole.array]).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
    }
  })

  test('copies nothing from what is no view of its own', async () => {
    const { peer, target } = await home()
    for (const [args, extra] of [
      [['\0' + '0'], [[['home', 0, null]], null]],
      [[{}], null],
      [[], null],
    ] as const)
      expect(errorOf(await peer.ask(CALL, 'copyFrom', { target, args, extra }))).toMatchObject({
        name: 'TypeError',
      })
  })

  test('frees what a peer had that ends', async () => {
    const { bytes, peer, ask } = await home()
    await ask('lease', ['exclusive', 0, 4, 'copy', null, 0])
    const waiting = bytes.lease()
    await peer.session.close()
    using lease = await waiting
    expect(lease.array.length).toBe(8)
  })

  test('has no more leases out than it can show the end of', async () => {
    const { bytes, peer, target } = await home()
    for (let id = 10; id < 10 + 1030; id++)
      peer.send(1, id, CALL | 16, target, 'lease', ['shared', 0, 1, 'shared', null, 0], null)
    peer.messages.length = 0
    await settle()
    const failed = peer.messages.filter(([tag]) => tag === 3)
    expect(failed.length).toBe(6)
    expect(errorOf(failed[0])).toMatchObject({ name: 'LimitExceededError' })
    expect(bytes.revoke()).toBe(1024)
  })
})

describe('an answer that is no lease', () => {
  const ANSWERS: Readonly<Record<string, unknown>> = {
    nothing: null,
    'a number': 1,
    'no reference': [{}, null, new ArrayBuffer(8)],
    'too few bytes': ['\0' + '0', null, new ArrayBuffer(7)],
    'too many bytes': ['\0' + '0', null, new ArrayBuffer(9)],
    'no bytes': ['\0' + '0', null, null],
  }

  test.for(Object.entries(ANSWERS))('fails whoever asked: %s', async ([, answer]) => {
    const { got, peer } = start()
    send(peer, ['view', '\0' + '1', 'Uint8Array', 8, 1, 1, null, null], [THEIRS])
    await settle()
    const [theirs] = got as [View]
    peer.messages.length = 0
    const asked = failureOf(theirs.lease())
    await settle()
    const call = peer.messages.find(([tag]) => tag === 1)
    const isNamed = Array.isArray(answer) && answer[0] === '\0' + '0'
    peer.send(2, call?.[1], answer, isNamed ? [[['export', 6, 'object', 'Lease', 1]], null] : null)
    expect(await asked).toMatchObject({ code: 'FARHOLD_PROTOCOL' })
    expect((await peer.ask(CALL, 'take', { args: [1] }))?.[0]).toBe(2)
  })

  test.for([null, [-1, 1], [1024, 1], [0.5, 1], ['0', 1], [0], [0, {}]])(
    'fails whoever asked, by its word: %j',
    async (word) => {
      const { got, peer } = start()
      send(peer, ['view', '\0' + '1', 'Uint8Array', 8, 1, 1, SHARED, LEDGER], [THEIRS])
      await settle()
      const [theirs] = got as [View]
      peer.messages.length = 0
      const asked = failureOf(theirs.lease())
      await settle()
      const call = peer.messages.find(([tag]) => tag === 1)
      peer.send(
        2,
        call?.[1],
        ['\0' + '0', word, null],
        [[['export', 6, 'object', 'Lease', 1]], null],
      )
      expect(await asked).toMatchObject({ code: 'FARHOLD_PROTOCOL' })
    },
  )
})
