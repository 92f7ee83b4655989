/**
 * What an immutable value consists of, found in one walk that changes nothing: every object in it that freezing makes immutable, and
 * where its bytes are. Only when all of it is known to be of that kind is anything frozen.
 *
 * What a newcomer gets wrong: `Object.freeze` keeps the properties of an object as they are and nothing else. A Map, a Date or a typed
 * array has its content elsewhere and changes as before.
 */
import { NotShareableError } from './errors.ts'
import { markOf } from './marks.ts'
import { describeDataPath } from './marshal/refusal.ts'
import { classNameOf, type PassStyle, passStyleOf } from './pass-style.ts'
import { standInOf } from './stand-in.ts'

/** Styles of what has nothing but its properties, or whose other content never changes. */
const FREEZABLE: ReadonlySet<PassStyle> = new Set([
  'plain',
  'bare',
  'array',
  'registered',
  'regexp',
  'error',
])

/** Styles of bytes. */
const BYTES: ReadonlySet<PassStyle> = new Set(['view', 'buffer', 'shared'])

/** May a value of this style be part of an immutable one? */
export function isImmutableStyle(style: PassStyle): boolean {
  return FREEZABLE.has(style) || BYTES.has(style)
}

/** A property that holds bytes. */
export interface BytesInside {
  readonly holder: object
  readonly key: PropertyKey
  readonly bytes: object
  /** Can others be put in their place? */
  readonly isReplaceable: boolean
  /** Where they are found, in words. */
  path(): string
}

/** What an immutable value consists of. */
export interface Parts {
  /** Every object that is to be frozen, but for those that are immutable already. */
  readonly objects: readonly object[]
  readonly bytes: readonly BytesInside[]
}

/** An object, and the one it was found in. */
interface Place {
  readonly object: object
  readonly above: Place | undefined
  readonly key: PropertyKey
}

/**
 * Looks at all that a value consists of.
 * @throws {NotShareableError} naming the path of the first part that freezing does not make immutable.
 */
export function partsOf(root: object): Parts {
  const bytes: BytesInside[] = []
  if (isBytes(root)) return { objects: [], bytes }
  const first: Place = { object: root, above: undefined, key: '' }
  check(first)
  const places = [first]
  const seen = new Set([root])
  for (const place of places) {
    const { object } = place
    for (const key of Reflect.ownKeys(object)) {
      const property = Reflect.getOwnPropertyDescriptor(object, key)
      if (property === undefined) continue
      const part: unknown = property.value
      const below = (): Place => ({ object: part as object, above: place, key }) // asked for objects only
      if (property.get !== undefined || property.set !== undefined) {
        // The engine's own: its text is put in its place when it is frozen.
        if (key === 'stack' && object instanceof Error) continue
        refuse(below(), 'a getter or setter', 'Put the value itself there.')
      }
      if ((typeof part !== 'object' && typeof part !== 'function') || part === null) continue
      if (isBytes(part)) {
        const isReplaceable = property.configurable === true || property.writable === true
        bytes.push({ holder: object, key, bytes: part, isReplaceable, path: () => pathOf(below()) })
      } else if (!seen.has(part)) {
        seen.add(part)
        const found = below()
        if (check(found)) places.push(found)
      }
    }
  }
  return { objects: places.map(({ object }) => object), bytes }
}

/** Freezes what a value consists of. */
export function freezeAll({ objects }: Parts): void {
  for (const object of objects) {
    if (object instanceof Error) keepStack(object)
    Object.freeze(object)
  }
}

/** Where an engine has an accessor for it, the stack could be written through that for ever. */
function keepStack(error: Error): void {
  const stack = Object.getOwnPropertyDescriptor(error, 'stack')
  if (stack?.get === undefined || stack.configurable !== true) return
  Object.defineProperty(error, 'stack', { value: error.stack, writable: true, configurable: true })
}

function isBytes(value: object): boolean {
  return (
    typeof value === 'object' && standInOf(value) === undefined && BYTES.has(passStyleOf(value))
  )
}

/** Is it to be looked into? Not when it is immutable already. @throws {NotShareableError} when it cannot become so. */
function check(place: Place): boolean {
  const { object } = place
  if (standInOf(object) !== undefined)
    refuse(place, "a proxy of another context's object", 'Take a snapshot of it first.')
  const mark = markOf(object)
  if (mark?.kind === 'immutable') return false
  if (mark?.kind === 'reference') refuse(place, BY_REFERENCE, 'Leave it out, or pass it beside.')
  const style = passStyleOf(object)
  if (style === 'reference') refuse(place, classNameOf(object), 'Leave it out, or pass it beside.')
  const isData = style === 'plain' || style === 'array'
  if (!isData && (!FREEZABLE.has(style) || isMoreThanProperties(object))) {
    const name = classNameOf(object)
    refuse(
      place,
      name,
      style === 'refused' ? `Use plain data, or registerClass(${name}).` : 'Use plain data.',
    )
  }
  return true
}

const BY_REFERENCE = 'an object that crosses by reference'

/** What an instance of a registered class, or an object without a prototype, may be beside its properties. */
function isMoreThanProperties(object: object): boolean {
  if (STATEFUL.some((Class) => object instanceof Class)) return true
  const tag = Object.prototype.toString.call(object)
  return tag === '[object Module]' || tag === '[object DOMException]'
}

const STATEFUL = [Map, Set, WeakMap, WeakSet, WeakRef, Date, Promise] as const

function refuse(place: Place, what: string, advice: string): never {
  const path = pathOf(place)
  throw new NotShareableError(
    `${what} at ${path} cannot be made immutable: freezing does not keep it from changing. ${advice}`,
    path,
  )
}

/** As in `value.lines[2].when`. */
function pathOf(place: Place): string {
  const keys: PropertyKey[] = []
  for (let at = place; at.above !== undefined; at = at.above)
    keys.unshift(Array.isArray(at.above.object) ? indexOr(at.key) : at.key)
  return describeDataPath('value', keys)
}

function indexOr(key: PropertyKey): PropertyKey {
  const index = Number(key)
  return Number.isInteger(index) ? index : key
}
