/**
 * The call that is being served: what a method can ask about the one who called it.
 */
import { AsyncSlot } from './async-slot.ts'
import type { CallSignal } from './platform.ts'
import type { PresenceSession } from './presence.ts'
import type { Turn } from './turn.ts'

/** A call of another context, as the method that serves it sees it. */
export interface CurrentCall {
  /**
   * Fires when the caller has given up on this call, by its own signal or timeout, or is gone; its reason says which.
   * What the method gives after that is dropped.
   */
  readonly signal: CallSignal
  /** The name of the context that called. */
  readonly caller: string
}

/** What serves a call keeps this to answer with. */
export interface Served {
  readonly view: CurrentCall | undefined
  /** Whose session it came by; no one else can compare it. */
  readonly session: PresenceSession | undefined
  /** The heaps whose threads wait for what this is part of; see `this-heap.ts`. */
  readonly waiting: readonly number[]
  /** The holds of locks that it may enter with; see `held.ts`. */
  readonly holds: readonly number[]
  /** Holds that its caller named and that are no one's but its own, as far as is known here: they enter there, and nowhere else. */
  readonly foreign: readonly number[]
  /** The turn that it has of a context that takes one call at a time. */
  readonly turn: Turn | undefined
}

/** What this code is part of: a call that it serves, a hold, or both. */
export const activity = new AsyncSlot<Served>()

/** Runs what serves a call. */
export const serve: <Args extends unknown[], R>(
  served: Served,
  fn: (...args: Args) => R,
  ...args: Args
) => R = (served, fn, ...args) => activity.run(served, fn, ...args)

/**
 * Says what is served from here on. Whoever takes calls in turn, or anything else that may end in one, puts back what
 * was served before when all are done.
 */
export function nowServing(served: Served | undefined): void {
  activity.set(served)
}

/** What is being served here, if anything is. */
export function servedHere(): Served | undefined {
  return activity.get()
}

/**
 * The call that this code serves; `undefined` outside of one. In Node it is known in everything the method awaits;
 * elsewhere ask before the first `await` and keep what you got.
 *
 * @example
 * ```ts
 * export async function search(query: string) {
 *   const signal = currentCall()?.signal
 *   for (const shard of shards) {
 *     signal?.throwIfAborted()
 *     await shard.search(query, { signal })
 *   }
 * }
 * ```
 */
export function currentCall(): CurrentCall | undefined {
  return activity.get()?.view
}
