/**
 * The memory of a channel, used by hand between two threads that do nothing else and block: what a channel of ours can cost at least.
 */
import { ChannelRing, EMPTY } from '../packages/core/src/channel-ring.ts'

/** What goes through. */
export type Item =
  | number
  | { readonly id: number; readonly a: number; readonly b: number; readonly c: string }

const Cell = { wakes: 0, turns: 1 } as const
/** How often who finds nothing looks again before it sleeps. */
const LOOKS = 500
const [SENDER, RECEIVER] = [1, 2]

export class RawChannel {
  readonly #ring: ChannelRing
  readonly #cells: Int32Array

  static newControl(): SharedArrayBuffer {
    return new SharedArrayBuffer(8)
  }

  constructor(ring: SharedArrayBuffer, control: SharedArrayBuffer) {
    const cells = new Int32Array(control)
    this.#cells = cells
    this.#ring = new ChannelRing(ring, () => {
      Atomics.add(cells, Cell.wakes, 1)
      Atomics.notify(cells, Cell.wakes)
    })
  }

  send(item: Item): void {
    for (let look = 0; this.#ring.put(SENDER, item) !== 'done'; look++)
      if (look > LOOKS) this.#sleep('thirsty')
  }

  receive(): unknown {
    for (let look = 0; ; look++) {
      const item = this.#ring.take(RECEIVER)
      if (item !== EMPTY) return item
      if (look > LOOKS) this.#sleep('hungry')
    }
  }

  /** The receiver has had a turn of items. */
  done(): void {
    Atomics.add(this.#cells, Cell.turns, 1)
    Atomics.notify(this.#cells, Cell.turns)
  }

  get turns(): number {
    return Atomics.load(this.#cells, Cell.turns)
  }

  /** Blocks until there are more turns than that. */
  untilDone(turns: number): void {
    while (this.turns === turns) Atomics.wait(this.#cells, Cell.turns, turns, 1000)
  }

  #sleep(reason: 'hungry' | 'thirsty'): void {
    const wakes = Atomics.load(this.#cells, Cell.wakes)
    this.#ring[reason] = true
    const isReason =
      reason === 'hungry'
        ? this.#ring.head().kind !== 'plain'
        : this.#ring.count === this.#ring.capacity
    if (isReason) Atomics.wait(this.#cells, Cell.wakes, wakes, 1000)
  }
}
