/**
 * The items of a channel at home, in the order in which they are received: those that came back, before all others; those in shared memory, where others
 * put and take them themselves (`channel-ring.ts`); and where a channel has no bound, those for which there was no room.
 */
import { ChannelRing } from './channel-ring.ts'
import { ProtocolError } from './errors.ts'
import { Fifo } from './fifo.ts'

/** Who sends, as far as the queue knows. */
export interface Sending {
  readonly name: string
  /** What names it in shared memory; 0 for none. */
  readonly number: number
}

/** An item, and who has sent it. */
export interface Item<S extends Sending> {
  readonly value: unknown
  readonly sender: S
  /** Is the sender's context gone, and the receiver to be told so in the item's place? */
  readonly isOrphaned: boolean
  /** Which of those that were given it is; those that come back are received again in that order. */
  order?: number
}

/** Whoever has no number of its own in shared memory, and what is at home. */
export const HOME = 0

/** The slots of a channel without bound. */
const UNBOUNDED_SLOTS = 1024
/** A channel with more room than this is not in shared memory. */
const MOST_SLOTS = 16_384

const canShare = typeof SharedArrayBuffer === 'function' && typeof Atomics === 'object'

export class ChannelQueue<S extends Sending> {
  /** The most items that wait; `Infinity` for no bound. */
  readonly capacity: number
  readonly #front = new Fifo<Item<S>>()
  readonly #rest = new Fifo<Item<S>>()
  /** Items that keep their place in shared memory and are here, by their positions there. */
  readonly #placed = new Map<number, Item<S>>()
  readonly #senderOf: (number: number) => S | undefined
  #ring: ChannelRing | undefined
  /** What they were told last of whoever waits: who has woken us has taken it back. */
  #toldOfWaiting = false

  /** @param senderOf who has sent what is in shared memory, by its number */
  constructor(capacity: number, senderOf: (number: number) => S | undefined) {
    this.capacity = capacity
    this.#senderOf = senderOf
  }

  get size(): number {
    return this.#front.size + (this.#ring?.count ?? 0) + this.#rest.size
  }

  /** Can items be put and taken in shared memory? */
  get isShared(): boolean {
    return this.#ring !== undefined
  }

