/**
 * A guest that waits: its thread, one of the pool, sleeps in a call of ours until we have something for it. The host's event loop goes on
 * meanwhile, and what it sends to the guest goes to the sleeper, who serves it, and not into an entry of its own.
 *
 * isolated-vm lets one thread at a time run a guest outside of this one, so there is at most one sleeper.
 */
import type ivm from 'isolated-vm'
import { Want } from './entry.ts'

/** A batch for the guest. */
export interface Offer {
  readonly sequence: number
  readonly text: string
  readonly buffers: readonly ivm.ExternalCopy<unknown>[]
}

interface Sleep {
  /** The last batch that the guest has taken. */
  readonly taken: number
  readonly wake: (answer: string | undefined) => void
  readonly timer: NodeJS.Timeout | undefined
}

/** What a sleeper that is woken for no batch is told: look for yourself. */
const NOTHING = ''

/** The longest a timer can be, in milliseconds; a sleeper that is woken too early sleeps again. */
const LONGEST = 2 ** 31 - 1

export class WaitingGuest {
  readonly #next: (taken: number) => Offer | undefined
  #sleep: Sleep | undefined
  #handed: Offer[] = []
  #ended = false

  /** @param next gives the batch that follows the one of a number, if there is one */
  constructor(next: (taken: number) => Offer | undefined) {
    this.#next = next
  }

  /** Does the guest sleep? */
  get sleeps(): boolean {
    return this.#sleep !== undefined
  }

  /** Batches that were handed over and are not known to have been taken: the sleeper may not have woken yet. */
  get handed(): readonly Offer[] {
    return this.#handed
  }

  /** What the guest asks for on its thread; see `Want`. `undefined` when it need not ask again. */
  readonly asked = (want: unknown, number: unknown, extra: unknown): unknown => {
    if (this.#ended || typeof number !== 'number' || typeof extra !== 'number') return undefined
    if (want === Want.buffer)
      return this.#handed.find(({ sequence }) => sequence === number)?.buffers[extra]?.copyInto()
    this.#handed = this.#handed.filter(({ sequence }) => sequence > number)
    const offer = this.#next(number)
    return offer === undefined ? this.#fallAsleep(number, extra) : this.hand(offer)
  }

  /** Wakes the sleeper: for a batch, if there is one, or to look whether it still waits. */
  wake(): void {
    const sleep = this.#sleep
    if (sleep === undefined) return
    this.#sleep = undefined
    clearTimeout(sleep.timer)
    const offer = this.#next(sleep.taken)
    sleep.wake(offer === undefined ? NOTHING : this.hand(offer))
  }

  /** Nothing will come for the sleeper: what it waits for cannot be had. */
  refuse(): void {
    this.#sleep?.wake(undefined)
    clearTimeout(this.#sleep?.timer)
    this.#sleep = undefined
  }

  /** What was handed over has been taken. */
  taken(): void {
    this.#handed = []
  }

  /** The isolate has ended, and its threads with it. No one is woken: who slept is gone. */
  end(): void {
    this.#ended = true
    clearTimeout(this.#sleep?.timer)
    this.#sleep = undefined
    this.#handed = []
  }

  /** Gives a batch to the guest's thread. */
  hand(offer: Offer): string {
    this.#handed.push(offer)
    return `${offer.sequence}:${offer.buffers.length}:${offer.text}`
  }

  #fallAsleep(taken: number, limit: number): Promise<string | undefined> {
    const { promise, resolve } = Promise.withResolvers<string | undefined>()
    const timer =
      limit < LONGEST ? setTimeout(() => this.wake(), Math.max(0, Math.ceil(limit))) : undefined
    this.#sleep = { taken, wake: resolve, timer }
    return promise
  }
}
