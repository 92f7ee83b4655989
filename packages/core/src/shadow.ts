/**
 * The shadow of another context's object: the target of its blocking proxy, one of its own.
 *
 * The language checks what a proxy says against its target: that a property is fixed, or that none can be added, it may
 * say only when the target is so too. So whatever the owner's object can never change back is noted here before it is
 * said. Nothing else is: what may change is asked of the owner every time, and its values are not kept alive from here.
 */
import { isForbidden } from './access.ts'
import type { ImportKind } from './handle.ts'
import { INSPECT, inspectable } from './inspection.ts'
import { nameOfSymbol } from './protocol.ts'

/** As small as an object can be, and inspection finds in it what it looks for. */
class BlankObject {}
Object.setPrototypeOf(BlankObject.prototype, inspectable)

class BlankArray extends Array<unknown> {}
Object.setPrototypeOf(BlankArray.prototype, inspectable)

const blankFunction = Object.setPrototypeOf(function blank() {}, inspectable) as () => void // gives what it was given

/** A target of the same kind as the owner's object, so that `typeof` and `Array.isArray` are right. */
export function createShadow(kind: ImportKind): object {
  // Bound, a function that can be constructed has no property that a trap must report.
  if (kind === 'function') return Function.prototype.bind.call(blankFunction, undefined) as object
  return kind === 'array' ? new BlankArray() : new BlankObject()
}

/** A key that no owner's object has for a peer, and that is not asked for: unique symbols, and what printing looks for. */
export function isHidden(key: PropertyKey): boolean {
  if (typeof key === 'symbol') return key === INSPECT || nameOfSymbol(key) === undefined
  return isForbidden(key)
}

/** What the owner said of a property, as the proxy says it. @throws {TypeError} when no object could be like that. */
export function noteProperty(
  shadow: object,
  key: PropertyKey,
  said: unknown,
): PropertyDescriptor | undefined {
  if (said === undefined || said === null) {
    if (!Reflect.deleteProperty(shadow, key)) contradict(`that ${show(key)} is gone`)
    return undefined
  }
  const property = checkedDescriptor(key, said)
  if (property.configurable === false) {
    if (!Reflect.defineProperty(shadow, key, withoutValue(property)))
      contradict(`that ${show(key)} has changed`)
  } else {
    const noted = Reflect.getOwnPropertyDescriptor(shadow, key)
    if (noted === undefined ? !Reflect.isExtensible(shadow) : noted.configurable === false)
      contradict(`that ${show(key)} can change`)
  }
  return property
}

/** While a fixed property can be written its value is the owner's alone. */
function withoutValue(property: PropertyDescriptor): PropertyDescriptor {
  if (property.writable !== true) return property
  return { enumerable: property.enumerable === true, configurable: false, writable: true }
}

function checkedDescriptor(key: PropertyKey, said: unknown): PropertyDescriptor {
  if (typeof said !== 'object') return contradict(`something else of ${show(key)}`)
  const { get, set, value, ...is } = said as PropertyDescriptor
  const enumerable = is.enumerable === true
  const configurable = is.configurable === true
  if (!('get' in (said as object)) && !('set' in (said as object)))
    return { value: value as unknown, writable: is.writable === true, enumerable, configurable }
  if (!isAccessor(get) || !isAccessor(set)) contradict(`something else of ${show(key)}`)
  return { get, set, enumerable, configurable } as PropertyDescriptor // both were checked; what is missing is said to be
}

function isAccessor(value: unknown): boolean {
  return value === undefined || typeof value === 'function'
}

/** The keys that the owner gave. What is not among them is gone. @throws {TypeError} when no object could have these. */
export function noteKeys(shadow: object, said: unknown): (string | symbol)[] {
  if (!Array.isArray(said)) return contradict('no list of keys')
  const keys = new Set<string | symbol>()
  for (const key of said as readonly unknown[]) {
    if (typeof key !== 'string' && typeof key !== 'symbol') return contradict('no list of keys')
    if (!isHidden(key)) keys.add(key)
  }
  for (const key of Reflect.ownKeys(shadow)) {
    if (!keys.has(key) && !Reflect.deleteProperty(shadow, key))
      contradict(`that ${show(key)} is gone`)
  }
  if (!Reflect.isExtensible(shadow)) {
    for (const key of keys) if (!Object.hasOwn(shadow, key)) contradict(`that ${show(key)} is new`)
  }
  return [...keys]
}

/** No property can be added any more, and the prototype stays. Its keys were noted just before. */
export function closeShadow(
  shadow: object,
  keys: readonly PropertyKey[],
  prototype: object | null,
): void {
  for (const key of keys) {
    if (!Object.hasOwn(shadow, key)) Reflect.defineProperty(shadow, key, ELSEWHERE)
  }
  Reflect.setPrototypeOf(shadow, prototype)
  Reflect.preventExtensions(shadow)
}

/** A property whose value is with the owner. Whoever prints the shadow sees that there is one, and no old value. */
const ELSEWHERE: PropertyDescriptor = {
  get: () => undefined,
  enumerable: true,
  configurable: true,
}

function contradict(what: string): never {
  throw new TypeError(`the owner of the object says ${what}, which contradicts what it said before`)
}

function show(key: PropertyKey): string {
  return typeof key === 'symbol' ? String(key) : JSON.stringify(key)
}