  /**
   * The memory that others put and take items in, from now on; `undefined` for a channel that has none.
   * @param wake is called when that ends what was waited for
   */
  share(wake: () => void): SharedArrayBuffer | undefined {
    if (this.#ring === undefined) {
      const { capacity } = this
      const slots = capacity === Infinity ? UNBOUNDED_SLOTS : capacity
      if (!canShare || slots < 1 || slots > MOST_SLOTS) return undefined
      this.#ring = new ChannelRing(ChannelRing.create(slots), wake)
      for (let item = this.#rest.shift(); item !== undefined; item = this.#rest.shift())
        this.#front.push(item)
    }
    return this.#ring.memory
  }

  /** Must whoever shares the memory be told anything but that someone waits? */
  get isBeside(): boolean {
    return this.#front.size > 0 || this.#rest.size > 0
  }

  /** Puts small plain data last, which that copies. False when it cannot be put so. Hot path: guarded by `bench/`, rows `channel`. */
  putPlain(value: unknown, sender: S): boolean {
    return (
      this.#ring !== undefined &&
      !this.isBeside &&
      this.#ring.putAnyway(sender.number, value) === 'done'
    )
  }

  /** Puts an item last. False when it is full. */
  put(item: Item<S>): boolean {
    const ring = this.#ring
    if (ring === undefined) {
      if (this.#rest.size + this.#front.size >= this.capacity) return false
      this.#rest.push(item)
      return true
    }
    if (this.#front.size > 0 && this.#front.size + ring.count >= this.capacity) return false
    if (this.#rest.size === 0 && this.#place(ring, item)) return true
    if (this.capacity !== Infinity) return false
    this.#rest.push(item)
    return true
  }

  #place(ring: ChannelRing, item: Item<S>): boolean {
    const { number } = item.sender
    const result = item.isOrphaned ? 'not-plain' : ring.putAnyway(number, item.value)
    if (result === 'done' || result === 'full') return result === 'done'
    const position = ring.putPlaceholder(number)
    if (position === 'full') return false
    if (this.#placed.has(position))
      throw new ProtocolError('shared memory holds a channel that goes back')
    this.#placed.set(position, item)
    return true
  }

  /** Puts one back that was taken and not received: before all others, but for those that came back and were taken before it. */
  putBack(item: Item<S>): void {
    const { order = 0 } = item
    this.#front.insert(item, (other) => (other.order ?? Infinity) > order)
  }

  /** The first; `undefined` when there is none, or it is only about to come. @throws {ProtocolError} when it cannot be read. */
  take(): Item<S> | undefined {
    if (this.#front.size > 0 || this.#ring === undefined)
      return this.#front.shift() ?? this.#rest.shift()
    const head = this.#ring.takeHead(HOME)
    switch (head.kind) {
      case 'plain': {
        const sender = this.#senderOf(head.sender)
        return sender && { value: head.item, sender, isOrphaned: false }
      }
      case 'placeholder': {
        const item = this.#placed.get(head.position)
        this.#placed.delete(head.position)
        // Or someone has written there what the memory does not say.
        return item ?? this.take()
      }
      case 'orphaned': {
        this.#placed.delete(head.position)
        const sender = this.#senderOf(head.sender)
        return sender && { value: undefined, sender, isOrphaned: true }
      }
      case 'unpublished':
        return undefined
      case 'empty':
        this.#moveUp(this.#ring)
        return this.#ring.count > 0 ? this.take() : undefined
    }
  }

  /** What was waiting for room in shared memory goes there. */
  #moveUp(ring: ChannelRing): void {
    for (let item = this.#rest.first; item && this.#place(ring, item); item = this.#rest.first)
      this.#rest.shift()
  }

  /** What a sender that is gone had sent is dropped, or an error for whoever would receive it. */
  unbind(sender: S, how: 'remove' | 'error'): void {
    for (const items of [this.#front, this.#rest])
      items.rewrite((item) => {
        if (item.sender !== sender) return item
        return how === 'remove' ? undefined : { ...item, value: undefined, isOrphaned: true }
      })
    if (sender.number === HOME) return
    this.#ring?.markSent(sender.number, how === 'remove' ? 'removed' : 'orphaned')
    for (const [position, item] of this.#placed)
      if (item.sender === sender) this.#placed.delete(position)
  }

  /** A thread that puts and takes in shared memory is dead. Gives what it had in hand, which is to come back before all others. */
  repair(number: number): Item<S>[] {
    const items: Item<S>[] = []
    for (const one of this.#ring?.repair(number) ?? []) {
      const sender = this.#senderOf(one.sender)
      if ('item' in one && sender !== undefined)
        items.push({ value: one.item, sender, isOrphaned: false, order: 0 })
    }
    return items
  }

  /** From now on whoever puts something in shared memory asks whether it was in time, until it is told otherwise. */
  bar(): void {
    if (this.#ring !== undefined) this.#ring.sendersAsk = true
  }

  /** The memory is of no use any more: whoever has it asks. */
  abandon(): void {
    this.tell({ isClosed: true, isOver: true, sending: false, receiving: false })
    this.#ring = undefined
  }

  /** Drops everything. */
  clear(): void {
    this.#front.clear()
    this.#rest.clear()
    this.#placed.clear()
  }

  // What others are told in shared memory ------------------------------------------------------------------

  /**
   * Who may go on without asking, and whether someone waits here.
   * @param state of whoever waits, and of the channel
   */
  tell(state: {
    readonly isClosed: boolean
    readonly isOver: boolean
    readonly sending: boolean
    readonly receiving: boolean
  }): void {
    const ring = this.#ring
    if (ring === undefined) return
    const isBehind = this.#front.size > 0
    ring.sendersAsk =
      state.isClosed ||
      state.sending ||
      this.#rest.size > 0 ||
      (isBehind && this.capacity !== Infinity)
    ring.receiversAsk = state.isOver || state.receiving || isBehind
    const isHungry = state.receiving || (state.isClosed && !state.isOver)
    if (!isHungry && !state.sending && !this.#toldOfWaiting) return
    ring.hungry = isHungry
    ring.thirsty = state.sending
    this.#toldOfWaiting = isHungry || state.sending
  }
}
