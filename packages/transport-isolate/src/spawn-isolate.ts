/**
 * Starting an isolate: the runtime first, then what it is granted, then its module.
 */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  CallTimeoutError,
  type Context,
  ContextClosedError,
  type ContextIdentity,
  currentContext,
} from '@farhold/core'
import {
  createContext,
  GUEST_LIMITS,
  nextContextId,
  openSession,
  type SessionCore,
} from '@farhold/core/adapter'
import { guestSource } from '#guest-bundle'
import { ContainedHeap } from './contained/contained-heap.ts'
import { endWithProcess, killAtExit } from './exit.ts'
import { FoundModules } from './found-modules.ts'
import { type GuestHeap, type GuestPlan, IsolateHeap } from './guest-heap.ts'
import { checkOptions, type SpawnIsolateOptions } from './isolate-options.ts'
import type { ModuleSource } from './modules.ts'
import { syntaxErrorOf } from './syntax.ts'

/**
 * How long past its time limit a guest may go on in a call that the engine cannot stop, in milliseconds. Its thread stays in this process for
 * ever, a process of its own is ended.
 */
const OVERDUE = { thread: 2000, process: 1000 } as const

/**
 * Starts an isolate for code that is not trusted. The caller owns the context and closes it, best with `await using`.
 *
 * @throws {TypeError} for a wrong option.
 * @throws {SyntaxError} of the source, with file, line and column, and whatever the module throws while it is evaluated.
 * @throws {CallTimeoutError} when the module runs longer than `timeout` or `wallTimeout` allow.
 * @example
 * ```ts
 * await using sandbox = await spawnIsolate({ memoryLimit: 64, timeout: 250, globals: { orders, notify } })
 * const late = await sandbox.eval('orders.filter((o) => o.late).length')
 * ```
 */
export async function spawnIsolate<T = unknown>(
  options: SpawnIsolateOptions = {},
): Promise<Context<T>> {
  checkOptions(options)
  const definition = await sourceOf(options)
  const id = nextContextId()
  const identity: ContextIdentity = {
    id,
    name: options.name ?? options.filename ?? `isolate-${id}`,
    kind: 'isolate',
  }
  const finder = new FoundModules(options.modules, options.resolve)
  const heap = heapFor(options, planOf(options, identity), finder)
  const session = openGuestSession(heap, identity, options)
  finder.attach(session)
  if (heap instanceof IsolateHeap) endWithProcess(heap.transport, session.closedPromise)

  let keys = 0
  const evaluate = (ask: 'namespace' | 'root', wanted: ModuleSource | string): Promise<unknown> =>
    handedOver(session, heap, ask, wanted, `${++keys}`)
  const spawned = createContext<T>({
    session,
    identity,
    closed: session.closedPromise,
    terminate: () => heap.ended(),
    importModule: (specifier) => evaluate('namespace', specifier),
    explain: (error, code, filename) =>
      error instanceof SyntaxError ? syntaxErrorOf(code, filename ?? 'eval') : undefined,
    grants: true,
  })
  try {
    await heap.ready
    if (options.globals !== undefined) await spawned.bind(options.globals)
    if (definition !== undefined) await evaluate('root', definition)
    return spawned
  } catch (error) {
    await spawned.close()
    throw error
  }
}

function heapFor(options: SpawnIsolateOptions, plan: GuestPlan, finder: FoundModules): GuestHeap {
  if (options.contain !== 'process') return new IsolateHeap(plan, finder, killAtExit)
  return new ContainedHeap(plan, finder, options.limits?.messageSize ?? GUEST_LIMITS.messageSize)
}

function planOf(options: SpawnIsolateOptions, { id, name }: ContextIdentity): GuestPlan {
  return {
    settings: {
      id,
      name,
      hostName: currentContext().name,
      console: options.console !== undefined,
      webAssembly: options.webAssembly ?? false,
      sharedMemory: options.sharedMemory ?? false,
      promisesStay: options.promises !== 'wait',
      lock: options.lock ?? 'turn',
    },
    runtime: guestSource,
    memoryLimit: options.memoryLimit ?? 128,
    timeout: options.timeout ?? options.wallTimeout,
    overdue: OVERDUE[options.contain ?? 'thread'],
  }
}

function openGuestSession(
  { transport }: GuestHeap,
  identity: ContextIdentity,
  options: SpawnIsolateOptions,
): SessionCore {
  const write = options.console
  return openSession(
    Object.freeze(Object.create(null) as object),
    transport,
    {
      peerName: identity.name,
      writes: options.writes ?? 'protected',
      locks: options.locks ?? 'protected',
      exposeStacks: !(options.redactStacks ?? true),
      sharedMemory: options.sharedMemory ?? false,
      ...(options.limits === undefined ? {} : { limits: options.limits }),
      ...(options.prefetch === undefined ? {} : { prefetch: options.prefetch }),
      ...(options.policy === undefined ? {} : { policy: options.policy }),
      ...(options.trace === undefined ? {} : { trace: options.trace }),
      ...(options.onError === undefined ? {} : { onError: options.onError }),
    },
    {
      defaults: GUEST_LIMITS,
      wallTimeout: options.wallTimeout,
      trusted: false,
      control: Object.freeze({
        ...(write === undefined
          ? {}
          : { console: (level: unknown, ...args: unknown[]) => write(String(level), ...args) }),
      }),
    },
  )
}

/**
 * Has a module evaluated and gives what the runtime says of its namespace when it is there, which a top-level `await`
 * may put off. The runtime is asked before, so that a module that is cut short has someone to be told.
 */
async function handedOver(
  session: SessionCore,
  heap: GuestHeap,
  ask: 'namespace' | 'root',
  wanted: ModuleSource | string,
  key: string,
): Promise<unknown> {
  const handed = session.outgoing.ask(ask, [key]).catch((error: unknown) => {
    throw causeOf(error)
  })
  try {
    const [result] = await Promise.all([handed, heap.evaluate(wanted, key, handed)])
    return result
  } catch (error) {
    session.outgoing.ask('abandon', [key]).catch(() => undefined) // or the call above is never answered
    throw error
  }
}

/** A module that could not be stopped ends the isolate; that it took too long says more than that. */
function causeOf(error: unknown): unknown {
  return error instanceof ContextClosedError && error.cause instanceof CallTimeoutError
    ? error.cause
    : error
}

async function sourceOf(options: SpawnIsolateOptions): Promise<ModuleSource | undefined> {
  const { source, module, filename } = options
  if (source !== undefined) return { source, filename: filename ?? 'guest.js' }
  if (module === undefined) return undefined
  const path = module instanceof URL ? fileURLToPath(module) : module
  return {
    source: await readFile(path, 'utf8'),
    filename: filename ?? path.replace(/^.*[/\\]/, ''),
  }
}
