/**
 * Values that stay alive when they cross: promises settle, signals abort, iterables are iterated and
 * streams flow on the other side.
 *
 * All of them are exports with a little more: a promise and a signal send one `settle`; an iterator and a readable
 * stream are read by `iterate`; a writable stream reads what is written to it in the same way (see `stream-ends.ts`).
 */
import { servedHere } from './current-call.ts'
import { ProtocolError, ReleasedError, WouldBlockError } from './errors.ts'
import type { ExportTable } from './export-table.ts'
import { guardPromise } from './guarded-promise.ts'
import type { Connection, Handle, Import } from './handle.ts'
import type { Dropped } from './holders.ts'
import type { ImportTable } from './import-table.ts'
import type { Flavour, LiveStyle } from './marshal/port.ts'
import type { AbortSignalLike, Platform } from './platform.ts'
import { checkNatural, Operation, type Slot } from './protocol.ts'
import type { Quota } from './quota.ts'
import { receivedReadable, receivedWritable } from './received-streams.ts'
import { createReceivedSource } from './signal.ts'
import { dropEnd, endOf, ReadableEnd, type StreamEnd } from './stream-ends.ts'
import { refusalOfThenable } from './thenable.ts'

/** What live values ask of their session. */
export interface LivePort {
  readonly exports: ExportTable
  readonly platform: Platform
  readonly connection: Connection
  readonly quota: Quota
  /** Sends the outcome of a promise or signal. */
  settle(id: number, fulfilled: boolean, value: unknown): void
  /** Runs when what is being encoded has been queued, and before it leaves. */
  beforeLeaving(run: () => void): void
  /** Gives introductions back. */
  giveBack(id: number, count: number): void
  readonly imports: Pick<ImportTable<Import>, 'find' | 'held'>
  /** An import of this id, counted once more. */
  receive(id: number): Import
}

interface Awaited {
  readonly promise: Promise<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
  introductions: number
}

type LiveKind = Exclude<LiveStyle, 'reference'>

export class LiveValues {
  readonly #port: LivePort
  /** Promises of the peer that have not settled. */
  readonly #promises = new Map<number, Awaited>()
  /** A signal keeps its import, which has what aborts it. */
  readonly #importOfSignal = new WeakMap<object, Import>()
  /** What stands in our export table for an iterable or a stream of ours. */
  readonly #ends = new WeakMap<object, StreamEnd>()
  /** The streams of the peer that are here, by what they stand for. */
  readonly #streams = new WeakMap<Import, object>()
  /** Why the peer is gone. */
  #gone: { readonly error: unknown } | undefined

  constructor(port: LivePort) {
    this.#port = port
  }

  /** Promises of the peer that have not settled. */
  get awaited(): number {
    return this.#promises.size
  }

