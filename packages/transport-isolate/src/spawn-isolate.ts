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
  type Limits,
  type Locks,
  type Policy,
  type Writes,
} from '@farhold/core'
import {
  checkPolicy,
  checkPrefetch,
  createContext,
  GUEST_LIMITS,
  grantsOf,
  nextContextId,
  openSession,
  refuseOption,
  type SessionCore,
} from '@farhold/core/adapter'
import ivm from 'isolated-vm'
import { Boot, type GuestSettings } from './entry.ts'
import { endWithProcess, killAtExit } from './exit.ts'
import { compileGuest } from './guest-script.ts'
import { IsolateTransport } from './isolate-transport.ts'
import { IsolateModules, type ModuleDefinition, type ResolveHook } from './modules.ts'
import { syntaxErrorOf } from './syntax.ts'

/** How an isolate is spawned. A guest reaches its grants and nothing else. */
export interface SpawnIsolateOptions {
  /** What messages call the context. Default: `filename`, or `isolate-<id>`. */
  readonly name?: string
  /** The source of an ES module; its exports are the context's `remote` and `sync`. */
  readonly source?: string
  /** A file to take the source from, instead of `source`. */
  readonly module?: URL | string
  /** What stacks call the source. Default: the name of `module`, or `guest.js`. */
  readonly filename?: string
  /** Where the guest's console goes. Default: nowhere. */
  readonly console?: (level: string, ...args: unknown[]) => void
  /** Megabytes the guest's heap may use, at least 8. Default: 128. */
  readonly memoryLimit?: number
  /** Milliseconds that one stretch of guest execution may take. Default: no bound. */
  readonly timeout?: number
  /** Milliseconds that a call may take from start to end, host time included. Default: no bound. */
  readonly wallTimeout?: number
  /** Grants, by their names in the guest: objects and functions by reference, primitives as they are. */
  readonly globals?: Readonly<Record<string, unknown>>
  /** What the guest can import, by specifier. */
  readonly modules?: Readonly<Record<string, ModuleDefinition>>
  /** Finds what the guest imports and `modules` does not have. */
  readonly resolve?: ResolveHook
  /** How much the guest may cost the host. */
  readonly limits?: Partial<Limits>
  /** What the guest may change of what it was granted. Default: `'protected'`. */
  readonly writes?: Writes
  /** Which locks of the host the guest may hold. Default: `'protected'`, those of objects with a lock of their own. */
  readonly locks?: Locks
  /**
   * How long a call has the guest to itself: until its first await, as all JavaScript does (`'turn'`), or until its promise has settled, or it waits for the host
   * (`'exclusive'`). Default: `'turn'`.
   */
  readonly lock?: 'turn' | 'exclusive'
  /** The host's own say in what the guest asks of its grants. Default: none. */
  readonly policy?: Policy
  /** Are the stacks of the host's errors kept from the guest? Default: true. */
  readonly redactStacks?: boolean
  /** Does the guest have WebAssembly, whose memory `memoryLimit` does not count? Default: false. */
  readonly webAssembly?: boolean
  /** May memory be shared with the guest? Default: false. */
  readonly sharedMemory?: boolean
  /**
   * What an asynchronous function of the host is for the guest. `'stay'`: it gives a promise. `'wait'`: it gives its value, and the guest, on a
   * thread of its own, waits for it; where it has none, in a blocking call of the host, that is a `WouldBlockError`. Through
   * `remote(grant)` it gives a promise in any case. Default: `'stay'`.
   */
  readonly promises?: 'wait' | 'stay'
  /** How many items of an iteration may be under way before they are asked for. Default: 16. */
  readonly prefetch?: number
  /** Note where each object is introduced, for `leaks()`: costs a stack for each. Default: false. */
  readonly trace?: boolean
  /** Hears of failures that no caller waits for. Default: `console.error`. */
  readonly onError?: (error: unknown) => void
}

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
  const {
    memoryLimit = 128,
    timeout,
    wallTimeout,
    globals,
    webAssembly = false,
    sharedMemory = false,
  } = options
  const definition = await sourceOf(options)
  const id = nextContextId()
  const identity: ContextIdentity = {
    id,
    name: options.name ?? options.filename ?? `isolate-${id}`,
    kind: 'isolate',
  }

  const isolate = new ivm.Isolate({
    memoryLimit,
    onCatastrophicError: () => transport.lost(),
  })
  const context = isolate.createContextSync()
  const stretch = timeout ?? wallTimeout
  const transport = new IsolateTransport({
    isolate,
    context,
    name: identity.name,
    memoryLimit,
    timeout: stretch,
    onStuck: killAtExit,
  })
  const settings: GuestSettings = {
    id,
    name: identity.name,
    hostName: currentContext().name,
    console: options.console !== undefined,
    webAssembly,
    sharedMemory,
    promisesStay: options.promises !== 'wait',
    lock: options.lock ?? 'turn',
  }
  context.global.setSync(Boot.settings, JSON.stringify(settings))
  compileGuest(isolate).runSync(context)
  transport.attach()
  const session = openGuestSession(transport, identity, options)
  const modules = new IsolateModules(isolate, context, {
    modules: options.modules ?? {},
    resolve: options.resolve,
    timeout: stretch,
  })
  modules.prepare(session)
  endWithProcess(transport, session.closedPromise)

  const spawned = createContext<T>({
    session,
    identity,
    closed: session.closedPromise,
    terminate: () => transport.ended(),
    importModule: (specifier) =>
      handedOver(session, transport, 'namespace', modules.nextKey(), (key) =>
        modules.evaluateNamed(specifier, key),
      ),
    explain: (error, code, filename) =>
      error instanceof SyntaxError ? syntaxErrorOf(code, filename ?? 'eval') : undefined,
    grants: true,
  })
  try {
    if (globals !== undefined) await spawned.bind(globals)
    if (definition !== undefined) {
      await handedOver(session, transport, 'root', modules.nextKey(), (key) =>
        modules.evaluate(definition, key),
      )
    }
    return spawned
  } catch (error) {
    await spawned.close()
    throw error
  }
}

