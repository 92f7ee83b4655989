/**
 * Deaths at a channel: which context dies, what was under way, and what becomes of what it had sent. Each wait ends with the right error, others go on,
 * and an item on its way to a dead receiver goes to another.
 */
import { channel, type Receiver, type Sender } from '@farhold/core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureName, type Member, startIsolate, startWorker, untilContexts } from './contexts.ts'

interface Kind {
  readonly name: string
  start(name: string): Promise<Member>
  end(member: Member): unknown
}

const quietly = (call: PromiseLike<unknown>): void => void call.then(undefined, () => undefined)

const WORKERS: readonly Kind[] = [
  { name: 'a worker, close() from here', start: startWorker, end: (member) => member.close() },
  {
    name: 'a worker, process.exit(3)',
    start: startWorker,
    end: (member) => quietly(member.remote.exit(3)),
  },
  {
    name: 'a worker that crashes',
    start: startWorker,
    end: (member) => quietly(member.remote.crash()),
  },
]

const ISOLATES: readonly Kind[] = [
  { name: 'an isolate', start: startIsolate, end: (member) => member.close() },
  {
    name: 'an isolate that breaks its own runtime',
    start: (name) => startIsolate(name, { onError: () => undefined }),
    end: (member) =>
      quietly(member.eval('JSON.stringify = () => { throw new Error("broken") }; 1')),
  },
  {
    name: 'an isolate in a process of its own',
    start: (name) => startIsolate(name, { contain: 'process' }),
    end: (member) => member.close(),
  },
]

const KINDS = [...WORKERS, ...ISOLATES]

let neighbour: Member
let guest: Member
beforeAll(async () => {
  ;[neighbour, guest] = await Promise.all([startWorker('neighbour'), startIsolate('guest')])
})
afterAll(() => Promise.all([neighbour.close(), guest.close()]))

describe.each(KINDS)("the sender's context dies: $name", (kind) => {
  let doomed: Member
  beforeAll(async () => {
    doomed = await kind.start('doomed')
  })

  test('whatever was under way', async () => {
    const waits: Promise<unknown>[] = []
    const begin = async (unbound: 'keep' | 'remove' | 'error') => {
      const { sender, receiver } = channel({ capacity: 3, unbound })
      await sender.send('before')
      await doomed.remote.sendAll(sender, ['one', 'two'])
      // No room for this one: it was not sent.
      waits.push(failureName(doomed.remote.send(sender, 'waiting')))
      const behind = neighbour.remote.send(sender, 'behind')
      await untilContexts({ sender }, ({ senders }) => senders.length === 3)
      return { sender, receiver, behind }
    }
    const kept = await begin('keep')
    const removed = await begin('remove')
    const orphaned = await begin('error')
    const lone = channel()
    await doomed.remote.send(lone.sender, 'alone')
    const looping = neighbour.remote.drain(lone.receiver)
    const empty = channel()
    await doomed.remote.sendAll(empty.sender, [])
    await doomed.remote.trySend(empty.sender, 0)
    expect(await empty.receiver.receive()).toBe(0)
    const waiting = [
      failureName(empty.receiver.receive()),
      failureName(neighbour.remote.receive(empty.receiver)),
      failureName(guest.remote.receive(empty.receiver)),
    ]
    await kind.end(doomed)
    await doomed.closed
    expect(new Set(await Promise.all(waits))).toEqual(new Set(['ContextClosedError']))

    expect(await neighbour.remote.receiveMany(kept.receiver, 3)).toEqual(['before', 'one', 'two'])
    await kept.behind
    expect(await guest.remote.receive(kept.receiver)).toBe('behind')

    await removed.behind
    expect(await neighbour.remote.receiveMany(removed.receiver, 2)).toEqual(['before', 'behind'])

    expect(await neighbour.remote.receive(orphaned.receiver)).toBe('before')
    expect(await failureName(neighbour.remote.receive(orphaned.receiver))).toBe('ItemOrphanedError')
    expect(await failureName(guest.remote.receive(orphaned.receiver))).toBe('ItemOrphanedError')
    await orphaned.behind
    expect(await orphaned.receiver.receive()).toBe('behind')

    for (const { sender, receiver } of [kept, removed, orphaned]) {
      expect((await sender.contexts()).senders.toSorted()).toEqual(['main', 'neighbour'])
      await sender.send('after')
      expect(await receiver.receive()).toBe('after')
    }
    expect(await looping).toEqual(['alone'])
    expect(await Promise.all(waiting)).toEqual(
      Array.from({ length: 3 }, () => 'ChannelClosedError'),
    )
    expect(doomed.stats()).toMatchObject({ exports: 0, imports: 0, pending: 0, serving: 0 })
  })
})

