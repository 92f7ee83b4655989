/**
 * This heap, among those that call each other, and who waits for whom.
 *
 * A heap whose thread is blocked runs no reactions of promises. A call that is part of what it waits for, by whatever chain
 * of heaps it came, must not wait for such a reaction: so a call carries the heaps that wait for what it is part of. And where a heap has
 * calls that wait for its promises when it blocks, those who made them wait for what it blocks on, too; it says so, each passes it on, and
 * whoever finds itself among those who wait for a promise of its own has found the circle. (The probes go along the edges of the
 * wait-for graph, as in the algorithm of Chandy, Misra and Haas, 1983.)
 */

import type { Probe } from './rw-lock.ts'

/** A call that blocks this thread. */
export interface BlockingCall {
  /** Is the thread asleep, and not running the peer's code itself? */
  readonly waits: boolean
  /** These heaps wait for it, too. */
  joined(heaps: readonly number[]): void
}

/** A call whose answer is a promise of this heap. */
export interface PromisedCall {
  /** The heaps whose threads wait for what it is part of. */
  readonly waiting: readonly number[]
}

/** Something that is waited for, and what it is part of. */
export interface Bound {
  /** The holds that it carries, and the heaps whose threads wait for it. */
  readonly bonds: readonly number[]
  /** Looks what it waits for in turn; see `deadlock.ts`. */
  chase(bond: number, probe: Probe): void
}

export const thisHeap = {
  /** Names it to others. Random, because heaps that never met may end up in one chain. */
  id: Math.floor(Math.random() * Number.MAX_SAFE_INTEGER),
  /** The calls that block its thread, one within the other. */
  blocking: [] as BlockingCall[],
  /** Calls that heaps wait for and that are to be answered when a promise settles. */
  promised: new Set<PromisedCall>(),
  /** Calls and requests of this heap that are not answered, and that a hold or a thread waits for. */
  bound: new Set<Bound>(),
}

/** No heap waits. */
export const NONE_WAITING: readonly number[] = Object.freeze([])

/** Is this thread blocked for something that the call is part of, so that no promise can settle before it is answered? */
export function isAwaitedHere({ waiting }: PromisedCall): boolean {
  return isBlocked() && waiting.includes(thisHeap.id)
}

/** These heaps wait for whatever this thread is blocked for, if it is. */
export function joinWhatBlocks(heaps: readonly number[]): void {
  if (heaps.length > 0) thisHeap.blocking.findLast((call) => call.waits)?.joined(heaps)
}

function isBlocked(): boolean {
  return thisHeap.blocking.some((call) => call.waits)
}

/** The heaps that wait for promises of this one, and others: all wait for what this thread blocks on. */
export function withThoseWhoWait(heaps: readonly number[]): readonly number[] {
  if (thisHeap.promised.size === 0) return heaps
  const all = new Set(heaps)
  for (const { waiting } of thisHeap.promised) for (const heap of waiting) all.add(heap)
  return [...all]
}
