/**
 * This heap, among those that call each other.
 *
 * A heap whose thread is blocked runs no reactions of promises. A call that is part of what it waits for, by whatever chain
 * of heaps it came, must not wait for such a reaction. So a call carries the heaps that wait for what it is part of.
 */

export const thisHeap = {
  /** Names it to others. Random, because heaps that never met may end up in one chain. */
  id: Math.floor(Math.random() * Number.MAX_SAFE_INTEGER),
  /** How many calls block its thread, one within the other. */
  blocked: 0,
}

/** No heap waits. */
export const NONE_WAITING: readonly number[] = Object.freeze([])
