/**
 * Waiting without sleep, for as long as that has paid lately.
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
/** After so many waits without spinning it is tried again. */
const RETRY = 64

const pause = Reflect.get(Atomics, 'pause') as (() => void) | undefined // where the engine has it

/** Has this process one core, where nobody answers while we spin? */
const alone = availableParallelism() === 1

export class Spinner {
  #looks = FEWEST * 4
  #skipped = 0

  /** Spins until the bell rings again, when it had rung `rings` times. False when it did not ring in time. */
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
}
