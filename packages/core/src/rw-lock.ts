/**
 * A lock that one may hold alone, or several side by side, with one line for all who wait.
 *
 * It is plain data of the heap that owns what it guards, and each of its methods runs in one turn of it. Strictly first
 * come, first served: who wants it shared does not overtake who waited for it alone, so no writer starves. Who carries a hold of it
 * enters again. To make a shared hold an exclusive one is refused at once: two who tried would wait for each other.
 */
import { DeadlockError } from './errors.ts'

export type LockMode = 'exclusive' | 'shared'

/** Who holds or waits, as far as others must know. */
export interface Party {
  /** The name of the context it is of. */
  readonly context: string
  /** Looks what those wait for who carry a hold of it; see `deadlock.ts`. */
  chase(token: number, probe: Probe): void
}

/** What goes from one who waits to the next, and comes back to whoever waits for itself; see `deadlock.ts`. */
export interface Probe {
  /** The one who waits and asks. */
  readonly initiator: number
  /** Who is to ask, too; 0 for no one. */
  readonly wanted: number
  /** The calls that it came through. */
  readonly seen: readonly number[]
  readonly path: readonly ProbeStep[]
}

/** One who waits, on the way of a probe. */
export interface ProbeStep {
  readonly id: number
  readonly context: string
  readonly lock: string
  readonly where: string
}

/** Someone inside. */
export interface Holder {
  readonly lock: RwLock
  readonly mode: LockMode
  /** What those carry who may enter with it. */
  readonly token: number
  readonly party: Party
  /** How often it was taken, one within the other. */
  depth: number
}

/** Someone in line. */
export interface Waiter {
  readonly id: number
  readonly lock: RwLock
  readonly mode: LockMode
  /** The token of its hold, when it has it. */
  readonly token: number
  /** The holds it carries, and the heaps whose threads wait for it. */
  readonly bonds: readonly number[]
  /** Who waits. */
  readonly party: Party
  /** Who is inside when it has been let in. */
  readonly inside: Party
  /** Where in a program it was asked for, once a probe has come by there; or what waits. */
  where: string
  grant(holder: Holder): void
  fail(error: unknown): void
}

/** What someone asks for. */
export type LockRequest = Pick<Waiter, 'mode' | 'token' | 'bonds' | 'party' | 'inside'>

/** Tokens below are of locks in shared memory; see `lock-word.ts`. */
const FIRST_TOKEN = 2 ** 32

/** What names a hold, or a wait, among all contexts that may hear of it. */
export function newToken(): number {
  return FIRST_TOKEN + Math.floor(Math.random() * (Number.MAX_SAFE_INTEGER - FIRST_TOKEN))
}

const counter = { next: 1 }

/** The locks of this heap that someone holds or waits for. */
export const busyLocks = new Set<RwLock>()

export class RwLock {
  /** In this order several are taken. */
  readonly number = counter.next++
  readonly #label: () => string
  readonly #holders = new Set<Holder>()
  readonly #line = new Set<Waiter>()
  /** Those who are inside and have not been told. */
  readonly #entering = new Map<Waiter, Holder>()
  #isAdvancing = false

  /** @param label what messages call it */
  constructor(label: () => string) {
    this.#label = label
  }

  get label(): string {
    return this.#label()
  }

  /** Is no one inside, and no one in line? */
  get isIdle(): boolean {
    return this.#holders.size === 0 && this.#line.size === 0
  }

  get holders(): Iterable<Holder> {
    return this.#holders
  }

  get line(): Iterable<Waiter> {
    return this.#line
  }

  /** The hold of it among those that someone carries. */
  heldBy(bonds: readonly number[]): Holder | undefined {
    if (bonds.length > 0)
      for (const holder of this.#holders) if (bonds.includes(holder.token)) return holder
    return undefined
  }

  /** May someone enter who asks for no hold of its own and is out again before anyone else can come? */
  admits(mode: LockMode, bonds: readonly number[]): boolean {
    return this.heldBy(bonds) !== undefined || this.#isFreeFor(mode)
  }

  /**
   * Takes the lock, if it can be had at once.
   * @throws {DeadlockError} when who asks for it alone has it shared.
   */
  take(request: LockRequest): Holder | undefined {
    const { mode, token, bonds, party, inside } = request
    const own = this.heldBy(bonds)
    if (own !== undefined) {
      if (own.mode === 'shared' && mode === 'exclusive') {
        throw DeadlockError.ofUpgrade({
          context: party.context,
          holds: `${this.label} shared`,
          waitsFor: `${this.label} exclusive`,
          where: '',
        })
      }
      own.depth++
      return own
    }
    return this.#isFreeFor(mode) ? this.#enter(mode, token, inside) : undefined
  }

  /** Puts someone in line. */
  wait(waiter: Waiter): void {
    this.#line.add(waiter)
    busyLocks.add(this)
  }

  /**
   * Someone waits no more.
   * @param before runs when it is out of the line, and before those behind it are let in
   */
  withdraw(waiter: Waiter, before?: () => void): void {
    const holder = this.#entering.get(waiter)
    if (this.#line.delete(waiter)) {
      before?.()
      this.#advance()
    } else if (holder !== undefined) {
      this.#entering.delete(waiter)
      this.leave(holder)
    }
  }

  /** Is someone still in line? */
  isWaiting(waiter: Waiter): boolean {
    return this.#line.has(waiter)
  }

  /** The engine cut short what was being told: those behind it are told now. */
  interrupted(): void {
    this.#isAdvancing = false
    this.#advance()
  }

  /** Lets someone in whoever is inside, for code that cannot wait any more. */
  force(mode: LockMode, token: number, party: Party): Holder {
    return this.#enter(mode, token, party)
  }

  /** Gives back what `take`, `force` or a grant has given. */
  leave(holder: Holder): void {
    holder.depth--
    if (holder.depth > 0 || !this.#holders.delete(holder)) return
    this.#advance()
  }

  #isFreeFor(mode: LockMode): boolean {
    if (this.#line.size > 0) return false
    return this.#canEnter(mode)
  }

  #canEnter(mode: LockMode): boolean {
    if (this.#holders.size === 0) return true
    if (mode === 'exclusive') return false
    for (const holder of this.#holders) if (holder.mode === 'exclusive') return false
    return true
  }

  #enter(mode: LockMode, token: number, party: Party): Holder {
    const holder: Holder = { lock: this, mode, token, party, depth: 1 }
    this.#holders.add(holder)
    busyLocks.add(this)
    return holder
  }

  /**
   * Lets in whose turn it is, and tells them. What is told may leave at once, ask again, look for a circle, or end the wait of another one: so whoever may
   * enter is inside before anyone is told, and no one is told within another's being told.
   */
  #advance(): void {
    this.#admit()
    if (this.#isAdvancing) return
    this.#isAdvancing = true
    try {
      for (const [waiter, holder] of this.#entering) {
        this.#entering.delete(waiter)
        waiter.grant(holder)
      }
    } finally {
      this.#isAdvancing = false
    }
    if (this.isIdle) this.idle()
  }

  #admit(): void {
    for (const waiter of this.#line) {
      if (!this.#canEnter(waiter.mode)) return
      this.#line.delete(waiter)
      this.#entering.set(waiter, this.#enter(waiter.mode, waiter.token, waiter.inside))
    }
  }

  /** No one is inside any more, and no one in line. */
  protected idle(): void {
    busyLocks.delete(this)
  }
}
