/**
 * A context as a user holds it: a heap that was spawned, and everything that can be asked of it.
 *
 * Whoever spawns a heap (a transport package) makes one of these over a session; inside the new heap an
 * {@link Agent} answers at the session's control id.
 */
import type { Agent } from './agent.ts'
import { type CloseOptions, Closing } from './closing.ts'
import { syncRootOf } from './connect.ts'
import type { ContextIdentity } from './current-context.ts'
import { type CloseReason, ContextClosedError, refuseOption } from './errors.ts'
import type { Leak } from './leaks.ts'
import { createLockManager, type LockManager } from './lock.ts'
import { ByReference } from './marks.ts'
import { Operation } from './protocol.ts'
import { createRemote, remoteOf } from './remote.ts'
import type { SessionCore, SessionStats } from './session.ts'
import type { Remote, RemoteResult } from './types/remote.ts'
import type { Sync } from './types/sync.ts'

/** How code is evaluated. */
export interface EvalOptions {
  /** What stacks call the code. */
  readonly filename?: string
}

/** A function that is sent as its source: it may use nothing but its arguments and the other context's globals. */
export type SelfContained<Args extends readonly unknown[], Result> = (...args: Args) => Result

/** A heap that was spawned from here. */
export interface Context<T = unknown> extends AsyncDisposable {
  readonly id: number
  readonly name: string
  readonly kind: ContextIdentity['kind']
  /** What its module exports. */
  readonly remote: Remote<T>
  /** What its module exports, blocking. @throws {WouldBlockError} when its transport cannot block this thread. */
  readonly sync: Sync<T>
  /** Its lock: what is done to it as a whole, while no one else's calls enter. */
  readonly lock: LockManager
  /** Resolves when the context has ended, with the reason. Never rejects. */
  readonly closed: Promise<CloseReason>
  /** Evaluates a script there; resolves with a copy of its completion value. */
  eval(code: string, options?: EvalOptions): Promise<unknown>
  /** As `eval`, blocking. @throws {WouldBlockError} when this thread cannot wait for it. */
  evalSync(code: string, options?: EvalOptions): unknown
  /** Runs a self-contained function, or its source, there. */
  call<Args extends readonly unknown[], Result>(
    fn: SelfContained<Args, Result> | string,
    ...args: Args
  ): RemoteResult<Result>
  /** As `call`, blocking. @throws {WouldBlockError} when this thread cannot wait for it. */
  callSync<Args extends readonly unknown[], Result>(
    fn: SelfContained<Args, Result> | string,
    ...args: Args
  ): Awaited<Result>
  /** A module's namespace, by proxy. */
  import<M = Record<string, unknown>>(specifier: string): Promise<Remote<M>>
  /** Defines globals there. */
  bind(globals: Readonly<Record<string, unknown>>): Promise<void>
  stats(): SessionStats
  /** What both sides hold of each other, by class and, when the context traces, by where it comes from; most first. */
  leaks(): Leak[]
  /**
   * Ends the context, at once or when our pending calls are done; what is still pending then fails with
   * `ContextClosedError`. Idempotent; a second one that does not drain cuts short one that does. Within a call that the context has made of us,
   * a draining one resolves when draining has begun.
   */
  close(options?: CloseOptions): Promise<void>
}

/** What a transport package gives of the heap it spawned. */
export interface SpawnedHeap {
  readonly session: SessionCore
  readonly identity: ContextIdentity
  /** Resolves when the heap itself has ended. */
  readonly closed: Promise<CloseReason>
  /** Ends the heap now. */
  terminate(): Promise<void>
  /** Imports a module there, where the agent alone cannot; resolves with its namespace by proxy. */
  readonly importModule?: (specifier: string) => Promise<unknown>
  /** Adds where the mistake is to an error of evaluation. */
  readonly explain?: (error: unknown, code: string, filename: string | undefined) => unknown
  /** Are the values of `bind` grants, which cross by reference whatever they are? */
  readonly grants: boolean
}

/** The contexts that were spawned here and have not ended. */
const LIVING = new Set<Context>()

/** The contexts that were spawned from this one and have not ended. */
export function contexts(): Context[] {
  return [...LIVING]
}

const counter = { next: 1 }

/** An id for a context that is being spawned. */
export function nextContextId(): number {
  return counter.next++
}

/** Makes the context of a heap that was spawned, and keeps it in the list until it ends. */
export function createContext<T>(heap: SpawnedHeap): Context<T> {
  const context = new SpawnedContext<T>(heap)
  LIVING.add(context)
  void heap.closed.then(() => LIVING.delete(context))
  return context
}

