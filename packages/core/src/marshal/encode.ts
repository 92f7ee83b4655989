/**
 * A value to its wire form. The walk that classifies is the walk that copies: each part of the value is
 * looked at once, and a getter of it runs once.
 */
import { isForbiddenInData } from '../access.ts'
import { LimitExceededError, NotShareableError } from '../errors.ts'
import { ByReference, markOf } from '../marks.ts'
import { classNameOf, constructorOf, passStyleOf } from '../pass-style.ts'
import { nameOfSymbol, type Slot } from '../protocol.ts'
import { customFor, registeredClass, registeredIdentifier } from '../registry.ts'
import { withoutOwnFrames } from '../stacks.ts'
import { copyBytes, elementCount, newView, viewKind } from './bytes.ts'
import { errorClassOf, ERROR_PARTS } from './error-classes.ts'
import { type Encoded, type LiveStyle, MARK, type ReferencePort } from './port.ts'

/** Bytes from which on a copied buffer is moved instead of being copied once more by the pipe. */
const MOVE_FROM_BYTES = 4096

/**
 * Encodes one value. A value made of primitives only is returned without a copy.
 *
 * @param moved collects what must move with the batch this value goes into.
 * @param where how messages name the value, as in `arguments`.
 * @throws {NotShareableError} naming the path of the first part that cannot cross; nothing was introduced then.
 * @throws {LimitExceededError} when it is nested deeper than the limits allow.
 */
export function encode(
  value: unknown,
  port: ReferencePort,
  moved: unknown[],
  where: string,
): Encoded {
  const encoder = new Encoder(port, moved, where)
  const movedBefore = moved.length
  try {
    const body = encoder.copy(value, 0)
    const packed = port.codec.pack(
      encoder.slots.length === 0 ? body : [body, encoder.slots],
      encoder.rich,
    )
    if (encoder.slots.length === 0) {
      if (!encoder.escaped && packed.codecExtra === undefined)
        return { value: packed.value, extra: undefined }
      return { value: packed.value, extra: [[], packed.codecExtra] }
    }
    const [bodyPacked, slots] = packed.value as [unknown, Slot[]] // pack keeps the shape of an array
    return { value: bodyPacked, extra: [slots, packed.codecExtra] }
  } catch (error) {
    moved.length = movedBefore
    port.withdraw(encoder.introduced)
    throw error
  }
}

class Encoder {
  readonly slots: Slot[] = []
  readonly introduced: number[] = []
  rich = false
  escaped = false
  readonly #port: ReferencePort
  readonly #moved: unknown[]
  readonly #where: string
  readonly #path: PropertyKey[] = []
  #seen: Map<object, unknown> | undefined
  #relocated: Set<object> | undefined

  constructor(port: ReferencePort, moved: unknown[], where: string) {
    this.#port = port
    this.#moved = moved
    this.#where = where
  }

