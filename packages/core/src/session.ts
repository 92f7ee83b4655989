/**
 * One connection of two contexts: what is asked goes out, what is asked of us comes in, and the end of
 * the transport ends every wait.
 */
import type { Access } from './access.ts'
import { canSleepBy } from './block-here.ts'
import type { CallTimeout } from './call-watch.ts'
import type { Codec } from './codecs/codec.ts'
import { structuredCodec } from './codecs/structured.ts'
import { textCodec } from './codecs/text.ts'
import { ContextLock, heapLock } from './context-lock.ts'
import { nowServing, servedHere } from './current-call.ts'
import { chaseHold } from './deadlock.ts'
import { Entrance } from './entrance.ts'
import { type CloseReason, ContextClosedError, FarholdError, ProtocolError } from './errors.ts'
import type { HandOverSlot, Membership, Relation } from './family.ts'
import { Incoming } from './incoming.ts'
import { LentHolds } from './lent-holds.ts'
import type { Limits } from './limits.ts'
import { isTokenOf } from './lock-word.ts'
import { decode } from './marshal/decode.ts'
import type { Flavour } from './marshal/port.ts'
import { ROOT } from './object-ids.ts'
import { Outbox } from './outbox.ts'
import { Outgoing } from './outgoing.ts'
import type { Platform } from './platform.ts'
import {
  type CallMessage,
  type Extra,
  type MessageHandler,
  openBatch,
  PROTOCOL_VERSION,
  Tag,
} from './protocol.ts'
import { type LimitUse, Quota } from './quota.ts'
import type { References } from './references.ts'
import { busyLocks, type Probe } from './rw-lock.ts'
import type { Scope } from './scope.ts'
import { type Locks, ServedLocks } from './served-locks.ts'
import { thisHeap } from './this-heap.ts'
import type { Batch, BatchReceiver, Transport } from './transport.ts'
import { Unread } from './unread.ts'

/** Everything about a session that is decided before it begins. */
export interface SessionSettings {
  readonly transport: Transport
  /** `undefined` when the peer is to get it, as any other object, from whoever passes it on. */
  readonly root: object | undefined
  /** Is the root something that was exposed, so that the peer may ask more of this end than callbacks? */
  readonly exposes: boolean
  /** The family this session belongs to, if it belongs to one. */
  readonly membership: Membership | undefined
  readonly control: object
  readonly name: string
  readonly peerName: string
  readonly limits: Limits
  readonly platform: Platform
  /** What the peer may touch. */
  readonly access: Access
  readonly flavour: Flavour
  /** Which of our locks the peer may hold. */
  readonly locks: Locks
  /** Is a call of the peer inside until its promise has settled, or only until its first await? */
  readonly entry: 'turn' | 'exclusive'
  /** May the peer name any hold, because its code is ours as well? */
  readonly trusted: boolean
  readonly sharedMemory: boolean
  readonly exposeStacks: boolean
  /** Does a promise in answer to a blocking call of ours stay a promise? */
  readonly promisesStay: boolean
  readonly onError: (error: unknown) => void
  /** Is it noted where objects are introduced? */
  readonly trace: boolean
  /** Hears of a table that only grows; `undefined` when no one wants to. */
  readonly warn: ((message: string) => void) | undefined
  /** How long a call of ours may take from start to end. */
  readonly callTimeout: CallTimeout | undefined
  /** How many items of an iteration may be under way before they are asked for. */
  readonly prefetch: number
}

/** What a session has at this moment and has carried so far. */
export interface SessionStats {
  /** Objects of ours that the peer holds, and immutable values of ours that it has. */
  readonly exports: number
  /** Objects of the peer that we hold, and immutable values of it that it may name. */
  readonly imports: number
  /** Answers of ours that the peer keeps to use, and has not given up. */
  readonly held: number
  /** Calls of ours that are not answered. */
  readonly pending: number
  /** Calls of the peer that we have not answered. */
  readonly serving: number
  /** Calls so far, in both directions. */
  readonly calls: number
  /** Batches so far. */
  readonly batches: { readonly sent: number; readonly received: number }
  /** Characters of text and bytes of buffers so far, in both directions; what a structured pipe copies itself is not counted. */
  readonly bytes: number
  /** Locks of either side that the other one holds, and calls and requests that wait for one. */
  readonly locks: { readonly held: number; readonly waiting: number }
  /** Each limit of the peer, with what it uses of it, and how often something was refused because of it. */
  readonly limits: Readonly<Record<keyof Limits, LimitUse>>
}

/** How deep a session was in reading and performing when an entry began. */
export interface EntryMark {
  readonly reading: number
  readonly running: number
  readonly blocking: number
}

