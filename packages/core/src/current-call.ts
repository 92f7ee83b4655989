/**
 * The call that is being served: what a method can ask about the one who called it.
 */
import { AsyncSlot } from './async-slot.ts'
import type { CallSignal } from './platform.ts'

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
  readonly view: CurrentCall
  /** Whose session it came by; no one else can compare it. */
  readonly session: object
  /** The heaps whose threads wait for what this is part of; see `this-heap.ts`. */
  readonly waiting: readonly number[]
}

const serving = new AsyncSlot<Served>()

/** Runs what serves a call. */
export const serve: <Args extends unknown[], R>(
  served: Served,
  fn: (...args: Args) => R,
  ...args: Args
) => R = (served, fn, ...args) => serving.run(served, fn, ...args)

/**
 * Says what is served from here on. Whoever takes calls in turn, or anything else that may end in one, puts back what
 * was served before when all are done.
 */
export function nowServing(served: Served | undefined): void {
  serving.set(served)
}

/** What is being served here, if anything is. */
export function servedHere(): Served | undefined {
  return serving.get()
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
  return serving.get()?.view
}
