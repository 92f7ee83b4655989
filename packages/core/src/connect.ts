/**
 * Two contexts become a session: one side exposes a root, the other connects to it, or both do both.
 */
import { Access, isForbidden, type Writes } from './access.ts'
import { checkPrefetch, checkTimeout } from './call-options.ts'
import type { CallTimeout } from './call-watch.ts'
import { type CloseOptions, Closing } from './closing.ts'
import { currentContext } from './current-context.ts'
import { type CloseReason, refuseOption, WouldBlockError } from './errors.ts'
import type { Membership } from './family.ts'
import { PREFETCH } from './iteration.ts'
import type { Leak } from './leaks.ts'
import type { Limits } from './limits.ts'
import { limitsFrom, OPEN_LIMITS } from './limits.ts'
import { createLockManager, type LockManager } from './lock.ts'
import { type Narrowing, type NarrowingOptions, narrowingFrom } from './narrowing.ts'
import { ambientPlatform, type Platform } from './platform.ts'
import { checkPolicy, PeerPolicy, type Policy } from './policy.ts'
import { remoteOf } from './remote.ts'
import type { Locks } from './served-locks.ts'
import { SessionCore, type SessionStats } from './session.ts'
import { syncOf } from './sync.ts'
import type { Transport } from './transport.ts'
import type { Remote } from './types/remote.ts'
import type { Sync } from './types/sync.ts'

/** What both ends of a session may decide for themselves. */
export interface SessionOptions {
  /** The name of this context in messages of the peer. Default: the current context's. */
  readonly name?: string
  /** What messages call the context at the other end. Default: what it calls itself. */
  readonly peerName?: string
  /** How much the peer may cost; what is left out keeps its default. */
  readonly limits?: Partial<Limits>
  /** Which of our objects the peer may change. Default: `'open'`. */
  readonly writes?: Writes
  /** Which of our locks the peer may hold: all, those of protected objects, or none. Default: `'open'`. */
  readonly locks?: Locks
  /**
   * How long a call of the peer has this context to itself: until its first await, as all JavaScript does, or until its promise has settled, or it waits for
   * another context. Default: `'turn'`.
   */
  readonly lock?: 'turn' | 'exclusive'
  /** The host's own say in what the peer asks of our objects. Default: none. */
  readonly policy?: Policy
  /** May SharedArrayBuffers cross? Default: true. */
  readonly sharedMemory?: boolean
  /** Do our errors' stacks cross? Default: true. */
  readonly exposeStacks?: boolean
  /** How long a call of the peer's objects may take, in milliseconds; `withOptions` says otherwise for one. Default: as long as it takes. */
  readonly timeout?: number
  /** How many items of an iteration, or chunks of a stream, may be under way before they are asked for. Default: 16. */
  readonly prefetch?: number
  /** Hears of failures that no caller waits for, as a write that was refused. Default: `console.error` where there is one. */
  readonly onError?: (error: unknown) => void
  /** Note where each object is introduced, for `leaks()`: costs a stack for each. Default: false. */
  readonly trace?: boolean
  /**
   * Hears, once for each reason, of a session that piles up references. Default: `console.warn` in development, where there is
   * one.
   */
  readonly onWarning?: (message: string) => void
  /** What this heap has beyond ECMAScript. Default: what its global object has. */
  readonly platform?: Platform
}

/** How a root is exposed: the session's options, and what of the root there is for this peer. */
export interface ExposeOptions<T = object> extends SessionOptions, NarrowingOptions<T> {}

