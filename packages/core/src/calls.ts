/**
 * The calls of this side that the peer has not answered, and their answers.
 *
 * Every call gets exactly one result or failure from the peer, so an id is free for reuse when its
 * answer is here and no longer held.
 */
import type { CallParticulars } from './call-options.ts'
import { ProtocolError, ReleasedError } from './errors.ts'
import { type Answer, type Connection, describePath, type Handle, Import } from './handle.ts'
import type { Flavour } from './marshal/port.ts'
import { Operation } from './protocol.ts'
import { type Scope, scopeHere } from './scope.ts'
import { joinStacks } from './stacks.ts'
import { standInOf } from './stand-in.ts'
import { refusalOfThenable } from './thenable.ts'
import type { Bound } from './this-heap.ts'

type State = 'pending' | 'fulfilled' | 'rejected'

/** What is left of a held answer when its proxies are gone: its id, and a failure that no one saw. */
export interface Fate {
  readonly id: number
  unseen: unknown
  /** Was the hold given up? */
  dropped: boolean
}

/** The id of a call that never went out: its answer was made on this side. */
const LOCAL = -1

export class PendingCall implements Answer {
  readonly session: Connection
  readonly id: number
  readonly flavour: Flavour
  readonly #handle: Handle | undefined
  readonly #path: readonly PropertyKey[]
  /** Was `then` asked of the answer? */
  awaited = false
  /** Was the answer used as a target or an argument before it was here? */
  used = false
  /** Does the owner keep the answer for us? Decided when the call leaves. */
  held = false
  /** Does the answer bring its value, or only word that it is there? */
  wanted = true
  sent = false
  readonly fate: Fate
  /** Has the caller given up, so that whatever the owner still answers is dropped? */
  abandoned = false
  /** Does it keep the process alive until it is answered? One that blocks its thread has no need to. */
  holds = false
  /** Did its user release it? What it holds goes back as soon as it is here. */
  released = false
  /** When the caller gives up on it. */
  readonly options: CallParticulars
  /** The scope it was made in. */
  readonly scope: Scope | undefined = scopeHere()
  /** Tells those who watch over it that it is over. */
  onOver: ((call: PendingCall) => void) | undefined
  /** What it is known by to those who wait for what it is part of. */
  bound: Bound | undefined
  /** Receives the items of an iteration. */
  onItem: ((value: unknown) => void) | undefined
  #state: State = 'pending'
  #value: unknown
  #promise: Promise<unknown> | undefined
  #onSettled: (() => void)[] | undefined
  #resolve: ((value: unknown) => void) | undefined
  #reject: ((error: unknown) => void) | undefined

  constructor(
    session: Connection,
    id: number,
    handle: Handle | undefined,
    path: readonly PropertyKey[],
    flavour: Flavour,
    options: CallParticulars,
  ) {
    this.session = session
    this.id = id
    this.#handle = handle
    this.#path = path
    this.flavour = flavour
    this.options = options
    this.scope?.made(this)
    this.fate = { id, unseen: undefined, dropped: false }
  }

  /** A call that is answered on this side. */
  static local(session: Connection, flavour: Flavour, options: CallParticulars): PendingCall {
    return new PendingCall(session, LOCAL, undefined, [], flavour, options)
  }

