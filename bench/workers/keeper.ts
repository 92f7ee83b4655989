/** Objects that are given out by reference, a place to keep what is given, and how much this heap uses. */
import { getHeapStatistics } from 'node:v8'
import { proxy } from '@farhold/core'

let own: object[] = []
let kept: unknown[] = []
let next = 0

/** Makes the objects, and the list for those of others, before anything is measured. */
export function prepare(count: number): void {
  own = Array.from({ length: count }, (_, value) => ({ value }))
  kept = new Array(count).fill(null)
  next = 0
}

export function give(index: number): object {
  const object = own[index]
  if (object === undefined) throw new RangeError(`there is no object ${index}`)
  return proxy(object)
}

export function keep(value: unknown): void {
  kept[next++] = value
}

export function dropKept(): void {
  kept.fill(null)
  next = 0
}

/** Bytes in use when everything that is not held was collected. */
export function used(): number {
  globalThis.gc?.()
  globalThis.gc?.()
  return getHeapStatistics().used_heap_size
}
