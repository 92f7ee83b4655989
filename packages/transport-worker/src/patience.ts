/**
 * How to wait for a bell: first awake, for as long as that has paid lately, then asleep.
 *
 * A futex wake-up costs a hundred times what a call between two threads that are both awake does, when they have a core each; but where both
 * share one, the one that stays awake only keeps the other from answering. So how long to stay awake is learned: doubled when what was waited
 * for came in time, halved when it did not. It pays only when both do it, so when nothing is left of it each tries again now and then, for the
 * longest time at once, and less and less often as long as that fails. `bench/`, rows `sync`, shows both.
 */
import { availableParallelism } from 'node:os'
import type { Bell } from './bell.ts'

/** The longest time awake, in milliseconds: what a sleeper on another core takes to wake and answer. */
const MOST = 0.12
/** Less is not worth the trouble. */
const LEAST = 0.004
/** Looks at the bell between two looks at the clock. */
const LOOKS = 32
/** After so many waits without it, what did not pay is tried again; at most and at least. */
const RARELY = 2048
const OFTEN = 32
/** After so many chances to sleep that were not taken it is tried again. */
const RETRY_SLEEP = 16
/** So many sleeps that did not pay end what paid long before. */
const MOST_CREDIT = 8

const pause = Reflect.get(Atomics, 'pause') as (() => void) | undefined // where the engine has it

/** Has this process one core, where nobody answers while we look? */
const alone = availableParallelism() === 1

export class Patience {
  /** How long to stay awake, in milliseconds. */
  #awake = MOST
  #skipped = 0
  #retryAfter = OFTEN
  /** How often a sleep has paid of late, less how often it has not. */
  #credit = MOST_CREDIT / 2
  #missed = 0

  /** Waits awake until the bell rings again, when it had rung `rings` times. False when it did not ring in time. */
  spin(bell: Bell, rings: number): boolean {
    if (alone) return bell.rings !== rings
    if (this.#awake === 0) {
      if (++this.#skipped < this.#retryAfter) return bell.rings !== rings
      this.#skipped = 0
      const rang = stayAwake(bell, rings, MOST)
      this.#awake = rang ? MOST : 0
      this.#retryAfter = rang ? OFTEN : Math.min(RARELY, this.#retryAfter * 2)
      return rang
    }
    const rang = stayAwake(bell, rings, this.#awake)
    if (rang) this.#awake = Math.min(MOST, this.#awake * 2)
    else this.#awake = this.#awake > LEAST ? this.#awake / 2 : 0
    return rang
  }

  /** As `spin`, asleep, for so many milliseconds: for a wait that is worth it only when it often rings in time. */
  sleep(bell: Bell, rings: number, milliseconds: number): boolean {
    if (this.#credit === 0) {
      if (++this.#missed < RETRY_SLEEP) return false
      this.#missed = 0
      this.#credit = 1
    }
    bell.sleep(rings, milliseconds)
    const rang = bell.rings !== rings
    this.#credit += rang ? (this.#credit < MOST_CREDIT ? 1 : 0) : -1
    return rang
  }
}

function stayAwake(bell: Bell, rings: number, milliseconds: number): boolean {
  let end = 0
  for (;;) {
    for (let look = 0; look < LOOKS; look++) {
      if (bell.rings !== rings) return true
      pause?.()
    }
    const now = performance.now()
    if (end === 0) end = now + milliseconds
    else if (now >= end) return false
  }
}