  /** What was called, as messages name it. */
  get description(): string {
    return describePath(this.#handle?.description ?? '', this.#path)
  }

  get state(): State {
    return this.#state
  }

  /** The answer, or the error, once it is here. */
  get value(): unknown {
    return this.#value
  }

  /** Does this thread sleep until it is answered, when it blocks? */
  get waits(): boolean {
    return this.session.waits
  }

  /** It blocks this thread, and these heaps wait for it as well. */
  joined(heaps: readonly number[]): void {
    this.session.joined(this, heaps)
  }

  /** Is it answered on this side, without the peer? */
  get isLocal(): boolean {
    return this.id === LOCAL
  }

  /** Is it the very reason that its user gave for giving up? That is no error of the peer. */
  isOwnReason(error: unknown): boolean {
    const { signal } = this.options
    return signal?.aborted === true && signal.reason === error
  }

  /** Can the owner be asked to use the answer as a target or argument? */
  get usable(): boolean {
    return this.id !== LOCAL && (!this.sent || this.held)
  }

  /** Is its outcome on this side? The value of an answer that was only used stayed with its owner. */
  get isHere(): boolean {
    return this.#state === 'rejected' || (this.#state === 'fulfilled' && this.wanted)
  }

  promise(): Promise<unknown> {
    this.awaited = true
    this.fate.unseen = undefined
    if (this.sent && !this.wanted && this.#promise === undefined) {
      // It was used, not awaited, when it left, so its value stayed with the owner.
      if (this.released) return Promise.reject(new ReleasedError(this.description))
      this.#promise = this.session
        .request(Operation.get, this, [], undefined, this.options, this.flavour)
        .promise()
        .then((value) => {
          this.#value = value
          this.wanted = true
          return value
        })
    }
    if (this.#promise === undefined) {
      // The handler below runs inside the await chain of the caller, so an error that is completed
      // there shows the caller's frames at no cost to calls that succeed.
      this.#promise = new Promise<unknown>((resolve, reject) => {
        const settle = (value: unknown): void => {
          const refusal = refusalOfThenable(value, this.session.peerName)
          if (refusal === undefined) resolve(value)
          else reject(refusal)
        }
        if (this.#state === 'fulfilled') settle(this.#value)
        else if (this.#state === 'rejected') reject(this.#value)
        this.#resolve = settle
        this.#reject = reject
      }).then(undefined, (error: unknown) => {
        if (this.isOwnReason(error)) throw error
        throw joinStacks(error, this.session.peerName, this.description)
      })
    }
    return this.#promise
  }

  /** Resolves when the call has its answer, whichever; does not mark it as awaited. */
  settled(): Promise<void> {
    if (this.#state !== 'pending') return Promise.resolve()
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#onSettled = [...(this.#onSettled ?? []), resolve]
    return promise
  }

  /** Gives up the hold on the answer itself, as soon as it is here. */
  finish(): void {
    if (this.released) return
    this.released = true
    if (this.#state !== 'pending') this.session.finished(this)
    else void this.settled().then(() => this.session.finished(this))
  }

  giveUp(): void {
    if (this.released) return
    this.finish()
    const release = (): void => {
      const standIn = this.#state === 'fulfilled' ? standInOf(this.#value) : undefined
      if (standIn === undefined || standIn.path.length > 0) return
      const { handle } = standIn
      if (handle instanceof Import) handle.session.giveUp(handle)
      else (handle as PendingCall).giveUp() // the other kind of handle
    }
    if (this.#state !== 'pending') release()
    else void this.settled().then(release)
  }

  fulfil(value: unknown): void {
    if (this.#state !== 'pending') return
    this.#state = 'fulfilled'
    this.#value = value
    this.#resolve?.(value)
    this.#tell()
  }

  fail(error: unknown): void {
    if (this.#state !== 'pending') return
    this.#state = 'rejected'
    this.#value = error
    if (!this.awaited && !this.used) this.fate.unseen = error
    this.#reject?.(error)
    this.#tell()
  }

  #tell(): void {
    this.onOver?.(this)
    this.onOver = undefined
    for (const tell of this.#onSettled ?? []) tell()
  }
}

/**
 * The first of what a call needs, its target and its arguments, whose answer is on its way and cannot be named to the
 * peer of `session`: the call can leave only when it is here.
 */
export function firstUnsettled(
  session: Connection,
  target: Handle,
  args: unknown,
): PendingCall | undefined {
  const awaited = unsettled(session, target)
  if (awaited !== undefined || !Array.isArray(args)) return awaited
  for (const arg of args as readonly unknown[]) {
    const needed = unsettled(session, standInOf(arg)?.handle)
    if (needed !== undefined) return needed
  }
  return undefined
}

function unsettled(session: Connection, handle: Handle | undefined): PendingCall | undefined {
  if (!(handle instanceof PendingCall) || handle.isHere) return undefined
  return handle.session !== session || !handle.usable ? handle : undefined
}

/** Ids of held answers are kept while their proxies live; the table itself holds only what is unanswered. */
export class CallTable {
  readonly #calls: (PendingCall | undefined)[] = []
  readonly #free: number[] = []
  #pending = 0

  /** How many calls the peer has not answered and someone waits for. */
  get pending(): number {
    return this.#pending
  }

  /** An id for a new call. */
  reserve(): number {
    return this.#free.pop() ?? this.#calls.push(undefined) - 1
  }

  add(call: PendingCall): void {
    this.#calls[call.id] = call
    this.#pending++
  }

  /** The call of an id, still unanswered. @throws {ProtocolError} when there is none. */
  get(id: number): PendingCall {
    const call = this.#calls[id]
    if (call === undefined) throw new ProtocolError(`there is no call ${id}`)
    return call
  }

  /** Is the peer still to answer it? */
  isUnanswered(call: PendingCall): boolean {
    return this.#calls[call.id] === call
  }

  /** The caller waits no more. The id stays taken until the owner has answered. */
  abandon(call: PendingCall): void {
    call.abandoned = true
    this.#pending--
  }

  /** The answer of a call is here. Its id is free unless the answer is held. */
  answered(call: PendingCall): void {
    this.#calls[call.id] = undefined
    if (!call.abandoned) this.#pending--
    if (!call.held) this.#free.push(call.id)
  }

  /** An id is no longer used: its held answer was given up, or its call never left. */
  free(id: number): void {
    this.#free.push(id)
  }

  /** Every call the peer has not answered. */
  unanswered(): PendingCall[] {
    return this.#calls.filter((call) => call !== undefined)
  }

  /** Takes every unanswered call out, as when the peer is gone. */
  drain(): PendingCall[] {
    const calls = this.unanswered()
    this.#calls.length = 0
    this.#free.length = 0
    this.#pending = 0
    return calls
  }
}
