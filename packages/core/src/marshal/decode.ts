/**
 * A wire form to its value. Everything in it is hostile until it was looked at here.
 */
import { isForbiddenInData } from '../access.ts'
import { NotShareableError, ProtocolError } from '../errors.ts'
import type { Limits } from '../limits.ts'
import { checkNatural, type Extra, type Slot, symbolOfName } from '../protocol.ts'
import { ReceivedTransform } from '../received-streams.ts'
import { customNamed, registeredClass } from '../registry.ts'
import { isSharedBuffer, viewOver } from './bytes.ts'
import { errorPrototypeNamed } from './error-classes.ts'
import type { Flavour, ReferencePort } from './port.ts'
import { templateOf } from './template.ts'

/**
 * Decodes one value that `encode` of the peer's side made. The received body is changed in place: it is ours.
 *
 * @param revived what some slots stand for, by their number, when that was made before.
 * @throws {ProtocolError} when it is not a well-formed value, and {@link LimitExceededError} when it is too deep, too large or has
 * too many parts.
 */
export function decode(
  value: unknown,
  extra: Extra,
  port: ReferencePort,
  moved: readonly unknown[],
  flavour: Flavour,
  answers?: (id: number, path: unknown) => unknown,
  revived?: ReadonlyMap<number, unknown>,
): unknown {
  const type = typeof value
  if (
    (extra === undefined || extra === null) &&
    (type !== 'object' || value === null) &&
    type !== 'string'
  )
    return value
  const decoder = new Decoder(port, moved, flavour, answers, revived)
  try {
    return decoder.value(value, extra)
  } catch (error) {
    discard(extra, port, decoder)
    throw error
  }
}

/** What reading a value asks of the session around it. */
export type Reading = Pick<
  ReferencePort,
  'codec' | 'limits' | 'quota' | 'platform' | 'name' | 'sharedMemory' | 'revive' | 'revivePresence'
>

/** Decodes a value that introduces nothing, and says what it counted. Throws as {@link decode} does. */
export function readWhole(
  value: unknown,
  extra: Extra,
  reading: Reading,
  moved: readonly unknown[],
): { readonly value: unknown; readonly size: number } {
  const decoder = new Decoder(reading, moved, 'remote', undefined, undefined)
  return { value: decoder.value(value, extra), size: decoder.size }
}

/** Gives back what the slots of a value introduced that is not read, but for the slots that were. */
export function discard(
  extra: Extra,
  port: ReferencePort,
  revived: { has(index: number): boolean } | undefined,
): void {
  for (const [index, slot] of (extra?.[0] ?? []).entries())
    if (revived?.has(index) !== true) port.refuse(slot)
}

class Decoder {
  readonly #port: Reading
  readonly #limits: Limits
  readonly #moved: readonly unknown[]
  readonly #flavour: Flavour
  readonly #answers: ((id: number, path: unknown) => unknown) | undefined
  #slots: readonly Slot[] = []
  readonly #revived: unknown[] = []
  /** Slots that are or were being made; those that may hold themselves are in `#revived` from the start. */
  #begun: Set<number> | undefined
  #top: object | undefined
  /** Every copy in the order the peer made them, when some are named again. */
  #copies: object[] | undefined
  #visited: Set<object> | undefined
  /** What was read so far of what `Limits.keys` and `Limits.messageSize` bound. */
  #keys = 0
  #size = 0

  constructor(
    port: Reading,
    moved: readonly unknown[],
    flavour: Flavour,
    answers: ((id: number, path: unknown) => unknown) | undefined,
    revived: ReadonlyMap<number, unknown> | undefined,
  ) {
    for (const [index, value] of revived ?? []) this.#revived[index] = value
    this.#port = port
    this.#limits = port.limits
    this.#moved = moved
    this.#flavour = flavour
    this.#answers = answers
  }

  /** What it has counted of `Limits.messageSize`. */
  get size(): number {
    return this.#size
  }

  /** Was what this slot stands for made? */
  has(index: number): boolean {
    return index in this.#revived
  }

