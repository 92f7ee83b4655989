/**
 * One connection of two contexts: what is asked goes out, what is asked of us comes in, and the end of
 * the transport ends every wait.
 */
import type { Writes } from './access.ts'
import { CallTable, type Fate, PendingCall } from './calls.ts'
import type { Codec } from './codecs/codec.ts'
import { structuredCodec } from './codecs/structured.ts'
import { textCodec } from './codecs/text.ts'
import {
  CallTimeoutError,
  type CloseReason,
  ContextClosedError,
  FarholdError,
  LimitExceededError,
  NotShareableError,
  ProtocolError,
  ReleasedError,
  WouldBlockError,
} from './errors.ts'
import { type Connection, type Handle, Import, standInOf } from './handle.ts'
import { Incoming } from './incoming.ts'
import { ItemReader } from './iteration.ts'
import type { Limits } from './limits.ts'
import { localOperation } from './local-operation.ts'
import { decode } from './marshal/decode.ts'
import { encode } from './marshal/encode.ts'
import type { Flavour } from './marshal/port.ts'
import { Outbox } from './outbox.ts'
import type { Platform } from './platform.ts'
import {
  type BatchCursor,
  type CallMessage,
  type Extra,
  Flag,
  type MessageHandler,
  type Operation,
  Operation as Operations,
  openBatch,
  PROTOCOL_VERSION,
  readBatch,
  Tag,
} from './protocol.ts'
import { References, ROOT, wirePath } from './references.ts'
import { joinStacks } from './stacks.ts'
import type { Batch, Receiver, Transport } from './transport.ts'

/** Everything about a session that is decided before it begins. */
export interface SessionSettings {
  readonly transport: Transport
  readonly root: object
  readonly control: object
  readonly name: string
  readonly peerName: string
  readonly limits: Limits
  readonly platform: Platform
  readonly writes: Writes
  readonly flavour: Flavour
  readonly sharedMemory: boolean
  readonly exposeStacks: boolean
  /** Does a promise in answer to a blocking call of ours stay a promise? */
  readonly promisesStay: boolean
  readonly onError: (error: unknown) => void
  /** How long a call of ours may take from start to end, in milliseconds. */
  readonly wallTimeout: number | undefined
}

/** What a session has at this moment and has carried so far. */
export interface SessionStats {
  /** Objects of ours that the peer holds. */
  readonly exports: number
  /** Objects of the peer that we hold. */
  readonly imports: number
  /** Calls of ours that are not answered. */
  readonly pending: number
  /** Calls of the peer that we have not answered. */
  readonly serving: number
  /** Calls so far, in both directions. */
  readonly calls: number
  /** Batches so far. */
  readonly batches: { readonly sent: number; readonly received: number }
  /** Characters of text and bytes of buffers so far; what a structured pipe copies itself is not counted. */
  readonly bytes: { readonly sent: number; readonly received: number }
}

/** How deep a session was in reading, performing and serving when an entry began. */
export interface EntryMark {
  readonly reading: number
  readonly running: number
  readonly serving: number
  readonly blocking: boolean
}

interface Reading {
  readonly cursor: BatchCursor
  /** What moved with the batch. */
  readonly moved: readonly unknown[]
}

export class SessionCore implements Connection, MessageHandler, Receiver {
  readonly references: References
  readonly closedPromise: Promise<CloseReason>
  readonly #transport: Transport
  readonly #codec: Codec
  readonly #limits: Limits
  readonly #calls = new CallTable()
  readonly #outbox: Outbox
  readonly #incoming: Incoming
  readonly #onError: (error: unknown) => void
  readonly #syncFlags: number
  readonly #wallTimeout: number | undefined
  readonly #defaultFlavour: Flavour
  readonly #unheld: FinalizationRegistry<Fate>
  #resolveClosed: (reason: CloseReason) => void = () => undefined
  #peerName: string
  #ended: CloseReason | undefined
  /** The batches that are being read this moment, one within the other. */
  readonly #reading: Reading[] = []
  #depth = 0
  #made = 0
  readonly #sent = { batches: 0, bytes: 0 }
  readonly #received = { batches: 0, bytes: 0 }

