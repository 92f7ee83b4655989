/**
 * What can be under way with a peer when it dies, and what becomes of each part of it.
 */
import { getEventListeners } from 'node:events'
import { currentCall, withOptions } from '@farhold/core'
import type { Death } from './deaths.ts'
import type { Doomed } from './doomed.ts'
import { type Outcome, outcomeOf, outcomeOfCall } from './outcome.ts'

/** What someone waits for, by a name. Each is awaited from the start, as whoever made it would. */
type Waits = Readonly<Record<string, Promise<Outcome>>>

export interface Pending {
  readonly name: string
  /** Starts it, and resolves when the peer is known to have it. */
  begin(doomed: Doomed, deed: Deed): Promise<Waits>
  /** What the waits end in, when everything that is lost ends in `lost`. */
  expected(lost: Outcome): Readonly<Record<string, Outcome>>
  /** Does it do the deed itself? For the others it is done when they have begun. */
  readonly ends?: true
  /** With which deaths it can be. Default: all. */
  readonly possible?: (death: Death) => boolean
  /** What everything that is lost ends in, when not the death decides it. */
  readonly lost?: Outcome
}

/** What ends the peer: from outside, and inside of a call that blocks this thread. */
interface Deed {
  end(): void
  endInside?(): unknown
}

const done = (value?: unknown): Outcome => ({ value })

/** A round trip: what was sent before has arrived. */
const arrived = (doomed: Doomed): PromiseLike<unknown> => doomed.remote.echo(0)

const isSpawned = ({ peer }: Death): boolean => peer === 'worker' || peer === 'isolate'

/** An isolate has none of its own. */
const hasStreams = ({ peer }: Death): boolean => peer !== 'isolate'

