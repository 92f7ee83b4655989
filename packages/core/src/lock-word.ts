/**
 * The lock of a context as a word in memory that threads share: who finds it free takes it without a message. `bench/`, rows `lock`.
 *
 * The word is 0 while the lock is free; the token of the holder while a thread has it that found it free; and
 * {@link MANAGED} while its owner deals with it in its own heap, in a line (`context-lock.ts`). A holder's token has its lowest bit free: the owner sets it
 * to be told when the holder is done.
 */

/** The owner has it in hand: whoever wants it asks by a message. */
const MANAGED = -1

/** How many holds of one thread are told apart. */
const HOLDS = 2 ** 12

export class LockWord {
  readonly #cells: Int32Array
  readonly #index: number

  /** The word is one element of `cells`. */
  constructor(cells: Int32Array, index: number) {
    this.#cells = cells
    this.#index = index
  }

  // The owner's side ---------------------------------------------------------------------------------

  get isFree(): boolean {
    return Atomics.load(this.#cells, this.#index) === 0
  }

  /**
   * From now on the owner deals with it. Gives the token of whoever has taken it meanwhile, and will tell when it is done.
   */
  manage(): number | undefined {
    for (;;) {
      const word = Atomics.load(this.#cells, this.#index)
      if (word === MANAGED) return undefined
      const next = word === 0 ? MANAGED : word | 1
      if (Atomics.compareExchange(this.#cells, this.#index, word, next) === word)
        return word === 0 ? undefined : word & ~1
    }
  }

  /** Whoever had taken it is done: the owner goes on. */
  regain(): void {
    Atomics.store(this.#cells, this.#index, MANAGED)
  }

  /** Anyone may take it. */
  open(): void {
    Atomics.store(this.#cells, this.#index, 0)
  }

  // The other threads' side --------------------------------------------------------------------------

  /** Takes it, if it is free. */
  take(token: number): boolean {
    return Atomics.compareExchange(this.#cells, this.#index, 0, token) === 0
  }

  /** Gives it back. False when the owner wants to be told. */
  free(token: number): boolean {
    return Atomics.compareExchange(this.#cells, this.#index, token, 0) === token
  }
}

/** A thread takes the words of others by tokens of its own. */
export class LockTaker {
  readonly #base: number
  readonly #inUse = new Set<number>()
  #next = 0

  /** @param thread its number among the threads of the process, from 0 */
  constructor(thread: number) {
    this.#base = tokenBase(thread)
  }

  /** Takes a word, and gives what names the hold; 0 when it is not free. */
  take(word: LockWord): number {
    const token = this.#base + this.#next * 2
    if (!word.take(token)) return 0
    this.#inUse.add(token)
    // One that is kept for long keeps its number.
    do this.#next = (this.#next + 1) % HOLDS
    while (this.#inUse.has(this.#base + this.#next * 2) && this.#inUse.size < HOLDS)
    return token
  }

  /** A hold of this thread is over. */
  done(token: number): void {
    this.#inUse.delete(token)
  }
}

function tokenBase(thread: number): number {
  return (thread + 1) * HOLDS * 2
}

/** Did this thread take a word by that token? */
export function isTokenOf(thread: number, token: number): boolean {
  const base = tokenBase(thread)
  return token >= base && token < base + HOLDS * 2
}
