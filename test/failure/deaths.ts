/**
 * How a peer dies, and what everyone who waits for it is told.
 */
import type { Doomed } from './doomed.ts'
import * as start from './doomed.ts'
import { type Outcome, outcomeOf } from './outcome.ts'

export interface Death {
  readonly name: string
  readonly peer: 'worker' | 'own worker' | 'channel' | 'isolate'
  /** Starts a peer, and gives what ends it. */
  begin(): Promise<{
    readonly doomed: Doomed
    /** Ends it. What it gives, if anything, is lost with it. */
    end(): unknown
    /** Ends it inside of a call that blocks this thread, where there are such. */
    endInside?(): unknown
  }>
  /** What each wait fails with: `ContextClosedError` with this reason, exit code and cause. */
  readonly lost: Outcome
  /**
   * How many cells it has: with everything under way at once; with what cannot be mixed beside; or, by default, with
   * each kind alone as well.
   */
  readonly cells?: 'one' | 'few'
  /** The reason the other end is told. */
  readonly other?: string
}

const lost = (reason: string, more: Omit<Outcome, 'reason'> = {}): Outcome => ({
  error: 'ContextClosedError',
  reason,
  ...more,
})

/** A death that takes no more than a started peer and a deed. */
function death<D extends Doomed>(
  peer: Death['peer'],
  name: string,
  begin: () => Promise<D>,
  end: (doomed: D) => unknown,
  told: Outcome,
  endInside?: (doomed: D) => unknown,
): Death {
  return {
    name,
    peer,
    lost: told,
    async begin() {
      const doomed = await begin()
      return {
        doomed,
        end: () => end(doomed),
        ...(endInside === undefined ? {} : { endInside: () => endInside(doomed) }),
      }
    },
  }
}

export function channelDeath(
  name: string,
  end: (doomed: Awaited<ReturnType<typeof start.startChannel>>) => unknown,
  told: Outcome,
  other: string,
): Death {
  return { ...death('channel', name, start.startChannel, end, told), other }
}

export const WORKER_DEATHS: readonly Death[] = [
  death(
    'worker',
    'process.exit(3) inside',
    start.startWorker,
    ({ remote }) => remote.exit(3),
    lost('exit', { exitCode: 3 }),
  ),
  {
    ...death(
      'worker',
      'process.exit(0) inside',
      start.startWorker,
      ({ remote }) => remote.exit(0),
      lost('exit', { exitCode: 0 }),
    ),
    cells: 'few',
  },
  {
    ...death(
      'worker',
      'an uncaught error',
      start.startWorker,
      ({ remote }) => remote.crash('out of tea'),
      lost('error', { exitCode: 1, cause: 'RangeError' }),
    ),
    cells: 'few',
  },
  {
    ...death(
      'worker',
      'a rejection that no one handled',
      start.startWorker,
      ({ remote }) => remote.rejectUnhandled('out of tea'),
      lost('error', { exitCode: 1, cause: 'RangeError' }),
    ),
    cells: 'few',
  },
  death(
    'worker',
    'close() from here',
    start.startWorker,
    (doomed) => doomed.close(),
    lost('closed'),
  ),
  {
    ...death(
      'worker',
      'close() from here while it loops',
      start.startWorker,
      (doomed) => {
        void outcomeOf(doomed.remote.spin())
        return doomed.close()
      },
      lost('closed'),
    ),
    cells: 'few',
  },
]

export const OWN_WORKER_DEATHS: readonly Death[] = [
  death(
    'own worker',
    'nothing left to do',
    start.startOwnWorker,
    ({ remote }) => remote.leave(),
    lost('exit', { exitCode: 0 }),
  ),
  {
    ...death(
      'own worker',
      'process.exit(3) inside',
      start.startOwnWorker,
      ({ remote }) => remote.exit(3),
      lost('exit', { exitCode: 3 }),
    ),
    cells: 'few',
  },
  {
    ...death(
      'own worker',
      'an uncaught error',
      start.startOwnWorker,
      ({ remote }) => remote.crash('out of tea'),
      lost('error', { exitCode: 1, cause: 'RangeError' }),
    ),
    cells: 'few',
  },
  death(
    'own worker',
    'terminate()',
    start.startOwnWorker,
    ({ worker }) => worker.terminate(),
    lost('exit', { exitCode: 1 }),
  ),
  {
    ...death(
      'own worker',
      'malformed data',
      start.startOwnWorker,
      ({ remote }) => remote.babble(),
      lost('protocol', { cause: 'ProtocolError' }),
    ),
    cells: 'few',
  },
]