  constructor(settings: SessionSettings) {
    this.#transport = settings.transport
    this.#codec = settings.transport.codec === 'text' ? textCodec : structuredCodec
    this.#limits = settings.limits
    this.#peerName = settings.peerName
    this.#onError = settings.onError
    this.#wallTimeout = settings.wallTimeout
    this.#defaultFlavour = settings.flavour
    this.#syncFlags = settings.promisesStay ? Flag.promise : 0
    this.#outbox = new Outbox(this.#codec, () => this.#flush())
    this.references = new References(
      {
        codec: this.#codec,
        limits: settings.limits,
        platform: settings.platform,
        name: settings.name,
        sharedMemory: settings.sharedMemory,
        exposeStacks: settings.exposeStacks,
        connection: this,
        settle: (id, fulfilled, value) => this.#sendSettle(id, fulfilled, value),
        giveBack: (id, count) => this.#send(Tag.release, id, count),
      },
      settings.root,
      settings.control,
    )
    this.#incoming = new Incoming({
      references: this.references,
      outbox: this.#outbox,
      flavour: settings.flavour,
      writes: settings.writes,
      malformed: (error) => this.#cutOff(error),
    })
    this.#unheld = new FinalizationRegistry((fate) => this.#dropAnswer(fate))
    this.closedPromise = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    this.#outbox.append(Tag.hello, PROTOCOL_VERSION, settings.name)
    this.#transport.open(this)
  }

  get peerName(): string {
    return this.#peerName
  }

  get ended(): CloseReason | undefined {
    return this.#ended
  }

  get blocks(): boolean {
    return this.#transport.enter !== undefined && this.#ended === undefined
  }

  stats(): SessionStats {
    return {
      exports: this.references.exports.size - 2,
      imports: this.references.imports.size,
      pending: this.#calls.pending,
      serving: this.#incoming.active,
      calls: this.#made + this.#incoming.served,
      batches: { sent: this.#sent.batches, received: this.#received.batches },
      bytes: { sent: this.#sent.bytes, received: this.#received.bytes },
    }
  }

  /** Puts another object in the place of the root. */
  setRoot(root: object): void {
    this.references.exports.replace(ROOT, root)
  }

  report(error: unknown): void {
    this.#onError(error)
  }

  // Out ---------------------------------------------------------------------------------------------

  request(
    operation: Operation,
    handle: Handle,
    path: readonly PropertyKey[],
    args: unknown,
    flavour: Flavour = this.#defaultFlavour,
  ): PendingCall {
    const before = this.#firstUnsettled(handle, args)
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
    const { enter } = this.#transport
    if (enter === undefined) {
      throw new WouldBlockError(
        `"${this.#peerName}"`,
        'its transport cannot block this thread. Use a Remote.',
      )
    }
    const call = this.#queue(operation, handle, path, args, 'sync', flags | this.#syncFlags)
    call.awaited = true
    if (call.state === 'pending') {
      const batch = this.#take()
      if (batch !== undefined)
        enter.call(this.#transport, batch, () => call.state !== 'pending', undefined)
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
    return this.request(Operations.call, this.references.control, [method], args).promise()
  }

  iterate(handle: Handle, path: readonly PropertyKey[]): AsyncIterator<unknown, unknown, unknown> {
    let call: PendingCall | undefined
    return new ItemReader({
      start: (onItem) => {
        call = this.request(Operations.iterate, handle, path, undefined)
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
    if (imported.released || imported.session !== this) return
    imported.released = true
    imported.methods.clear()
    this.references.imports.release(imported.id)
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
        args === undefined
          ? NOTHING
          : encode(args, this.references, this.#outbox.moved, 'arguments')
      if (handle instanceof PendingCall) handle.used = true
      this.#calls.add(call)
      if (this.#wallTimeout !== undefined) this.#limitTime(call, this.#wallTimeout)
      if (this.#calls.pending === 1) this.#transport.hold?.()
      this.#made++
      const target = handle instanceof Import ? handle.id : -1 - (handle as PendingCall).id // the two kinds of handle
      this.#outbox.call(call, operation | flags, target, wire, value, extra)
    } catch (error) {
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

  /** An argument, or the handle, whose answer is on its way and cannot be named to this peer. */
  #firstUnsettled(handle: Handle, args: unknown): PendingCall | undefined {
    if (
      handle instanceof PendingCall &&
      handle.session === this &&
      !handle.usable &&
      handle.state === 'pending'
    ) {
      return handle
    }
    if (!Array.isArray(args)) return undefined
    for (const arg of args as readonly unknown[]) {
      const answer = standInOf(arg)?.handle
      if (
        answer instanceof PendingCall &&
        answer.state === 'pending' &&
        !(answer.session === this && answer.usable)
      ) {
        return answer
      }
    }
    return undefined
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
      const encoded = encode(refusal, this.references, this.#outbox.moved, 'promise')
      this.#outbox.send(Tag.settle, id, 0, encoded.value, encoded.extra)
    }
  }

  #take(): Batch | undefined {
    const batch = this.#outbox.take()
    if (batch === undefined) return undefined
    this.#sent.batches++
    this.#sent.bytes += weigh(batch)
    return batch
  }

  #flush(): void {
    if (this.#ended !== undefined) return
    const batch = this.#take()
    if (batch === undefined) return
    try {
      this.#transport.post(batch)
    } catch (error) {
      this.#end({ kind: 'transport', error })
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

  // In ----------------------------------------------------------------------------------------------

  deliver(batch: Batch): void {
    if (this.#ended !== undefined) return
    this.#received.batches++
    this.#received.bytes += weigh(batch)
    try {
      const size = this.#codec.sizeOf(batch)
      if (size > this.#limits.messageSize) {
        throw new ProtocolError(
          `a message of ${size} is past the limit of ${this.#limits.messageSize}`,
        )
      }
      this.#read({ cursor: openBatch(this.#codec.fields(batch)), moved: batch.moved })
    } catch (error) {
      this.#cutOff(error)
    }
  }

  /** Reads what is left of a batch. When the engine cuts execution short, its entry stays for `interrupted`. */
  #read(reading: Reading): void {
    const level = this.#reading.push(reading) - 1
    try {
      readBatch(reading.cursor, this)
    } finally {
      this.#reading.length = level
    }
  }

  /** Where an entry begins, for `interrupted` to go back to. */
  mark(): EntryMark {
    return {
      reading: this.#reading.length,
      running: this.#incoming.depth,
      serving: this.#depth,
      blocking: this.#incoming.blocking,
    }
  }

  /**
   * The engine cut execution short since `mark` was made: no `finally` ran. What was being performed fails with
   * `error`; the messages behind it are read now.
   */
  interrupted(mark: EntryMark, error: unknown): void {
    this.#depth = mark.serving
    this.#incoming.blocking = mark.blocking
    const cut = this.#reading.splice(mark.reading)
    this.#incoming.interrupted(mark.running, error)
    for (const reading of cut.reverse()) {
      try {
        this.#read(reading)
      } catch (failure) {
        this.#cutOff(failure)
      }
    }
  }

  /** What is queued and has not left, for a transport that can take it along. */
  pull(): Batch | undefined {
    return this.#ended === undefined ? this.#take() : undefined
  }

  serve(batch: Batch): Batch | undefined {
    const { blocking } = this.#incoming
    this.#incoming.blocking = true
    this.#depth++
    try {
      this.deliver(batch)
      return this.pull()
    } finally {
      this.#depth--
      this.#incoming.blocking = blocking
    }
  }

  closed(reason: CloseReason): void {
    this.#end(reason)
  }

  hello(version: number, name: string): void {
    if (version !== PROTOCOL_VERSION) {
      throw new ProtocolError(
        `it speaks version ${version} of the protocol, and this context version ${PROTOCOL_VERSION}`,
      )
    }
    if (this.#peerName === '') this.#peerName = name
  }

  /** What moved with the batch that is being read. */
  get #moved(): readonly unknown[] {
    return this.#reading.at(-1)?.moved ?? []
  }

  call(message: CallMessage): void {
    if (this.#depth > this.#limits.callDepth) {
      const error = new LimitExceededError(
        'callDepth',
        this.#limits.callDepth,
        'the depth of calls within calls',
      )
      const { value, extra } = encode(error, this.references, this.#outbox.moved, 'error')
      this.#outbox.send(Tag.failure, message.id, value, extra)
      return
    }
    this.#incoming.call(message, this.#moved)
  }

  result(id: number, value: unknown, extra: Extra): void {
    const call = this.#calls.get(id)
    const decoded = this.#decodeFor(call, value, extra)
    this.#answered(call)
    if ('value' in decoded) call.fulfil(decoded.value)
    else call.fail(decoded.error)
  }

  failure(id: number, error: unknown, extra: Extra): void {
    const call = this.#calls.get(id)
    const decoded = this.#decodeFor(call, error, extra)
    this.#answered(call)
    call.fail('value' in decoded ? decoded.value : decoded.error)
  }

  item(id: number, value: unknown, extra: Extra): void {
    const call = this.#calls.get(id)
    const decoded = this.#decodeFor(call, value, extra)
    if ('value' in decoded) call.onItem?.(decoded.value)
    else call.fail(decoded.error)
  }

  settle(id: number, fulfilled: boolean, value: unknown, extra: Extra): void {
    try {
      this.references.live.settle(
        id,
        fulfilled,
        decode(value, extra, this.references, this.#moved, this.#defaultFlavour),
      )
    } catch (error) {
      if (error instanceof ProtocolError || !(error instanceof FarholdError)) throw error
      this.references.live.settle(id, false, error)
    }
  }

  release(id: number, count: number): void {
    this.references.exports.release(id, count)
  }

  finish(id: number): void {
    this.#incoming.finish(id)
  }

  cancel(id: number): void {
    this.#incoming.cancel(id)
  }

  credit(id: number, count: number): void {
    this.#incoming.credit(id, count)
  }

  /** A value for one call of ours. What this heap cannot make fails that call alone. */
  #decodeFor(
    call: PendingCall,
    value: unknown,
    extra: Extra,
  ): { value: unknown } | { error: unknown } {
    try {
      return { value: decode(value, extra, this.references, this.#moved, call.flavour) }
    } catch (error) {
      if (error instanceof FarholdError && !(error instanceof ProtocolError)) return { error }
      throw error
    }
  }

  #answered(call: PendingCall): void {
    this.#calls.answered(call)
    if (this.#calls.pending === 0) this.#transport.letGo?.()
    if (call.held) this.#unheld.register(call, call.fate)
  }

  // The end -----------------------------------------------------------------------------------------

  close(): void {
    if (this.#ended !== undefined) return
    const last = this.#take()
    try {
      if (last !== undefined) this.#transport.post(last)
    } finally {
      this.#end({ kind: 'closed' })
    }
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

  #cutOff(error: unknown): void {
    const reason =
      error instanceof FarholdError
        ? error
        : new ProtocolError(String(error instanceof Error ? error.message : error))
    this.#end({ kind: 'protocol', error: reason })
  }

  #end(reason: CloseReason): void {
    if (this.#ended !== undefined) return
    this.#ended = reason
    this.#transport.close()
    const calls = this.#calls.drain()
    for (const call of calls) {
      call.fail(new ContextClosedError(this.#peerName, reason, call.description, calls.length))
    }
    this.#incoming.clear()
    this.references.clear(new ContextClosedError(this.#peerName, reason))
    this.#resolveClosed(reason)
  }
}

const NOTHING = { value: null, extra: null }

/** Characters and moved bytes of a batch. */
function weigh(batch: Batch): number {
  let bytes = typeof batch.body === 'string' ? batch.body.length : 0
  for (const item of batch.moved) if (item instanceof ArrayBuffer) bytes += item.byteLength
  return bytes
}