  value(value: unknown, extra: Extra): unknown {
    const made = this.#read(value, extra)
    // Text is counted as it is met, and looked at with the next container or here.
    this.#weigh(0)
    return made
  }

  #read(value: unknown, extra: Extra): unknown {
    const codec = this.#port.codec
    if (extra === undefined || extra === null) return this.#resolve(value, 0)
    const [slots, codecExtra] = extra
    const { quota } = this.#port
    if (slots.length === 0) return this.#resolve(codec.unpack(value, codecExtra, quota), 0)
    // Those that no marker names must be bounded as well.
    if (slots.length > quota.limits.keys) throw quota.past('keys', KEYS)
    const unpacked = codec.unpack([value, slots], codecExtra, quota)
    if (!Array.isArray(unpacked) || !Array.isArray(unpacked[1]))
      throw new ProtocolError('bad slots')
    for (const slot of unpacked[1] as readonly unknown[]) {
      if (!Array.isArray(slot) || typeof slot[0] !== 'string') throw new ProtocolError('bad slot')
    }
    this.#slots = unpacked[1] as Slot[] // each was checked in the loop above
    if (this.#slots.some(([kind]) => kind === 'same')) this.#copies = []
    return this.#resolve(unpacked[0], 0)
  }

  /** Hot path: replaces markers by what they stand for, drops forbidden keys, bounds the depth. */
  #resolve(value: unknown, depth: number): unknown {
    if (typeof value === 'string') {
      this.#size += value.length + 2
      if (value.charCodeAt(0) !== 0) return value
      return value.charCodeAt(1) === 0 ? value.slice(1) : this.#slotNamed(value, depth)
    }
    if (typeof value === 'function') throw new ProtocolError('a function outside of its slot')
    if (typeof value !== 'object' || value === null) return value
    if (depth > this.#limits.depth) {
      throw this.#port.quota.past('depth', DEPTH)
    }
    // Seen once is enough, and twice is wrong: what a marker stood for may itself look like a marker.
    if (depth === 0) this.#top = value
    else {
      this.#visited ??= new Set()
      if (value === this.#top || this.#visited.has(value)) return value
      this.#visited.add(value)
    }
    this.#copies?.push(value)
    if (Array.isArray(value)) {
      const list = value as unknown[]
      this.#count(list.length, 1 + list.length)
      for (let index = 0; index < list.length; index++) {
        const item = list[index]
        if (isToResolve(item)) list[index] = this.#resolve(item, depth + 1)
      }
    } else if (Object.getPrototypeOf(value) === Object.prototype) {
      const record = value as Record<string, unknown>
      const keys = Object.keys(record)
      this.#count(keys.length, 1 + keys.length)
      for (const key of keys) {
        this.#size += key.length
        const item = Object.getOwnPropertyDescriptor(record, key)?.value as unknown
        if (isForbiddenInData(key)) delete record[key]
        else if (isToResolve(item)) record[key] = this.#resolve(item, depth + 1)
      }
    } else if (value instanceof Map || value instanceof Set) {
      throw new ProtocolError('a collection outside of its slot')
    } else this.#weighed(value)
    return value
  }