export const CHANNEL_DEATHS: readonly Death[] = [
  channelDeath(
    'the port of the other end is closed',
    ({ there }) => there.close(),
    lost('transport'),
    'transport',
  ),
  channelDeath(
    'the port of this end is closed',
    ({ here }) => here.close(),
    lost('transport'),
    'transport',
  ),
  channelDeath(
    'the other end closes its session',
    ({ other }) => other.close(),
    lost('transport'),
    'closed',
  ),
  channelDeath(
    'this end closes its session',
    (doomed) => doomed.close(),
    lost('closed'),
    'transport',
  ),
  channelDeath(
    'malformed data from the other end',
    ({ there }) => there.postMessage({ hello: 'world' }),
    lost('protocol', { cause: 'ProtocolError' }),
    'transport',
  ),
  channelDeath(
    'malformed data to the other end',
    ({ here }) => here.postMessage({ hello: 'world' }),
    lost('transport'),
    'protocol',
  ),
  {
    ...channelDeath(
      'a message that cannot be read',
      ({ here }) => here.emit('messageerror', new Error('cannot be read')),
      lost('transport', { cause: 'Error' }),
      'transport',
    ),
    cells: 'few',
  },
]

/** What breaks the runtime inside an isolate: nothing it says afterwards is the protocol. */
const BREAK = 'JSON.stringify = () => { throw new Error("broken") }; 1'

export const ISOLATE_DEATHS: readonly Death[] = [
  death(
    'isolate',
    'close() from here',
    start.startIsolate,
    (doomed) => doomed.close(),
    lost('closed'),
    (doomed) => doomed.sync.ask(() => void doomed.close()),
  ),
  death(
    'isolate',
    'its own runtime broken',
    start.startIsolate,
    ({ context }) => context.eval(BREAK),
    lost('protocol', { cause: 'ProtocolError' }),
    ({ context }) => context.evalSync(BREAK),
  ),
]

/** These take what is not theirs alone, so each has a process of its own. */
export const DEATHS_APART: readonly Death[] = [
  {
    ...death(
      'worker',
      'a worker out of memory',
      () => start.startWorker({ resourceLimits: { maxOldGenerationSizeMb: 24 } }),
      ({ remote }) => remote.exhaust(),
      lost('memory', { exitCode: 1, cause: 'ERR_WORKER_OUT_OF_MEMORY' }),
    ),
    cells: 'few',
  },
  {
    ...death(
      'isolate',
      'an isolate out of memory',
      () => start.startIsolate({ memoryLimit: 16 }),
      ({ remote }) => remote.exhaust(),
      lost('memory', { cause: 'MemoryLimitError' }),
      ({ sync }) => sync.exhaust(),
    ),
    cells: 'few',
  },
  // The engine cannot stop these two, so their threads outlive them and keep the process until it leaves.
  {
    ...death(
      'isolate',
      'an isolate that fills its memory faster than it can be stopped',
      () => start.startIsolate({ memoryLimit: 32 }),
      ({ context }) =>
        context.eval('const kept = new Map(); for (let i = 0; ; i++) kept.set(i, {})'),
      lost('memory', { cause: 'MemoryLimitError' }),
    ),
    cells: 'one',
  },
  {
    ...death(
      'isolate',
      'an isolate in a call that cannot be stopped',
      () => start.startIsolate({ memoryLimit: 32, timeout: 200 }),
      ({ context }) => context.eval('for (;;) new Array(2 ** 24).fill(0)'),
      lost('error', { cause: 'Error' }),
    ),
    cells: 'one',
  },
]
