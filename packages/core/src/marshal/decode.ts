/**
 * A wire form to its value. Everything in it is hostile until it was looked at here.
 */
import { isForbiddenInData } from '../access.ts'
import { FarholdError, LimitExceededError, NotShareableError, ProtocolError } from '../errors.ts'
import { checkNatural, type Extra, type Slot, symbolOfName } from '../protocol.ts'
import { customNamed, registeredClass } from '../registry.ts'
import { viewOver } from './bytes.ts'
import { errorPrototypeNamed } from './error-classes.ts'
import type { Flavour, ReferencePort } from './port.ts'

/**
 * Decodes one value that `encode` of the peer's side made. The received body is changed in place: it is ours.
 *
 * @throws {ProtocolError} when it is not a well-formed value, and {@link LimitExceededError} when it is too deep.
 */
export function decode(
  value: unknown,
  extra: Extra,
  port: ReferencePort,
  moved: readonly unknown[],
  flavour: Flavour,
  answers?: (id: number, path: unknown) => unknown,
): unknown {
  const type = typeof value
  if (
    (extra === undefined || extra === null) &&
    (type !== 'object' || value === null) &&
    type !== 'string'
  )
    return value
  return new Decoder(port, moved, flavour, answers).value(value, extra)
}

class Decoder {
  readonly #port: ReferencePort
  readonly #moved: readonly unknown[]
  readonly #flavour: Flavour
  readonly #answers: ((id: number, path: unknown) => unknown) | undefined
  #slots: readonly Slot[] = []
  readonly #revived: unknown[] = []
  #visited: Set<object> | undefined

  constructor(
    port: ReferencePort,
    moved: readonly unknown[],
    flavour: Flavour,
    answers: ((id: number, path: unknown) => unknown) | undefined,
  ) {
    this.#port = port
    this.#moved = moved
    this.#flavour = flavour
    this.#answers = answers
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
    return this.#resolve(unpacked[0], 0)
  }

  /** Hot path: replaces markers by what they stand for, drops forbidden keys, bounds the depth. */
  #resolve(value: unknown, depth: number): unknown {
    if (typeof value === 'string') {
      if (value.charCodeAt(0) !== 0) return value
      return value.charCodeAt(1) === 0 ? value.slice(1) : this.#slotNamed(value, depth)
    }
    if (typeof value !== 'object' || value === null) return value
    if (depth > this.#port.limits.depth) {
      throw new LimitExceededError(
        'depth',
        this.#port.limits.depth,
        'the nesting of a received value',
      )
    }
    if (depth > 0) {
      this.#visited ??= new Set()
      if (this.#visited.has(value)) return value
      this.#visited.add(value)
    }
    if (Array.isArray(value)) {
      const list = value as unknown[]
      for (let index = 0; index < list.length; index++) {
        const item = list[index]
        if (typeof item === 'string' || typeof item === 'object')
          list[index] = this.#resolve(item, depth + 1)
      }
    } else if (value instanceof Map) {
      const entries = [...(value as Map<unknown, unknown>)]
      value.clear()
      for (const [key, item] of entries)
        value.set(this.#resolve(key, depth + 1), this.#resolve(item, depth + 1))
    } else if (value instanceof Set) {
      const items = [...(value as Set<unknown>)]
      value.clear()
      for (const item of items) value.add(this.#resolve(item, depth + 1))
    } else if (Object.getPrototypeOf(value) === Object.prototype) {
      const record = value as Record<string, unknown>
      for (const key of Object.keys(record)) {
        const item = Object.getOwnPropertyDescriptor(record, key)?.value as unknown
        if (isForbiddenInData(key)) delete record[key]
        else if (typeof item === 'string' || typeof item === 'object')
          record[key] = this.#resolve(item, depth + 1)
      }
    }
    return value
  }

  #slotNamed(marker: string, depth: number): unknown {
    const index = Number(marker.slice(1))
    const slot = this.#slots[index]
    if (slot === undefined) throw new ProtocolError('a marker without its slot')
    if (index in this.#revived) return this.#revived[index]
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
      case 'error':
        return this.#error(remember, first, second, third, fourth, depth)
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
      if (isForbiddenInData(key) || (allowed !== undefined && !allowed.includes(key))) continue
      const value = this.#resolve((data as Record<string, unknown>)[key], depth + 1)
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
      if (
        this.#port.sharedMemory &&
        Object.prototype.toString.call(buffer) === '[object SharedArrayBuffer]'
      )
        return buffer
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
    className: unknown,
    message: unknown,
    stack: unknown,
    more: unknown,
    depth: number,
  ): unknown {
    if (typeof className !== 'string' || typeof message !== 'string')
      throw new ProtocolError('bad error')
    const error: Error = remember(this.#newError(className, message, more))
    // Without the owner's frames the stack is the message alone: ours are of the decoding and say nothing.
    const text = typeof stack === 'string' && stack !== '' ? stack : `${className}: ${message}`
    Object.defineProperty(error, 'stack', { value: text, writable: true, configurable: true })
    if (typeof more !== 'object' || more === null) throw new ProtocolError('bad error')
    for (const key of Object.keys(more)) {
      if (isForbiddenInData(key) || key === 'stack' || key === 'message') continue
      if (className === 'DOMException' && key === 'name') continue
      const value = this.#resolve((more as Record<string, unknown>)[key], depth + 1)
      const enumerable =
        key !== 'cause' && key !== 'errors' && !(key === 'name' && !(error instanceof FarholdError))
      Object.defineProperty(error, key, { value, writable: true, enumerable, configurable: true })
    }
    return error
  }

  #newError(className: string, message: string, more: unknown): Error {
    if (className === 'DOMException' && this.#port.platform.DOMException !== undefined) {
      const name = (more as { name?: unknown } | null)?.name
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
