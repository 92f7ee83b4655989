/**
 * The two ends of a channel, as every context has them: the channel's own context and all that an end was passed to.
 *
 * An end is associated with a context at its first use there, which the context tells the channel without waiting for word of it: what is asked after
 * that comes after it.
 */
import { type CallOptions, checkCallOptions } from './call-options.ts'
import { PendingCall } from './calls.ts'
import type { ChannelHub, Side } from './channel-hub.ts'
import { HOME } from './channel-queue.ts'
import { ASK, ChannelRing, EMPTY } from './channel-ring.ts'
import { ChannelService } from './channel-service.ts'
import { copiedHere } from './copied-here.ts'
import { currentContext } from './current-context.ts'
import {
  ChannelClosedError,
  ContextClosedError,
  LimitExceededError,
  NotShareableError,
  ProtocolError,
  ReleasedError,
  refuseOption,
} from './errors.ts'
import { type Handle, Import } from './handle.ts'
import { isSharedBuffer } from './marshal/bytes.ts'
import { ambientPlatform } from './platform.ts'
import { Presence, type PresenceSession } from './presence.ts'
import { checkNatural, Operation } from './protocol.ts'
import { remoteOf } from './remote.ts'
import { within } from './scope.ts'
import { type AskingOptions, ServiceHere, type ServicePort, ServiceThere } from './service-port.ts'
import { standInOf } from './stand-in.ts'
import { thisHeap } from './this-heap.ts'

/** When an end gives up waiting. */
export type WaitOptions = Pick<CallOptions, 'signal' | 'timeout'>

/** The names of the contexts that use each end of a channel. */
export interface ChannelContexts {
  readonly senders: readonly string[]
  readonly receivers: readonly string[]
}

/** Where a channel is at home: here, or with the peer that owns this import. */
type Home = ChannelService | Import

/** What a context that may share memory has of a channel that is at home elsewhere. */
interface SharedItems {
  readonly memory: SharedArrayBuffer
  /** Is it full when there is no room in the memory? */
  readonly isBounded: boolean
}

/** An end's own way into shared memory. */
interface Lane {
  readonly ring: ChannelRing
  /** What names this context there; `undefined` until it is known. */
  number: number | undefined
  readonly isBounded: boolean
}

/** After so many items in a row the event loop goes on, which none of them has to wait for. */
const ITEMS_PER_TURN = 256

/** What both ends have. */
export abstract class ChannelEnd extends Presence {
  readonly #side: Side
  readonly #home: Home
  readonly #shared: SharedItems | undefined
  readonly #isReleased: Set<Side>
  #port: ServicePort | undefined
  #lane: Lane | undefined
  #inTurn = 0

  constructor(side: Side, home: Home, shared: SharedItems | undefined) {
    super(side)
    this.#side = side
    this.#home = home
    this.#shared = shared
    this.#isReleased = formsOf(home).released
  }

  /** The names of the contexts that are associated with each end: those that have used it and have not released it, and live. */
  async contexts(): Promise<ChannelContexts> {
    const home = this.#home
    const port =
      home instanceof Import ? new ServiceThere(() => home) : new ServiceHere(home, 'channel')
    return (await port.ask('who', [])) as ChannelContexts // what the service gives
  }

