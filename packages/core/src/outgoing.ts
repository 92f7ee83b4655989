/**
 * The calls we make of the peer: encoded, queued, awaited, and settled by its answers. This is what every proxy
 * of the peer's objects speaks to.
 */
import { CallTable, type Fate, firstUnsettled, PendingCall } from './calls.ts'
import {
  CallTimeoutError,
  type CloseReason,
  ContextClosedError,
  FarholdError,
  NotShareableError,
  ProtocolError,
  ReleasedError,
  WouldBlockError,
} from './errors.ts'
import { type Connection, type Handle, Import } from './handle.ts'
import { ItemReader } from './iteration.ts'
import { localOperation } from './local-operation.ts'
import { decode } from './marshal/decode.ts'
import { encode, encodeArguments, encodeFailure } from './marshal/encode.ts'
import type { Flavour } from './marshal/port.ts'
import type { Outbox } from './outbox.ts'
import { type Extra, Flag, Operation, Tag } from './protocol.ts'
import { type ReferenceOptions, References, wirePath } from './references.ts'
import { joinStacks } from './stacks.ts'
import type { Batch, Transport } from './transport.ts'

/** What the session around them decides for our calls. */
export interface OutgoingOptions {
  readonly references: Omit<ReferenceOptions, 'connection' | 'settle' | 'giveBack'>
  readonly root: object
  readonly control: object
  readonly outbox: Outbox
  readonly transport: Pick<Transport, 'enter' | 'hold' | 'letGo'>
  readonly peerName: string
  /** Which proxies the answers of our calls become, where the call does not say. */
  readonly flavour: Flavour
  /** Does a promise in answer to a blocking call stay a promise? */
  readonly promisesStay: boolean
  /** How long a call may take from start to end, in milliseconds. */
  readonly wallTimeout: number | undefined
  readonly onError: (error: unknown) => void
  /** What is queued, as the batch that leaves now. */
  readonly take: () => Batch | undefined
}

export class Outgoing implements Connection {
  readonly references: References
  readonly #options: OutgoingOptions
  readonly #outbox: Outbox
  readonly #calls = new CallTable()
  readonly #unheld: FinalizationRegistry<Fate>
  #peerName: string
  #ended: CloseReason | undefined
  #made = 0

  constructor(options: OutgoingOptions) {
    this.#options = options
    this.#outbox = options.outbox
    this.#peerName = options.peerName
    this.#unheld = new FinalizationRegistry((fate) => this.#dropAnswer(fate))
    this.references = new References(
      {
        ...options.references,
        connection: this,
        settle: (id, fulfilled, value) => this.#sendSettle(id, fulfilled, value),
        giveBack: (id, count) => this.#send(Tag.release, id, count),
      },
      options.root,
      options.control,
    )
  }

  get peerName(): string {
    return this.#peerName
  }

  get ended(): CloseReason | undefined {
    return this.#ended
  }

  get blocks(): boolean {
    return this.#options.transport.enter !== undefined && this.#ended === undefined
  }

  /** Calls that the peer has not answered. */
  get pending(): number {
    return this.#calls.pending
  }

  /** Calls made so far. */
  get made(): number {
    return this.#made
  }