export class SessionCore implements MessageHandler, BatchReceiver, Relation {
  /** The calls we make, and both tables. */
  readonly outgoing: Outgoing
  readonly references: References
  readonly closedPromise: Promise<CloseReason>
  readonly #transport: Transport
  readonly #codec: Codec
  readonly #quota: Quota
  readonly #outbox: Outbox
  readonly #incoming: Incoming
  readonly #entrance: Entrance
  readonly #locks: ServedLocks
  /** Ends what its transport's thread has to do with our lock. */
  #leaveLock: (() => void) | undefined
  #thread: number | undefined
  /** Of an end that exposes nothing to its own heap, as that of a loopback. */
  #ownLock: ContextLock | undefined
  readonly #flavour: Flavour
  readonly #hasRoot: boolean
  readonly #exposes: boolean
  #resolveClosed: (reason: CloseReason) => void = () => undefined
  readonly #whenClosed: ((reason: CloseReason) => void)[] = []
  readonly #unread = new Unread(this)
  #sent = 0
  #received = 0
  #bytes = 0

  constructor(settings: SessionSettings) {
    this.#transport = settings.transport
    this.#codec = settings.transport.codec === 'text' ? textCodec : structuredCodec
    this.#quota = new Quota(settings.limits, settings.platform, !this.#codec.carriesBytes)
    this.#flavour = settings.flavour
    this.#hasRoot = settings.root !== undefined
    this.#exposes = settings.exposes
    this.#outbox = new Outbox(this.#codec, this.#quota, () => this.#flush())
    const lent = settings.trusted ? undefined : new LentHolds()
    this.outgoing = new Outgoing({
      ...settings,
      lent,
      references: { ...settings, codec: this.#codec, quota: this.#quota },
      outbox: this.#outbox,
      take: () => this.#take() ?? this.#codec.batch([], []),
    })
    this.references = this.outgoing.references
    const { party } = this.outgoing.locks
    this.#entrance = new Entrance({
      lock: () => this.lock,
      entry: settings.entry,
      name: settings.name,
      party,
      quota: this.#quota,
    })
    this.#locks = new ServedLocks({ entrance: this.#entrance, party, locks: settings.locks, lent })
    this.#incoming = new Incoming({
      entrance: this.#entrance,
      locks: this.#locks,
      lent,
      references: this.references,
      outbox: this.#outbox,
      flavour: settings.flavour,
      malformed: (error) => this.#cutOff(error),
    })
    this.closedPromise = new Promise((resolve) => {
      this.#resolveClosed = resolve
    })
    const { messageSize } = settings.limits
    this.#outbox.append(Tag.hello, PROTOCOL_VERSION, settings.name, thisHeap.id, messageSize)
    if (this.#transport.enter !== undefined && this.outgoing.waits)
      this.whenClosed(canSleepBy(this.outgoing))
    this.#transport.open(this)
  }

  /** Runs at the end, at once: a thread that is blocked runs no reactions of `closedPromise`. */
  whenClosed(run: (reason: CloseReason) => void): void {
    this.#whenClosed.push(run)
  }

  get ended(): CloseReason | undefined {
    return this.outgoing.ended
  }

  /** The lock that the peer's calls enter by: this heap's, but for an end that has nothing but callbacks for its own heap. */
  get lock(): ContextLock {
    if (this.#exposes || this.outgoing.peerHeap !== thisHeap.id) return heapLock
    this.#ownLock ??= new ContextLock(() => `context "${this.references.name}"`)
    return this.#ownLock
  }

  stats(): SessionStats {
    return {
      // The root and the control object are in the table while the session lives.
      exports:
        Math.max(0, this.references.exports.size - (this.#hasRoot ? 2 : 1)) +
        this.references.immutables.given,
      imports: this.references.imports.size + this.references.immutables.received,
      held: this.#incoming.answers.size,
      pending: this.outgoing.pending,
      serving: this.#incoming.active,
      calls: this.outgoing.made + this.#incoming.served,
      batches: { sent: this.#sent, received: this.#received },
      bytes: this.#bytes,
      locks: {
        held: this.#locks.held + this.outgoing.locks.held,
        waiting: this.#entrance.waiting + this.outgoing.locks.waiting,
      },
      limits: this.#quota.report({
        pendingCalls: this.#incoming.working,
        callDepth: this.#incoming.depth,
        promises: this.references.live.awaited,
        lockRequests: this.#entrance.waiting,
      }),
    }
  }

  // As a member of a family -------------------------------------------------------------------------

  get peerName(): string {
    return this.outgoing.peerName
  }

  ask(method: string, args: readonly unknown[]): Promise<unknown> {
    return this.outgoing.ask(method, args)
  }

  askAhead(method: string, args: readonly unknown[]): Promise<unknown> {
    return this.outgoing.askAhead(method, args)
  }

  receive(
    slot: HandOverSlot,
    introducer: number,
    flavour: Flavour,
    scope: Scope | undefined,
  ): object {
    return this.references.receiveHandedOver(slot, introducer, flavour, scope)
  }

  grant(object: object, introducer: number): void {
    if (this.ended !== undefined) return
    try {
      this.#tell('granted', [this.references.grant(object), introducer])
    } catch (error) {
      this.#tell('refused', [this.references.idFor(object), introducer, error])
    }
  }

  /** Tells the member. One that is gone meanwhile needs to be told nothing. */
  #tell(method: string, args: readonly unknown[]): void {
    this.askAhead(method, args).catch(() => undefined)
  }

  granted(id: number, introducer: number): void {
    if (this.ended === undefined) this.references.handedOver.granted(id, introducer)
  }

  refused(id: number, introducer: number, error: unknown): void {
    if (this.ended === undefined) this.references.handedOver.refused(id, introducer, error)
  }

  expects(introducer: number): boolean {
    return this.references.handedOver.expects(introducer)
  }

  abandon(introducer: number, error: Error): void {
    this.references.handedOver.abandon(introducer, error)
  }

  /** Puts another object in the place of the root. */
  setRoot(root: object): void {
    this.references.exports.replace(ROOT, root)
  }

  /** What is queued; all but the last batch of it is posted here. */
  #take(): Batch | undefined {
    let batch = this.#takeOne()
    while (batch !== undefined && this.#outbox.hasMore) {
      this.#transport.post(batch)
      batch = this.#takeOne()
    }
    return batch
  }

  #takeOne(): Batch | undefined {
    const batch = this.#outbox.take()
    if (batch === undefined) return undefined
    this.#sent++
    this.#bytes += weigh(batch)
    return batch
  }

  #flush(): void {
    if (this.ended !== undefined) return
    try {
      const batch = this.#take()
      if (batch !== undefined) this.#transport.post(batch)
    } catch (error) {
      this.#end({ kind: 'transport', error })
    }
  }

  // In ----------------------------------------------------------------------------------------------

  deliver(batch: Batch): void {
    if (this.ended !== undefined) return
    this.#received++
    this.#bytes += weigh(batch)
    const serving = servedHere()
    try {
      // What it sends would have to be read to be refused call by call. A peer that keeps the limits never sends so much.
      const length = this.#codec.textLength(batch)
      if (length > this.#quota.mostText)
        throw new ProtocolError(`a batch of ${length} characters is past the limit "messageSize"`)
      this.#unread.read(openBatch(this.#codec.fields(batch)), batch.moved)
    } catch (error) {
      this.#cutOff(error)
    } finally {
      if (servedHere() !== serving) nowServing(serving)
    }
  }

  get hasUnread(): boolean {
    return this.ended === undefined && this.#unread.isLeft
  }

  readOn(): void {
    const serving = servedHere()
    try {
      this.#unread.readOn()
    } catch (error) {
      this.#cutOff(error)
    } finally {
      if (servedHere() !== serving) nowServing(serving)
    }
  }

  /** Where an entry begins, for `interrupted` to go back to. */
  mark(): EntryMark {
    return {
      reading: this.#unread.depth,
      running: this.#incoming.depth,
      blocking: thisHeap.blocking.length,
    }
  }

  /**
   * The engine cut execution short since `mark` was made: no `finally` ran. What was being performed fails with
   * `error`; the messages behind it are read now.
   */
  interrupted(mark: EntryMark, error: unknown): void {
    this.#outbox.interrupted()
    nowServing(undefined)
    thisHeap.blocking.length = Math.min(thisHeap.blocking.length, mark.blocking)
    const cut = this.#unread.cut(mark.reading)
    this.#incoming.interrupted(mark.running, error)
    for (const lock of [...busyLocks]) lock.interrupted()
    for (const goOn of cut) {
      try {
        goOn()
      } catch (failure) {
        this.#cutOff(failure)
      }
    }
  }

  /** What is queued and has not left, for a transport that can take it along. */
  pull(): Batch | undefined {
    return this.ended === undefined ? this.#take() : undefined
  }

  get isBusy(): boolean {
    return this.#incoming.active > 0
  }

  serve(batch: Batch): Batch | undefined {
    this.deliver(batch)
    return this.pull()
  }

  neighbour(thread: number): void {
    if (this.ended !== undefined || this.#thread !== undefined) return
    this.#thread = thread
    this.#leaveLock = heapLock.join(thread, this.outgoing.locks.party)
  }

  closed(reason: CloseReason): void {
    this.#end(reason)
  }

  hello(version: number, name: string, heap: number, messageSize: number): void {
    if (version !== PROTOCOL_VERSION) {
      throw new ProtocolError(
        `it speaks version ${version} of the protocol, and this context version ${PROTOCOL_VERSION}`,
      )
    }
    this.outgoing.introduced(name, heap)
    this.#quota.peerTakes(messageSize)
  }

  call(message: CallMessage): void {
    this.#incoming.call(message, this.#unread.moved)
  }

  result(id: number, value: unknown, extra: Extra): void {
    this.outgoing.replies.result(id, value, extra, this.#unread.moved)
  }

  failure(id: number, error: unknown, extra: Extra): void {
    this.outgoing.replies.failure(id, error, extra, this.#unread.moved)
  }

  item(id: number, value: unknown, extra: Extra): void {
    this.outgoing.replies.item(id, value, extra, this.#unread.moved)
  }

  settle(id: number, fulfilled: boolean, value: unknown, extra: Extra): void {
    const decoded = this.#decode(value, extra)
    if ('value' in decoded) this.references.live.settle(id, fulfilled, decoded.value)
    else this.references.live.settle(id, false, decoded.error)
  }

  /** A value that no call waits for. What this heap cannot make is an error in its place. */
  #decode(value: unknown, extra: Extra): { value: unknown } | { error: unknown } {
    try {
      return { value: decode(value, extra, this.references, this.#unread.moved, this.#flavour) }
    } catch (error) {
      if (error instanceof ProtocolError || !(error instanceof FarholdError)) throw error
      return { error }
    }
  }

  release(id: number, count: number): void {
    this.references.takeBack(id, count)
  }

  finish(id: number): void {
    this.#incoming.answers.finish(id)
  }

  cancel(id: number, abandoned: boolean, reason: unknown, extra: Extra): void {
    const decoded = this.#decode(reason, extra)
    if (!abandoned) this.#incoming.iterations.leave(id)
    else this.#incoming.cancel(id, 'value' in decoded ? decoded.value : decoded.error)
  }

  credit(id: number, count: number): void {
    this.#incoming.iterations.allow(id, count)
  }

  within(heaps: readonly number[]): void {
    this.#incoming.within(heaps)
  }

  joined(id: number, heaps: readonly number[]): void {
    this.#incoming.joined(id, heaps)
  }

  held(tokens: readonly number[]): void {
    this.#incoming.held(tokens)
  }

  probeHold(token: number, probe: Probe): void {
    chaseHold(token, probe)
  }

  probeCall(id: number, bond: number, probe: Probe, where: string): void {
    this.#incoming.probe(id, bond, probe, where)
  }

  freed(token: number): void {
    if (this.#thread === undefined || !isTokenOf(this.#thread, token))
      throw new ProtocolError('a hold that is not its own')
    heapLock.freed(token)
  }

  content(ids: unknown, value: unknown, extra: Extra): void {
    this.references.immutables.receive(ids, value, extra, this.#unread.moved)
  }

  forget(id: number): void {
    this.references.immutables.forget(id)
  }

  dropped(id: number): void {
    this.references.immutables.dropped(id)
  }

  // The end -----------------------------------------------------------------------------------------

  close(): void {
    if (this.ended !== undefined) return
    try {
      const last = this.#take()
      if (last !== undefined) this.#transport.post(last)
    } finally {
      this.#end({ kind: 'closed' })
    }
  }

  #cutOff(error: unknown): void {
    const reason =
      error instanceof FarholdError
        ? error
        : new ProtocolError(String(error instanceof Error ? error.message : error))
    this.#end({ kind: 'protocol', error: reason })
  }

  #end(reason: CloseReason): void {
    if (this.ended !== undefined) return
    const error = new ContextClosedError(this.outgoing.peerName, reason)
    this.outgoing.end(reason)
    this.#transport.close()
    this.#incoming.clear(error)
    this.#leaveLock?.()
    this.#locks.clear()
    this.references.clear(error)
    this.#resolveClosed(reason)
    for (const run of this.#whenClosed) run(reason)
  }
}

/** Characters and moved bytes of a batch. */
function weigh(batch: Batch): number {
  let bytes = typeof batch.body === 'string' ? batch.body.length : 0
  for (const item of batch.moved) if (item instanceof ArrayBuffer) bytes += item.byteLength
  return bytes
}
