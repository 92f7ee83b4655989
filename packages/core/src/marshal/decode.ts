/**
 * A wire form to its value. Everything in it is hostile until it was looked at here.
 */
import { isForbiddenInData } from '../access.ts'
import { LimitExceededError, NotShareableError, ProtocolError } from '../errors.ts'
import { checkNatural, type Extra, type Slot, symbolOfName } from '../protocol.ts'
import { customNamed, registeredClass } from '../registry.ts'
import { isSharedBuffer, viewOver } from './bytes.ts'
import { errorPrototypeNamed } from './error-classes.ts'
import type { Flavour, ReferencePort } from './port.ts'
import { templateOf } from './template.ts'

/**
 * Decodes one value that `encode` of the peer's side made. The received body is changed in place: it is ours.
 *
 * @param revived what some slots stand for, by their number, when that was made before.
 * @throws {ProtocolError} when it is not a well-formed value, and {@link LimitExceededError} when it is too deep.
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
  readonly #port: ReferencePort
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

  constructor(
    port: ReferencePort,
    moved: readonly unknown[],
    flavour: Flavour,
    answers: ((id: number, path: unknown) => unknown) | undefined,
    revived: ReadonlyMap<number, unknown> | undefined,
  ) {
    for (const [index, value] of revived ?? []) this.#revived[index] = value
    this.#port = port
    this.#moved = moved
    this.#flavour = flavour
    this.#answers = answers
  }

  /** Was what this slot stands for made? */
  has(index: number): boolean {
    return index in this.#revived
  }

  value(value: unknown, extra: Extra): unknown {
    const codec = this.#port.codec
    if (extra === undefined || extra === null) return this.#resolve(value, 0)
    const [slots, codecExtra] = extra
    if (slots.length === 0) return this.#resolve(codec.unpack(value, codecExtra), 0)
    const unpacked = codec.unpack([value, slots], codecExtra)
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
      if (value.charCodeAt(0) !== 0) return value
      return value.charCodeAt(1) === 0 ? value.slice(1) : this.#slotNamed(value, depth)
    }
    if (typeof value === 'function') throw new ProtocolError('a function outside of its slot')
    if (typeof value !== 'object' || value === null) return value
    if (depth > this.#port.limits.depth) {
      throw new LimitExceededError(
        'depth',
        this.#port.limits.depth,
        'the nesting of a received value',
      )
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
      for (let index = 0; index < list.length; index++) {
        const item = list[index]
        if (isToResolve(item)) list[index] = this.#resolve(item, depth + 1)
      }
    } else if (Object.getPrototypeOf(value) === Object.prototype) {
      const record = value as Record<string, unknown>
      for (const key of Object.keys(record)) {
        const item = Object.getOwnPropertyDescriptor(record, key)?.value as unknown
        if (isForbiddenInData(key)) delete record[key]
        else if (isToResolve(item)) record[key] = this.#resolve(item, depth + 1)
      }
    } else if (value instanceof Map || value instanceof Set) {
      throw new ProtocolError('a collection outside of its slot')
    }
    return value
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
    switch (kind) {
      case 'bare':
        return this.#assign(remember(Object.create(null) as object), first, depth)
      case 'sparse': {
        const length = checkNatural(first, 'length')
        if (length >= 2 ** 32 || !Array.isArray(second) || !Array.isArray(third))
          throw new ProtocolError('bad sparse array')
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
        const map = remember(new Map<unknown, unknown>())
        for (let at = 0; at < first.length; at += 2) {
          map.set(this.#resolve(first[at], depth + 1), this.#resolve(first[at + 1], depth + 1))
        }
        return map
      }
      case 'set': {
        if (!Array.isArray(first)) throw new ProtocolError('bad set')
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
      case 'url': {
        const { URL } = this.#port.platform
        if (typeof first !== 'string') throw new ProtocolError('bad url')
        if (URL === undefined) throw this.#unreadable('a URL', 'pass url.href')
        return remember(new URL(first))
      }
      case 'symbol':
        return remember(symbolOfName(first))
      case 'bytes':
        return remember(this.#bytes(first, second, third, fourth))
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
    for (const key of Object.keys(data)) {
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
    const error: Error = remember(this.#newError(className, message, hidden))
    if (typeof stack === 'string' && stack !== '') {
      Object.defineProperty(error, 'stack', { value: stack, writable: true, configurable: true })
    }
    for (const [parts, enumerable] of [
      [hidden, false],
      [listed, true],
    ] as const) {
      if (typeof parts !== 'object' || parts === null) throw new ProtocolError('bad error')
      for (const key of Object.keys(parts)) {
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

/** Can there be anything in a part of a body that does not stand for itself? */
function isToResolve(item: unknown): boolean {
  return typeof item === 'string' || typeof item === 'object' || typeof item === 'function'
}

/** Its name is part of what it is made from, and cannot be written. */
function isDomException(error: object): boolean {
  return Object.prototype.toString.call(error) === '[object DOMException]'
}
