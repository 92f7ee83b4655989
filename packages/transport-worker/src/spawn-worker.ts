/**
 * Starting a worker whose module's exports are used from here.
 */
import { isAbsolute } from 'node:path'
import { pathToFileURL } from 'node:url'
import { MessageChannel, Worker, type WorkerOptions } from 'node:worker_threads'
import {
  CallTimeoutError,
  type Context,
  type ContextIdentity,
  currentContext,
  type Limits,
  type Policy,
} from '@farhold/core'
import {
  checkPolicy,
  checkPrefetch,
  checkTimeout,
  createContext,
  grantsOf,
  nextContextId,
  openSession,
  refuseOption,
  type SessionCore,
} from '@farhold/core/adapter'
import { Bell, thisThread } from './bell.ts'
import { createParentAgent, family, joined, left } from './family-of-parent.ts'
import { endOf, ThreadEnd } from './thread-end.ts'
import { createSharedRings, ThreadTransport } from './thread-transport.ts'
import type { WorkerStart } from './worker-data.ts'

/** How a worker is spawned; what is not listed here goes to Node's `Worker` as it is. */
export interface SpawnWorkerOptions extends Omit<WorkerOptions, 'eval' | 'name'> {
  /** What messages call the context. Default: the module's file name. */
  readonly name?: string
  /** Globals of the worker, defined before its module runs: data is copied, functions are proxies. */
  readonly globals?: Readonly<Record<string, unknown>>
  /** Sources of modules that the worker can import by these names. */
  readonly modules?: Readonly<Record<string, string>>
  /** How much each of the two may cost the other. */
  readonly limits?: Partial<Limits>
  /**
   * How long a call has the worker to itself: until its first await, as all JavaScript does (`'turn'`), or until its promise has settled, or it waits for another
   * context (`'exclusive'`). Default: `'turn'`.
   */
  readonly lock?: 'turn' | 'exclusive'
  /**
   * How long a call into it may take, in milliseconds, and its module to load; `withOptions` says otherwise for one call.
   * Default: as long as it takes.
   */
  readonly timeout?: number
  /**
   * This context's own say in what the worker asks of its objects. What belongs to another worker is asked of that worker.
   * Default: none.
   */
  readonly policy?: Policy
  /** How many items of an iteration, or chunks of a stream, may be under way before they are asked for. Default: 16. */
  readonly prefetch?: number
  /** Note where each object is introduced, for `leaks()`: costs a stack for each. Default: false. */
  readonly trace?: boolean
  /** Hears of failures that no caller waits for, as a write that was refused. Default: `console.error`. */
  readonly onError?: (error: unknown) => void
}

/**
 * Starts a worker with a module, TypeScript or JavaScript, that needs nothing special in it: its exports are
 * the context's `remote`. The caller owns the context and closes it, best with `await using`.
 *
 * @throws {TypeError} for a wrong option or a module that is no absolute URL or path.
 * @throws {CallTimeoutError} when the module has not loaded after `timeout` milliseconds.
 * @throws whatever the module throws while it loads; the worker is gone then.
 * @example
 * ```ts
 * await using worker = await spawnWorker<typeof import('./thumbnails.ts')>(
 *   new URL('./thumbnails.ts', import.meta.url),
 * )
 * const small = await worker.remote.render(images)
 * ```
 */
