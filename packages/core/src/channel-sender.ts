/**
 * The sending end of a channel.
 */
import {
  type ChannelContexts,
  type ChannelEnd,
  checkWaiting,
  type WaitOptions,
} from './channel-end.ts'
import { present } from './presence.ts'
import type { ServicePort } from './service-port.ts'
import type { wholeAs } from './types/brands.ts'

/** Makes one. */
export let senderAt: (end: ChannelEnd) => Sender

/** The end of a channel that items go in by. @see channel */
export class Sender<in T = unknown> {
  declare readonly [wholeAs]: true
  readonly #end: ChannelEnd
  /** How many items are on their way by the hub: what is sent after them must not be there before. */
  #underWay = 0

  /** Made by `channel()`, or of what came from another context. */
  private constructor(end: ChannelEnd) {
    this.#end = end
    present(this, { kind: 'sender', parts: (session) => end.parts(session) })
  }

  static {
    senderAt = (end) => new Sender(end)
  }

  /**
   * Sends an item, which crosses as an argument of a call does. Resolves when the channel has it: when there is room.
   *
   * @throws {ChannelClosedError} when the channel is closed, or is while it waits; the item was not sent.
   * @throws {CallTimeoutError} after `timeout`; the reason of `signal` when it fires. The item may have been sent if it was accepted at that very moment.
   * @throws {NotShareableError} when the item cannot cross.
   */
  async send(item: T, options: WaitOptions = {}): Promise<void> {
    const waiting = checkWaiting(options)
    const { port } = this.#end
    if (this.#putPlain(port, item)) return this.#end.goOn()
    const own = this.#end.own(item)
    switch (this.#put(port, own, false)) {
      case 'done':
        return this.#end.goOn()
      case 'late':
        await port.ask('confirm', [])
        return undefined
      default:
        this.#underWay++
        try {
          await this.#end.wait('send', [own], waiting)
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
    const { port } = this.#end
    if (this.#putPlain(port, item)) return true
    const own = this.#end.own(item)
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
    const { port } = this.#end
    if (this.#putPlain(port, item)) return
    const own = this.#end.own(item)
    const put = this.#put(port, own, port.canBlock)
    if (put === 'late') port.askSync('confirm', [])
    else if (put !== 'done') port.askSync('send', [own], waiting)
  }

  /**
   * Closes the channel: nothing can be sent any more, by anyone; receivers get what is in it, and then it is over for them.
   * @throws {ChannelClosedError} when it is closed already.
   */
  async close(): Promise<void> {
    await this.#end.port.ask('close', [false])
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

  /** At home, what goes into shared memory at once needs no other copy. */
  #putPlain(port: ServicePort, item: T): boolean {
    return this.#end.hub?.isShared === true && port.askSync('offerPlain', [item]) === true
  }

  /** Puts an item there without asking, where that can be: `late` when the channel was being closed, `undefined` when it must be asked. */
  #put(port: ServicePort, item: unknown, isSync: boolean): 'done' | 'late' | 'full' | undefined {
    if (this.#end.hub !== undefined) return port.askSync('offer', [item]) === true ? 'done' : 'full'
    const lane = this.#underWay > 0 ? undefined : this.#end.laneOf(port, isSync)
    if (lane === undefined) return undefined
    const result = lane.ring.put(lane.number, item)
    if (result === 'done') return lane.ring.sendersAsk ? 'late' : 'done'
    return result === 'full' && lane.isBounded ? 'full' : undefined
  }
}
