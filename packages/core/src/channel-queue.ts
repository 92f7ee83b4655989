/**
 * The items of a channel at home, in the order in which they are received.
 */
import { Fifo } from './fifo.ts'

/** Who sends or receives at one end of a channel, in one context. */
export interface Party {
  readonly name: string
}

/** An item, and who has sent it. */
export interface Item<P extends Party> {
  readonly value: unknown
  readonly sender: P
  /** Is the sender's context gone, and the receiver to be told so in the item's place? */
  readonly isOrphaned: boolean
}

export class ChannelQueue<P extends Party> {
  /** The most items that wait; `Infinity` for no bound. */
  readonly capacity: number
  readonly #items = new Fifo<Item<P>>()

  constructor(capacity: number) {
    this.capacity = capacity
  }

  get size(): number {
    return this.#items.size
  }

  /** Puts an item last. False when it is full. */
  put(item: Item<P>): boolean {
    if (this.size >= this.capacity) return false
    this.#items.push(item)
    return true
  }

  /** Puts one back that was taken and not received: before all others. */
  putBack(item: Item<P>): void {
    this.#items.unshift(item)
  }

  /** The first; `undefined` when there is none. */
  take(): Item<P> | undefined {
    return this.#items.shift()
  }

  /** What a sender that is gone had sent is dropped, or an error for whoever would receive it. */
  unbind(sender: P, how: 'remove' | 'error'): void {
    if (how === 'remove') this.#items.filter((item) => item.sender !== sender)
    else {
      const items = [...this.#items]
      this.#items.clear()
      for (const item of items) this.#items.push(item.sender === sender ? orphaned(item) : item)
    }
  }

  /** Drops everything. */
  clear(): void {
    this.#items.clear()
  }
}

function orphaned<P extends Party>({ sender }: Item<P>): Item<P> {
  return { sender, value: undefined, isOrphaned: true }
}
