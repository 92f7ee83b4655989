/**
 * One cell of the table: a peer, what is under way with it, its death, and all that is left of it. What comes out is
 * plain data, so that a cell can also be observed in a process of its own.
 */
import { contexts, proxy } from '@farhold/core'
import type { Death } from './deaths.ts'
import type { Doomed } from './doomed.ts'
import { type Outcome, outcomeOf, outcomeOfCall, outcomeOfReason } from './outcome.ts'
import type { Pending } from './pending.ts'

interface Counts {
  readonly exports: number
  readonly imports: number
  readonly pending: number
  readonly serving: number
}

export interface Observation {
  /** What came of everything that was under way, by kind and name. */
  readonly waits: Readonly<Record<string, Outcome>>
  readonly closed: Outcome
  /** What each later use gave. */
  readonly later: Readonly<Record<string, Outcome>>
  readonly stats: Counts
  /** What came of the release hook of an object that the peer held. */
  readonly released: Outcome
  /** Is it among the contexts of this process? */
  readonly listed: boolean
  /** What the other end was told, where it is in this thread. */
  readonly other?: { readonly closed: Outcome; readonly stats: Counts }
  readonly neighbour: { readonly before: Counts; readonly after: Counts; readonly answer: Outcome }
}

/** Another peer. It holds an object of ours, we hold one of it, each of us awaits the other, and it must not notice. */
export interface Neighbour {
  readonly peer: Doomed
  /** Released by the neighbour, and by nothing else. */
  readonly tick: () => PromiseLike<number>
}

export async function settleIn(peer: Doomed): Promise<Neighbour> {
  const asked = Promise.withResolvers<void>()
  await peer.remote.keep(proxy({ of: 'the neighbour' }))
  void outcomeOf(
    peer.remote.ask(() => {
      asked.resolve()
      return new Promise(() => undefined)
    }),
  )
  await asked.promise
  return { peer, tick: await peer.remote.ticker() }
}

const countsOf = ({ stats }: Pick<Doomed, 'stats'>): Counts => {
  const { exports, imports, pending, serving } = stats()
  return { exports, imports, pending, serving }
}

/** Observes a death while everything of `kinds` that is possible with it is under way. */
export async function observe(
  death: Death,
  kinds: readonly Pending[],
  neighbour: Neighbour,
): Promise<Observation> {
  const { doomed, end, endInside } = await death.begin()
  const { remote, context, sync } = doomed
  const { promise: released, resolve: release } = Promise.withResolvers<string>()
  await remote.keep(proxy({ of: 'this side' }, { released: () => release('given back') }))
  const tick = await remote.ticker()
  const before = countsOf(neighbour.peer)

  // What ends it is lost with it, and of no interest.
  const deed = {
    end: () => void outcomeOf(attempt(end)),
    ...(endInside === undefined ? {} : { endInside }),
  }
  const waits: Record<string, Promise<Outcome>> = {}
  for (const kind of kinds) {
    for (const [name, wait] of Object.entries(await kind.begin(doomed, deed)))
      waits[`${kind.name}: ${name}`] = wait
  }
  if (!kinds.some((kind) => kind.ends)) deed.end()
  const came = await settled(waits)
  const closed = outcomeOfReason(await doomed.closed)

  const later = await settled({
    call: outcomeOf(remote.hang()),
    held: outcomeOf(tick()),
    property: outcomeOf(remote.counts.live),
    chain: outcomeOf(remote.account().owner().name),
    constructor: outcomeOf(new remote.Ledger(1)),
    iterator: outcomeOf(remote.items()[Symbol.asyncIterator]().next()),
    ...(sync === undefined
      ? {}
      : {
          sync: outcomeOfCall(() => sync.echo(1)),
          syncConstructor: outcomeOfCall(() => new sync.Ledger(1)),
        }),
    ...(context === undefined
      ? {}
      : {
          eval: outcomeOf(context.eval('1')),
          evalSync: outcomeOfCall(() => context.evalSync('1')),
          call: outcomeOf(context.call(() => 1)),
          callSync: outcomeOfCall(() => context.callSync(() => 1)),
          import: outcomeOf(context.import('node:os')),
          bind: outcomeOf(context.bind({ late: 1 })),
        }),
  })
  await doomed.close()
  const other = doomed.other && {
    closed: outcomeOfReason(await doomed.other.closed),
    stats: countsOf(doomed.other),
  }
  return {
    ...(other === undefined ? {} : { other }),
    waits: came,
    closed,
    later,
    stats: countsOf(doomed),
    released: await outcomeOf(released),
    listed: contexts().some((living) => living === context),
    neighbour: {
      before,
      after: countsOf(neighbour.peer),
      answer: await outcomeOf(neighbour.tick().then((count) => count > 0)),
    },
  }
}

async function attempt(end: () => unknown): Promise<unknown> {
  return end()
}

async function settled(
  waits: Readonly<Record<string, Promise<Outcome> | Outcome>>,
): Promise<Record<string, Outcome>> {
  const entries = Object.entries(waits).map(
    async ([name, wait]): Promise<[string, Outcome]> => [name, await wait],
  )
  return Object.fromEntries(await Promise.all(entries))
}
