/**
 * A reader-writer lock of ranges: those that overlap exclude each other, unless both only read; those that do not never meet.
 *
 * Whoever waits is let in in the order of asking, as far as they would be in each other's way: a writer that waits is not overtaken by what
 * overlaps it and came later. It only keeps the books; `range-lock.test.ts` holds it against a model.
 */

/** Alone on a range, or side by side with others that only read there. */
export type LeaseMode = 'exclusive' | 'shared'

/** What is asked for: the elements from `start` up to, and without, `end`. */
export interface RangeRequest {
  readonly start: number
  readonly end: number
  readonly mode: LeaseMode
}

/** One who has asked. */
export class RangeClaim {
  readonly request: RangeRequest
  state: 'waiting' | 'held' | 'over' = 'waiting'
  /** Called once when it holds the range, unless it does when it has asked. */
  held: () => void = () => undefined

  constructor(request: RangeRequest) {
    this.request = request
  }
}

export class RangeLock {
  readonly #held = new Set<RangeClaim>()
  /** In the order of asking. */
  readonly #waiting = new Set<RangeClaim>()

  get holders(): number {
    return this.#held.size
  }

  get waiters(): number {
    return this.#waiting.size
  }

  /** Asks for a range. What it gives holds it at once or waits. */
  claim(request: RangeRequest): RangeClaim {
    const claim = new RangeClaim(request)
    if (isFree(request, this.#held) && isFree(request, this.#waiting)) this.#enter(claim)
    else this.#waiting.add(claim)
    return claim
  }

  /** It holds its range no more, or waits no more. Those who can go on now do so before this returns. */
  end(claim: RangeClaim): void {
    if (claim.state === 'over') return
    claim.state = 'over'
    this.#held.delete(claim)
    this.#waiting.delete(claim)
    const entered: RangeClaim[] = []
    const ahead = new Set<RangeClaim>()
    for (const next of this.#waiting) {
      const { request } = next
      if (
        overlaps(request, claim.request) &&
        isFree(request, this.#held) &&
        isFree(request, ahead)
      ) {
        this.#waiting.delete(next)
        this.#enter(next)
        entered.push(next)
      } else ahead.add(next)
    }
    // When the books are right again: what they do may end up here.
    for (const next of entered) if (next.state === 'held') next.held()
  }

  #enter(claim: RangeClaim): void {
    claim.state = 'held'
    this.#held.add(claim)
  }
}

/** Can both not be inside at once? */
export function excludes(one: RangeRequest, other: RangeRequest): boolean {
  return (one.mode === 'exclusive' || other.mode === 'exclusive') && overlaps(one, other)
}

/** Do two ranges have an element in common? An empty one has none. */
export function overlaps(one: RangeRequest, other: RangeRequest): boolean {
  return Math.max(one.start, other.start) < Math.min(one.end, other.end)
}

function isFree(request: RangeRequest, claims: Iterable<RangeClaim>): boolean {
  for (const claim of claims) if (excludes(request, claim.request)) return false
  return true
}
