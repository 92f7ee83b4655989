/**
 * What threads that play with a ring share beside it, in the place of a hub: a word that everyone who waits waits at, one that says that
 * no more is put, and how many items each has put.
 */
import { ChannelRing } from '../../packages/core/src/channel-ring.ts'

export interface Player {
  readonly role: 'sends' | 'receives'
  readonly number: number
  readonly items: number
  readonly ring: SharedArrayBuffer
  readonly control: SharedArrayBuffer
  /** What a receiver has taken: how many, then the sender and the count of each. */
  readonly log: SharedArrayBuffer
}

const [WAKES, OVER, SENT] = [0, 1, 2]

export function newControl(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * 32)
}

export function ringOf({ ring, control }: Pick<Player, 'ring' | 'control'>): ChannelRing {
  return new ChannelRing(ring, () => wakeAll(control))
}

export function wakeAll(control: SharedArrayBuffer): void {
  const cells = new Int32Array(control)
  Atomics.add(cells, WAKES, 1)
  Atomics.notify(cells, WAKES)
}

/** Waits, as the hub would, until the ring calls; unless there is no reason to. A call that is lost is a hang. */
export function untilWoken({ control }: Player, isReason: () => boolean): void {
  const cells = new Int32Array(control)
  const wakes = Atomics.load(cells, WAKES)
  if (isReason()) Atomics.wait(cells, WAKES, wakes)
}

export function isOver({ control }: Player): boolean {
  return Atomics.load(new Int32Array(control), OVER) === 1
}

export function over(control: SharedArrayBuffer): void {
  Atomics.store(new Int32Array(control), OVER, 1)
  wakeAll(control)
}

/** How many items each has put and knows it, by number. */
export function sentBy({ control }: Pick<Player, 'control'>): Int32Array {
  return new Int32Array(control, SENT * 4)
}
