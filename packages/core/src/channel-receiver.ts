/**
 * The receiving end of a channel. An item that it was given by the channel's context is its own when it has said so.
 */
import {
  type ChannelContexts,
  type ChannelEnd,
  checkWaiting,
  type WaitOptions,
} from './channel-end.ts'
import { ASK, EMPTY } from './channel-ring.ts'
import {
  ChannelClosedError,
  LimitExceededError,
  NotShareableError,
  ProtocolError,
  refuseOption,
} from './errors.ts'
import { present } from './presence.ts'
import type { ServicePort } from './service-port.ts'
import type { wholeAs } from './types/brands.ts'

/** Makes one. */
export let receiverAt: (end: ChannelEnd) => Receiver

/** The end of a channel that items come out of. @see channel */
export class Receiver<out T = unknown> implements AsyncIterable<T> {
  declare readonly [wholeAs]: true
  readonly #end: ChannelEnd
  #tickets = 0
  /** How many requests are with the hub: what is asked after them must not be answered before. */
  #asking = 0

  /** Made by `channel()`, or of what came from another context. */
  private constructor(end: ChannelEnd) {
    this.#end = end
    present(this, { kind: 'receiver', parts: (session) => end.parts(session) })
  }

  static {
    receiverAt = (end) => new Receiver(end)
  }

  /**
   * Receives the next item that no one else receives. Waits while there is none.
   *
   * @throws {ChannelClosedError} when the channel is closed and nothing is left in it.
   * @throws {ItemOrphanedError} in the place of an item whose sender's context is gone, when the channel's `unbound` is `'error'`.
   * @throws {CallTimeoutError} after `timeout`; the reason of `signal` when it fires. No item is lost by that.
   */
  async receive(options: WaitOptions = {}): Promise<T> {
    const waiting = checkWaiting(options)
    const { port } = this.#end
    const found = this.#take(port, false)
    if (found !== undefined && found !== EMPTY) {
      const turn = this.#end.goOn()
      if (turn !== undefined) await turn
      return found.item
    }
    const ticket = this.#tickets++
    this.#asking++
    try {
      return this.#claimed(port, ticket, await this.#end.wait('receive', [ticket], waiting))
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
    const { port } = this.#end
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
    const { port } = this.#end
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
    await this.#end.port.ask('close', [force])
  }

  /** The names of the contexts that are associated with each end: those that have used it and have not released it, and live. */
  contexts(): Promise<ChannelContexts> {
    return this.#end.contexts()
  }

  /**
   * Gives the end up in this context, for good: using it here is a `ReleasedError` from now on, and what waits here fails with one. Other contexts keep
   * theirs; when this was the last that had used this end, the channel closes. Does nothing the second time.
   */
  release(): void {
    this.#end.release()
  }

  [Symbol.dispose](): void {
    this.release()
  }

  /** Takes an item without asking, where that can be: {@link EMPTY} when there is none, `undefined` when the channel must be asked. */
  #take(port: ServicePort, isSync: boolean): { readonly item: T } | typeof EMPTY | undefined {
    if (this.#end.hub !== undefined) return this.#poll(port) ?? EMPTY
    const lane = this.#asking > 0 ? undefined : this.#end.laneOf(port, isSync)
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
