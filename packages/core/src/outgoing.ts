/**
 * The calls we make of the peer: encoded, queued, awaited, and settled by its answers. This is what every proxy
 * of the peer's objects speaks to.
 */
import type { CallParticulars } from './call-options.ts'
import { type CallTimeout, CallWatch } from './call-watch.ts'
import { CallTable, type Fate, firstUnsettled, PendingCall } from './calls.ts'
import { servedHere } from './current-call.ts'
import { letIn } from './deadlock.ts'
import {
  type CloseReason,
  ContextClosedError,
  NotShareableError,
  ReleasedError,
  WouldBlockError,
} from './errors.ts'
import type { Membership } from './family.ts'
import { type Answer, type Connection, describePath, type Handle, Import } from './handle.ts'
import { carriedHere } from './held.ts'
import { IteratedCall } from './iterated-call.ts'
import { ItemReader } from './iteration.ts'
import type { LentHolds } from './lent-holds.ts'
import { localOperation } from './local-operation.ts'
import { encode, encodeArguments, encodeFailure } from './marshal/encode.ts'
import type { Flavour } from './marshal/port.ts'
import type { Failed, Outbox } from './outbox.ts'
import { PeerLocks } from './peer-locks.ts'
import { Flag, Operation, Tag } from './protocol.ts'
import { type ReferenceOptions, References, wirePath } from './references.ts'
import { Replies } from './replies.ts'
import { joinStacks, withoutFrames } from './stacks.ts'
import { NONE_WAITING, thisHeap, withThoseWhoWait } from './this-heap.ts'
import type { Batch, Transport } from './transport.ts'
import { turnHere } from './turn.ts'

/** What the session around them decides for our calls. */
export interface OutgoingOptions {
  readonly references: Omit<
    ReferenceOptions,
    'connection' | 'settle' | 'beforeLeaving' | 'giveBack' | 'sendContent' | 'send'
  >
  /** `undefined` when the peer is to get it, as any other object, from whoever passes it on. */
  readonly root: object | undefined
  readonly control: object
  readonly outbox: Outbox
  readonly membership: Membership | undefined
  readonly transport: Pick<
    Transport,
    'enter' | 'waits' | 'isWaitedFor' | 'hold' | 'letGo' | 'peerLock'
  >
  readonly peerName: string
  /** Which proxies the answers of our calls become, where the call does not say. */
  readonly flavour: Flavour
  /** Does a promise in answer to a blocking call stay a promise? */
  readonly promisesStay: boolean
  /** How long a call may take from start to end, where its own options do not say. */
  readonly callTimeout: CallTimeout | undefined
  /** How many items of an iteration may be under way before they are asked for. */
  readonly prefetch: number
  readonly onError: (error: unknown) => void
  /** The holds that the peer may name, when it is not trusted. */
  readonly lent: LentHolds | undefined
  /** What is queued, as the batch that leaves now; it may be empty. */
  readonly take: () => Batch
}

export class Outgoing implements Connection {
  readonly references: References
  readonly locks: PeerLocks
  readonly #options: OutgoingOptions
  readonly #outbox: Outbox
  readonly #calls = new CallTable()
  readonly #unheld: FinalizationRegistry<Fate>
  readonly #watch: CallWatch
  /** What the peer answers comes in here. */
  readonly replies: Replies
  #peerName: string
  #ended: CloseReason | undefined
  #made = 0
  /** How many calls keep the process alive. */
  #holding = 0
  /** How much is lent between the two contexts, in either direction. */
  #lent = 0
  readonly #whenReturned: (() => void)[] = []
  /** What names the peer's heap, once it has said so. */
  #peerHeap = 0

