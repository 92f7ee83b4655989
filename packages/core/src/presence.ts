/**
 * Objects of this library that are at home in one context and have a form of their own in every other: the ends of a channel, a view of shared
 * memory.
 *
 * One crosses as its parts, which cross as anything does: a reference to what is at home, and memory where the two contexts may share it. The
 * other side makes its own form of those (`presences.ts`), one for each that is at home.
 */
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

/** What an object is as such a form. */
export interface Presence {
  readonly kind: PresenceKind
  /** Its parts, as they go to a peer. */
  parts(session: PresenceSession): readonly unknown[]
}

const PRESENCES = new WeakMap<object, Presence>()

/** From now on an object crosses as its parts. */
export function present(object: object, presence: Presence): void {
  PRESENCES.set(object, presence)
}

/** What an object is as such a form; `undefined` for one that is none. */
export function presenceOf(value: object): Presence | undefined {
  return PRESENCES.get(value)
}
