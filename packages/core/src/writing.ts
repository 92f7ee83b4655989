/**
 * What a peer may change of our objects: what is open to writing, under the names that exist for it. A refusal comes before anything
 * has changed.
 */
import {
  type Access,
  asked,
  findProperty,
  hasProperty,
  isRootPrototype,
  refuseForbidden,
} from './access.ts'
import { AccessDeniedError, UnprotectedError } from './errors.ts'
import { classNameOf } from './pass-style.ts'
import { isProtected } from './protected.ts'

const getPrototypeOf = Object.getPrototypeOf as (value: object) => object | null

/** May this peer write to `target`? */
export function isWritable(target: object, { writes }: Access): boolean {
  if (isRootPrototype(target)) return false
  return writes === 'open' || (writes === 'protected' && isProtected(target))
}

export function refuseWrite(target: object, part: string): never {
  throw new UnprotectedError(classNameOf(target), part)
}

/**
 * @throws {AccessDeniedError} for a name that does not exist for this peer.
 * @throws {UnprotectedError} unless this peer may write to `target`.
 */
export function checkWritable(target: object, key: PropertyKey, access: Access): void {
  refuseForbidden(key)
  const narrowing = access.narrowingOf(target)
  if (
    narrowing !== undefined &&
    !(narrowing.admits(key) && (!narrowing.isClosed || hasProperty(target, key, access)))
  )
    throw new AccessDeniedError(asked(key))
  if (!isWritable(target, access)) refuseWrite(target, asked(key))
}

/**
 * Writes a property for a peer; false when no one can write it.
 * @throws {UnprotectedError} when the peer may not write to `target`.
 * @throws {AccessDeniedError} for a name that does not exist for peers.
 */
export function writeProperty(
  target: object,
  key: PropertyKey,
  value: unknown,
  access: Access,
): boolean {
  checkWritable(target, key, access)
  return Reflect.set(target, key, value)
}

/**
 * Writes to what inherits from `target` elsewhere, which is what a setter of `target` takes and gives as {@link writeProperty} does.
 * What no setter takes is for the other side to keep, if that may be: `null`, or else false.
 */
export function writeInherited(
  target: object,
  key: PropertyKey,
  value: unknown,
  access: Access,
): boolean | null {
  refuseForbidden(key)
  const isSeen = hasProperty(target, key, access)
  const seen = isSeen ? findProperty(target, key) : undefined
  if (seen !== undefined && !('value' in seen)) return writeProperty(target, key, value, access)
  return (seen?.writable ?? isFree(target, key)) ? null : false
}

/** Does no root prototype keep what inherits from `target` from having a property of its own? What is below is not seen, or not there. */
function isFree(target: object, key: PropertyKey): boolean {
  for (let holder: object | null = target; holder !== null; holder = getPrototypeOf(holder)) {
    if (!isRootPrototype(holder)) continue
    const found = Object.getOwnPropertyDescriptor(holder, key)
    if (found !== undefined) return found.writable === true
  }
  return true
}

/** Deletes an own property for a peer; true when it is gone. Throws as {@link writeProperty} does. */
export function deleteOwnProperty(target: object, key: PropertyKey, access: Access): boolean {
  checkWritable(target, key, access)
  return Reflect.deleteProperty(target, key)
}

/** Defines an own property for a peer; true when it is defined. Throws as {@link writeProperty} does. */
export function defineOwnProperty(
  target: object,
  key: PropertyKey,
  descriptor: PropertyDescriptor,
  access: Access,
): boolean {
  checkWritable(target, key, access)
  return Reflect.defineProperty(target, key, descriptor)
}

/**
 * Makes an object not extensible for a peer.
 * @throws {UnprotectedError} when the peer may not write to `target`.
 * @throws {AccessDeniedError} when the object has more for others than for this peer.
 */
export function preventExtensions(target: object, access: Access): boolean {
  if (access.narrowingOf(target) !== undefined) throw new AccessDeniedError('the extensibility')
  if (!isWritable(target, access)) refuseWrite(target, 'the extensibility')
  return Reflect.preventExtensions(target)
}