class SpawnedContext<T> implements Context<T> {
  readonly #heap: SpawnedHeap
  readonly #closing: Closing
  #lock: LockManager | undefined

  constructor(heap: SpawnedHeap) {
    this.#heap = heap
    this.#closing = new Closing(heap.session, async () => {
      await heap.terminate()
      await heap.closed
    })
  }

  get id(): number {
    return this.#heap.identity.id
  }

  get name(): string {
    return this.#heap.identity.name
  }

  get kind(): ContextIdentity['kind'] {
    return this.#heap.identity.kind
  }

  get remote(): Remote<T> {
    // What the module exports, only the caller's type argument can say.
    return remoteOf(this.#heap.session.references.root) as Remote<T>
  }

  get sync(): Sync<T> {
    return syncRootOf<T>(this.#heap.session)
  }

  get lock(): LockManager {
    const { outgoing, references } = this.#heap.session
    this.#lock ??= createLockManager(outgoing, references.control)
    return this.#lock
  }

  get closed(): Promise<CloseReason> {
    return this.#heap.closed
  }

  async eval(code: string, options: EvalOptions = {}): Promise<unknown> {
    const filename = checkEval(code, options)
    try {
      return await this.#ask('eval', [code, filename]).promise()
    } catch (error) {
      throw this.#heap.explain?.(error, code, filename) ?? error
    }
  }

  evalSync(code: string, options: EvalOptions = {}): unknown {
    const filename = checkEval(code, options)
    try {
      return this.#askSync('eval', [code, filename])
    } catch (error) {
      throw this.#heap.explain?.(error, code, filename) ?? error
    }
  }

  call<Args extends readonly unknown[], Result>(
    fn: SelfContained<Args, Result> | string,
    ...args: Args
  ): RemoteResult<Result> {
    const call = this.#ask('call', [sourceOf(fn), ...args])
    return createRemote(call, []) as unknown as RemoteResult<Result> // a proxy of the answer is what that type says
  }

  callSync<Args extends readonly unknown[], Result>(
    fn: SelfContained<Args, Result> | string,
    ...args: Args
  ): Awaited<Result> {
    return this.#askSync('call', [sourceOf(fn), ...args]) as Awaited<Result> // what the function gives, as the caller types it
  }

  async import<M = Record<string, unknown>>(specifier: string): Promise<Remote<M>> {
    if (typeof specifier !== 'string' || specifier === '')
      refuseOption('specifier', 'a module specifier', specifier)
    const { importModule } = this.#heap
    const namespace =
      importModule === undefined
        ? await this.#ask('import', [specifier]).promise()
        : await importModule(specifier)
    return namespace as Remote<M> // what the module exports, only the caller's type argument can say
  }

  async bind(globals: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#ask('bind', [grantsOf(globals, this.#heap.grants)]).promise()
  }

  stats(): SessionStats {
    return this.#heap.session.stats()
  }

  leaks(): Leak[] {
    return this.#heap.session.references.leaks()
  }

  close(options?: CloseOptions): Promise<void> {
    return this.#closing.close(options)
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #ask(method: keyof Agent, args: readonly unknown[]) {
    const { session } = this.#heap
    return session.outgoing.request(Operation.call, session.references.control, [method], args)
  }

  #askSync(method: keyof Agent, args: readonly unknown[]): unknown {
    const { session } = this.#heap
    if (session.ended !== undefined) throw new ContextClosedError(this.name, session.ended)
    return session.outgoing.requestSync(Operation.call, session.references.control, [method], args)
  }
}

/** What `bind` sends: grants to a guest go by reference, so that it sees the live object and gets no copy. */
export function grantsOf(
  globals: Readonly<Record<string, unknown>>,
  grants: boolean,
): Record<string, unknown> {
  if (typeof globals !== 'object' || globals === null)
    refuseOption('globals', 'an object of names and values', globals)
  if (!grants) return { ...globals }
  return Object.fromEntries(
    Object.entries(globals).map(([name, value]) => {
      const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
      return [name, isObject ? new ByReference(value) : value]
    }),
  )
}

function checkEval(code: unknown, options: EvalOptions): string | undefined {
  if (typeof code !== 'string') refuseOption('code', 'a string of JavaScript', code)
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  const { filename } = options
  if (filename !== undefined && (typeof filename !== 'string' || /[\r\n]/.test(filename))) {
    refuseOption('filename', 'a file name', filename)
  }
  return filename
}

function sourceOf(fn: unknown): string {
  if (typeof fn === 'string') return fn
  if (typeof fn === 'function') return Function.prototype.toString.call(fn)
  return refuseOption('fn', 'a function or its source', fn)
}