  constructor(options: OutgoingOptions) {
    this.#options = options
    this.#outbox = options.outbox
    this.#peerName = options.peerName
    this.locks = new PeerLocks({
      transport: options.transport,
      peerName: () => this.#peerName,
      waits: () => this.waits,
      send: (tag, ...fields) => this.#send(tag, ...fields),
      lent: options.lent,
    })
    this.#unheld = new FinalizationRegistry((fate) => this.#dropAnswer(fate))
    this.#watch = new CallWatch(options.references.platform, options.callTimeout, (call, reason) =>
      this.#abandon(call, reason),
    )
    this.references = new References(
      {
        ...options.references,
        connection: this,
        settle: (id, fulfilled, value) => this.#sendSettle(id, fulfilled, value),
        beforeLeaving: (run) => this.#outbox.beforeLeaving(run),
        giveBack: (id, count) => this.#send(Tag.release, id, count),
        sendContent: (fields, moved) => this.#outbox.ahead(fields, moved),
        send: (tag, id) => this.#send(tag, id),
      },
      options.root,
      options.control,
    )
    this.replies = new Replies(
      this.#calls,
      this.references,
      (call) => this.#answered(call),
      (call, reason) => this.#abandon(call, reason),
    )
  }

  get peerName(): string {
    return this.#peerName
  }

  get peerHeap(): number {
    return this.#peerHeap
  }

  get membership(): Membership | undefined {
    return this.#options.membership
  }

  get ended(): CloseReason | undefined {
    return this.#ended
  }

  get blocks(): boolean {
    return this.#options.transport.enter !== undefined
  }

  /** Calls that the peer has not answered and someone waits for. */
  get pending(): number {
    return this.#calls.pending
  }

  /** Calls made so far. */
  get made(): number {
    return this.#made
  }

  /** The peer has said its name; one that was given here comes first. */
  introduced(name: string, heap: number): void {
    if (this.#peerName === '') this.#peerName = name
    this.#peerHeap = heap
    this.locks.meet()
  }

  report(error: unknown): void {
    this.#options.onError(error)
  }

  request(
    operation: Operation,
    handle: Handle,
    path: readonly PropertyKey[],
    args: unknown,
    options: CallParticulars = NO_OPTIONS,
    flavour: Flavour = this.#options.flavour,
    flags = 0,
  ): PendingCall {
    if (handle.released) throw new ReleasedError(describePath(handle.description, path))
    if (options.signal?.aborted === true) {
      const refused = PendingCall.local(this, flavour, options)
      refused.fail(options.signal.reason)
      return refused
    }
    const before = firstUnsettled(this, handle, args)
    if (before !== undefined)
      return this.#later(before, operation, handle, path, args, options, flavour, flags)
    if (handle instanceof PendingCall && !handle.usable) {
      const answered = PendingCall.local(this, flavour, options)
      localOperation(handle, operation, path, args).then(
        (value) => answered.fulfil(value),
        (error: unknown) => answered.fail(error),
      )
      return answered
    }
    const call = this.#queue(operation, handle, path, args, options, flavour, flags)
    if (call.state === 'pending') this.#watch.begin(call, operation !== Operation.iterate)
    return call
  }

  requestSync(
    operation: Operation,
    handle: Handle,
    path: readonly PropertyKey[],
    args: unknown,
    flags = 0,
    options: CallParticulars = NO_OPTIONS,
  ): unknown {
    const { enter } = this.#options.transport
    if (this.#ended !== undefined) throw new ContextClosedError(this.#peerName, this.#ended)
    if (enter === undefined) {
      throw new WouldBlockError(
        `"${this.#peerName}"`,
        'its transport cannot block this thread. Use a Remote.',
      )
    }
    if (handle.released) throw new ReleasedError(describePath(handle.description, path))
    if (options.signal?.aborted === true) throw options.signal.reason
    const call = this.#queue(
      operation,
      handle,
      path,
      args,
      options,
      'sync',
      flags | Flag.blocking | (this.#options.promisesStay ? Flag.promise : 0),
    )
    call.awaited = true
    const limit = this.#watch.limitOf(call)
    const began = limit === Infinity ? 0 : this.#watch.now()
    if (call.state === 'pending') {
      // Whoever is served meanwhile may abort it.
      if (options.signal !== undefined) this.#watch.begin(call, false)
      const block = (): void =>
        enter.call(
          this.#options.transport,
          this.#options.take(),
          () => call.state !== 'pending',
          limit === Infinity ? undefined : limit,
        )
      thisHeap.blocking.push(call)
      try {
        const turn = turnHere()
        if (turn === undefined) block()
        else turn.whileBlocked(block)
      } catch (error) {
        this.#abandon(call, error)
      } finally {
        thisHeap.blocking.pop()
      }
    }
    if (call.state === 'pending') {
      const late = limit !== Infinity && this.#watch.now() - began >= limit
      const why = (): Error =>
        late ? this.#watch.timeoutOf(call) : needsThisThread(call, this.#peerName)
      this.#abandon(call, withoutFrames(why))
    }
    if (call.state === 'fulfilled') return call.value
    throw joinStacks(call.value, this.#peerName, call.description)
  }

  get waits(): boolean {
    return this.#options.transport.waits === true
  }

  sleep(done: () => boolean, deadline: number | undefined): void {
    const { transport, take } = this.#options
    transport.enter?.(take(), done, deadline)
  }

  get isWaitedFor(): boolean {
    return this.#options.transport.isWaitedFor ?? this.waits
  }

  joined(call: Answer, heaps: readonly number[]): void {
    if (call instanceof PendingCall) this.#send(Tag.joined, call.id, heaps)
  }

  /** Calls the peer's control object. */
  ask(method: string, args: readonly unknown[]): Promise<unknown> {
    return this.request(Operation.call, this.references.control, [method], args).promise()
  }

  /** Calls the peer's control object ahead of what waits in line, which may wait for this very call. */
  askAhead(method: string, args: readonly unknown[]): Promise<unknown> {
    const { control } = this.references
    const { flavour } = this.#options
    return this.#queue(
      Operation.call,
      control,
      [method],
      args,
      NO_OPTIONS,
      flavour,
      0,
      true,
    ).promise()
  }

  iterate(
    handle: Handle,
    path: readonly PropertyKey[],
    options: CallParticulars = NO_OPTIONS,
  ): AsyncIterator<unknown, unknown, unknown> {
    if (handle.released) throw new ReleasedError(describePath(handle.description, path))
    const source = new IteratedCall({
      before: () => firstUnsettled(this, handle, undefined)?.promise(),
      begin: (isIdle) =>
        this.request(Operation.iterate, handle, path, undefined, isIdle ? IDLE : options),
      send: (tag, ...fields) => this.#send(tag, ...fields),
      step: (call, waiting) => this.#watch.step(call, waiting),
      release: () => {
        if (handle instanceof Import) this.giveUp(handle)
      },
    })
    return new ItemReader(source, options.prefetch ?? this.#options.prefetch)
  }

  giveUp(imported: Import): void {
    if (imported.session !== this) return
    imported.released = true
    imported.methods = undefined
    // While peers hold it through us it stays; the last of them comes back here.
    if (imported.borrowers === 0) this.references.imports.release(imported.id, imported)
  }

  /** The hold on an answer is given up: by a release, or when its proxies are gone. */
  finished(call: Answer): void {
    if (!(call instanceof PendingCall) || !call.held) return
    // The id of one that was abandoned is in use until its owner has answered.
    if (!this.#calls.isUnanswered(call)) this.#dropAnswer(call.fate)
  }

  #queue(
    operation: Operation,
    handle: Handle,
    path: readonly PropertyKey[],
    args: unknown,
    options: CallParticulars,
    flavour: Flavour,
    flags: number,
    ahead = false,
  ): PendingCall {
    const id = this.#ended === undefined ? this.#calls.reserve() : -1
    const call = new PendingCall(this, id, handle, path, flavour, options)
    if (this.#ended !== undefined) {
      call.fail(new ContextClosedError(this.#peerName, this.#ended))
      return call
    }
    try {
      const wire = wirePath(path)
      const { moved } = this.#outbox
      const movedBefore = moved.length
      const { value, extra } = encodeArguments(args, wire, this.references, moved, call)
      if (handle instanceof PendingCall) handle.used = true
      this.#calls.add(call)
      if (!(flags & Flag.blocking) && options.isIdle !== true) this.#hold(call)
      this.#made++
      const target = handle instanceof Import ? handle.id : -1 - (handle as PendingCall).id // the two kinds of handle
      const gates = this.references.takeGates(handle)
      let waiting = servedHere()?.waiting ?? NONE_WAITING
      const isBlocking = (flags & Flag.blocking) !== 0 && this.waits
      if (isBlocking) waiting = withThoseWhoWait(waiting)
      const carried = carriedHere(options.held, this.references)
      if (carried.length > 0 || waiting.length > 0 || isBlocking)
        this.locks.bind(call, carried, isBlocking ? [...waiting, thisHeap.id] : waiting)
      if (gates.length === 0 && (ahead || !this.#outbox.hasLine)) {
        this.#outbox.call(call, operation | flags, target, wire, value, extra, waiting, carried)
      } else {
        const leave = (failed: Failed | undefined): void => {
          if (!this.#neverLeaves(call, failed))
            this.#outbox.call(call, operation | flags, target, wire, value, extra, waiting, carried)
        }
        this.#outbox.inLine(gates, leave, movedBefore)
      }
    } catch (error) {
      // It never leaves, so the peer could not know its answer: what builds on it is answered here.
      call.sent = true
      this.#calls.free(id)
      this.locks.unbind(call)
      call.fail(error)
      if (error instanceof ReleasedError) throw error
    }
    return call
  }

  /** Was a call given up on before it left, or can what it names not be had? Then its id is free. */
  #neverLeaves(call: PendingCall, failed: Failed | undefined): boolean {
    if (this.#ended !== undefined) return true
    if (!call.abandoned && failed === undefined) return false
    call.sent = true
    this.#answered(call)
    if (failed !== undefined) call.fail(failed.error)
    return true
  }

  /** Makes a call when an answer it needs is here. */
  #later(
    before: PendingCall,
    operation: Operation,
    handle: Handle,
    path: readonly PropertyKey[],
    args: unknown,
    options: CallParticulars,
    flavour: Flavour,
    flags: number,
  ): PendingCall {
    const answered = PendingCall.local(this, flavour, options)
    this.#watch.begin(answered, true)
    before
      .promise()
      .then(() => {
        if (answered.state !== 'pending') return undefined // it was given up meanwhile
        return this.request(operation, handle, path, args, options, flavour, flags).promise()
      })
      .then(
        (value) => answered.fulfil(value),
        (error: unknown) => answered.fail(error),
      )
    return answered
  }

  // Giving up -----------------------------------------------------------------------------------------

  /** The caller waits no more: it is told at once, and so is the owner. Whatever the owner has sent already is dropped. */
  #abandon(call: PendingCall, reason: unknown): void {
    if (call.state !== 'pending') return
    if (call.isLocal) {
      call.fail(reason)
      return
    }
    this.#calls.abandon(call)
    this.locks.unbind(call)
    const { value, extra } = encodeFailure(reason, this.references, this.#outbox.moved, 'reason')
    this.#send(Tag.cancel, call.id, 1, value, extra)
    call.fail(reason)
    this.#letGo(call)
  }

  keepAlive(): () => void {
    this.#holding++
    if (this.#holding === 1) this.#options.transport.hold?.()
    let isKept = true
    return () => {
      // A pipe that is being closed is kept by who closes it.
      if (isKept && this.#ended === undefined) this.#release()
      isKept = false
    }
  }

  holdOpen(): () => void {
    this.#lent++
    let isOpen = true
    return () => {
      if (!isOpen) return
      isOpen = false
      this.#lent--
      if (this.#lent === 0) for (const tell of this.#whenReturned.splice(0)) tell()
    }
  }

  /** Resolves when nothing is lent between the two. */
  #returned(): Promise<void> {
    if (this.#lent === 0) return Promise.resolve()
    return new Promise((resolve) => this.#whenReturned.push(resolve))
  }

  #hold(call: PendingCall): void {
    call.holds = true
    this.#holding++
    if (this.#holding === 1) this.#options.transport.hold?.()
  }

  #letGo(call: PendingCall): void {
    if (!call.holds) return
    call.holds = false
    this.#release()
  }

  #release(): void {
    this.#holding--
    if (this.#holding === 0) this.#options.transport.letGo?.()
  }

  #send(tag: Tag, ...fields: readonly unknown[]): void {
    if (this.#ended === undefined) this.#outbox.send(tag, ...fields)
  }

  #sendSettle(id: number, fulfilled: boolean, value: unknown): void {
    if (this.#ended !== undefined) return
    try {
      const { moved } = this.#outbox
      const movedBefore = moved.length
      const encoded = encode(value, this.references, moved, 'promise')
      this.#outbox.settle(
        [id, fulfilled ? 1 : 0, encoded.value, encoded.extra],
        this.references.takeGates(),
        movedBefore,
        (error) => this.#sendSettle(id, false, error),
      )
    } catch (refusal) {
      const encoded = encodeFailure(refusal, this.references, this.#outbox.moved, 'promise')
      this.#outbox.settle([id, 0, encoded.value, encoded.extra])
    }
  }

  /** The last proxy of a held answer is gone. A failure that no one saw is reported before it is forgotten. */
  #dropAnswer(fate: Fate): void {
    if (fate.dropped) return
    fate.dropped = true
    if (fate.unseen !== undefined && !(fate.unseen instanceof NotShareableError))
      this.report(fate.unseen)
    if (this.#ended !== undefined) return
    this.#calls.free(fate.id)
    this.#send(Tag.finish, fate.id)
  }

  /** A call has its answer. */
  #answered(call: PendingCall): void {
    this.locks.unbind(call)
    this.#calls.answered(call)
    this.#letGo(call)
    if (call.options.site !== undefined) letIn()
    if (!call.held) return
    // Awaited while it was sent, as a guest does that resolves a promise with a Sync: from now on it is its value.
    const isValue = call.awaited && !call.used && !call.abandoned
    if (isValue) call.held = false
    if (isValue || (call.abandoned && call.released)) this.#dropAnswer(call.fate)
    else this.#unheld.register(call, call.fate)
  }

  /** Resolves when no call of ours is pending and nothing is lent, what began meanwhile included, or after `timeout` milliseconds. */
  async drained(timeout: number | undefined): Promise<void> {
    let over = false
    let timer: unknown
    const { setTimeout, clearTimeout } = this.references.platform
    const late = new Promise<void>((resolve) => {
      if (timeout === undefined) return
      timer = setTimeout?.(() => {
        over = true
        resolve()
      }, timeout)
    })
    while (!over) {
      const calls = this.#calls
        .unanswered()
        .filter(({ abandoned, options }) => !abandoned && options.isIdle !== true)
      if (calls.length === 0 && this.#lent === 0) break
      const all = Promise.all([this.#returned(), ...calls.map((call) => call.settled())])
      await Promise.race([late, all])
    }
    clearTimeout?.(timer)
  }

  /** The session is over: every call that is not answered fails. */
  end(reason: CloseReason): void {
    this.#ended = reason
    this.locks.end()
    const calls = this.#calls.drain().filter((call) => !call.abandoned)
    for (const call of calls) {
      this.locks.unbind(call)
      const { description } = call
      call.fail(
        withoutFrames(
          () => new ContextClosedError(this.#peerName, reason, description, calls.length),
        ),
      )
    }
    this.#watch.clear()
  }
}

const NO_OPTIONS: CallParticulars = Object.freeze({})
const IDLE: CallParticulars = Object.freeze({ timeout: Infinity, isIdle: true })

function needsThisThread(call: PendingCall, peerName: string): WouldBlockError {
  return new WouldBlockError(
    `"${call.description}" of "${peerName}"`,
    'its answer needs this very thread. Call it through a Remote and await it.',
  )
}
