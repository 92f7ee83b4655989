/**
 * What stands for an immutable value whose own object was collected, while a peer may still send that one home.
 *
 * It is a copy of the object and not of what is in it, so it costs little; and it must not lead back to the object, which would never be
 * collected then. So of a value that leads back to itself every object is copied, all but its bytes.
 */
import { markImmutable } from './marks.ts'
import { copyBytes, newView, viewKind } from './marshal/bytes.ts'
import { ambientPlatform } from './platform.ts'

/** The one substitute of each value, for all sessions. */
const SUBSTITUTES = new WeakMap<object, object>()

/** What stands for a value that is frozen throughout when it is gone. */
export function substituteOf(root: object): object {
  const known = SUBSTITUTES.get(root)
  if (known !== undefined) return known
  const substitute = isBuffer(root) || ArrayBuffer.isView(root) ? bytesLike(root) : copyOf(root)
  markImmutable(substitute)
  SUBSTITUTES.set(root, substitute)
  return substitute
}

function isBuffer(value: object): value is ArrayBufferLike {
  return /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(value))
}

/** A view shows the same bytes. A buffer has only itself to be named by, so there it is one that shares its memory, or has a copy. */
function bytesLike(root: ArrayBufferView | ArrayBufferLike): object {
  if (ArrayBuffer.isView(root)) return newView(viewKind(root), root.buffer, root)
  if (!(root instanceof ArrayBuffer) && ambientPlatform.structuredClone !== undefined)
    return ambientPlatform.structuredClone(root) as object // of an object it makes one
  return copyBytes(new Uint8Array(root))
}

function copyOf(root: object): object {
  const within = objectsIn(root)
  const copies = new Map<object, object>()
  for (const object of within.leadsBack ? within.objects : [root])
    copies.set(object, emptyLike(object))
  for (const [object, copy] of copies) {
    for (const key of Reflect.ownKeys(object)) {
      const property = Reflect.getOwnPropertyDescriptor(object, key) as PropertyDescriptor // its own key
      const value: unknown = property.value
      const replaced = typeof value === 'object' && value !== null ? copies.get(value) : undefined
      Object.defineProperty(
        copy,
        key,
        replaced === undefined ? property : { ...property, value: replaced },
      )
    }
    Object.freeze(copy)
  }
  return copies.get(root) as object // it is one of those that were copied
}

/** All objects in a value but bytes, itself included, and whether one of them leads back to it. */
function objectsIn(root: object): { objects: readonly object[]; leadsBack: boolean } {
  const seen = new Set([root])
  const objects = [root]
  let leadsBack = false
  for (const object of objects) {
    for (const key of Reflect.ownKeys(object)) {
      const value: unknown = Reflect.getOwnPropertyDescriptor(object, key)?.value
      if (value === root) leadsBack = true
      if (typeof value !== 'object' || value === null || seen.has(value)) continue
      if (ArrayBuffer.isView(value) || isBuffer(value)) continue
      seen.add(value)
      objects.push(value)
    }
  }
  return { objects, leadsBack }
}

function emptyLike(object: object): object {
  const prototype = Object.getPrototypeOf(object) as object | null
  let empty: object
  if (Array.isArray(object)) empty = []
  else if (object instanceof RegExp) empty = new RegExp(object.source, object.flags)
  else if (object instanceof Error) empty = new Error()
  else return Object.create(prototype) as object
  Reflect.deleteProperty(empty, 'stack')
  if (Object.getPrototypeOf(empty) !== prototype) Object.setPrototypeOf(empty, prototype)
  return empty
}