  /** Hot path: every value that crosses passes here once. */
  copy(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        if (value.charCodeAt(0) !== 0) return value
        this.escaped = true
        return MARK + value
      case 'number':
        if (
          Number.isNaN(value) ||
          value === Infinity ||
          value === -Infinity ||
          (value === 0 && 1 / value < 0)
        )
          this.rich = true
        return value
      case 'boolean':
        return value
      case 'object':
        return value === null ? null : this.#object(value, depth)
      case 'function':
        return this.#object(value, depth)
      case 'symbol': {
        const name = nameOfSymbol(value)
        if (name === undefined)
          this.#refuse(
            `${String(value)} is unique to its context and`,
            depth,
            'Use Symbol.for(name), or a string.',
          )
        return this.#slot(['symbol', name])
      }
      default:
        this.rich = true
        return value
    }
  }

  #object(value: object, depth: number): unknown {
    const earlier = this.#seen?.get(value)
    if (earlier !== undefined) {
      if (typeof earlier === 'object') this.rich = true
      return earlier
    }
    if (depth > this.#port.limits.depth) {
      throw new LimitExceededError(
        'depth',
        this.#port.limits.depth,
        `the nesting of ${this.#describePath(depth)}`,
      )
    }
    const mark = markOf(value)
    if (mark !== undefined) {
      if (mark.kind === 'stand-in') {
        const crossing = this.#port.introduceStandIn(value, this.introduced)
        if ('slot' in crossing) return this.#remember(value, this.#slot(crossing.slot))
        return this.copy(crossing.value, depth)
      }
      if (mark.kind === 'reference') return this.#live(value, 'reference')
      this.#markMoved(mark.transferables, depth)
    }
    if (this.#relocated?.has(value)) return this.#moveWhole(value)
    const style = passStyleOf(value)
    switch (style) {
      case 'plain':
        return this.#properties(value, this.#remember(value, {}), depth)
      case 'array':
        return this.#array(value as unknown[], depth) // the style says so
      case 'bare':
        return this.#shell(value, 'bare', () => [this.#properties(value, {}, depth)])
      case 'map': {
        if (!this.#port.codec.carriesCollections) return this.#shell(value, 'map', () => this.#entries(value as Map<unknown, unknown>, depth))
        const copy = this.#remember(value, new Map<unknown, unknown>())
        this.rich = true
        for (const [key, item] of value as Map<unknown, unknown>) {
          copy.set(
            this.#at(key, depth, 'key'),
            this.#at(item, depth, typeof key === 'string' ? key : 'value'),
          )
        }
        return copy
      }
      case 'set': {
        if (!this.#port.codec.carriesCollections) return this.#shell(value, 'set', () => this.#items(value as Set<unknown>, depth))
        const copy = this.#remember(value, new Set<unknown>())
        this.rich = true
        for (const item of value as Set<unknown>) copy.add(this.#at(item, depth, 'item'))
        return copy
      }
      case 'date':
        this.rich = true
        return this.#remember(value, new Date(Date.prototype.getTime.call(value)))
      case 'regexp': {
        this.rich = true
        const expression = value as RegExp
        return this.#remember(value, new RegExp(expression.source, expression.flags))
      }
      case 'url':
        return this.#remember(value, this.#slot(['url', String(Reflect.get(value, 'href'))]))
      case 'error':
        return this.#shell(value, 'error', () => this.#error(value, depth))
      case 'buffer':
        return this.#buffer(value as ArrayBuffer)
      case 'view':
        return this.#view(value as ArrayBufferView, depth)
      case 'shared':
        return this.#shared(value as SharedArrayBuffer, depth)
      case 'registered':
        return this.#registered(value, depth)
      case 'custom':
        return this.#shell(value, 'custom', () => {
          const transformer = customFor(value)
          return [transformer?.name, this.#at(transformer?.serialize(value), depth, 'data')]
        })
      case 'refused':
        if (value instanceof ByReference) return this.#byReference(value, depth)
        return this.#refuseInstance(value, depth)
      default:
        return this.#live(value, style)
    }
  }

  /** Copies a part of a container, and knows its name in case it must be refused. */
  #at(value: unknown, depth: number, key: PropertyKey): unknown {
    this.#path[depth] = key
    return this.copy(value, depth + 1)
  }

  #properties(
    value: object,
    copy: Record<string, unknown>,
    depth: number,
  ): Record<string, unknown> {
    for (const key of Object.keys(value)) {
      if (isForbiddenInData(key)) continue
      const item: unknown = (value as Record<string, unknown>)[key]
      copy[key] = this.#at(item, depth, key)
    }
    return copy
  }

  #array(value: readonly unknown[], depth: number): unknown {
    const length = value.length
    for (let index = 0; index < length; index++) {
      if (value[index] === undefined && !(index in value)) return this.#sparse(value, depth)
    }
    const copy: unknown[] = []
    this.#remember(value, copy)
    for (let index = 0; index < length; index++) copy.push(this.#at(value[index], depth, index))
    return copy
  }

  #sparse(value: readonly unknown[], depth: number): unknown {
    return this.#shell(value, 'sparse', () => {
      const indexes: number[] = []
      const items: unknown[] = []
      for (const key of Object.keys(value)) {
        const index = Number(key)
        if (!(index >= 0)) continue
        indexes.push(index)
        items.push(this.#at(value[index], depth, index))
      }
      return [value.length, indexes, items]
    })
  }

  /** Class, message, stack, the properties that are listed among its keys, and those that are not. */
  #error(value: object, depth: number, allowed?: readonly string[]): unknown[] {
    const error = value as Error
    const className = errorClassOf(error)
    const listed: Record<string, unknown> = {}
    const hidden: Record<string, unknown> = {}
    if (error.name !== className) hidden.name = this.copy(String(error.name), depth)
    for (const key of ERROR_PARTS) {
      const part = Object.getOwnPropertyDescriptor(error, key)
      if (part !== undefined && !part.enumerable) this.#optional(error, key, hidden, depth)
    }
    for (const key of Object.keys(error)) {
      if (key === 'stack' || key === 'message' || isForbiddenInData(key)) continue
      if (allowed === undefined || allowed.includes(key)) this.#optional(error, key, listed, depth)
    }
    return [
      className,
      String(error.message),
      this.#port.exposeStacks ? withoutOwnFrames(String(error.stack ?? '')) : '',
      listed,
      hidden,
    ]
  }

  /**
   * Copies a part of an error, which must arrive even when something hangs on it that cannot, as a request object
   * does. What was begun of such a part is undone.
   */
  #optional(holder: object, key: string, copy: Record<string, unknown>, depth: number): void {
    const slots = this.slots.length
    const moved = this.#moved.length
    const introduced = this.introduced.length
    const seen = this.#seen?.size ?? 0
    try {
      copy[key] = this.#at((holder as Record<string, unknown>)[key], depth, key)
    } catch (refusal) {
      if (!(refusal instanceof NotShareableError)) throw refusal
      this.slots.length = slots
      this.#moved.length = moved
      this.#port.withdraw(this.introduced.splice(introduced))
      for (const begun of [...(this.#seen?.keys() ?? [])].slice(seen)) this.#seen?.delete(begun)
    }
  }

  #registered(value: object, depth: number): unknown {
    const identifier = registeredIdentifier(constructorOf(Object.getPrototypeOf(value)))
    if (identifier === undefined) return this.#refuseInstance(value, depth)
    const allowed = registeredClass(identifier)?.allowProps
    if (value instanceof Error) return this.#shell(value, 'error', () => this.#error(value, depth, allowed))
    return this.#shell(value, 'registered', () => {
      const data: Record<string, unknown> = {}
      for (const key of Object.keys(value)) {
        if (isForbiddenInData(key) || (allowed !== undefined && !allowed.includes(key))) continue
        data[key] = this.#at((value as Record<string, unknown>)[key], depth, key)
      }
      return [identifier, data]
    })
  }

  #buffer(buffer: ArrayBuffer): unknown {
    return this.#remember(buffer, this.#bytes(copyBytes(new Uint8Array(buffer)), 'ArrayBuffer'))
  }

  /** A view carries its own range and never the rest of its pool. */
  #view(view: ArrayBufferView, depth: number): unknown {
    const kind = viewKind(view)
    if (!(view.buffer instanceof ArrayBuffer)) {
      return this.#shell(view, 'window', () => [
        kind,
        this.#at(view.buffer, depth, 'buffer'),
        view.byteOffset,
        elementCount(view),
      ])
    }
    if (this.#relocated?.has(view.buffer)) {
      if (!this.#port.codec.carriesBytes) {
        return this.#remember(
          view,
          this.#slot(['bytes', kind, this.#move(view.buffer), view.byteOffset, elementCount(view)]),
        )
      }
      this.#move(view.buffer)
      return this.#remember(view, newView(kind, view.buffer, view))
    }
    const bytes = copyBytes(new Uint8Array(view.buffer, view.byteOffset, view.byteLength))
    return this.#remember(view, this.#bytes(bytes, kind))
  }

  /** Bytes that are ours already, as what the codec needs them to be. */
  #bytes(bytes: ArrayBuffer, kind: string): unknown {
    if (!this.#port.codec.carriesBytes) return this.#slot(['bytes', kind, this.#move(bytes)])
    if (bytes.byteLength >= MOVE_FROM_BYTES) this.#move(bytes)
    return kind === 'ArrayBuffer' ? bytes : newView(kind, bytes)
  }

  #shared(buffer: SharedArrayBuffer, depth: number): unknown {
    if (!this.#port.sharedMemory) {
      this.#refuse('shared memory', depth, 'Allow it with the option sharedMemory, or pass a copy.')
    }
    if (this.#port.codec.carriesBytes) return this.#remember(buffer, buffer)
    return this.#remember(buffer, this.#slot(['bytes', 'SharedArrayBuffer', this.#move(buffer)]))
  }

  #markMoved(transferables: readonly object[], depth: number): void {
    this.#relocated ??= new Set()
    for (const item of transferables) {
      if (item instanceof ArrayBuffer ? item.detached : !this.#port.codec.carriesBytes) {
        this.#refuse(
          classNameOf(item),
          depth,
          'Only an ArrayBuffer that was not moved before can be moved to this context.',
        )
      }
      this.#relocated.add(item)
    }
  }

  /** Something that moves as a whole; detached when the batch leaves. */
  #moveWhole(value: object): unknown {
    if (value instanceof ArrayBuffer && !this.#port.codec.carriesBytes)
      return this.#remember(value, this.#bytes(value, 'ArrayBuffer'))
    this.#move(value)
    return this.#remember(value, value)
  }

  /** Lists something to be moved with the batch, once; its place in the list. */
  #move(item: object): number {
    const index = this.#moved.indexOf(item)
    return index >= 0 ? index : this.#moved.push(item) - 1
  }

  /** By reference whatever its style, except that a proxy goes home, a promise settles, and an evaluator stays. */
  #byReference({ value, stays }: ByReference, depth: number): unknown {
    if (markOf(value)?.kind === 'stand-in') return this.copy(value, depth)
    const style = passStyleOf(value)
    if (style === 'promise' || (style === 'refused' && typeof value === 'function'))
      return this.copy(value, depth)
    return this.#live(value, 'reference', stays)
  }

  #live(value: object, style: LiveStyle, stays = false): unknown {
    return this.#remember(
      value,
      this.#slot(this.#port.introduce(value, style, this.introduced, stays)),
    )
  }

  #slot(slot: Slot): string {
    return MARK + (this.slots.push(slot) - 1)
  }

  /** A slot that may hold itself: its number is known before its fields are. */
  #shell(value: object, kind: string, fields: () => unknown[]): unknown {
    const index = this.slots.push([kind]) - 1
    const marker = this.#remember(value, MARK + index)
    this.slots[index] = [kind, ...fields()]
    return marker
  }

  #remember<Copy>(value: object, copy: Copy): Copy {
    this.#seen ??= new Map()
    this.#seen.set(value, copy)
    return copy
  }

  #describePath(depth: number): string {
    let path = this.#where
    for (const key of this.#path.slice(0, depth)) {
      path += typeof key === 'number' ? `[${key}]` : `${path === '' ? '' : '.'}${String(key)}`
    }
    return path
  }

  #refuseInstance(value: object, depth: number): never {
    const name = classNameOf(value)
    const example =
      name === 'an object' || typeof value === 'function'
        ? 'value'
        : name.charAt(0).toLowerCase() + name.slice(1)
    this.#refuse(
      name,
      depth,
      `Pass proxy(${example}) to share it, registerClass(${name}) to copy it, or plain data.`,
    )
  }

  #refuse(what: string, depth: number, advice: string): never {
    const path = this.#describePath(depth)
    throw new NotShareableError(
      `${what} at ${path} belongs to context "${this.#port.name}" and cannot be copied to "${this.#port.peerName}". ${advice}`,
      path,
    )
  }
}
