/**
 * A peer that has an end of a channel and keeps no rule: it asks for what does not exist, with what is wrong, names what is not its own, and writes
 * whatever it likes into the memory of the channel. Whoever uses that channel gets errors with a class; every other session lives on.
 */
import { type Channel, channel, connect, expose, FarholdError, loopback } from '@farhold/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { errorOf, HELLO, type Message, RawPeer, settle } from '../access/raw-peer.ts'

const CALL = 2

interface Api {
  ends(): Channel<unknown>
}

let made: Channel<unknown>
let seen: unknown[]
let neighbour: {
  readonly remote: { ends(): PromiseLike<Channel<unknown>> }
  close(): Promise<void>
}

beforeEach(() => {
  made = channel({ capacity: 4 })
  seen = []
  const [here, there] = loopback()
  expose({ ends: () => made } satisfies Api, here)
  neighbour = connect<Api>(there) as unknown as typeof neighbour // the two methods that are used
})
afterEach(() => neighbour.close())

function start(codec: 'structured' | 'text'): RawPeer {
  const peer = new RawPeer(
    { ends: () => made, give: (value: unknown) => void seen.push(value) },
    codec,
  )
  peer.send(...HELLO)
  return peer
}

const slotsOf = (message: Message | undefined): (readonly unknown[])[] =>
  ((message?.[3] as [(readonly unknown[])[]] | null)?.[0] ?? []) as (readonly unknown[])[]

/** The number by which a peer calls what an answer has brought. */
function targetOf(message: Message | undefined): number {
  const slot = slotsOf(message).find(([kind]) => kind === 'export')
  if (slot === undefined) throw new Error('it brought nothing')
  return slot[1] as number
}

const JOIN = (side: unknown, name: unknown = 'hostile', key: unknown = 'key') => [side, name, key]

describe.each(['structured', 'text'] as const)('%s', (codec) => {
  test('calls of the service with wrong arguments', async () => {
    const peer = start(codec)
    const home = targetOf(await peer.ask(CALL, ['ends']))
    for (const args of [
      [],
      ['x'],
      JOIN('sender', 1),
      JOIN('sender', 'n', 5),
      JOIN(7),
      ['__proto__', 'n'],
    ])
      expect(errorOf(await peer.ask(CALL, ['join'], { target: home, args })).name).toBe('TypeError')
    const sender = targetOf(await peer.ask(CALL, ['join'], { target: home, args: JOIN('sender') }))
    const receiver = targetOf(
      await peer.ask(CALL, ['join'], { target: home, args: JOIN('receiver') }),
    )
    for (const method of ['receive', 'poll', 'took', 'putBack'])
      expect(
        errorOf(await peer.ask(CALL, [method], { target: sender, args: [1] })).name,
        method,
      ).toBe('TypeError')
    for (const method of ['send', 'offer'])
      expect(errorOf(await peer.ask(CALL, [method], { target: receiver, args: [1] })).name).toBe(
        'TypeError',
      )
    for (const path of [
      ['constructor'],
      ['__proto__'],
      ['hub'],
      ['#hub'],
      ['leave', 'call'],
      ['none'],
    ])
      expect((await peer.ask(CALL, path, { target: sender, args: [] }))?.[0]).toBe(3)
    await expectNeighbour()
  })

  test('a ticket that is no number ends the session that it came by', async () => {
    for (const ticket of ['x', -1, 1.5, 2 ** 60, null]) {
      const peer = start(codec)
      const home = targetOf(await peer.ask(CALL, ['ends']))
      const args = JOIN('receiver', 'hostile', `key ${ticket}`)
      const target = targetOf(await peer.ask(CALL, ['join'], { target: home, args }))
      await peer.ask(CALL, ['receive'], { target, args: [ticket] })
      expect((await peer.session.closed).kind).toBe('protocol')
      await expectNeighbour()
    }
  })

  test('foreign tickets take nothing away and give nothing', async () => {
    const peer = start(codec)
    const home = targetOf(await peer.ask(CALL, ['ends']))
    const receiver = targetOf(
      await peer.ask(CALL, ['join'], { target: home, args: JOIN('receiver') }),
    )
    const theirs = await neighbour.remote.ends()
    const waiting = theirs.receiver.receive()
    await settle()
    for (let ticket = 0; ticket < 5; ticket++) {
      await peer.ask(CALL, ['took'], { target: receiver, args: [ticket] })
      await peer.ask(CALL, ['putBack'], { target: receiver, args: [ticket] })
    }
    await made.sender.send('theirs')
    expect(await waiting).toBe('theirs')
    // What it says to have taken and never asked for, it has not.
    await made.sender.send('next')
    expect(await theirs.receiver.receive()).toBe('next')
  })

  test('one that says that it is gone, again and again, takes no other with it', async () => {
    const peer = start(codec)
    const home = targetOf(await peer.ask(CALL, ['ends']))
    await made.sender.send(0)
    made.receiver.tryReceive()
    const theirs = await neighbour.remote.ends()
    await theirs.sender.send(1)
    const sender = targetOf(await peer.ask(CALL, ['join'], { target: home, args: JOIN('sender') }))
    for (let round = 0; round < 3; round++)
      for (const method of ['dropped', 'leave', 'lose', 'wake', 'confirm', 'number'])
        await peer.ask(CALL, [method], { target: sender, args: [true] })
    await peer.ask(CALL, ['dropped'], { target: home, args: [true] })
    expect(await theirs.receiver.receive()).toBe(1)
    // Its end is told once more when it ends; what names another in shared memory by then is that other's.
    const others = start(codec)
    const theirHome = targetOf(await others.ask(CALL, ['ends']))
    const numberOf = async (name: string): Promise<unknown> => {
      const args = JOIN('sender', name, name)
      const joined = await others.ask(CALL, ['join'], { target: theirHome, args })
      return (await others.ask(CALL, ['number'], { target: targetOf(joined), args: [] }))?.[2]
    }
    const one = await numberOf('one')
    await peer.session.close()
    expect(await numberOf('two')).not.toBe(one)
    await expectNeighbour()
  })

  test('forged parts of an end close no session but its own', async () => {
    const memory = codec === 'structured' ? new SharedArrayBuffer(64) : 'memory'
    const forged: readonly (readonly unknown[])[] = [
      [],
      ['sender'],
      ['view', '\x001'],
      ['none', '\x001'],
      ['sender', 1],
      ['sender', null],
      ['sender', '\x001', memory, true],
      ['sender', '\x001', memory, 'true'],
      ['receiver', '\x001', 5, true],
      ['sender', '\x002'],
      ['sender', '\x000'],
      ['sender', '\x009'],
    ]
    for (const parts of forged) {
      const peer = start(codec)
      const extra = [
        [
          ['presence', ...parts],
          ['export', 2, 'object', 'ChannelService'],
          ['export', 3, 'function', 'f'],
        ],
        codec === 'structured' ? undefined : null,
      ]
      await peer.ask(CALL, ['give'], { args: ['\x000'], extra })
      // An end of what is no channel fails when it is used; a broken message ends the session that it came by.
      for (const end of seen.splice(0)) {
        const using = (end as { send?(item: unknown): Promise<void> }).send?.(1)
        using?.catch(() => undefined)
        try {
          ;(end as Disposable)[Symbol.dispose]()
        } catch (error) {
          expect(error).toBeInstanceOf(FarholdError)
        }
      }
      await peer.session.close()
    }
    await expectNeighbour()
  })
})

