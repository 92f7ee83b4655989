/**
 * How to wait for a bell: first awake, for as long as that has paid lately, then asleep.
 *
 * A futex wake-up costs a hundred times what a call between two spinning threads does; but where both share one core, the one
 * that spins only keeps the other from answering. So how long to spin is learned: doubled when what was waited for came in time,
 * halved when it did not, and when nothing is left of it, tried again now and then. `bench/`, rows `sync`, shows both.
 */
import { availableParallelism } from 'node:os'
import type { Bell } from './bell.ts'

/** The most looks at the bell in a row, about a tenth of a millisecond. */
const MOST = 8192
/** Fewer are not worth the trouble. */
const FEWEST = 64
/** After so many waits without it, what did not pay is tried again. */
const RETRY = 64
const RETRY_SLEEP = 16
/** So many sleeps that did not pay end what paid long before. */
const MOST_CREDIT = 8

const pause = Reflect.get(Atomics, 'pause') as (() => void) | undefined // where the engine has it

/** Has this process one core, where nobody answers while we spin? */
const alone = availableParallelism() === 1

export class Patience {
  #looks = FEWEST * 4
  #skipped = 0
  /** How often a sleep has paid of late, less how often it has not. */
  #credit = MOST_CREDIT / 2
  #awake = 0

  /** Waits awake until the bell rings again, when it had rung `rings` times. False when it did not ring in time. */
  spin(bell: Bell, rings: number): boolean {
    if (alone) return bell.rings !== rings
    if (this.#looks < FEWEST) {
      if (++this.#skipped < RETRY) return bell.rings !== rings
      this.#skipped = 0
      this.#looks = FEWEST
    }
    for (let look = 0; look < this.#looks; look++) {
      if (bell.rings !== rings) {
        this.#looks = Math.min(MOST, this.#looks * 2)
        return true
      }
      pause?.()
    }
    this.#looks = Math.floor(this.#looks / 2)
    return false
  }

  /** As `spin`, asleep, for so many milliseconds: for a wait that is worth it only when it often rings in time. */
  sleep(bell: Bell, rings: number, milliseconds: number): boolean {
    if (this.#credit === 0) {
      if (++this.#awake < RETRY_SLEEP) return false
      this.#awake = 0
      this.#credit = 1
    }
    bell.sleep(rings, milliseconds)
    const rang = bell.rings !== rings
    this.#credit += rang ? (this.#credit < MOST_CREDIT ? 1 : 0) : -1
    return rang
  }
}