  /** The peer has said its name; one that was given here comes first. */
  introduced(name: string): void {
    if (this.#peerName === '') this.#peerName = name
  }

  report(error: unknown): void {
    this.#options.onError(error)
  }

  request(
    operation: Operation,
    handle: Handle,
    path: readonly PropertyKey[],
    args: unknown,
    flavour: Flavour = this.#options.flavour,
  ): PendingCall {
    const before = firstUnsettled(this, handle, args)
    if (before !== undefined) return this.#later(before, operation, handle, path, args, flavour)
    if (handle instanceof PendingCall && !handle.usable) {
      const answered = PendingCall.local(this, flavour)
      localOperation(handle, operation, path, args).then(
        (value) => answered.fulfil(value),
        (error: unknown) => answered.fail(error),
      )
      return answered
    }
    return this.#queue(operation, handle, path, args, flavour, 0)
  }

  requestSync(
    operation: Operation,
    handle: Handle,
    path: readonly PropertyKey[],
    args: unknown,
    flags = 0,
  ): unknown {
    const { enter } = this.#options.transport
    if (enter === undefined) {
      throw new WouldBlockError(
        `"${this.#peerName}"`,
        'its transport cannot block this thread. Use a Remote.',
      )
    }
    const call = this.#queue(
      operation,
      handle,
      path,
      args,
      'sync',
      flags | Flag.blocking | (this.#options.promisesStay ? Flag.promise : 0),
    )
    call.awaited = true
    if (call.state === 'pending') {
      const batch = this.#options.take()
      if (batch !== undefined)
        enter.call(this.#options.transport, batch, () => call.state !== 'pending', undefined)
    }
    if (call.state === 'fulfilled') return call.value
    if (call.state === 'rejected') throw joinStacks(call.value, this.#peerName, call.description)
    throw new WouldBlockError(
      `"${call.description}" of "${this.#peerName}"`,
      'its answer needs this very thread. Call it through a Remote and await it.',
    )
  }

  /** Calls the peer's control object. */
  ask(method: string, args: readonly unknown[]): Promise<unknown> {
    return this.request(Operation.call, this.references.control, [method], args).promise()
  }

  iterate(handle: Handle, path: readonly PropertyKey[]): AsyncIterator<unknown, unknown, unknown> {
    let call: PendingCall | undefined
    return new ItemReader({
      start: (onItem) => {
        call = this.request(Operation.iterate, handle, path, undefined)
        call.onItem = onItem
        return call.promise()
      },
      credit: (count) => {
        if (call !== undefined && call.state === 'pending') this.#send(Tag.credit, call.id, count)
      },
      stop: () => {
        if (call !== undefined && call.state === 'pending') this.#send(Tag.cancel, call.id)
      },
    })
  }

  giveUp(imported: Import): void {
    if (imported.session !== this) return
    imported.released = true
    imported.methods.clear()
    // While peers hold it through us it stays; the last of them comes back here.
    if (imported.borrowers === 0) this.references.imports.release(imported.id, imported)
  }

  #queue(
    operation: Operation,
    handle: Handle,
    path: readonly PropertyKey[],
    args: unknown,
    flavour: Flavour,
    flags: number,
  ): PendingCall {
    const id = this.#ended === undefined ? this.#calls.reserve() : -1
    const call = new PendingCall(this, id, handle, path, flavour)
    if (this.#ended !== undefined) {
      call.fail(new ContextClosedError(this.#peerName, this.#ended))
      return call
    }
    try {
      if (handle instanceof Import && handle.released) throw new ReleasedError(call.description)
      const wire = wirePath(path)
      const { value, extra } =
        args === undefined ? NOTHING : encodeArguments(args, this.references, this.#outbox.moved)
      if (handle instanceof PendingCall) handle.used = true
      this.#calls.add(call)
      if (this.#options.wallTimeout !== undefined) this.#limitTime(call, this.#options.wallTimeout)
      if (this.#calls.pending === 1) this.#options.transport.hold?.()
      this.#made++
      const target = handle instanceof Import ? handle.id : -1 - (handle as PendingCall).id // the two kinds of handle
      this.#outbox.call(call, operation | flags, target, wire, value, extra)
    } catch (error) {
      // It never leaves, so the peer could not know its answer: what builds on it is answered here.
      call.sent = true
      this.#calls.free(id)
      call.fail(error)
    }
    return call
  }

  /** Fails a call that takes too long. What the peer still answers is dropped. */
  #limitTime(call: PendingCall, milliseconds: number): void {
    const { setTimeout, clearTimeout } = this.references.platform
    if (setTimeout === undefined) return
    const timer = setTimeout(() => {
      call.fail(
        new CallTimeoutError(
          `"${call.description}" of context "${this.#peerName}"`,
          milliseconds,
          'wallTimeout',
        ),
      )
    }, milliseconds)
    void call.settled().then(() => clearTimeout?.(timer))
  }

  /** Makes a call when an answer it needs is here. */
  #later(
    before: PendingCall,
    operation: Operation,
    handle: Handle,
    path: readonly PropertyKey[],
    args: unknown,
    flavour: Flavour,
  ): PendingCall {
    const answered = PendingCall.local(this, flavour)
    before
      .promise()
      .then(() => this.request(operation, handle, path, args, flavour).promise())
      .then(
        (value) => answered.fulfil(value),
        (error: unknown) => answered.fail(error),
      )
    return answered
  }

  #send(tag: Tag, ...fields: readonly unknown[]): void {
    if (this.#ended === undefined) this.#outbox.send(tag, ...fields)
  }

  #sendSettle(id: number, fulfilled: boolean, value: unknown): void {
    if (this.#ended !== undefined) return
    try {
      const encoded = encode(value, this.references, this.#outbox.moved, 'promise')
      this.#outbox.send(Tag.settle, id, fulfilled ? 1 : 0, encoded.value, encoded.extra)
    } catch (refusal) {
      const encoded = encodeFailure(refusal, this.references, this.#outbox.moved, 'promise')
      this.#outbox.send(Tag.settle, id, 0, encoded.value, encoded.extra)
    }
  }

  /** The last proxy of a held answer is gone. A failure that no one saw is reported before it is forgotten. */
  #dropAnswer(fate: Fate): void {
    if (fate.unseen !== undefined && !(fate.unseen instanceof NotShareableError))
      this.report(fate.unseen)
    if (this.#ended !== undefined) return
    this.#calls.free(fate.id)
    this.#send(Tag.finish, fate.id)
  }

  // What the peer answers -----------------------------------------------------------------------------

  result(id: number, value: unknown, extra: Extra, moved: readonly unknown[]): void {
    const call = this.#calls.get(id)
    const decoded = this.#decodeFor(call, value, extra, moved)
    this.#answered(call)
    if ('value' in decoded) call.fulfil(decoded.value)
    else call.fail(decoded.error)
  }

  failure(id: number, error: unknown, extra: Extra, moved: readonly unknown[]): void {
    const call = this.#calls.get(id)
    const decoded = this.#decodeFor(call, error, extra, moved)
    this.#answered(call)
    call.fail('value' in decoded ? decoded.value : decoded.error)
  }

  item(id: number, value: unknown, extra: Extra, moved: readonly unknown[]): void {
    const call = this.#calls.get(id)
    const decoded = this.#decodeFor(call, value, extra, moved)
    if ('value' in decoded) call.onItem?.(decoded.value)
    else call.fail(decoded.error)
  }

  /** A value for one call of ours. What this heap cannot make fails that call alone. */
  #decodeFor(
    call: PendingCall,
    value: unknown,
    extra: Extra,
    moved: readonly unknown[],
  ): { value: unknown } | { error: unknown } {
    try {
      return { value: decode(value, extra, this.references, moved, call.flavour) }
    } catch (error) {
      if (error instanceof FarholdError && !(error instanceof ProtocolError)) return { error }
      throw error
    }
  }

  #answered(call: PendingCall): void {
    this.#calls.answered(call)
    if (this.#calls.pending === 0) this.#options.transport.letGo?.()
    if (call.held) this.#unheld.register(call, call.fate)
  }

  /** Resolves when no call of ours is pending, or after `timeout` milliseconds. */
  async drained(timeout: number | undefined): Promise<void> {
    const all = Promise.allSettled(this.#calls.unanswered().map((call) => call.settled()))
    const { setTimeout, clearTimeout } = this.references.platform
    if (timeout === undefined || setTimeout === undefined) {
      await all
      return
    }
    let timer: unknown
    await Promise.race([
      all,
      new Promise<void>((resolve) => {
        timer = setTimeout(resolve, timeout)
      }),
    ])
    clearTimeout?.(timer)
  }

  /** The session is over: every call that is not answered fails. */
  end(reason: CloseReason): void {
    this.#ended = reason
    const calls = this.#calls.drain()
    for (const call of calls) {
      call.fail(new ContextClosedError(this.#peerName, reason, call.description, calls.length))
    }
  }
}

const NOTHING = { value: null, extra: null }
