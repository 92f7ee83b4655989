/**
 * Plain values as bytes, for memory that two threads share: what `undefined`, `null`, booleans, numbers, strings, dense arrays and
 * plain objects are made of. Everything else, and what is shared or cyclic within a value, is not plain: the platform's own copy is
 * better at it.
 *
 * A reader trusts nothing: the bytes may be written by a peer that is broken or hostile, even while they are read. Each is
 * read once, and none outside of the part that was given.
 */
import { isForbiddenInData } from './access.ts'
import { ProtocolError } from './errors.ts'

/** The first byte of each value. Those after `wide` are small whole numbers, from 0 up. */
const Kind = {
  undefined: 0,
  null: 1,
  false: 2,
  true: 3,
  /** 4 bytes */
  int: 4,
  /** 8 bytes */
  double: 5,
  /** count (4 bytes), then as many values */
  array: 6,
  /** count (4 bytes), then as many pairs of a string and a value */
  object: 7,
  /** length (4 bytes), then a byte for each unit */
  narrow: 8,
  /** length (4 bytes), then two bytes for each unit */
  wide: 9,
} as const

const SMALL = 16
const LARGEST_SMALL = 255 - SMALL

/** Strings up to this length are read unit by unit; above, the engine does it in one go. */
const SHORT = 24
/** Longer ones are better off with the platform's own copy. */
const LONGEST = 4096
/** How many keys a reader remembers: a power of two. */
const KEYS = 128
/** Containers within containers. */
const DEEPEST = 32
/** How many containers a value may have to be searched for one that comes twice. */
const MOST_CONTAINERS = 24

/** What a value did not come to be written for. */
export const NO_ROOM = -1
export const NOT_PLAIN = -2

/** Writes values into a part of the memory. */
export class PlainWriter {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #end = 0
  /** The containers of the value that is being written, and how many there are. */
  readonly #containers = new Array<object | undefined>(MOST_CONTAINERS).fill(undefined)
  #met = 0

  readonly #admits: (container: object) => boolean

  /**
   * @param admits is an array or an object nothing but its items or properties? What a session has encoded is; of anything else, this is asked before it is
   * touched
   */
  constructor(
    memory: ArrayBufferLike,
    from: number,
    admits: (container: object) => boolean = () => true,
  ) {
    this.#bytes = new Uint8Array(memory, from)
    this.#view = new DataView(memory, from)
    this.#admits = admits
  }

  /** Writes a list of values that share nothing with each other. Gives where it ends, {@link NO_ROOM} or {@link NOT_PLAIN}. */
  writeAll(values: readonly unknown[], at: number, end: number): number {
    this.#end = end
    if (at + 5 > end) return NO_ROOM
    let next = this.#count(Kind.array, values.length, at)
    for (let index = 0; index < values.length; index++) {
      next = this.write(values[index], next, end)
      if (next < 0) break
    }
    return next
  }

  /** Writes one value. Gives where it ends, {@link NO_ROOM} or {@link NOT_PLAIN}. */
  write(value: unknown, at: number, end: number): number {
    this.#end = end
    // One whose getter threw has left some.
    this.#forget()
    const next = this.#write(value, at, 0)
    this.#forget()
    return next
  }

  #forget(): void {
    while (this.#met > 0) this.#containers[--this.#met] = undefined
  }

  #write(value: unknown, at: number, depth: number): number {
    // The longest value of fixed size.
    if (at + 9 > this.#end) return NO_ROOM
    switch (typeof value) {
      case 'number':
        return this.#number(value, at)
      case 'string':
        return this.#string(value, at)
      case 'object':
        if (value === null) return this.#kind(Kind.null, at)
        return depth < DEEPEST ? this.#container(value, at, depth) : NOT_PLAIN
      case 'boolean':
        return this.#kind(value ? Kind.true : Kind.false, at)
      case 'undefined':
        return this.#kind(Kind.undefined, at)
      default:
        return NOT_PLAIN
    }
  }

  #kind(kind: number, at: number): number {
    this.#bytes[at] = kind
    return at + 1
  }

  #count(kind: number, count: number, at: number): number {
    this.#bytes[at] = kind
    this.#view.setInt32(at + 1, count, true)
    return at + 5
  }

  #number(value: number, at: number): number {
    const int = value | 0
    if (int !== value || (value === 0 && 1 / value < 0)) {
      this.#bytes[at] = Kind.double
      this.#view.setFloat64(at + 1, value, true)
      return at + 9
    }
    if (int >= 0 && int <= LARGEST_SMALL) return this.#kind(SMALL + int, at)
    return this.#count(Kind.int, int, at)
  }

  #string(value: string, at: number): number {
    const { length } = value
    if (length > LONGEST) return NOT_PLAIN
    if (at + 5 + length > this.#end) return NO_ROOM
    const from = at + 5
    for (let index = 0; index < length; index++) {
      const unit = value.charCodeAt(index)
      if (unit > 255) return this.#wide(value, at)
      this.#bytes[from + index] = unit
    }
    this.#count(Kind.narrow, length, at)
    return from + length
  }

  #wide(value: string, at: number): number {
    const { length } = value
    const from = at + 5
    if (from + 2 * length > this.#end) return NO_ROOM
    this.#count(Kind.wide, length, at)
    for (let index = 0; index < length; index++)
      this.#view.setUint16(from + 2 * index, value.charCodeAt(index), true)
    return from + 2 * length
  }

  #container(value: object, at: number, depth: number): number {
    const containers = this.#containers
    if (this.#met === MOST_CONTAINERS || !this.#admits(value)) return NOT_PLAIN
    for (let index = 0; index < this.#met; index++)
      if (containers[index] === value) return NOT_PLAIN
    containers[this.#met++] = value
    if (Array.isArray(value)) return this.#array(value, at, depth)
    const prototype: unknown = Object.getPrototypeOf(value)
    return prototype === Object.prototype ? this.#object(value, at, depth) : NOT_PLAIN
  }

  #array(value: readonly unknown[], at: number, depth: number): number {
    const { length } = value
    // Without holes, and without properties beside its items, as what a match of a pattern gives has.
    if (Object.keys(value).length !== length) return NOT_PLAIN
    let next = this.#count(Kind.array, length, at)
    for (let index = 0; index < length && next >= 0; index++) {
      const item = value[index]
      if (item === undefined && !Object.hasOwn(value, index)) return NOT_PLAIN
      next = this.#write(item, next, depth + 1)
    }
    return next
  }

  #object(value: object, at: number, depth: number): number {
    const keys = Object.keys(value)
    let next = this.#count(Kind.object, keys.length, at)
    for (const key of keys) {
      if (next + 5 > this.#end) return NO_ROOM
      if (isForbiddenInData(key)) return NOT_PLAIN
      next = this.#string(key, next)
      if (next < 0) return next
      next = this.#write((value as Record<string, unknown>)[key], next, depth + 1)
      if (next < 0) return next
    }
    return next
  }
}

