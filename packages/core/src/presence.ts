/**
 * Objects of this library that are at home in one context and have a form of their own in every other: the ends of a channel, a view of shared
 * memory.
 *
 * One crosses as its parts, which cross as anything does: a reference to what is at home, and memory where the two contexts may share it. The
 * other side makes its own form of those (`presences.ts`), one for each that is at home.
 */
import type { wholeAs } from './types/brands.ts'

/** Which form it is. */
export type PresenceKind = 'sender' | 'receiver' | 'view'

/** What it may ask of the session that it crosses by. */
export interface PresenceSession {
  /** May the peer share memory with us? */
  readonly sharedMemory: boolean
  /** What the peer may send us. */
  readonly limits: { readonly messageSize: number }
  /** Has it ended? */
  readonly isOver: boolean
  /** Something is awaited from the peer, and the process must not end by itself, until what this gives is called. */
  keepAlive(): () => void
  /** Something of ours is lent to the peer, and one that closes the session and drains waits, until what this gives is called. */
  holdOpen(): () => void
  /** Does the peer hold a reference to this object? */
  isHeld(value: object): boolean
}

export abstract class Presence {
  declare readonly [wholeAs]: true
  readonly #kind: PresenceKind

  constructor(kind: PresenceKind) {
    this.#kind = kind
  }

  /** Its parts, as they go to a peer. */
  protected abstract parts(session: PresenceSession): readonly unknown[]

  /** Which form an object is; `undefined` for one that is none. Fires no trap, and cannot be forged. */
  static kindOf(value: object): PresenceKind | undefined {
    return #kind in value ? value.#kind : undefined
  }

  static partsOf(value: object, session: PresenceSession): readonly unknown[] {
    return (value as Presence).parts(session) // asked for after its kind
  }
}