  /** Introduces a live value of ours, and starts whatever it has to tell. */
  introduce(value: object, style: LiveKind, introduced: number[]): Slot {
    const home = style === 'signal' ? this.#importOfSignal.get(value) : undefined
    if (home !== undefined) return ['home', home.id, null]
    const id =
      style === 'promise' || style === 'signal'
        ? this.#port.exports.introduce(value, () =>
            style === 'signal' ? this.#watch(value as AbortSignalLike) : undefined,
          )
        : this.#introduceEnd(value, style)
    introduced.push(id)
    if (style === 'readable') {
      const end = this.#ends.get(value)
      return end instanceof ReadableEnd && end.isOfBytes ? [style, id, 1] : [style, id]
    }
    if (style === 'promise') this.#announce(value as Promise<unknown>, id)
    if (style === 'signal') {
      const signal = value as AbortSignalLike
      if (signal.aborted) this.#port.beforeLeaving(() => this.#tell(id, signal))
    }
    return [style, id]
  }

  /** An end of ours is in the table while the peer holds it; then the value behind it is free again, or ended. */
  #introduceEnd(value: object, style: 'iterator' | 'readable' | 'writable'): number {
    const known = this.#ends.get(value)
    const end = known ?? endOf(value, style)
    const dropped = this.#dropperOf(value, end)
    try {
      const id = this.#port.exports.introduce(end, () => dropped)
      this.#ends.set(value, end)
      return id
    } catch (error) {
      if (known === undefined) dropped(false)
      throw error
    }
  }

  #dropperOf(value: object, end: StreamEnd): Dropped {
    const { connection } = this.#port
    return () => {
      this.#ends.delete(value)
      const isDead = this.#gone !== undefined
      const reason =
        this.#gone === undefined
          ? new ReleasedError(`a stream that context "${connection.peerName}" held`)
          : this.#gone.error
      // The source's own code runs in a turn of its own.
      Promise.resolve()
        .then(() => dropEnd(end, { reason, isDead }))
        .catch((error: unknown) => connection.report(error))
    }
  }

  /** Makes this side's end of a live value of the peer. */
  revive([kind, id, ofBytes]: Slot, flavour: Flavour): unknown {
    const { connection } = this.#port
    const natural = checkNatural(id, 'export id')
    switch (kind) {
      case 'promise':
        return this.#awaitPeer(natural)
      case 'signal':
        return this.#signal(natural)
      case 'iterator': {
        const source = this.#port.receive(natural)
        return flavour === 'sync'
          ? new SyncIteration(connection, source)
          : iterable(connection, source)
      }
      case 'readable':
        return this.#stream(natural, (source) =>
          receivedReadable(this.#port, source, ofBytes === 1),
        )
      case 'writable':
        return this.#stream(natural, (sink) => receivedWritable(this.#port, sink))
      default:
        throw new ProtocolError('an unknown kind of slot')
    }
  }

  /** The peer's promise or signal of this id has its outcome. */
  settle(id: number, fulfilled: boolean, value: unknown): void {
    const awaited = this.#promises.get(id)
    if (awaited !== undefined) {
      this.#promises.delete(id)
      const refusal = refusalOfThenable(value, this.#port.connection.peerName)
      if (refusal !== undefined) awaited.reject(refusal)
      else if (fulfilled) awaited.resolve(value)
      else awaited.reject(value)
      this.#port.giveBack(id, awaited.introductions)
      return
    }
    this.#port.imports.find(id)?.signalSource?.abort(value)
  }

  /** The session is over: what can never settle fails with `error`. */
  clear(error: unknown): void {
    this.#gone = { error }
    const promises = [...this.#promises.values()]
    this.#promises.clear()
    for (const awaited of promises) awaited.reject(error)
    for (const imported of [...this.#port.imports.held()]) imported.signalSource?.abort(error)
  }

  #announce(promise: Promise<unknown>, id: number): void {
    // An introduction may have been withdrawn, and its id be another promise's by now.
    const settle = (fulfilled: boolean, value: unknown): void => {
      if (this.#port.exports.idOf(promise) === id) this.#port.settle(id, fulfilled, value)
    }
    Promise.prototype.then.call(
      promise,
      (value: unknown) => settle(true, value),
      (error: unknown) => settle(false, error),
    )
  }

  #watch(signal: AbortSignalLike): Dropped {
    const listener = (): void => {
      const id = this.#port.exports.idOf(signal)
      if (id !== undefined) this.#tell(id, signal)
    }
    signal.addEventListener('abort', listener, { once: true })
    return () => signal.removeEventListener('abort', listener)
  }

  #tell(id: number, signal: AbortSignalLike): void {
    if (this.#port.exports.idOf(signal) === id) this.#port.settle(id, true, signal.reason)
  }

  #awaitPeer(id: number): Promise<unknown> {
    const known = this.#promises.get(id)
    if (known !== undefined) {
      known.introductions++
      return known.promise
    }
    const { quota } = this.#port
    if (this.#promises.size >= quota.limits.promises)
      throw quota.past('promises', 'the number of promises that have not settled')
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    // The owner's promise is handled where it was made; who ignores this one must not be ended by it.
    promise.catch(() => undefined)
    this.#promises.set(id, { promise, resolve, reject, introductions: 1 })
    if (this.#port.connection.isWaitedFor) guardPromise(promise, () => this.#refusalOf(id, promise))
    return promise
  }

  /** Why this code must not wait for a promise of the peer, which is blocked until this code has answered. */
  #refusalOf(id: number, promise: Promise<unknown>): WouldBlockError | undefined {
    const { peerHeap, peerName } = this.#port.connection
    const isPending = this.#promises.get(id)?.promise === promise
    if (!isPending || servedHere()?.waiting.includes(peerHeap) !== true) return undefined
    return new WouldBlockError(
      `a promise of context "${peerName}"`,
      'it cannot settle while its thread is blocked, and that waits for this very call. Make the call that blocks it through a Remote, and await that.',
    )
  }

  /** The same stream for as long as one is held. */
  #stream(id: number, create: (imported: Import) => object): object {
    const imported = this.#port.receive(id)
    const known = this.#streams.get(imported)
    if (known !== undefined) return known
    const stream = create(imported)
    this.#streams.set(imported, stream)
    return stream
  }

  #signal(id: number): unknown {
    const imported = this.#port.receive(id)
    if (imported.signalSource === undefined) {
      imported.signalSource = createReceivedSource(this.#port.platform)
      this.#importOfSignal.set(imported.signalSource.signal, imported)
    }
    return imported.signalSource.signal
  }
}

function iterable(connection: Connection, source: Handle): AsyncIterator<unknown> {
  return connection.iterate(source, [])
}

/** An iterator of the peer for code that blocks: each step is one crossing. Also iterable asynchronously. */
class SyncIteration implements IterableIterator<unknown> {
  readonly #connection: Connection
  readonly #source: Import

  constructor(connection: Connection, source: Import) {
    this.#connection = connection
    this.#source = source
  }

  [Symbol.iterator](): this {
    return this
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return iterable(this.#connection, this.#source)
  }

  next(...given: unknown[]): IteratorResult<unknown> {
    return this.#step('next', given)
  }

  return(value?: unknown): IteratorResult<unknown> {
    return this.#step('return', [value])
  }

  throw(error?: unknown): IteratorResult<unknown> {
    return this.#step('throw', [error])
  }

  #step(method: string, args: unknown[]): IteratorResult<unknown> {
    const result = this.#connection.requestSync(Operation.call, this.#source, [method], args)
    if (typeof result !== 'object' || result === null)
      throw new TypeError('an iterator gave no result object')
    return result as IteratorResult<unknown> // an object is all that the language asks of it
  }
}
