/**
 * What two contexts really say to each other: a conversation that uses most of the protocol, and the batches of both directions as
 * they were sent.
 */
import {
  type Batch,
  type CodecName,
  connect,
  expose,
  loopback,
  type Remote,
  RemoteReflect,
  snapshot,
  type Transport,
} from '@farhold/core'

class Counter {
  count = 0
  add(by: number): number {
    this.count += by
    return this.count
  }
}

/** One side's objects. Everything that a peer could change is frozen. */
export const conversationRoot = Object.freeze({
  add: Object.freeze((a: number, b: number) => a + b),
  echo: Object.freeze((value: unknown) => value),
  later: Object.freeze(async (value: unknown) => value),
  each: Object.freeze(async (list: readonly unknown[], callback: (item: unknown) => unknown) => {
    const results: unknown[] = []
    for (const item of list) results.push(await callback(item))
    return results
  }),
  items: Object.freeze(async function* () {
    for (let n = 0; n < 40; n++) yield n
  }),
  take: Object.freeze(async (source: AsyncIterable<unknown>) => {
    const items: unknown[] = []
    for await (const item of source) items.push(item)
    return items
  }),
  until: Object.freeze(async (signal: AbortSignal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))
    return 'aborted'
  }),
  fail: Object.freeze(() => {
    throw Object.assign(new RangeError('on purpose', { cause: new TypeError('why') }), { at: 1 })
  }),
  data: Object.freeze({ a: Object.freeze({ b: 1 }), list: Object.freeze([1, 2]) }),
  Counter: Object.freeze(Counter),
})

export type ConversationRoot = typeof conversationRoot

/** Talks for a while. Ends when everything is answered, or with the first thing that fails. */
export async function talk(remote: Remote<ConversationRoot>): Promise<void> {
  const shared = { n: 1 }
  await remote.add(1, 2)
  await remote.echo([1, 'text', '\0marker', null, true, { shared, again: shared }])
  await remote.echo([undefined, Number.NaN, -0, 12n, new Date(0), /a/g, Symbol.iterator])
  await remote.echo(new Map<unknown, unknown>([['a', new Set([1])]]))
  await remote.echo([new Uint8Array([1, 2, 3]), new Float64Array(2), [, 1, , 2]])
  await remote
    .echo(new AggregateError([new Error('one')], 'all', { cause: 1 }))
    .then(undefined, () => 0)
  await remote.fail().then(undefined, () => 0)
  await remote.each([1, 2], (item) => item)
  await remote.later(Promise.resolve({ settled: true }))
  for await (const item of remote.items()) if (item === 20) break
  await remote.take(
    (async function* () {
      yield 1
      yield { run: () => 1 }
    })(),
  )
  const abort = new AbortController()
  const until = remote.until(abort.signal)
  await remote.add(1, 1)
  abort.abort('enough')
  await until
  const made = new remote.Counter()
  await made.add(1)
  await remote.echo(remote.data.a)
  await snapshot(remote.data)
  await RemoteReflect.has(remote, 'add')
  await RemoteReflect.ownKeys(remote.data)
  await RemoteReflect.getOwnPropertyDescriptor(remote.data, 'a')
  await RemoteReflect.set(remote.data, 'a', { b: 1 }).then(undefined, () => 0)
}

export interface Conversation {
  /** What the side that talks has sent, and what it was sent, in order. */
  readonly asked: readonly Batch[]
  readonly answered: readonly Batch[]
}

/** Has the conversation once and keeps what was sent. */
export async function recordConversation(codec: CodecName): Promise<Conversation> {
  const [here, there] = loopback({ codec })
  const asked: Batch[] = []
  const answered: Batch[] = []
  expose(conversationRoot, recording(here, answered))
  const session = connect<ConversationRoot>(recording(there, asked))
  await talk(session.remote)
  await session.close()
  return { asked, answered }
}

function recording(transport: Transport, sent: Batch[]): Transport {
  return {
    codec: transport.codec,
    open: (receiver) => transport.open(receiver),
    post: (batch) => {
      sent.push(copyOf(batch))
      transport.post(batch)
    },
    close: () => transport.close(),
  }
}

/** A batch of its own, down to its buffers. */
export function copyOf({ body, moved }: Batch): Batch {
  return structuredClone({ body, moved })
}
