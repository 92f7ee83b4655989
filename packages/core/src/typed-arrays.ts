/**
 * The kinds of typed arrays, as types and by their names. What a subclass adds, as Node's `Buffer` does, is no kind.
 */
import { newView, viewKind } from './marshal/bytes.ts'
import type { ArrayKinds } from './types/array-kinds.ts'

/** A typed array of any kind, over memory that is shared or not. */
export type TypedArray = ArrayKinds[keyof ArrayKinds]

/** The kind of a typed array, whatever its memory is and whatever its class adds. */
export type KindOf<A extends TypedArray> = ArrayKinds[A[typeof Symbol.toStringTag]]

/** The kind of a typed array by name; `undefined` for anything else. */
export function kindOfArray(value: unknown): keyof ArrayKinds | undefined {
  if (!ArrayBuffer.isView(value)) return undefined
  const kind = viewKind(value)
  return kind === 'DataView' ? undefined : (kind as keyof ArrayKinds) // the other kinds of views
}

/** How many bytes an element of that kind has; `undefined` when this engine has no such kind. */
export function elementSizeOf(kind: unknown): number | undefined {
  if (typeof kind !== 'string' || kind === 'DataView') return undefined
  try {
    return (newView(kind, new ArrayBuffer(0)) as TypedArray).BYTES_PER_ELEMENT
  } catch {
    return undefined
  }
}

/** @throws {RangeError} when so many elements do not fit. */
export function checkRoom(elements: number, room: number): void {
  if (elements > room)
    throw new RangeError(`copy() cannot put ${elements} elements where there is room for ${room}`)
}

/** Puts elements at the beginning of an array, as those of its kind. @throws {TypeError} when numbers and BigInts would be mixed. */
export function setElements(to: TypedArray, from: TypedArray): void {
  checkRoom(from.length, to.length)
  // One method for all kinds, of which no two types agree.
  Uint8Array.prototype.set.call(to as Uint8Array, from as Uint8Array)
}
