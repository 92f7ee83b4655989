/**
 * A connection whose other end is going to die, whatever it is made of, and the kinds of it that can be started.
 */
import { readFileSync } from 'node:fs'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import {
  type CloseOptions,
  type CloseReason,
  type Context,
  connect,
  expose,
  type Remote,
  type Session,
  type SessionStats,
  type Sync,
} from '@farhold/core'
import { type SpawnIsolateOptions, spawnIsolate } from '@farhold/transport-isolate'
import { type SpawnWorkerOptions, spawnWorker, workerTransport } from '@farhold/transport-worker'
import { transformSync } from 'esbuild'

export type Module = typeof import('./victim.ts')
type OwnModule = Module & {
  leave(): void
  babble(): void
  askAndReport(question: () => unknown, port: MessagePort): void
}

/** What messages call it. */
export const NAME = 'doomed'

export interface Doomed {
  readonly remote: Remote<Module>
  readonly closed: Promise<CloseReason>
  stats(): SessionStats
  close(options?: CloseOptions): Promise<void>
  /** Where the transport blocks. */
  readonly sync?: Sync<Module>
  /** What was spawned, and not only connected to. */
  readonly context?: Context<Module>
  /** The other end's side of it, where that is in this thread. */
  readonly other?: Pick<Session, 'closed' | 'stats'>
}

const MODULE = new URL('./victim.ts', import.meta.url)
let source: string | undefined

function doomedContext(
  context: Context<Module>,
): Doomed & AsyncDisposable & { readonly context: Context<Module> } {
  return {
    remote: context.remote,
    closed: context.closed,
    stats: () => context.stats(),
    close: (options) => context.close(options),
    [Symbol.asyncDispose]: () => context.close(),
    context,
  }
}

/** Without `sync`, which a session that cannot block does not give. */
function doomedSession<T>({ remote, closed, stats, close }: Session<T>) {
  return { remote, closed, stats, close }
}

export async function startWorker(options: SpawnWorkerOptions = {}) {
  return doomedContext(await spawnWorker<Module>(MODULE, { name: NAME, ...options }))
}

export async function startIsolate(options: SpawnIsolateOptions = {}) {
  source ??= transformSync(readFileSync(MODULE, 'utf8'), { loader: 'ts', format: 'esm' }).code
  const context = await spawnIsolate<Module>({ name: NAME, source, onError() {}, ...options })
  return { ...doomedContext(context), sync: context.sync }
}

/** A worker of one's own. The caller ends it. */
export async function startOwnWorker() {
  const worker = new Worker(new URL('./own-worker.ts', import.meta.url), {
    execArgv: ['--conditions=source'],
  })
  const session = connect<OwnModule>(workerTransport(worker), { peerName: NAME })
  await session.remote.echo(0)
  const close = async (): Promise<void> => {
    await session.close()
    await worker.terminate()
  }
  return { ...doomedSession(session), close, worker, session }
}

/** Both ends of a channel in this thread; the other end exposes the module, too. */
export async function startChannel() {
  const { port1: here, port2: there } = new MessageChannel()
  const other = expose(await import('./victim.ts'), workerTransport(there))
  const session = connect<Module>(workerTransport(here), { peerName: NAME })
  await session.remote.echo(0)
  return { ...doomedSession(session), here, there, other }
}