/** One end of a connection. */
export interface Session<T = unknown> {
  /** The peer's root. */
  readonly remote: Remote<T>
  /** The peer's root, blocking. @throws {WouldBlockError} when the transport cannot block this thread. */
  readonly sync: Sync<T>
  /** The lock of the context at the other end. */
  readonly lock: LockManager
  /** Resolves when the session has ended, with the reason. Never rejects. */
  readonly closed: Promise<CloseReason>
  stats(): SessionStats
  /** What both sides hold of each other, by class and, when the session traces, by where it comes from; most first. */
  leaks(): Leak[]
  /**
   * Ends the session, at once or when our pending calls are done; what is still pending on either side then fails with
   * `ContextClosedError`. Idempotent; a second one that does not drain cuts short one that does. Within a call that this session serves,
   * a draining one resolves when draining has begun.
   */
  close(options?: CloseOptions): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Lets the peer at the other end of a transport use `root`: its own properties and what its classes define, or what of them `only`,
 * `methods` and `schema` leave to this peer. The session owns the transport and closes it when it ends.
 *
 * @throws {TypeError} when `root` is a primitive or an option is wrong.
 * @example
 * ```ts
 * const [here, there] = loopback()
 * expose({ add: (a: number, b: number) => a + b }, here)
 * ```
 */
export function expose<T extends object>(
  root: T,
  transport: Transport,
  options: ExposeOptions<NoInfer<T>> = {},
): Session {
  if ((typeof root !== 'object' && typeof root !== 'function') || root === null) {
    throw new TypeError('expose() takes an object, a function or a class as its root')
  }
  checkOptions(options)
  const narrowing = narrowingFrom(root, options, isForbidden)
  return sessionOf(openSession(root, transport, options, { narrowing }))
}

/**
 * Connects to what the peer at the other end of a transport exposes. The session owns the transport and closes
 * it when it ends.
 *
 * @throws {TypeError} when an option is wrong.
 * @example
 * ```ts
 * const session = connect<Calculator>(there)
 * await session.remote.add(1, 2)
 * ```
 */
export function connect<T>(transport: Transport, options: SessionOptions = {}): Session<T> {
  return sessionOf<T>(
    openSession(Object.freeze(Object.create(null) as object), transport, options, {
      exposes: false,
    }),
  )
}

/** Checks the options and opens a session. */
export function openSession(
  root: object | undefined,
  transport: Transport,
  options: SessionOptions,
  inner: {
    readonly control?: object
    readonly flavour?: 'remote' | 'sync'
    readonly promisesStay?: boolean
    readonly trusted?: boolean
    readonly defaults?: Limits
    readonly wallTimeout?: number | undefined
    readonly membership?: Membership
    /** What of the root there is for this peer. */
    readonly narrowing?: Narrowing | undefined
    readonly exposes?: boolean
  } = {},
): SessionCore {
  checkTransport(transport)
  checkOptions(options)
  const { platform = ambientPlatform } = options
  const policy =
    options.policy === undefined
      ? undefined
      : new PeerPolicy(options.policy, () => core.outgoing.peerName)
  const core: SessionCore = new SessionCore({
    transport,
    root,
    exposes: inner.exposes ?? root !== undefined,
    membership: inner.membership,
    control: inner.control ?? Object.freeze(Object.create(null) as object),
    name: options.name ?? currentContext().name,
    peerName: options.peerName ?? '',
    limits: limitsFrom(inner.defaults ?? OPEN_LIMITS, options.limits),
    platform,
    locks: options.locks ?? 'open',
    entry: options.lock ?? 'turn',
    trusted: inner.trusted ?? true,
    access: new Access(
      options.writes ?? 'open',
      policy,
      !(options.exposeStacks ?? true),
      root,
      inner.narrowing,
    ),
    flavour: inner.flavour ?? 'remote',
    sharedMemory: options.sharedMemory ?? true,
    exposeStacks: options.exposeStacks ?? true,
    callTimeout: callTimeoutOf(inner.wallTimeout, options.timeout),
    prefetch: options.prefetch ?? PREFETCH,
    promisesStay: inner.promisesStay ?? false,
    trace: options.trace ?? false,
    warn: options.onWarning ?? warningsOf(platform),
    onError: options.onError ?? ((error) => platform.console?.error(error)),
  })
  inner.membership?.family.join(inner.membership.member, core)
  return core
}

function warningsOf({ development, console }: Platform): ((message: string) => void) | undefined {
  return development === true && console !== undefined
    ? (message) => console.warn(`farhold: ${message}`)
    : undefined
}

function callTimeoutOf(
  wallTimeout: number | undefined,
  timeout: number | undefined,
): CallTimeout | undefined {
  if (wallTimeout !== undefined) return { milliseconds: wallTimeout, option: 'wallTimeout' }
  return timeout === undefined ? undefined : { milliseconds: timeout, option: 'timeout' }
}

/** What a user holds of a session. */
function sessionOf<T>(core: SessionCore): Session<T> {
  const closing = new Closing(core, async () => undefined)
  const close = (options?: CloseOptions): Promise<void> => closing.close(options)
  return {
    // What the peer's root is, only the caller's type argument can say.
    remote: remoteOf(core.references.root) as Remote<T>,
    get sync(): Sync<T> {
      return syncRootOf<T>(core)
    },
    lock: createLockManager(core.outgoing, core.references.control),
    closed: core.closedPromise,
    stats: () => core.stats(),
    leaks: () => core.references.leaks(),
    close,
    [Symbol.asyncDispose]: () => close(),
  }
}

/** The blocking root of a session. @throws {WouldBlockError} when its transport cannot block this thread. */
export function syncRootOf<T>(core: SessionCore): Sync<T> {
  if (!core.outgoing.blocks && core.ended === undefined) {
    throw new WouldBlockError(
      `context "${core.outgoing.peerName}"`,
      'its transport cannot block this thread. Use its remote.',
    )
  }
  return syncOf(core.references.root) as Sync<T> // as for `remote`
}

function checkTransport(transport: Transport): void {
  for (const method of ['open', 'post', 'close'] as const) {
    if (typeof transport?.[method] !== 'function')
      refuseOption('transport', `an object with the method ${method}()`, transport)
  }
  if (transport.codec !== 'structured' && transport.codec !== 'text') {
    refuseOption('transport.codec', "'structured' or 'text'", transport.codec)
  }
}

function checkOptions(options: SessionOptions): void {
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  for (const name of ['name', 'peerName'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'string')
      refuseOption(name, 'a string', options[name])
  }
  for (const name of ['sharedMemory', 'exposeStacks', 'trace'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'boolean')
      refuseOption(name, 'true or false', options[name])
  }
  checkPolicy(options.policy)
  if (options.timeout !== undefined) checkTimeout('timeout', options.timeout)
  if (options.prefetch !== undefined) checkPrefetch(options.prefetch)
  if (options.onError !== undefined && typeof options.onError !== 'function') {
    refuseOption('onError', 'a function', options.onError)
  }
  if (options.onWarning !== undefined && typeof options.onWarning !== 'function') {
    refuseOption('onWarning', 'a function', options.onWarning)
  }
  if (options.writes !== undefined && !['open', 'protected', 'none'].includes(options.writes)) {
    refuseOption('writes', "'open', 'protected' or 'none'", options.writes)
  }
  if (options.locks !== undefined && !['open', 'protected', 'none'].includes(options.locks)) {
    refuseOption('locks', "'open', 'protected' or 'none'", options.locks)
  }
  if (options.lock !== undefined && !['turn', 'exclusive'].includes(options.lock)) {
    refuseOption('lock', "'turn' or 'exclusive'", options.lock)
  }
}
