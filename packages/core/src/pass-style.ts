/**
 * How a value crosses: the one classifier that every codec and transport consults.
 *
 * It looks at an object's prototype and brand, and never calls a method of the value.
 */
import { ambientPlatform } from './platform.ts'
import { presenceOf } from './presence.ts'
import { customFor, registeredIdentifier } from './registry.ts'

export type PassStyle =
  | 'plain'
  | 'bare'
  | 'array'
  | 'map'
  | 'set'
  | 'date'
  | 'regexp'
  | 'url'
  | 'error'
  | 'buffer'
  | 'view'
  | 'shared'
  | 'registered'
  | 'custom'
  | 'reference'
  | 'promise'
  | 'iterator'
  | 'readable'
  | 'writable'
  | 'transform'
  | 'signal'
  | 'presence'
  | 'refused'

const BY_PROTOTYPE = new Map<object | null, PassStyle>([
  [Object.prototype, 'plain'],
  [null, 'bare'],
  [Array.prototype, 'array'],
  [Map.prototype, 'map'],
  [Set.prototype, 'set'],
  [Date.prototype, 'date'],
  [RegExp.prototype, 'regexp'],
  [Promise.prototype, 'promise'],
  [ArrayBuffer.prototype, 'buffer'],
])

// In Node these two have no brand.
for (const Class of [ambientPlatform.TextDecoderStream, ambientPlatform.TextEncoderStream])
  if (Class !== undefined) BY_PROTOTYPE.set(Class.prototype as object, 'transform')

/** Styles of a built-in object of another realm, by its brand. */
const BY_BRAND = new Map<string, PassStyle>([
  ['Map', 'map'],
  ['Set', 'set'],
  ['Date', 'date'],
  ['RegExp', 'regexp'],
  ['Promise', 'promise'],
  ['ArrayBuffer', 'buffer'],
  ['SharedArrayBuffer', 'shared'],
  ['URL', 'url'],
  ['ReadableStream', 'readable'],
  ['WritableStream', 'writable'],
  ['TransformStream', 'transform'],
  ['CompressionStream', 'transform'],
  ['DecompressionStream', 'transform'],
  ['TextDecoderStream', 'transform'],
  ['TextEncoderStream', 'transform'],
  ['AbortSignal', 'signal'],
  ['DOMException', 'error'],
])

/** Styles that a brand alone decides: there is no class of that name but the platform's, and those which inherit from it. */
const OF_PLATFORM: ReadonlySet<PassStyle> = new Set(['readable', 'writable', 'transform', 'signal'])

const objectToString = Object.prototype.toString
const isView = ArrayBuffer.isView
const getPrototypeOf = Object.getPrototypeOf as (value: object) => object | null

/** Hot path: one prototype read and one map lookup for plain data. Guarded by `bench/`, rows `add` and `object echo`. */
export function passStyleOf(value: object): PassStyle {
  if (typeof value === 'function') return isEvaluator(value) ? 'refused' : 'reference'
  const prototype = getPrototypeOf(value)
  const style = BY_PROTOTYPE.get(prototype)
  if (style === undefined) return styleOfInstance(value, prototype)
  return style === 'plain' && Symbol.asyncIterator in value ? 'iterator' : style
}

function styleOfInstance(value: object, prototype: object | null): PassStyle {
  if (presenceOf(value) !== undefined) return 'presence'
  if (registeredIdentifier(constructorOf(prototype)) !== undefined) return 'registered'
  if (customFor(value) !== undefined) return 'custom'
  if (Array.isArray(value)) return 'array'
  if (isView(value)) return 'view'
  const brand = brandOf(value)
  if (brand === 'Error' || value instanceof Error) return 'error'
  const above = prototype === null ? null : getPrototypeOf(prototype)
  const branded = BY_BRAND.get(brand)
  if (branded !== undefined && OF_PLATFORM.has(branded)) return branded
  // A built-in of another realm has exactly its own prototype and that realm's Object.prototype above it. A class of
  // the user's may have the same shape and the same tag, as observable collections do.
  if (
    branded !== undefined &&
    above !== null &&
    getPrototypeOf(above) === null &&
    isNativeClass(constructorOf(prototype), brand)
  )
    return branded
  if (branded === 'error' || branded === 'url' || branded === 'shared') return branded
  if (above === null && prototype !== null && Object.hasOwn(prototype, 'isPrototypeOf'))
    return 'plain'
  if (Symbol.asyncIterator in value) return 'iterator'
  if (Symbol.iterator in value && 'next' in value) return 'iterator'
  return 'refused'
}

/** What an object is called by the engine or by its class, where that is data; an accessor is not run. */
function brandOf(value: object): string {
  for (let holder: object | null = value; holder !== null; holder = getPrototypeOf(holder)) {
    const tag = Object.getOwnPropertyDescriptor(holder, Symbol.toStringTag)
    if (tag?.get !== undefined) return ''
    if (tag !== undefined) break
  }
  return objectToString.call(value).slice(8, -1)
}

/** The constructor that a prototype names as plain data; an accessor is not run. */
export function constructorOf(prototype: object | null): unknown {
  return prototype === null
    ? undefined
    : Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value
}

/** Is it a class that an engine brings along, of whatever realm? */
function isNativeClass(Class: unknown, name: string): boolean {
  return (
    typeof Class === 'function' &&
    Function.prototype.toString.call(Class) === `function ${name}() { [native code] }`
  )
}

/** What a user would call the class of an object, for messages. */
export function classNameOf(value: object): string {
  if (typeof value === 'function') {
    const name = nameOf(value)
    return name === '' ? 'a function' : `function ${name}`
  }
  const Class = constructorOf(getPrototypeOf(value))
  return (typeof Class === 'function' && nameOf(Class)) || 'an object'
}

/** The name of a function as plain data, which a class may have replaced by a getter; that is not run. */
function nameOf(value: object): string {
  const name: unknown = Object.getOwnPropertyDescriptor(value, 'name')?.value
  return typeof name === 'string' ? name : ''
}

const EVALUATORS: ReadonlySet<unknown> = new Set([
  globalThis.eval,
  Function,
  constructorOf(getPrototypeOf(async () => {})),
  constructorOf(getPrototypeOf(function* () {})),
  constructorOf(getPrototypeOf(async function* () {})),
])

/** True for what turns text into code, and for a class that inherits from it: it never crosses, whoever exposes it. */
export function isEvaluator(value: unknown): boolean {
  if (typeof value !== 'function') return false
  for (let Class: unknown = value; typeof Class === 'function' && Class !== Function.prototype; ) {
    if (EVALUATORS.has(Class)) return true
    Class = getPrototypeOf(Class)
  }
  return false
}
