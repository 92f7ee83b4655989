/**
 * What a peer may touch: the one place that decides, for every operation and every transport.
 *
 * A peer reaches the own properties of what it was given and what that object's classes define, up to
 * but never including `Object.prototype` and `Function.prototype`. A name on the list below does not
 * exist for it at all. What is refused here is caught by `test/conformance/access.ts`.
 */
import { AccessDeniedError, UnprotectedError } from './errors.ts'
import { released } from './holders.ts'
import { classNameOf, isEvaluator } from './pass-style.ts'
import { nameOfSymbol } from './protocol.ts'

/** Which of our objects a peer may change. */
export type Writes = 'open' | 'protected' | 'none'

/** Names that lead from an object to its class, its prototype, its caller, or into the engine's old accessors; and what only we call. */
const FORBIDDEN: ReadonlySet<PropertyKey> = new Set([
  'constructor',
  '__proto__',
  'prototype',
  'caller',
  'callee',
  'arguments',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
  released,
])

/** True for a name that does not exist for a peer. */
export function isForbidden(key: PropertyKey): boolean {
  return FORBIDDEN.has(key)
}

/**
 * Keys that copied data may not carry: with them a careless merge on the other side changes a prototype.
 * `caller`, `callee` and `arguments` are harmless as data, and syntax trees have them.
 */
export function isForbiddenInData(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype'
}

const getPrototypeOf = Object.getPrototypeOf as (value: object) => object | null
const getOwnPropertyDescriptor = Object.getOwnPropertyDescriptor

/** True for `Object.prototype`, `Function.prototype` and their kin, of any realm. */
function isRootPrototype(value: object): boolean {
  if (value === Object.prototype || value === Function.prototype) return true
  const above = getPrototypeOf(value)
  if (above === null) return Object.hasOwn(value, '__lookupGetter__')
  return typeof value === 'function' && Object.hasOwn(value, 'bind') && Object.hasOwn(value, 'call')
}

/** The next object up that a peer may see, or `null`. A function's classes are functions themselves. */
function visibleAbove(value: object): object | null {
  const above = getPrototypeOf(value)
  if (above === null || isRootPrototype(above)) return null
  return typeof value === 'function' && typeof above !== 'function' ? null : above
}

/** The property a peer means by `key`, own or of a class; `undefined` when it has none. */
function findProperty(target: object, key: PropertyKey): PropertyDescriptor | undefined {
  if (isRootPrototype(target)) return undefined
  for (let holder: object | null = target; holder !== null; holder = visibleAbove(holder)) {
    const found = getOwnPropertyDescriptor(holder, key)
    if (found !== undefined) return found
  }
  return undefined
}

/** An operation of a peer on one of our objects, as messages name it. */
function asked(key: PropertyKey): string {
  return `property ${typeof key === 'symbol' ? String(key) : JSON.stringify(key)}`
}

function refuseForbidden(key: PropertyKey): void {
  if (FORBIDDEN.has(key)) throw new AccessDeniedError(asked(key))
}

/**
 * Reads a property as a peer sees it: `undefined` where it has none.
 * @throws {AccessDeniedError} for a name that does not exist for peers, and for a value that evaluates text.
 */
export function readProperty(target: unknown, key: PropertyKey): unknown {
  refuseForbidden(key)
  if (target === null || target === undefined) {
    throw new TypeError(`cannot read ${asked(key)} of ${target === null ? 'null' : 'undefined'}`)
  }
  const holder = Object(target) as object
  const property = findProperty(holder, key)
  if (property === undefined) return undefined
  const value: unknown =
    'value' in property ? property.value : property.get && Reflect.apply(property.get, target, [])
  if (isEvaluator(value)) throw new AccessDeniedError(asked(key))
  return value
}

/** Whether a peer sees a property of that name. */
export function hasProperty(target: object, key: PropertyKey): boolean {
  return !FORBIDDEN.has(key) && findProperty(target, key) !== undefined
}

/**
 * Whether a function is one that a peer could call on `target` by a name, or as an accessor of it. One that is shadowed counts.
 */
export function hasMethod(target: object, method: unknown): boolean {
  if (isRootPrototype(target)) return false
  for (let holder: object | null = target; holder !== null; holder = visibleAbove(holder)) {
    for (const key of visibleKeys(holder)) {
      const found = getOwnPropertyDescriptor(holder, key)
      if (found?.value === method || found?.get === method || found?.set === method) return true
    }
  }
  return false
}

/** The own keys a peer sees: none of the forbidden ones, and no symbol that it could not name. */
export function visibleKeys(target: object): PropertyKey[] {
  return Reflect.ownKeys(target).filter(
    (key) => !FORBIDDEN.has(key) && (typeof key === 'string' || nameOfSymbol(key) !== undefined),
  )
}

/** The own property descriptor a peer sees. @throws {AccessDeniedError} when its value evaluates text. */
export function visibleDescriptor(
  target: object,
  key: PropertyKey,
): PropertyDescriptor | undefined {
  if (FORBIDDEN.has(key)) return undefined
  const found = getOwnPropertyDescriptor(target, key)
  if (found !== undefined && isEvaluator(found.value)) throw new AccessDeniedError(asked(key))
  return found
}

/** @throws {UnprotectedError} unless this peer may write to `target`. */
function checkWritable(target: object, key: PropertyKey, writes: Writes): void {
  refuseForbidden(key)
  if (writes !== 'open' || isRootPrototype(target))
    throw new UnprotectedError(classNameOf(target), asked(key))
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
  writes: Writes,
): boolean {
  checkWritable(target, key, writes)
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
  writes: Writes,
): boolean | null {
  refuseForbidden(key)
  const seen = findProperty(target, key)
  if (seen !== undefined && !('value' in seen)) return writeProperty(target, key, value, writes)
  return (seen?.writable ?? isFree(target, key)) ? null : false
}

/** Does no root prototype keep what inherits from `target` from having a property of its own? */
function isFree(target: object, key: PropertyKey): boolean {
  for (let holder: object | null = target; holder !== null; holder = getPrototypeOf(holder)) {
    const found = getOwnPropertyDescriptor(holder, key)
    if (found !== undefined) return found.writable === true
  }
  return true
}

/** Deletes an own property for a peer; true when it is gone. Throws as {@link writeProperty} does. */
export function deleteOwnProperty(target: object, key: PropertyKey, writes: Writes): boolean {
  checkWritable(target, key, writes)
  return Reflect.deleteProperty(target, key)
}

/** Defines an own property for a peer; true when it is defined. Throws as {@link writeProperty} does. */
export function defineOwnProperty(
  target: object,
  key: PropertyKey,
  descriptor: PropertyDescriptor,
  writes: Writes,
): boolean {
  checkWritable(target, key, writes)
  return Reflect.defineProperty(target, key, descriptor)
}

/** Makes an object not extensible for a peer. Throws as {@link writeProperty} does. */
export function preventExtensions(target: object, writes: Writes): boolean {
  checkWritable(target, 'extensibility', writes)
  return Reflect.preventExtensions(target)
}