export async function spawnWorker<T = unknown>(
  module: URL | string,
  options: SpawnWorkerOptions = {},
): Promise<Context<T>> {
  const url = moduleUrl(module)
  const {
    name = defaultName(url),
    globals,
    modules = {},
    limits,
    lock,
    timeout,
    prefetch,
    policy,
    trace,
    onError,
    ...workerOptions
  } = checkOptions(options)
  const identity: ContextIdentity = { id: nextContextId(), name, kind: 'worker' }
  const { port1, port2 } = new MessageChannel()
  const bell = new Bell()
  const [ours, theirs] = createSharedRings()
  const start: WorkerStart = {
    port: port2,
    identity,
    parentName: currentContext().name,
    bells: { own: bell.memory, parent: thisThread.bell.memory },
    rings: theirs,
    limits,
    lock,
    modules,
  }
  const worker = new Worker(new URL(import.meta.resolve('#worker-main')), {
    ...workerOptions,
    name,
    workerData: { farhold: start, user: workerOptions.workerData },
    transferList: [...(workerOptions.transferList ?? []), port2],
  })
  bell.thread = worker.threadId
  const closed = endOf(worker)
  const end = new ThreadEnd(worker, bell)
  const transport = new ThreadTransport(port1, {
    keepAlive: false,
    // The worker's own events say when it has ended, and why.
    closed: () => undefined,
    behind: worker,
    bell,
    rings: ours,
    ended: () => end.look(),
  })
  const session = openSession(
    Object.freeze(Object.create(null) as object),
    transport,
    {
      peerName: name,
      ...(limits === undefined ? {} : { limits }),
      ...(timeout === undefined ? {} : { timeout }),
      ...(prefetch === undefined ? {} : { prefetch }),
      ...(policy === undefined ? {} : { policy }),
      ...(trace === undefined ? {} : { trace }),
      ...(onError === undefined ? {} : { onError }),
    },
    { control: createParentAgent(identity.id), membership: { family, member: identity.id } },
  )
  joined(identity.id, bell, end)
  session.whenClosed((reason) => left(identity.id, reason))
  void closed.then((reason) => {
    // What the worker sent before it ended may still wait.
    transport.drain()
    session.closed(reason)
  })
  const context = createContext<T>({
    session,
    identity,
    closed: session.closedPromise.then((reason) => (end.wasSeen ? closed : reason)),
    terminate: async () => {
      await worker.terminate()
    },
    grants: false,
  })
  try {
    if (globals !== undefined) await context.bind(grantsOf(globals, false))
    await load(session, url, name)
    end.look()
    return context
  } catch (error) {
    await context.close()
    throw error
  }
}

/** Asks the worker to import its module, for as long as a call may take. */
async function load(session: SessionCore, url: string, name: string): Promise<void> {
  try {
    await session.outgoing.ask('load', [url])
  } catch (error) {
    throw error instanceof CallTimeoutError
      ? new CallTimeoutError(`loading context "${name}"`, error.milliseconds)
      : error
  }
}

function moduleUrl(module: unknown): string {
  if (module instanceof URL) return module.href
  if (typeof module === 'string') {
    if (isAbsolute(module)) return pathToFileURL(module).href
    if (URL.canParse(module)) return module
  }
  return refuseOption(
    'module',
    "a URL or an absolute path, as new URL('./module.ts', import.meta.url)",
    module,
  )
}

function defaultName(url: string): string {
  const last = url.startsWith('data:') ? 'worker' : (url.split('/').at(-1) ?? 'worker')
  return decodeURIComponent(last.split(/[?#]/)[0] ?? last).replace(/\.[cm]?[jt]s$/, '')
}

function checkOptions(options: SpawnWorkerOptions): SpawnWorkerOptions {
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  const { name, timeout, prefetch, modules, globals, onError } = options
  if (onError !== undefined && typeof onError !== 'function')
    refuseOption('onError', 'a function', onError)
  if (name !== undefined && (typeof name !== 'string' || name === ''))
    refuseOption('name', 'a name that is not empty', name)
  if (options.lock !== undefined && options.lock !== 'turn' && options.lock !== 'exclusive')
    refuseOption('lock', "'turn' or 'exclusive'", options.lock)
  if (timeout !== undefined) checkTimeout('timeout', timeout)
  if (prefetch !== undefined) checkPrefetch(prefetch)
  checkPolicy(options.policy)
  if (options.trace !== undefined && typeof options.trace !== 'boolean')
    refuseOption('trace', 'true or false', options.trace)
  if (globals !== undefined && (typeof globals !== 'object' || globals === null)) {
    refuseOption('globals', 'an object of names and values', globals)
  }
  if (modules !== undefined && (typeof modules !== 'object' || modules === null)) {
    refuseOption('modules', 'an object of specifiers and sources', modules)
  }
  for (const [specifier, source] of Object.entries(modules ?? {})) {
    if (typeof source !== 'string')
      refuseOption(`modules["${specifier}"]`, 'the source of a module', source)
  }
  return options
}
