/**
 * What a context asks of a channel that is at home here: one service to be associated by, and one for each association. Everything that comes in is
 * checked here, for who asks may be a guest.
 */
import type { Association, ChannelHub, Side } from './channel-hub.ts'
import { proxy } from './marks.ts'
import { checkNatural, shortened } from './protocol.ts'
import { type Later, Service } from './service.ts'

/** The channel itself, which its ends refer to. */
export class ChannelService extends Service {
  readonly #hub: ChannelHub

  constructor(hub: ChannelHub) {
    super()
    this.#hub = hub
    proxy(this)
    Object.freeze(this)
  }

  /**
   * The first use of an end in a context.
   * @param name of the context
   * @param key what names it, so that it stays barred from an end that it has released; none in the channel's own context
   */
  join(side: unknown, name: unknown, key?: unknown): AssociationService {
    if (typeof name !== 'string' || (key !== undefined && typeof key !== 'string'))
      throw new TypeError('no name of a context')
    if (side !== 'sender' && side !== 'receiver') throw new TypeError('no side of a channel')
    const known = key === undefined ? undefined : shortened(key, MOST_NAME)
    const association = this.#hub.join(side, shortened(name, MOST_NAME), known)
    return new AssociationService(this.#hub, association, known)
  }

  who(): { senders: string[]; receivers: string[] } {
    return this.#hub.who()
  }

  /** The channel is for this context's own ends, too. */
  dropped(): void {}

  /** The hub of a service that is at home here. */
  static hubOf(value: unknown): ChannelHub | undefined {
    return typeof value === 'object' && value !== null && #hub in value ? value.#hub : undefined
  }
}

const MOST_NAME = 200

/** One context at one end. It holds this while it may use the end; when it is gone, this is dropped. */
export class AssociationService extends Service {
  readonly #hub: ChannelHub
  readonly #association: Association
  readonly #key: string | undefined
  #isDropped = false

  constructor(hub: ChannelHub, association: Association, key: string | undefined) {
    super()
    this.#hub = hub
    this.#association = association
    this.#key = key
    proxy(this)
    Object.freeze(this)
  }

  /** What names it in shared memory. */
  number(): number {
    return this.#association.number
  }

  /** It has put or taken something in shared memory that someone waits for. */
  wake(): void {
    this.#hub.pump()
  }

  /** Was what it has put in shared memory in time? @throws {ChannelClosedError} when it was not. */
  confirm(): void {
    this.#hub.confirm()
  }

  send(item: unknown): true | Later {
    return this.#hub.send(this.#at('sender'), item)
  }

  offer(item: unknown): boolean {
    return this.#hub.offer(this.#at('sender'), item)
  }

  /** The same for small plain data, which is copied only when it can be had so. */
  offerPlain(item: unknown): boolean {
    return this.#hub.offerPlain(this.#at('sender'), item)
  }

  /** @param ticket a number that names the request, for `took` and `putBack` */
  receive(ticket: unknown): readonly [unknown] | Later {
    return this.#hub.receive(this.#at('receiver'), checkNatural(ticket, 'ticket'))
  }

  poll(ticket: unknown): readonly [unknown] | undefined {
    return this.#hub.poll(this.#at('receiver'), checkNatural(ticket, 'ticket'))
  }

  /** The item of that ticket is here. */
  took(ticket: unknown): void {
    this.#hub.took(this.#at('receiver'), checkNatural(ticket, 'ticket'))
  }

  /** The item of that ticket is not wanted any more. */
  putBack(ticket: unknown): void {
    this.#hub.putBack(this.#at('receiver'), checkNatural(ticket, 'ticket'))
  }

  close(force: unknown): void {
    this.#hub.close(this.#association, force === true)
  }

  /**
   * The context has released its end. Gives whether its own end is to be heard of nevertheless, because of what it has sent: then it keeps this until
   * then.
   */
  leave(): boolean {
    return this.#association.hasLeft
      ? this.#association.isWatched
      : this.#hub.leave(this.#association, this.#key)
  }

  /** No one there has the end any more. Gives the same. */
  lose(): boolean {
    return this.#association.hasLeft
      ? this.#association.isWatched
      : this.#hub.leave(this.#association, undefined)
  }

  dropped(): void {
    // Once, also when a peer says so itself: what names it in shared memory may be another's by the second time.
    if (this.#isDropped) return
    this.#isDropped = true
    this.#hub.dropped(this.#association)
  }

  #at(side: Side): Association {
    if (this.#association.side !== side) throw new TypeError(`it is no ${side}`)
    return this.#association
  }
}