  /** Counts the parts of a container, which are looked at afterwards. */
  #count(parts: number, size: number): void {
    this.#keys += parts
    this.#size += size
    const { keys, messageSize } = this.#limits
    if (this.#keys > keys) throw this.#port.quota.past('keys', KEYS)
    if (this.#size > messageSize) throw this.#port.quota.past('messageSize', SIZE)
  }

  /** No more than its sender counts, so that what was sent is read. */
  #weigh(size: number): void {
    this.#size += size
    if (this.#size > this.#limits.messageSize) throw this.#port.quota.past('messageSize', SIZE)
  }

  #slotNamed(marker: string, depth: number): unknown {
    const index = Number(marker.slice(1))
    const slot = this.#slots[index]
    if (slot === undefined) throw new ProtocolError('a marker without its slot')
    if (index in this.#revived) return this.#revived[index]
    this.#begun ??= new Set()
    if (this.#begun.has(index)) throw new ProtocolError('a slot that is needed to make itself')
    this.#begun.add(index)
    return this.#revive(slot, index, depth)
  }

  #revive(slot: Slot, index: number, depth: number): unknown {
    const remember = <Value>(value: Value): Value => {
      this.#revived[index] = value
      return value
    }
    const [kind, first, second, third, fourth] = slot
    if (depth > this.#limits.depth && kind !== 'symbol') throw this.#port.quota.past('depth', DEPTH)
    switch (kind) {
      case 'bare':
        return this.#assign(remember(Object.create(null) as object), first, depth)
      case 'sparse': {
        const length = checkNatural(first, 'length')
        if (length >= 2 ** 32 || !Array.isArray(second) || !Array.isArray(third))
          throw new ProtocolError('bad sparse array')
        this.#count(length, 1)
        const list: unknown[] = remember([])
        list.length = length
        second.forEach((at: unknown, position: number) => {
          if (checkNatural(at, 'index') >= length)
            throw new ProtocolError('an index past the length')
          list[at as number] = this.#resolve((third as unknown[])[position], depth + 1)
        })
        return list
      }
      case 'template': {
        const cooked = this.#resolve(first, depth + 1)
        return remember(templateOf(this.#port, cooked, this.#resolve(second, depth + 1)))
      }
      case 'map': {
        if (!Array.isArray(first) || first.length % 2 !== 0) throw new ProtocolError('bad map')
        this.#count(first.length / 2, 1 + first.length)
        const map = remember(new Map<unknown, unknown>())
        for (let at = 0; at < first.length; at += 2) {
          map.set(this.#resolve(first[at], depth + 1), this.#resolve(first[at + 1], depth + 1))
        }
        return map
      }
      case 'set': {
        if (!Array.isArray(first)) throw new ProtocolError('bad set')
        this.#count(first.length, 1 + first.length)
        const set = remember(new Set<unknown>())
        for (const item of first as unknown[]) set.add(this.#resolve(item, depth + 1))
        return set
      }
      case 'same': {
        const copy = this.#copies?.[checkNatural(first, 'number of a copy')]
        if (copy === undefined) throw new ProtocolError('a copy that was not made')
        return remember(copy)
      }
      case 'no-date':
        return remember(new Date(Number.NaN))
      case 'error':
        return this.#error(remember, slot, depth)
      case 'registered': {
        const Class = typeof first === 'string' ? registeredClass(first) : undefined
        if (Class === undefined) {
          throw this.#unreadable(
            `an instance of the registered class "${String(first)}"`,
            'registerClass it in this context too',
          )
        }
        return this.#assign(
          remember(Object.create(Class.prototype) as object),
          second,
          depth,
          Class.allowProps,
        )
      }
      case 'custom': {
        const transformer = typeof first === 'string' ? customNamed(first) : undefined
        if (transformer === undefined) {
          throw this.#unreadable(
            `a value of the transformer "${String(first)}"`,
            'registerCustom it in this context too',
          )
        }
        return remember(transformer.deserialize(this.#resolve(second, depth + 1)))
      }
      case 'transform': {
        const readable = this.#resolve(first, depth + 1)
        return remember(new ReceivedTransform(readable, this.#resolve(second, depth + 1)))
      }
      case 'presence':
        return remember(
          this.#port.revivePresence(
            first,
            slot.slice(2).map((part) => this.#resolve(part, depth + 1)),
          ),
        )
      case 'url': {
        const { URL } = this.#port.platform
        if (typeof first !== 'string') throw new ProtocolError('bad url')
        if (URL === undefined) throw this.#unreadable('a URL', 'pass url.href')
        return remember(new URL(first))
      }
      case 'symbol':
        this.#port.quota.checkSymbol(first)
        return remember(symbolOfName(first))
      case 'bytes':
        return remember(this.#weighed(this.#bytes(first, second, third, fourth)))
      case 'window': {
        const buffer = this.#resolve(second, depth + 1)
        return remember(
          viewOver(first, buffer, checkNatural(third, 'offset'), checkNatural(fourth, 'length')),
        )
      }
      case 'answer':
        if (this.#answers === undefined) throw new ProtocolError('an answer outside of arguments')
        return remember(this.#answers(checkNatural(first, 'call id'), second))
      default:
        return remember(this.#port.revive(slot, this.#flavour))
    }
  }

  #assign(target: object, data: unknown, depth: number, allowed?: readonly string[]): object {
    if (typeof data !== 'object' || data === null) throw new ProtocolError('bad properties')
    const keys = Object.keys(data)
    this.#count(keys.length, 1 + keys.length)
    for (const key of keys) {
      this.#size += key.length
      if (isForbiddenInData(key)) continue
      const value = this.#resolve((data as Record<string, unknown>)[key], depth + 1)
      if (allowed !== undefined && !allowed.includes(key)) continue
      Object.defineProperty(target, key, {
        value,
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
    return target
  }

  #weighed<Bytes>(bytes: Bytes): Bytes {
    if (ArrayBuffer.isView(bytes) || bytes instanceof ArrayBuffer) this.#weigh(bytes.byteLength)
    return bytes
  }

  #bytes(kind: unknown, index: unknown, offset: unknown, length: unknown): unknown {
    const buffer = this.#moved[checkNatural(index, 'buffer index')]
    if (kind === 'SharedArrayBuffer') {
      if (this.#port.sharedMemory && isSharedBuffer(buffer)) return buffer
      throw new ProtocolError('shared memory is not allowed here')
    }
    if (!(buffer instanceof ArrayBuffer)) throw new ProtocolError('a buffer is missing')
    if (kind === 'ArrayBuffer') return buffer
    const from = offset === undefined ? 0 : checkNatural(offset, 'offset')
    return viewOver(
      kind,
      buffer,
      from,
      length === undefined ? undefined : checkNatural(length, 'length'),
    )
  }

  #error(
    remember: <Value>(value: Value) => Value,
    [, className, message, stack, listed, hidden]: Slot,
    depth: number,
  ): unknown {
    if (typeof className !== 'string' || typeof message !== 'string') {
      throw new ProtocolError('bad error')
    }
    this.#weigh(message.length + (typeof stack === 'string' ? stack.length : 0))
    const error: Error = remember(this.#newError(className, message, hidden))
    if (typeof stack === 'string' && stack !== '') {
      Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true })
    }
    for (const [parts, enumerable] of [
      [hidden, false],
      [listed, true],
    ] as const) {
      if (typeof parts !== 'object' || parts === null) throw new ProtocolError('bad error')
      const keys = Object.keys(parts)
      this.#count(keys.length, 1 + keys.length)
      for (const key of keys) {
        if (isForbiddenInData(key) || key === 'stack' || key === 'message') continue
        if (key === 'name' && isDomException(error)) continue
        const value = this.#resolve((parts as Record<string, unknown>)[key], depth + 1)
        Object.defineProperty(error, key, {
          value,
          writable: true,
          enumerable,
          configurable: true,
        })
      }
    }
    return error
  }

  #newError(className: string, message: string, hidden: unknown): Error {
    if (className === 'DOMException' && this.#port.platform.DOMException !== undefined) {
      const name = (hidden as { name?: unknown } | null)?.name
      return new this.#port.platform.DOMException(
        message,
        typeof name === 'string' ? name : 'Error',
      )
    }
    const prototype = errorPrototypeNamed(className) ?? Error.prototype
    const error = new Error(message)
    if (prototype !== Error.prototype) Object.setPrototypeOf(error, prototype)
    return error
  }

  #unreadable(what: string, advice: string): NotShareableError {
    return new NotShareableError(
      `${what} cannot be made in context "${this.#port.name}": ${advice}.`,
      '',
    )
  }
}

const DEPTH = 'the nesting of a received value'
const SIZE = 'the size of a received value'
const KEYS = 'the number of parts of a received value'

/** Can there be anything in a part of a body that does not stand for itself? */
function isToResolve(item: unknown): boolean {
  return typeof item === 'string' || typeof item === 'object' || typeof item === 'function'
}

/** Its name is part of what it is made from, and cannot be written. */
function isDomException(error: object): boolean {
  return Object.prototype.toString.call(error) === '[object DOMException]'
}