describe.each(KINDS)("the receiver's context dies: $name", (kind) => {
  test('whatever was under way', async () => {
    const doomed = await kind.start('doomed')
    const waits: Promise<unknown>[] = []
    const waitAt = async (sender: Sender, receiver: Receiver, wait: PromiseLike<unknown>) => {
      waits.push(failureName(wait))
      await untilContexts({ sender }, ({ receivers }) => receivers.includes('doomed'))
      return receiver
    }
    const open = channel({ capacity: 1 })
    expect(open.receiver.tryReceive()).toBeUndefined()
    await waitAt(open.sender, open.receiver, doomed.remote.receive(open.receiver))
    const looped = channel()
    expect(looped.receiver.tryReceive()).toBeUndefined()
    await waitAt(looped.sender, looped.receiver, doomed.remote.drain(looped.receiver))
    // The only receiver: what waits to be sent fails.
    const lone = channel({ capacity: 1 })
    await lone.sender.send(1)
    expect(await doomed.remote.receive(lone.receiver)).toBe(1)
    await lone.sender.send(2)
    const sending = [
      failureName(lone.sender.send(3)),
      failureName(neighbour.remote.send(lone.sender, 4)),
      failureName(neighbour.remote.sendSync(lone.sender, 5)),
      failureName(guest.remote.send(lone.sender, 6)),
    ]
    await untilContexts(
      lone,
      ({ senders }) => senders.includes('guest') && senders.includes('neighbour'),
    )
    await kind.end(doomed)
    await doomed.closed
    expect(new Set(await Promise.all(waits))).toEqual(new Set(['ContextClosedError']))
    for (const { sender, receiver } of [open, looped]) {
      expect(await sender.contexts()).toEqual({ senders: [], receivers: ['main'] })
      await neighbour.remote.send(sender, 'after')
      expect(await guest.remote.receive(receiver)).toBe('after')
    }
    expect(await Promise.all(sending)).toEqual(
      Array.from({ length: 4 }, () => 'ChannelClosedError'),
    )
    expect(doomed.stats()).toMatchObject({ exports: 0, imports: 0, pending: 0, serving: 0 })
  })
})

describe.each(WORKERS)('an item on its way to a receiver that dies: $name', (kind) => {
  test('goes to another', async () => {
    const doomed = await kind.start('doomed')
    const { sender, receiver } = channel({ capacity: 0 })
    expect(receiver.tryReceive()).toBeUndefined()
    const lost = failureName(doomed.remote.receiveManyAtOnce(receiver, 2))
    await untilContexts({ sender }, ({ receivers }) => receivers.includes('doomed'))
    await doomed.remote.echo(0)
    // It reads nothing any more.
    const memory = new Int32Array(new SharedArrayBuffer(4))
    const ended =
      kind.end === WORKERS[0]?.end
        ? undefined
        : failureName(doomed.remote.stopAndEnd(memory, kind.name.includes('exit')))
    if (ended !== undefined)
      while (Atomics.load(memory, 0) === 0) await new Promise((resolve) => setImmediate(resolve))
    await sender.send('one')
    await sender.send('two')
    Atomics.store(memory, 0, 2)
    Atomics.notify(memory, 0)
    if (ended === undefined) await doomed.close()
    await doomed.closed
    await Promise.all([lost, ended])
    const got = [await guest.remote.receive(receiver), await neighbour.remote.receive(receiver)]
    expect(got).toEqual(['one', 'two'])
  })
})

// Only from outside does a thread that is blocked end.
test('a thread that is blocked at a channel is ended, and others go on', async () => {
  const [one, other] = await Promise.all([startWorker('one'), startWorker('other')])
  const { sender, receiver } = channel({ capacity: 1 })
  expect(receiver.tryReceive()).toBeUndefined()
  const receiving = failureName(one.remote.receiveSync(receiver))
  await untilContexts({ sender }, ({ receivers }) => receivers.includes('one'))
  await one.close()
  expect(await receiving).toBe('ContextClosedError')
  await sender.send(1)
  const sending = failureName(other.remote.sendSync(sender, 2))
  await untilContexts({ sender }, ({ senders }) => senders.includes('other'))
  await other.close()
  expect(await sending).toBe('ContextClosedError')
  expect(await neighbour.remote.receive(receiver)).toBe(1)
  expect(receiver.tryReceive()).toBeUndefined()
  await guest.remote.send(sender, 3)
  expect(await receiver.receive()).toBe(3)
})

describe.each(KINDS)('the context where it is at home dies: $name', (kind) => {
  test('whatever was under way', async () => {
    const home = await kind.start('home')
    const { sender, receiver } = await home.remote.make({ capacity: 1 })
    const quiet = await home.remote.make({})
    const waits = [
      failureName(quiet.receiver.receive()),
      failureName(neighbour.remote.receive(quiet.receiver)),
      failureName(neighbour.remote.drain(quiet.receiver)),
      failureName(guest.remote.receive(quiet.receiver)),
    ]
    await sender.send(1)
    waits.push(
      failureName(sender.send(2)),
      failureName(neighbour.remote.send(sender, 3)),
      failureName(guest.remote.send(sender, 4)),
    )
    await untilContexts({ sender }, ({ senders }) => senders.length === 3)
    await untilContexts(quiet, ({ receivers }) => receivers.length === 3)
    await kind.end(home)
    await home.closed
    expect(await Promise.all(waits)).toEqual(Array.from({ length: 7 }, () => 'ContextClosedError'))
    for (const use of [
      () => sender.send(5),
      () => receiver.receive(),
      () => receiver.close(),
      () => neighbour.remote.send(sender, 6),
      () => guest.remote.receive(receiver),
    ])
      expect(await failureName(use())).toBe('ContextClosedError')
    sender.release()
    receiver.release()
    expect(await neighbour.remote.echo('here')).toBe('here')
    expect(await guest.remote.echo('here')).toBe('here')
  })
})
