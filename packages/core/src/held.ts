/**
 * Holds of locks, on the side of those who hold them.
 *
 * What runs within a hold says so with each call that it makes, to whichever context; and what serves such a call does the same. So whoever owns the lock
 * knows them, by whatever way they come.
 */
import { activity, type Served, servedHere } from './current-call.ts'
import type { PresenceSession } from './presence.ts'
import { standInOf } from './stand-in.ts'

export const NO_TOKENS: readonly number[] = Object.freeze([])

/** What is held. */
export interface Hold {
  /** What names it where the locks are; nothing once it is free. */
  readonly tokens: readonly number[]
}

/** A hold that whoever took it frees. */
export class TakenHold implements Hold {
  #tokens: readonly number[]
  readonly #free: () => void

  constructor(tokens: readonly number[], free: () => void) {
    this.#tokens = tokens
    this.#free = free
  }

  get tokens(): readonly number[] {
    return this.#tokens
  }

  free(): void {
    this.#tokens = NO_TOKENS
    this.#free()
  }
}

/** A lock as its holder sees it, in the shape of the Web Locks API. Names the hold in `withOptions(proxy, { held })`. */
export class HeldLock implements Hold {
  readonly name: string
  readonly mode: 'exclusive' | 'shared'
  readonly #hold: Hold

  constructor(name: string, mode: 'exclusive' | 'shared', hold: Hold) {
    this.name = name
    this.mode = mode
    this.#hold = hold
  }

  get tokens(): readonly number[] {
    return this.#hold.tokens
  }
}

/** The hold that a held proxy or a lock names; `undefined` when it is neither. */
export function holdOf(value: unknown): Hold | undefined {
  return value instanceof HeldLock ? value : standInOf(value)?.options?.held
}

/**
 * What a call carries that is made here with such a hold.
 * @param session where it goes; of what it serves, a call that came from there brings its own holds home
 */
export function carriedHere(held: Hold | undefined, session?: object): readonly number[] {
  const around = servedHere()
  if (around === undefined) return held?.tokens ?? NO_TOKENS
  const foreign = around.session === session ? around.foreign : NO_TOKENS
  if (held === undefined && foreign.length === 0) return around.holds
  return [...new Set([...around.holds, ...foreign, ...(held?.tokens ?? [])])]
}

/** Runs what may enter with a hold. */
export function withHold<Args extends unknown[], R>(
  hold: Hold,
  fn: (...args: Args) => R,
  ...args: Args
): R {
  return activity.run(new Within(servedHere(), hold), fn, ...args)
}

/** What is served, within a hold. */
class Within implements Served {
  readonly #around: Served | undefined
  readonly #hold: Hold

  constructor(around: Served | undefined, hold: Hold) {
    this.#around = around
    this.#hold = hold
  }

  get view(): Served['view'] {
    return this.#around?.view
  }

  get session(): PresenceSession | undefined {
    return this.#around?.session
  }

  get waiting(): readonly number[] {
    return this.#around?.waiting ?? NO_TOKENS
  }

  get foreign(): readonly number[] {
    return this.#around?.foreign ?? NO_TOKENS
  }

  get turn(): Served['turn'] {
    return this.#around?.turn
  }

  get holds(): readonly number[] {
    const around = this.#around?.holds ?? NO_TOKENS
    const { tokens } = this.#hold
    return around.length === 0 ? tokens : [...new Set([...around, ...tokens])]
  }
}