/** Reads what a {@link PlainWriter} has written. */
export class PlainReader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  /** Keys that came before, by a hash of their units: to make a string and to look it up as a key is most of what an object costs. */
  readonly #keys: string[] = new Array<string>(KEYS).fill('')
  #at = 0
  #end = 0

  constructor(memory: SharedArrayBuffer, from: number) {
    this.#bytes = new Uint8Array(memory, from)
    this.#view = new DataView(memory, from)
  }

  /** Reads one value. @throws {ProtocolError} when what is there is none, or goes past `end`. */
  read(at: number, end: number): unknown {
    this.#at = at
    this.#end = end
    return this.#read(0)
  }

  #read(depth: number): unknown {
    const kind = this.#bytes[this.#take(1)] as number // in range: checked by #take
    if (kind >= SMALL) return kind - SMALL
    switch (kind) {
      case Kind.undefined:
        return undefined
      case Kind.null:
        return null
      case Kind.false:
        return false
      case Kind.true:
        return true
      case Kind.int:
        return this.#view.getInt32(this.#take(4), true)
      case Kind.double:
        return this.#view.getFloat64(this.#take(8), true)
      case Kind.narrow:
        return this.#narrow()
      case Kind.wide:
        return this.#wide()
      case Kind.array:
        return this.#array(depth)
      case Kind.object:
        return this.#object(depth)
      default:
        return malformed('an unknown kind of value')
    }
  }

  /** Goes past so many bytes; gives where they begin. */
  #take(count: number): number {
    const at = this.#at
    if (count > this.#end - at) return malformed('a value that goes past its end')
    this.#at = at + count
    return at
  }

  /** How many follow, each of so many bytes at least. */
  #count(least: number): number {
    const count = this.#view.getInt32(this.#take(4), true)
    if (count < 0 || count * least > this.#end - this.#at)
      return malformed('a length that goes past the end')
    return count
  }

  #narrow(): string {
    const length = this.#count(1)
    return this.#units(this.#take(length), length)
  }

  #narrowKey(): string {
    const length = this.#count(1)
    const from = this.#take(length)
    if (length === 0 || length > SHORT) return this.#units(from, length)
    const bytes = this.#bytes
    const [first, last] = [bytes[from] as number, bytes[from + length - 1] as number] // in range: checked by #take
    const place = (first * 31 + last * 7 + length) & (KEYS - 1)
    const known = this.#keys[place] as string // in range: masked
    let same = known.length === length ? 0 : length + 1
    while (same < length && known.charCodeAt(same) === bytes[from + same]) same++
    if (same === length) return known
    const key = this.#units(from, length)
    this.#keys[place] = key
    return key
  }

  #units(from: number, length: number): string {
    if (length > SHORT)
      return String.fromCharCode.apply(
        undefined,
        this.#bytes.subarray(from, from + length) as unknown as number[], // it takes anything like an array
      )
    let text = ''
    for (let index = from; index < from + length; index++)
      text += String.fromCharCode(this.#bytes[index] as number) // in range: checked by #take
    return text
  }

  #wide(): string {
    const length = this.#count(2)
    const from = this.#take(2 * length)
    const units: number[] = []
    for (let index = 0; index < length; index++)
      units.push(this.#view.getUint16(from + 2 * index, true))
    return String.fromCharCode.apply(undefined, units)
  }

  #array(depth: number): unknown[] {
    if (depth > DEEPEST) return malformed('values nested too deep')
    const count = this.#count(1)
    const values: unknown[] = []
    for (let index = 0; index < count; index++) values.push(this.#read(depth + 1))
    return values
  }

  #object(depth: number): object {
    if (depth > DEEPEST) return malformed('values nested too deep')
    const count = this.#count(2)
    const value: Record<string, unknown> = {}
    for (let index = 0; index < count; index++) {
      const kind = this.#bytes[this.#take(1)]
      const key =
        kind === Kind.narrow
          ? this.#narrowKey()
          : kind === Kind.wide
            ? this.#wide()
            : malformed('a key that is no string')
      // No honest peer sends one of these, and writing the first would not make a property.
      if (isForbiddenInData(key)) return malformed('a key that does not cross')
      value[key] = this.#read(depth + 1)
    }
    return value
  }
}

function malformed(what: string): never {
  throw new ProtocolError(`shared memory holds ${what}`)
}
