/**
 * The lock of a context: every call of another context enters by it.
 *
 * Where threads share memory, others may have taken it there without a word. Before this heap looks, it makes whoever has done so a
 * holder like any other; and when no one is left, it is free in memory again.
 */
import { currentContext } from './current-context.ts'
import { isTokenOf, type LockWord } from './lock-word.ts'
import { type Holder, type LockMode, type LockRequest, type Party, RwLock } from './rw-lock.ts'

/** Another thread that can take it in memory. */
interface Neighbour {
  readonly thread: number
  readonly party: Party
}

export class ContextLock extends RwLock {
  #word: LockWord | undefined
  readonly #neighbours = new Set<Neighbour>()

  /** From now on others may take it in memory. */
  share(word: LockWord): void {
    this.#word = word
    if (!this.isIdle) this.#manage()
  }

  /** A session with a thread that can take it in memory begins. Gives what to call at its end, which frees what that thread has taken. */
  join(thread: number, party: Party): () => void {
    const neighbour = { thread, party }
    this.#neighbours.add(neighbour)
    return () => {
      if (this.#word?.isFree === false) this.#manage()
      for (const holder of [...this.holders])
        if (holder.party === party && isTokenOf(thread, holder.token)) this.#done(holder)
      this.#neighbours.delete(neighbour)
    }
  }

  /** Is nothing in the way of whoever comes? Hot path: guarded by `bench/`, row `1000 in flight`. */
  get isOpen(): boolean {
    return this.isIdle && (this.#word === undefined || this.#word.isFree)
  }

  /** Whoever has taken it in memory, by this token, is done. */
  freed(token: number): void {
    if (this.#word?.isFree === false) this.#manage()
    for (const holder of this.holders) {
      if (holder.token !== token) continue
      this.#word?.regain()
      // What was asked for within it may still be held.
      this.leave(holder)
      return
    }
  }

  override admits(mode: LockMode, bonds: readonly number[]): boolean {
    this.look()
    return super.admits(mode, bonds)
  }

  override take(request: LockRequest): Holder | undefined {
    this.#manage()
    try {
      return super.take(request)
    } finally {
      if (this.isIdle) this.idle()
    }
  }

  protected override idle(): void {
    super.idle()
    this.#word?.open()
  }

  /** Sees who has taken it in memory. */
  look(): void {
    if (this.isIdle && this.#word?.isFree === false) this.#manage()
  }

  /** Deals with it here, and knows whoever has taken it before. */
  #manage(): void {
    const token = this.#word?.manage()
    if (token === undefined) return
    for (const holder of this.holders) if (holder.token === token) return
    for (const { thread, party } of this.#neighbours)
      if (isTokenOf(thread, token)) {
        this.force('exclusive', token, party)
        return
      }
    // Its thread has ended, or its session has: it holds nothing any more.
    this.#word?.regain()
  }

  #done(holder: Holder): void {
    this.#word?.regain()
    holder.depth = 1
    this.leave(holder)
  }
}

/** The lock of this heap. */
export const heapLock: ContextLock = new ContextLock(() => `context "${currentContext().name}"`)