const PENDING: readonly Pending[] = [
  {
    name: 'a call',
    async begin(doomed) {
      const waits = {
        first: outcomeOf(doomed.remote.hang()),
        second: outcomeOf(doomed.remote.hang()),
      }
      await arrived(doomed)
      return waits
    },
    expected: (lost) => ({ first: lost, second: lost }),
  },
  {
    name: 'a call that has not left',
    begin: async (doomed) => ({ call: outcomeOf(doomed.remote.hang()) }),
    expected: (lost) => ({ call: lost }),
  },
  {
    name: 'a pipelined chain',
    async begin({ remote }) {
      const account = remote.account()
      const waits = {
        name: outcomeOf(account.owner().name),
        argument: outcomeOf(remote.echo(account)),
        account: outcomeOf(account),
      }
      await remote.echo(0)
      return waits
    },
    expected: (lost) => ({ name: lost, argument: lost, account: lost }),
  },
  {
    name: 'a constructor',
    async begin({ remote }) {
      // It waits for what it is constructed with.
      const waits = {
        instance: outcomeOf(new remote.Ledger(remote.hang())),
        method: outcomeOf(new remote.Ledger(remote.hang()).total()),
      }
      await remote.echo(0)
      return waits
    },
    expected: (lost) => ({ instance: lost, method: lost }),
  },
  {
    name: 'a for await',
    async begin({ remote }) {
      const seen: number[] = []
      const second = Promise.withResolvers<void>()
      const loop = async (): Promise<void> => {
        for await (const item of remote.items()) {
          seen.push(item)
          if (item === 2) second.resolve()
        }
      }
      const looping = loop()
      await second.promise
      return { looping: outcomeOf(looping), seen: outcomeOf(looping.catch(() => seen)) }
    },
    expected: (lost) => ({ looping: lost, seen: done([1, 2]) }),
  },
  {
    name: 'an iterator that is read by hand',
    async begin({ remote }) {
      const reader = remote.items()[Symbol.asyncIterator]()
      await reader.next()
      await reader.next()
      // As with a generator that throws: the first that waits is told, and those behind it that there is no more.
      const third = outcomeOf(reader.next())
      const fourth = outcomeOf(reader.next())
      await remote.echo(0)
      return { third, fourth, after: outcomeOf(third.then(() => reader.next())) }
    },
    expected: (lost) => ({
      third: lost,
      fourth: done({ done: true }),
      after: done({ done: true }),
    }),
  },
  {
    name: 'an iterator with items that no one has taken yet',
    async begin(doomed) {
      const reader = doomed.remote.items()[Symbol.asyncIterator]()
      await reader.next()
      await arrived(doomed)
      const second = outcomeOf(doomed.closed.then(() => reader.next()))
      return { second, third: outcomeOf(second.then(() => reader.next())) }
    },
    expected: (lost) => ({ second: done({ value: 2, done: false }), third: lost }),
  },
  {
    name: 'a promise that came in an answer',
    begin: async ({ remote }) => ({ promise: outcomeOf((await remote.later()).promise) }),
    expected: (lost) => ({ promise: lost }),
  },
  {
    name: 'a signal that came in an answer',
    async begin({ remote }) {
      const signal = (await remote.signal()) as AbortSignal
      const aborted = Promise.withResolvers<unknown>()
      signal.addEventListener('abort', () => aborted.reject(signal.reason as Error))
      return { aborted: outcomeOf(aborted.promise) }
    },
    expected: (lost) => ({ aborted: lost }),
    possible: ({ peer }) => peer !== 'isolate', // an isolate has no signal to give
  },
  {
    name: 'a signal of ours',
    async begin({ remote, closed }) {
      const { signal } = new AbortController()
      await remote.keep(signal)
      const listeners = (): number => getEventListeners(signal, 'abort').length
      return {
        before: outcomeOf(Promise.resolve(listeners())),
        after: outcomeOf(closed.then(listeners)),
      }
    },
    expected: () => ({ before: done(1), after: done(0) }),
  },
  {
    name: 'a call that can be given up on',
    async begin(doomed) {
      const { signal } = new AbortController()
      const patient = withOptions(doomed.remote, { signal, timeout: 600_000 })
      const call = outcomeOf(patient.hang())
      await arrived(doomed)
      const listeners = (): number => getEventListeners(signal, 'abort').length
      return {
        call,
        before: outcomeOf(Promise.resolve(listeners())),
        after: outcomeOf(call.then(listeners)),
      }
    },
    expected: (lost) => ({ call: lost, before: done(1), after: done(0) }),
  },
  {
    name: 'a callback',
    async begin({ remote, closed }) {
      const asked = Promise.withResolvers<void>()
      const call = outcomeOf(
        remote.ask(() => {
          asked.resolve()
          // The answer comes when no one is there to take it.
          return closed.then(() => 'too late')
        }),
      )
      await asked.promise
      return { call }
    },
    expected: (lost) => ({ call: lost }),
  },
  {
    name: 'a callback that hears when it is of no use',
    possible: ({ peer }) => peer !== 'isolate', // see stopped.test.ts
    async begin({ remote }) {
      const asked = Promise.withResolvers<void>()
      const given = Promise.withResolvers<never>()
      const call = outcomeOf(
        remote.ask(() => {
          const signal = currentCall()?.signal
          signal?.addEventListener('abort', () => given.reject(signal.reason as Error))
          asked.resolve()
          return given.promise
        }),
      )
      const told = outcomeOf(given.promise)
      await asked.promise
      return { call, told }
    },
    expected: (lost) => ({ call: lost, told: lost }),
  },
  {
    name: 'a callback that fails when no one hears it',
    async begin({ remote, closed }) {
      const asked = Promise.withResolvers<void>()
      const call = outcomeOf(
        remote.ask(async () => {
          asked.resolve()
          await closed
          throw new RangeError('nobody hears this')
        }),
      )
      await asked.promise
      return { call }
    },
    expected: (lost) => ({ call: lost }),
  },
  {
    name: 'a callback in which it dies',
    ends: true,
    begin: async ({ remote }, { end }) => ({
      call: outcomeOf(
        remote.askAndStay(() => {
          end()
        }),
      ),
    }),
    expected: (lost) => ({ call: lost }),
  },
  {
    name: 'a callback that waits for its end',
    ends: true,
    async begin({ remote, closed }, { end }) {
      const said = Promise.withResolvers<string>()
      const call = outcomeOf(
        remote.ask(async () => {
          end()
          await closed
          said.resolve('seen')
        }),
      )
      return { call, said: outcomeOf(said.promise) }
    },
    expected: (lost) => ({ call: lost, said: done('seen') }),
  },
  {
    name: 'an iteration of ours',
    async begin({ remote }) {
      const second = Promise.withResolvers<void>()
      const left = Promise.withResolvers<string>()
      const wait = Promise.withResolvers<never>()
      const source = {
        taken: 0,
        [Symbol.asyncIterator]() {
          return this
        },
        async next(): Promise<IteratorResult<number>> {
          if (this.taken++ < 2) return { value: this.taken, done: false }
          second.resolve()
          return wait.promise
        },
        async return(): Promise<IteratorResult<number>> {
          left.resolve('told')
          return { value: undefined, done: true }
        },
      }
      const reading = outcomeOf(remote.read(source as AsyncIterable<unknown>))
      await second.promise
      return { reading, source: outcomeOf(left.promise) }
    },
    expected: (lost) => ({ reading: lost, source: done('told') }),
  },
  {
    name: 'a stream of its that is written to',
    possible: hasStreams,
    async begin({ remote }) {
      const writer = ((await remote.sink()) as WritableStream<number>).getWriter()
      // As many as may be under way, and one that waits.
      const writes = Array.from({ length: 17 }, (_, n) => outcomeOf(writer.write(n)))
      await Promise.all(writes.slice(0, 16))
      const write = writes[16] as Promise<Outcome> // the seventeenth
      const closed = outcomeOf(writer.closed)
      return { write, closed, later: outcomeOf(write.then(() => writer.write(17))) }
    },
    expected: (lost) => ({ write: lost, closed: lost, later: lost }),
  },
  {
    name: 'a stream of its that is closed, and waits for its sink',
    possible: hasStreams,
    async begin(doomed) {
      const writer = ((await doomed.remote.sink()) as WritableStream<number>).getWriter()
      await writer.write(1)
      const waits = { closing: outcomeOf(writer.close()), closed: outcomeOf(writer.closed) }
      await arrived(doomed)
      return waits
    },
    expected: (lost) => ({ closing: lost, closed: lost }),
  },
  {
    name: 'a stream of its that was not begun',
    possible: hasStreams,
    async begin({ remote, closed }) {
      const writer = ((await remote.sink()) as WritableStream<number>).getWriter()
      writer.closed.catch(() => undefined)
      return { write: outcomeOf(closed.then(() => writer.write(1))) }
    },
    expected: (lost) => ({ write: lost }),
  },
  {
    name: 'a stream of ours that it writes to',
    async begin({ remote }) {
      const second = Promise.withResolvers<void>()
      const left = Promise.withResolvers<never>()
      const stream = new WritableStream<number>({
        write: (chunk) => (chunk === 2 ? second.resolve() : undefined),
        abort: (reason) => left.reject(reason),
      })
      const writing = outcomeOf(remote.writeTwo(stream as never))
      const aborted = outcomeOf(left.promise)
      await second.promise
      return { writing, aborted }
    },
    expected: (lost) => ({ writing: lost, aborted: lost }),
  },
  {
    name: 'streams of ours that it has not begun',
    async begin({ remote, closed }) {
      const writable = new WritableStream<number>()
      const transform = new TransformStream<number>()
      await remote.keep([writable, transform])
      const locked = (): boolean[] => [
        writable.locked,
        transform.readable.locked,
        transform.writable.locked,
      ]
      // They are let go of in a turn of their own.
      const after = closed.then(() => new Promise(setImmediate)).then(locked)
      return { before: outcomeOf(Promise.resolve(locked())), after: outcomeOf(after) }
    },
    expected: () => ({ before: done([true, true, true]), after: done([false, false, false]) }),
  },
  {
    name: 'a transform of its in the middle',
    possible: hasStreams,
    async begin({ remote }) {
      const { readable, writable } = (await remote.transform()) as TransformStream<number, number>
      const writer = writable.getWriter()
      const reader = readable.getReader()
      void writer.write(1)
      await reader.read()
      return { read: outcomeOf(reader.read()), closed: outcomeOf(writer.closed) }
    },
    expected: (lost) => ({ read: lost, closed: lost }),
  },
  {
    name: 'what was asked of the context',
    possible: isSpawned,
    async begin(doomed) {
      const { context } = doomed
      if (context === undefined) return {}
      const waits = {
        eval: outcomeOf(context.eval('new Promise(() => {})')),
        call: outcomeOf(context.call(() => new Promise(() => undefined))),
      }
      await arrived(doomed)
      return waits
    },
    expected: (lost) => ({ eval: lost, call: lost }),
  },
  {
    name: 'close({ drain })',
    // A close() that follows waits for what drains as well.
    possible: (death) => isSpawned(death) && death.lost.reason !== 'closed',
    async begin(doomed) {
      const waits = {
        call: outcomeOf(doomed.remote.hang()),
        closing: outcomeOf(doomed.close({ drain: true })),
        again: outcomeOf(doomed.close({ drain: true })),
      }
      await arrived(doomed)
      return waits
    },
    expected: (lost) => ({ call: lost, closing: done(), again: done() }),
  },
  {
    name: 'close()',
    lost: { error: 'ContextClosedError', reason: 'closed' },
    async begin(doomed) {
      const call = outcomeOf(doomed.remote.hang())
      await arrived(doomed)
      return { call, closing: outcomeOf(doomed.close()), again: outcomeOf(doomed.close()) }
    },
    expected: (lost) => ({ call: lost, closing: done(), again: done() }),
  },
  {
    name: 'a call that blocks this thread',
    possible: ({ peer }) => peer === 'isolate',
    ends: true,
    async begin({ remote }, { endInside }) {
      const beside = outcomeOf(remote.hang())
      await remote.echo(0)
      return { call: Promise.resolve(outcomeOfCall(() => endInside?.())), beside }
    },
    expected: (lost) => ({ call: lost, beside: lost }),
  },
]

/** What is under way together in one cell. */
interface Cell {
  readonly name: string
  readonly kinds: readonly Pending[]
}

/** What can be under way together with any death: it is the death that decides how it ends. */
export function togetherIn(death: Death): readonly Pending[] {
  return kindsFor(death).filter(mixes)
}

/** The cells of a death: everything at once, then one kind alone, as many of them as the death asks for. */
export function cellsOf(death: Death): readonly Cell[] {
  const alone = kindsFor(death).filter((kind) => {
    if (death.cells === 'one') return false
    return death.cells === 'few' ? !mixes(kind) : true
  })
  return [
    { name: 'everything', kinds: togetherIn(death) },
    ...alone.map((kind) => ({ name: kind.name, kinds: [kind] })),
  ]
}

function kindsFor(death: Death): readonly Pending[] {
  return PENDING.filter((kind) => kind.possible?.(death) ?? true)
}

function mixes(kind: Pending): boolean {
  return kind.ends !== true && kind.lost === undefined
}
