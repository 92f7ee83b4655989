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

const pause = Reflect.get(Atomics, 'pause') as (() => void) | undefined // where the engine has it

/** Has this process one core, where nobody answers while we spin? */
const alone = availableParallelism() === 1

export class Patience {
  #looks = FEWEST * 4
  #skipped = 0
  /** Did it ring when a sleep was tried last? */
  #sleeps = true
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
    if (!this.#sleeps && ++this.#awake < RETRY) return false
    this.#awake = 0
    bell.sleep(rings, milliseconds)
    this.#sleeps = bell.rings !== rings
    return this.#sleeps
  }
}