  /**
   * Gives the end up in this context, for good: using it here is a `ReleasedError` from now on, and what waits here fails with one. Other contexts keep
   * theirs; when this was the last that had used this end, the channel closes. Does nothing the second time.
   */
  release(): void {
    if (this.#isReleased.has(this.#side)) return
    this.#isReleased.add(this.#side)
    if (this.#port !== undefined && !this.#isHomeGone()) this.#port.tell('leave', [])
  }

  [Symbol.dispose](): void {
    this.release()
  }

  protected override parts(session: PresenceSession): readonly unknown[] {
    const home = this.#home
    const shared = session.sharedMemory ? this.#sharedItems() : undefined
    this.hub?.crosses(session)
    return [
      home instanceof Import ? remoteOf(home) : home,
      ...(shared === undefined ? [] : [shared.memory, shared.isBounded]),
    ]
  }

  #sharedItems(): SharedItems | undefined {
    const { hub } = this
    return hub === undefined ? this.#shared : hub.share()
  }

  /** The hub, where it is at home. */
  protected get hub(): ChannelHub | undefined {
    return ChannelService.hubOf(this.#home)
  }

  /** A value as it arrives: at home nothing else would copy it. */
  protected own(item: unknown): unknown {
    return this.#home instanceof Import ? item : copiedHere(item, 'item')
  }

  /**
   * What this context asks of the channel by.
   * @throws {ReleasedError} when the end was released here, {@link ContextClosedError} when the channel's context is gone.
   */
  protected get port(): ServicePort {
    if (this.#isReleased.has(this.#side)) throw new ReleasedError(`the ${this.#side} of a channel`)
    if (this.#isHomeGone()) throw this.#homeGone()
    this.#port ??= this.#join()
    return this.#port
  }

  /**
   * This context's way into shared memory, if there is one and nothing of this end is on its way by the hub, which would be overtaken.
   * @param isSync can the hub be asked for a number now?
   */
  protected laneOf(port: ServicePort, isSync: boolean): (Lane & { number: number }) | undefined {
    if (this.#shared === undefined || this.hub !== undefined) return undefined
    if (this.#lane === undefined) {
      const { memory, isBounded } = this.#shared
      const ring = new ChannelRing(memory, () => port.tell('wake', []))
      const lane: Lane = { ring, isBounded, number: undefined }
      this.#lane = lane
      if (!isSync) {
        const known = (number: unknown): void => {
          lane.number ??= checkNatural(number, 'number of a context')
        }
        port.ask('number', []).then(known, () => undefined) // what is asked next fails with the same
      }
    }
    const lane = this.#lane
    if (lane.number === undefined && isSync)
      lane.number = checkNatural(port.askSync('number', []), 'number of a context')
    return lane.number === undefined || lane.number === HOME
      ? undefined
      : (lane as Lane & { number: number }) // checked on the line above
  }

  /** Whoever never waits must let others run now and then. */
  protected goOn(): Promise<void> | undefined {
    if (++this.#inTurn < ITEMS_PER_TURN) return undefined
    this.#inTurn = 0
    const { setImmediate } = ambientPlatform
    return setImmediate && new Promise((resolve) => setImmediate(resolve))
  }

  protected async wait(
    method: string,
    args: readonly unknown[],
    options: AskingOptions,
  ): Promise<unknown> {
    const { port } = this
    const done = this.hub?.waitsHere()
    try {
      return await port.ask(method, args, options)
    } finally {
      done?.()
    }
  }

  #join(): ServicePort {
    const home = this.#home
    const { name } = currentContext()
    const port =
      home instanceof ChannelService
        ? new ServiceHere(home.join(this.#side, name), this.#side)
        : joinThere(home, this.#side, name)
    LOST.register(this, port)
    return port
  }

  #isHomeGone(): boolean {
    return this.#home instanceof Import && this.#home.session.ended !== undefined
  }

  #homeGone(): ContextClosedError {
    const { session } = this.#home as Import // or it could not be gone
    return new ContextClosedError(session.peerName, session.ended ?? { kind: 'closed' })
  }
}

/** Ends that no one has any more leave; who gets one again may use it again. */
const LOST = new FinalizationRegistry<ServicePort>((port) => port.tell('lose', []))

/** Associates this context with an end of a channel that is at home elsewhere. What it gives must not keep the end, so it is none of its methods. */
function joinThere(home: Import, side: Side, name: string): ServicePort {
  // Whatever scope it is first used in, it is this context's.
  const call = within(undefined, () =>
    home.session.request(
      Operation.call,
      home,
      ['join'],
      [side, name, `${thisHeap.id} ${name}`],
      {},
      'remote',
    ),
  )
  call.promise().catch(() => undefined) // what is asked of it fails with the same
  const joined: { handle: Handle } = { handle: call }
  return new ServiceThere(() => {
    const { handle } = joined
    // Its answer may have come while this thread was blocked, and no promise told so.
    if (handle instanceof PendingCall && handle.isHere) {
      if (handle.state === 'rejected') throw handle.value
      joined.handle = standInOf(handle.value)?.handle ?? handle
    }
    return joined.handle
  })
}

/** The end of a channel that items go in by. @see channel */
export class Sender<in T = unknown> extends ChannelEnd {
  /** How many items are on their way by the hub: what is sent after them must not be there before. */
  #underWay = 0

  /**
   * Sends an item, which crosses as an argument of a call does. Resolves when the channel has it: when there is room.
   *
   * @throws {ChannelClosedError} when the channel is closed, or is while it waits; the item was not sent.
   * @throws {CallTimeoutError} after `timeout`; the reason of `signal` when it fires. The item may have been sent if it was accepted at that very moment.
   * @throws {NotShareableError} when the item cannot cross.
   */
  async send(item: T, options: WaitOptions = {}): Promise<void> {
    const waiting = checkWaiting(options)
    const { port } = this
    if (this.#putPlain(port, item)) return this.goOn()
    const own = this.own(item)
    switch (this.#put(port, own, false)) {
      case 'done':
        return this.goOn()
      case 'late':
        await port.ask('confirm', [])
        return undefined
      default:
        this.#underWay++
        try {
          await this.wait('send', [own], waiting)
        } finally {
          this.#underWay--
        }
    }
  }

  /**
   * Sends an item if there is room for it now; `false` when there is none.
   *
   * Where the channel is another context's and shares no memory with this one, this thread blocks until that one has said so.
   *
   * @throws {ChannelClosedError} when the channel is closed.
   * @throws {WouldBlockError} when this thread would have to wait for the channel's context and cannot.
   */
  trySend(item: T): boolean {
    const { port } = this
    if (this.#putPlain(port, item)) return true
    const own = this.own(item)
    const put = this.#put(port, own, port.canBlock)
    if (put === 'late') port.askSync('confirm', [])
    return put === undefined ? port.askSync('offer', [own]) === true : put !== 'full'
  }

  /**
   * As `send`, and blocks this thread, which serves what others ask of it meanwhile.
   * @throws {WouldBlockError} when it would wait and this thread cannot, or no one is there who could make room.
   */
  sendSync(item: T, options: WaitOptions = {}): void {
    const waiting = checkWaiting(options)
    const { port } = this
    if (this.#putPlain(port, item)) return
    const own = this.own(item)
    const put = this.#put(port, own, port.canBlock)
    if (put === 'late') port.askSync('confirm', [])
    else if (put !== 'done') port.askSync('send', [own], waiting)
  }

  /**
   * Closes the channel: nothing can be sent any more, by anyone; receivers get what is in it, and then it is over for them.
   * @throws {ChannelClosedError} when it is closed already.
   */
  async close(): Promise<void> {
    await this.port.ask('close', [false])
  }

  /** At home, what goes into shared memory at once needs no other copy. */
  #putPlain(port: ServicePort, item: T): boolean {
    return this.hub?.isShared === true && port.askSync('offerPlain', [item]) === true
  }

  /** Puts an item there without asking, where that can be: `late` when the channel was being closed, `undefined` when it must be asked. */
  #put(port: ServicePort, item: unknown, isSync: boolean): 'done' | 'late' | 'full' | undefined {
    if (this.hub !== undefined) return port.askSync('offer', [item]) === true ? 'done' : 'full'
    const lane = this.#underWay > 0 ? undefined : this.laneOf(port, isSync)
    if (lane === undefined) return undefined
    const result = lane.ring.put(lane.number, item)
    if (result === 'done') return lane.ring.sendersAsk ? 'late' : 'done'
    return result === 'full' && lane.isBounded ? 'full' : undefined
  }
}

/** The end of a channel that items come out of. @see channel */
export class Receiver<out T = unknown> extends ChannelEnd implements AsyncIterable<T> {
  #tickets = 0
  /** How many requests are with the hub: what is asked after them must not be answered before. */
  #asking = 0

  /**
   * Receives the next item that no one else receives. Waits while there is none.
   *
   * @throws {ChannelClosedError} when the channel is closed and nothing is left in it.
   * @throws {ItemOrphanedError} in the place of an item whose sender's context is gone, when the channel's `unbound` is `'error'`.
   * @throws {CallTimeoutError} after `timeout`; the reason of `signal` when it fires. No item is lost by that.
   */
  async receive(options: WaitOptions = {}): Promise<T> {
    const waiting = checkWaiting(options)
    const { port } = this
    const found = this.#take(port, false)
    if (found !== undefined && found !== EMPTY) {
      const turn = this.goOn()
      if (turn !== undefined) await turn
      return found.item
    }
    const ticket = this.#tickets++
    this.#asking++
    try {
      return this.#claimed(port, ticket, await this.wait('receive', [ticket], waiting))
    } catch (error) {
      throw this.#failed(port, ticket, error)
    } finally {
      this.#asking--
    }
  }

  /**
   * Receives an item if there is one now; `undefined` when there is none. See `trySend` for when it blocks.
   * @throws {ChannelClosedError} when the channel is closed and nothing is left in it.
   * @throws {ItemOrphanedError} as `receive` does.
   */
  tryReceive(): T | undefined {
    const { port } = this
    const found = this.#take(port, port.canBlock)
    if (found === EMPTY) return undefined
    return (found ?? this.#poll(port))?.item
  }

  /**
   * As `receive`, and blocks this thread, which serves what others ask of it meanwhile.
   * @throws {WouldBlockError} when it would wait and this thread cannot, or no one is there who could send.
   */
  receiveSync(options: WaitOptions = {}): T {
    const waiting = checkWaiting(options)
    const { port } = this
    const found = this.#take(port, port.canBlock)
    if (found !== undefined && found !== EMPTY) return found.item
    const ticket = this.#tickets++
    try {
      return this.#claimed(port, ticket, port.askSync('receive', [ticket], waiting))
    } catch (error) {
      throw this.#failed(port, ticket, error)
    }
  }

  /** Items until the channel is closed and empty. Leaving the loop leaves the channel as it is. */
  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    for (;;) {
      let item: T
      try {
        item = await this.receive()
      } catch (error) {
        if (error instanceof ChannelClosedError) return
        throw error
      }
      yield item
    }
  }

  /**
   * Closes the channel for everyone.
   * @param options `force`: also when items are in it, which are dropped
   * @throws {ChannelNotEmptyError} when items are in it; then nothing changed.
   * @throws {ChannelClosedError} when it is closed already and nothing is left in it.
   */
  async close(options: { readonly force?: boolean } = {}): Promise<void> {
    if (typeof options !== 'object' || options === null)
      refuseOption('options', 'an object', options)
    const { force = false } = options
    if (typeof force !== 'boolean') refuseOption('force', 'true or false', force)
    await this.port.ask('close', [force])
  }

  /** Takes an item without asking, where that can be: {@link EMPTY} when there is none, `undefined` when the channel must be asked. */
  #take(port: ServicePort, isSync: boolean): { readonly item: T } | typeof EMPTY | undefined {
    if (this.hub !== undefined) return this.#poll(port) ?? EMPTY
    const lane = this.#asking > 0 ? undefined : this.laneOf(port, isSync)
    if (lane === undefined) return undefined
    const item = lane.ring.take(lane.number)
    // Of one that is closed, or has more than the memory has room for, the channel knows.
    if (item === ASK || (item === EMPTY && lane.ring.sendersAsk)) return undefined
    return item === EMPTY ? EMPTY : { item: item as T } // what senders send, their types say
  }

  #poll(port: ServicePort): { readonly item: T } | undefined {
    const ticket = this.#tickets++
    return this.#claim(port, ticket, port.askSync('poll', [ticket]))
  }

  /** An answer is here: from now on the item is this context's, and whoever else dies does not matter. */
  #claim(port: ServicePort, ticket: number, answer: unknown): { readonly item: T } | undefined {
    if (!Array.isArray(answer)) return undefined
    port.tell('took', [ticket])
    return { item: answer[0] as T } // what senders send, their types say
  }

  #claimed(port: ServicePort, ticket: number, answer: unknown): T {
    const found = this.#claim(port, ticket, answer)
    if (found === undefined) throw new ProtocolError('a channel gave no item')
    return found.item
  }

  /** Whoever gives up says so: an item that is on its way goes back. One that cannot be read here is used up. */
  #failed(port: ServicePort, ticket: number, error: unknown): unknown {
    const isUnreadable = error instanceof NotShareableError || error instanceof LimitExceededError
    port.tell(isUnreadable ? 'took' : 'putBack', [ticket])
    return error
  }
}

/** @throws the reason of a signal that has fired already: then nothing is done, whether or not it would wait. */
function checkWaiting(options: WaitOptions): AskingOptions {
  const { signal, timeout } = checkCallOptions(options)
  if (signal?.aborted === true) throw signal.reason
  return {
    ...(signal === undefined ? {} : { signal }),
    timeout: timeout ?? Infinity,
  }
}

// The forms of a channel in this context -------------------------------------------------------------------

/** Weakly, so that an end that no one has any more is found out. */
interface Forms {
  sender?: WeakRef<Sender>
  receiver?: WeakRef<Receiver>
  /** Which were released here. */
  readonly released: Set<Side>
}

const FORMS = new WeakMap<Home, Forms>()

function formsOf(home: Home): Forms {
  const known = FORMS.get(home)
  if (known !== undefined) return known
  const forms = { released: new Set<Side>() }
  FORMS.set(home, forms)
  return forms
}

/** This context's end of a channel; the same one while it is held. */
export function endOfChannel(side: Side, home: Home, shared?: SharedItems): ChannelEnd {
  const forms = formsOf(home)
  const known = forms[side]?.deref()
  if (known !== undefined) return known
  if (side === 'sender') {
    const sender = new Sender<unknown>(side, home, shared)
    forms.sender = new WeakRef(sender)
    return sender
  }
  const receiver = new Receiver<unknown>(side, home, shared)
  forms.receiver = new WeakRef(receiver)
  return receiver
}

/** An end that came, of its parts. @throws {ProtocolError} when they are not those of an end. */
export function endFrom(side: Side, parts: readonly unknown[]): ChannelEnd {
  const [home, memory, isBounded] = parts
  // First: of a proxy that blocks, any other question would be put to the peer, in the middle of reading what it has sent.
  const standIn = standInOf(home)
  if (standIn === undefined && home instanceof ChannelService) return endOfChannel(side, home)
  if (standIn === undefined || standIn.path.length > 0 || !(standIn.handle instanceof Import))
    throw new ProtocolError('an end of no channel')
  if (memory === undefined) return endOfChannel(side, standIn.handle)
  if (!isSharedBuffer(memory) || typeof isBounded !== 'boolean')
    throw new ProtocolError('a channel in no memory')
  return endOfChannel(side, standIn.handle, { memory, isBounded })
}