function openGuestSession(
  transport: IsolateTransport,
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
  transport: IsolateTransport,
  ask: 'namespace' | 'root',
  key: string,
  evaluate: (key: string) => Promise<void>,
): Promise<unknown> {
  const { promise: handed, resolve, reject } = Promise.withResolvers<unknown>()
  let probing: Promise<void> | undefined
  // A module that fails after its first `await` fails in a later entry, and only as a rejection no one handled.
  transport.onEntryEnd = () => {
    probing = transport.probe().catch(reject)
  }
  session.outgoing.ask(ask, [key]).then(resolve, (error: unknown) => reject(causeOf(error)))
  try {
    const [result] = await Promise.all([handed, transport.returning(() => evaluate(key))])
    await transport.ended()
    return result
  } catch (error) {
    session.outgoing.ask('abandon', [key]).catch(() => undefined) // or the call above is never answered
    throw error
  } finally {
    transport.onEntryEnd = undefined
    await probing // until then no one could enter the isolate and wait
  }
}

/** A module that could not be stopped ends the isolate; that it took too long says more than that. */
function causeOf(error: unknown): unknown {
  return error instanceof ContextClosedError && error.cause instanceof CallTimeoutError
    ? error.cause
    : error
}

async function sourceOf(
  options: SpawnIsolateOptions,
): Promise<{ source: string; filename: string } | undefined> {
  const { source, module, filename } = options
  if (source !== undefined) return { source, filename: filename ?? 'guest.js' }
  if (module === undefined) return undefined
  const path = module instanceof URL ? fileURLToPath(module) : module
  return {
    source: await readFile(path, 'utf8'),
    filename: filename ?? path.replace(/^.*[/\\]/, ''),
  }
}

function checkOptions(options: SpawnIsolateOptions): void {
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  for (const name of ['name', 'source', 'filename'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'string')
      refuseOption(name, 'a string', options[name])
  }
  for (const name of ['timeout', 'wallTimeout'] as const) {
    const value = options[name]
    if (value !== undefined && !(Number.isInteger(value) && value > 0 && value < 2 ** 31)) {
      refuseOption(name, 'a positive whole number of milliseconds', value)
    }
  }
  if (options.prefetch !== undefined) checkPrefetch(options.prefetch)
  checkPolicy(options.policy)
  const { memoryLimit, module } = options
  if (memoryLimit !== undefined && !(Number.isInteger(memoryLimit) && memoryLimit >= 8)) {
    refuseOption('memoryLimit', 'a whole number of megabytes, at least 8', memoryLimit)
  }
  const { promises, lock, locks } = options
  if (lock !== undefined && lock !== 'turn' && lock !== 'exclusive')
    refuseOption('lock', "'turn' or 'exclusive'", lock)
  if (locks !== undefined && !['open', 'protected', 'none'].includes(locks))
    refuseOption('locks', "'open', 'protected' or 'none'", locks)
  if (promises !== undefined && promises !== 'wait' && promises !== 'stay')
    refuseOption('promises', "'stay' or 'wait'", promises)
  for (const name of ['redactStacks', 'webAssembly', 'sharedMemory', 'trace'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'boolean')
      refuseOption(name, 'true or false', options[name])
  }
  for (const name of ['console', 'resolve', 'onError'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function')
      refuseOption(name, 'a function', options[name])
  }
  for (const name of ['globals', 'modules'] as const) {
    const value = options[name]
    if (value !== undefined && (typeof value !== 'object' || value === null))
      refuseOption(name, 'an object', value)
  }
  if (module !== undefined && typeof module !== 'string' && !(module instanceof URL))
    refuseOption('module', 'a URL or a path', module)
  if (module !== undefined && options.source !== undefined)
    refuseOption('module', 'left out when "source" is given', module)
  if (options.globals !== undefined) grantsOf(options.globals, true)
}
