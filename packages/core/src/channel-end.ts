/**
 * An end of a channel, as every context has it: the channel's own context and all that the end was passed to.
 *
 * It is associated with a context at its first use there, which the context tells the channel without waiting for word of it: what is asked after
 * that comes after it.
 */
import { type CallOptions, checkCallOptions } from './call-options.ts'
import { PendingCall } from './calls.ts'
import type { ChannelHub, Side } from './channel-hub.ts'
import { HOME } from './channel-queue.ts'
import { ChannelRing } from './channel-ring.ts'
import { ChannelService } from './channel-service.ts'
import { copiedHere } from './copied-here.ts'
import { currentContext } from './current-context.ts'
import { ContextClosedError, ReleasedError } from './errors.ts'
import { type Connection, type Handle, Import } from './handle.ts'
import { ambientPlatform } from './platform.ts'
import type { PresenceSession } from './presence.ts'
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
export type Home = ChannelService | Import

/** What a context that may share memory has of a channel that is at home elsewhere. */
export interface SharedItems {
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

/**
 * What a context has of one end of a channel, whichever object of it is used: one that was dropped may not have been found yet when the end comes
 * again.
 */
export class Seat {
  isReleased = false
  /** What stands for the association. */
  port: ServicePort | undefined
  lane: Lane | undefined
  /** How many objects use it, those included that were dropped and not found yet. */
  users = 0
}

/** What both ends have, and neither shows. */
export class ChannelEnd {
  readonly #side: Side
  readonly #home: Home
  readonly #shared: SharedItems | undefined
  readonly #seat: Seat
  #isUsed = false
  #inTurn = 0

  constructor(side: Side, home: Home, shared: SharedItems | undefined, seat: Seat) {
    this.#side = side
    this.#home = home
    this.#shared = shared
    this.#seat = seat
  }

  async contexts(): Promise<ChannelContexts> {
    const home = this.#home
    const port =
      home instanceof Import ? new ServiceThere(() => home) : new ServiceHere(home, 'channel')
    return (await port.ask('who', [])) as ChannelContexts // what the service gives
  }

  release(): void {
    const seat = this.#seat
    if (seat.isReleased) return
    seat.isReleased = true
    if (seat.port !== undefined && !this.#isHomeGone()) leave(this.#home, seat.port, 'leave')
  }

  /** Its parts, as they go to a peer. */
  parts(session: PresenceSession): readonly unknown[] {
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
  get hub(): ChannelHub | undefined {
    return ChannelService.hubOf(this.#home)
  }

  /** A value as it arrives: at home nothing else would copy it. */
  own(item: unknown): unknown {
    return this.#home instanceof Import ? item : copiedHere(item, 'item')
  }

  /**
   * What this context asks of the channel by.
   * @throws {ReleasedError} when the end was released here, {@link ContextClosedError} when the channel's context is gone.
   */
  get port(): ServicePort {
    const seat = this.#seat
    if (seat.isReleased) throw new ReleasedError(`the ${this.#side} of a channel`)
    if (this.#isHomeGone()) throw this.#homeGone()
    seat.port ??= this.#join()
    if (!this.#isUsed) {
      this.#isUsed = true
      seat.users++
      LOST.register(this, { home: this.#home, seat })
    }
    return seat.port
  }

  /**
   * This context's way into shared memory, if there is one and nothing of this end is on its way by the hub, which would be overtaken.
   * @param isSync can the hub be asked for a number now?
   */
  laneOf(port: ServicePort, isSync: boolean): (Lane & { number: number }) | undefined {
    if (this.#shared === undefined || this.hub !== undefined) return undefined
    if (this.#seat.lane === undefined) {
      const { memory, isBounded } = this.#shared
      const ring = new ChannelRing(memory, () => port.tell('wake', []))
      const lane: Lane = { ring, isBounded, number: undefined }
      this.#seat.lane = lane
      if (!isSync) {
        const known = (number: unknown): void => {
          lane.number ??= checkNatural(number, 'number of a context')
        }
        port.ask('number', []).then(known, () => undefined) // what is asked next fails with the same
      }
    }
    const lane = this.#seat.lane
    if (lane.number === undefined && isSync)
      lane.number = checkNatural(port.askSync('number', []), 'number of a context')
    return lane.number === undefined || lane.number === HOME
      ? undefined
      : (lane as Lane & { number: number }) // checked on the line above
  }

  /** Whoever never waits must let others run now and then. */
  goOn(): Promise<void> | undefined {
    if (++this.#inTurn < ITEMS_PER_TURN) return undefined
    this.#inTurn = 0
    const { setImmediate } = ambientPlatform
    return setImmediate && new Promise((resolve) => setImmediate(resolve))
  }

  async wait(method: string, args: readonly unknown[], options: AskingOptions): Promise<unknown> {
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
    return home instanceof ChannelService
      ? new ServiceHere(home.join(this.#side, name), this.#side)
      : joinThere(home, this.#side, name)
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
const LOST = new FinalizationRegistry<{ readonly home: Home; readonly seat: Seat }>(
  ({ home, seat }) => {
    seat.users--
    if (seat.users > 0 || seat.port === undefined) return
    leave(home, seat.port, 'lose')
    seat.port = undefined
    seat.lane = undefined
  },
)

/** What a session is told by, at its end, that this context has ended and had sent something. */
const KEPT = new WeakMap<Connection, Set<ServicePort>>()

/** Leaves an end. The channel may want to hear of the end of this context nevertheless: it does when the session ends, by the association that is kept until then. */
function leave(home: Home, port: ServicePort, how: 'leave' | 'lose'): void {
  if (home instanceof ChannelService) {
    port.tell(how, [])
    return
  }
  const { session } = home
  const left = async (): Promise<void> => {
    if ((await port.ask(how, [])) !== true) return
    const kept = KEPT.get(session) ?? new Set()
    KEPT.set(session, kept.add(port))
  }
  left().catch((error: unknown) => {
    // One that was refused never came to be, and whoever asked has been told.
    const isToldOf = error instanceof ReleasedError || error instanceof ContextClosedError
    if (session.ended === undefined && !isToldOf) session.report(error)
  })
}

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

/** @throws the reason of a signal that has fired already: then nothing is done, whether or not it would wait. */
export function checkWaiting(options: WaitOptions): AskingOptions {
  const { signal, timeout } = checkCallOptions(options)
  if (signal?.aborted === true) throw signal.reason
  return {
    ...(signal === undefined ? {} : { signal }),
    timeout: timeout ?? Infinity,
  }
}
