/**
 * A lease where the view is at home. Whoever has it holds a reference to this, so it ends with the holder's context, too.
 */

import type { RangeClaim, RangeRequest } from './range-lock.ts'
import { Later, Service } from './service.ts'
import type { ViewMemory } from './view-memory.ts'

export class LeaseHome extends Service {
  readonly #memory: ViewMemory
  readonly #claim: RangeClaim
  readonly #atEnd: (() => void)[] = []
  readonly #revoked: () => void
  #isOver = false

  /** @param revoked tells the holder that the owner has taken it back */
  constructor(memory: ViewMemory, claim: RangeClaim, revoked: () => void = () => undefined) {
    super()
    this.#memory = memory
    this.#claim = claim
    this.#revoked = revoked
    memory.enter(claim, { revoke: () => this.#revoke() })
    Object.freeze(this)
  }

  /** The holder is done. What it had as a copy comes back first, if it has changed. */
  end(bytes?: unknown): void {
    if (this.#isOver) return
    try {
      if (bytes instanceof ArrayBuffer) this.#memory.write(this.#claim.request, bytes)
    } finally {
      this.#end()
    }
  }

  dropped(): void {
    this.#end()
  }

  static isOver(lease: LeaseHome): boolean {
    return lease.#isOver
  }

  static memoryOf(lease: LeaseHome): ViewMemory {
    return lease.#memory
  }

  static rangeOf(lease: LeaseHome): RangeRequest {
    return lease.#claim.request
  }

  /** `run` is called when it is over, or now. */
  static atEnd(lease: LeaseHome, run: () => void): void {
    if (lease.#isOver) run()
    else lease.#atEnd.push(run)
  }

  #revoke(): void {
    if (this.#isOver) return
    this.#revoked()
    this.#end()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    // Its word first: when the next one has the range, no one may believe that this one still has it.
    for (const run of this.#atEnd.splice(0)) run()
    this.#memory.leave(this.#claim)
  }
}

/**
 * Asks for a range. Gives what `grant` makes of it when it is there, now or later.
 * @throws whatever `grant` throws; then no one has the range.
 */
export function leaseOf<Granted>(
  memory: ViewMemory,
  request: RangeRequest,
  grant: (claim: RangeClaim) => Granted,
): Granted | Later {
  const claim = memory.lock.claim(request)
  const granted = (): Granted => {
    try {
      return grant(claim)
    } catch (error) {
      memory.leave(claim)
      throw error
    }
  }
  if (claim.state === 'held') return granted()
  const later = new Later(() => memory.leave(claim))
  claim.held = () => {
    try {
      later.succeed(granted())
    } catch (error) {
      later.fail(error)
    }
  }
  return later
}