test('whatever is written into its memory, whoever uses the channel gets an error with a class, and no session ends', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          word: fc.oneof(
            fc.constantFrom(0, 1, 2, 16, 32, 48, 49, 50, 51, 64, 65, 66, 128, 129, 192, 256),
            fc.nat({ max: 319 }),
          ),
          value: fc.oneof(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }), fc.nat({ max: 64 })),
          then: fc.constantFrom('send', 'receive', 'try', 'theirs', 'nothing'),
        }),
        { minLength: 1, maxLength: 15 },
      ),
      async (writes) => {
        made = channel({ capacity: 4 })
        const peer = start('structured')
        const memory = slotsOf(await peer.ask(CALL, ['ends']))[0]?.[3]
        if (!(memory instanceof SharedArrayBuffer)) throw new Error('no memory is shared')
        const cells = new Int32Array(memory)
        const theirs = await neighbour.remote.ends()
        await theirs.sender.send('before')
        await made.sender.send({ of: () => 1 })
        const stop = new AbortController()
        const waits: PromiseLike<unknown>[] = []
        for (const { word, value, then } of writes) {
          cells[word % cells.length] = value
          const { signal } = stop
          if (then === 'send') waits.push(made.sender.send(1, { signal }))
          if (then === 'receive') waits.push(made.receiver.receive({ signal }))
          if (then === 'theirs')
            waits.push(theirs.sender.send(2, { signal }), theirs.receiver.receive({ signal }))
          if (then === 'try')
            waits.push((async () => made.receiver.tryReceive() ?? made.sender.trySend(3))())
          for (const wait of waits) wait.then(undefined, () => undefined)
          await settle()
        }
        stop.abort(new RangeError('given up'))
        for (const wait of waits) {
          const error = await wait.then(
            () => undefined,
            (error: unknown) => error,
          )
          if (error !== undefined && !(error instanceof RangeError))
            expect(error).toBeInstanceOf(FarholdError)
        }
        expect(await peer.ask(CALL, ['give'], { args: [1] })).toBeDefined()
        await peer.session.close()
        await expectNeighbour()
      },
    ),
    { numRuns: 150 },
  )
}, 60_000)

/** The neighbour's session lives, and its other channels work. */
async function expectNeighbour(): Promise<void> {
  made = channel({ capacity: 4 })
  const { sender, receiver } = await neighbour.remote.ends()
  await sender.send('well')
  expect(await receiver.receive()).toBe('well')
}
