/**
 * The walk over a value that is encoded. The walk that classifies is the walk that copies: each part of the value is
 * looked at once, and a getter of it runs once.
 */
import { isForbiddenInData, visibleData } from '../access.ts'
import { NotShareableError } from '../errors.ts'
import { isImmutableStyle } from '../freezing.ts'
import { ByReference, markOf } from '../marks.ts'
import { classNameOf, constructorOf, type PassStyle, passStyleOf } from '../pass-style.ts'
import { presenceOf } from '../presence.ts'
import { nameOfSymbol, type Slot } from '../protocol.ts'
import { customFor, registeredClass, registeredIdentifier } from '../registry.ts'
import { withoutOwnFrames } from '../stacks.ts'
import { standInOf } from '../stand-in.ts'
import { elementCount, viewKind } from './bytes.ts'
import { ERROR_PARTS, errorClassOf } from './error-classes.ts'
import { MovedBytes } from './moved-bytes.ts'
import { type LiveStyle, MARK, type ReferencePort } from './port.ts'
import { describeDataPath, refusalOf, waysOut } from './refusal.ts'
import { isTemplate } from './template.ts'

/** Styles of what is copied property by property. */
const BY_NAME: ReadonlySet<PassStyle> = new Set(['plain', 'bare', 'array', 'registered'])

/** Styles of what is not copied. */
const STAYS: ReadonlySet<PassStyle> = new Set(['reference', 'refused'])
/** What a number counts as, and all else that is no text. */
const NUMBER = 8
/** What a date counts as. */
const DATE = 24
/** What a slot counts as beside its fields: its marker, its kind and an id. */
const SLOT = 24
/** A BigInt below it is as short as a number. */
const LARGE = 2n ** 32n

/** Encodes one value: its body, its slots, and what was introduced on the way. */
export class Encoder {
  readonly slots: Slot[] = []
  readonly introduced: number[] = []
  rich = false
  escaped = false
  /** What it counts, as in `Limits.messageSize`: the characters of its text, and the bytes of its buffers. */
  characters = 0
  bytes = 0
  readonly #port: ReferencePort
  readonly #moved: unknown[]
  readonly #bytes: MovedBytes
  readonly #where: string
  readonly #copied: unknown
  /** Those that have a name of their own in the content of an immutable value, if it is one that is encoded. */
  readonly #roots: object[] | undefined
  readonly #path: PropertyKey[] = []
  /** What each object has become: a copy, a marker, or the number of a copy. */
  #seen: Map<object, unknown> | undefined
  #copies = 0
  /** The parts of narrowed objects that are copied in their place. */
  #shown: Map<object, object> | undefined
  /** Instances of transformers whose data is being copied. */
  #unfinished: Set<object> | undefined

  constructor(
    port: ReferencePort,
    moved: unknown[],
    where: string,
    copied: unknown,
    roots?: object[],
  ) {
    this.#port = port
    this.#moved = moved
    this.#bytes = new MovedBytes(port.codec, moved, (slot) => this.#slot(slot))
    this.#where = where
    this.#copied = copied
    this.#roots = roots
  }

  /** Hot path: every value that crosses passes here once. */
  copy(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        this.characters += value.length + 2
        if (value.charCodeAt(0) !== 0) return value
        this.escaped = true
        this.characters++
        return MARK + value
      case 'number':
        this.characters += NUMBER
        if (
          Number.isNaN(value) ||
          value === Infinity ||
          value === -Infinity ||
          (value === 0 && 1 / value < 0)
        )
          this.rich = true
        return value
      case 'boolean':
        this.characters += NUMBER
        return value
      case 'object':
        if (value !== null) return this.#object(value, depth)
        this.characters += NUMBER
        return null
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
        return this.#slot(['symbol', this.#text(name)])
      }
      case 'bigint':
        this.characters += value < LARGE && value > -LARGE ? NUMBER : value.toString(16).length
        this.rich = true
        return value
      default:
        this.characters += NUMBER
        this.rich = true
        return value
    }
  }

  #object(value: object, depth: number): unknown {
    const earlier = this.#seen?.get(value)
    if (earlier !== undefined) {
      if (this.#unfinished?.has(value)) this.#refuseCycle(value, depth)
      if (typeof earlier === 'string') this.characters += earlier.length + 2
      return typeof earlier === 'number' ? this.#slot(['same', earlier]) : earlier
    }
    if (depth > this.#port.limits.depth) {
      throw this.#port.quota.past('depth', `the nesting of ${this.#describePath(depth)}`)
    }
    if (standInOf(value) !== undefined) return this.#standIn(value, depth)
    const mark = markOf(value)
    if (mark !== undefined) {
      if (mark.kind === 'immutable') {
        const slot = this.#port.nameImmutable(value, this.#roots, () => this.#describePath(depth))
        if (slot !== undefined) return this.#remember(value, this.#slot(slot))
      }
      if (this.#roots !== undefined) {
        // It was marked after it had become a part of what is immutable.
        if (mark.kind === 'reference') this.#refuseInstance(value, depth)
      } else if (mark.kind === 'reference') {
        if (value !== this.#copied) return this.#live(value, 'reference')
      } else if (mark.kind === 'transfer') this.#markMoved(mark.transferables, depth)
    }
    if (this.#bytes.isMoved(value)) {
      if (value instanceof ArrayBuffer) this.bytes += value.byteLength
      return this.#remember(value, this.#bytes.moveWhole(value))
    }
    const style = passStyleOf(value)
    if (this.#roots !== undefined && !isImmutableStyle(style)) this.#refuseInstance(value, depth)
    if (this.#port.access.narrowingOf(value) !== undefined && !STAYS.has(style))
      return this.#narrowed(value, style, depth)
    switch (style) {
      case 'plain':
        return this.#properties(value, this.#remember(value, {}), depth)
      case 'array':
        return this.#array(value as unknown[], depth) // the style says so
      case 'bare':
        return this.#shell(value, 'bare', () => [this.#properties(value, {}, depth)])
      case 'map':
        return this.#shell(value, 'map', () => this.#entries(value as Map<unknown, unknown>, depth))
      case 'set':
        return this.#shell(value, 'set', () => {
          this.characters += (value as Set<unknown>).size
          return [Array.from(value as Set<unknown>, (item) => this.#at(item, depth, 'item'))]
        })
      case 'date': {
        const time = Date.prototype.getTime.call(value)
        // The text codec would make `null` of it.
        if (Number.isNaN(time)) return this.#shell(value, 'no-date', () => [])
        this.rich = true
        this.characters += DATE
        return this.#remember(value, new Date(time))
      }
      case 'regexp': {
        this.rich = true
        const expression = value as RegExp
        this.characters += expression.source.length
        return this.#remember(value, new RegExp(expression.source, expression.flags))
      }
      case 'url':
        return this.#remember(value, this.#slot(['url', this.#text(Reflect.get(value, 'href'))]))
      case 'error':
        return this.#shell(value, 'error', () => this.#error(value, depth))
      case 'buffer':
        this.bytes += (value as ArrayBuffer).byteLength
        return this.#remember(value, this.#bytes.buffer(value as ArrayBuffer))
      case 'view':
        return this.#view(value as ArrayBufferView, depth)
      case 'shared':
        if (!this.#port.sharedMemory) {
          if (this.#roots !== undefined)
            return this.#copyShared(
              value,
              new Uint8Array(value as SharedArrayBuffer),
              'ArrayBuffer',
            )
          this.#refuse(
            'shared memory',
            depth,
            'Allow it with the option sharedMemory, or pass a copy.',
          )
        }
        return this.#remember(value, this.#bytes.shared(value as SharedArrayBuffer))
      case 'registered':
        return this.#registered(value, depth)
      case 'custom':
        return this.#custom(value, depth)
      case 'transform': {
        const { readable, writable } = value as { readable: unknown; writable: unknown } // the style says so
        return this.#shell(value, 'transform', () => [
          this.#at(readable, depth, 'readable'),
          this.#at(writable, depth, 'writable'),
        ])
      }
      case 'presence':
        if (this.#port.isHere) return this.#live(value, 'reference')
        return this.#shell(value, 'presence', () => {
          const presence = presenceOf(value)
          const parts = presence?.parts(this.#port) ?? []
          return [presence?.kind, ...parts.map((part, index) => this.#at(part, depth, index))]
        })
      case 'refused':
        if (value instanceof ByReference) return this.#byReference(value, depth)
        // As a method that returns `this` does: whoever holds it by reference gets that reference.
        if (value !== this.#copied && this.#port.isHeld(value))
          return this.#live(value, 'reference')
        return this.#refuseInstance(value, depth)
      default:
        return this.#live(value, style)
    }
  }

  /**
   * A copy of an object of which the peer has only a part. What is inside of one that is not all properties would be in the copy, so
   * there is none.
   */
  #narrowed(value: object, style: PassStyle, depth: number): unknown {
    if (BY_NAME.has(style) && !(value instanceof Error)) {
      let shown = this.#shown?.get(value)
      if (shown === undefined) {
        shown = visibleData(value, this.#port.access)
        this.#shown ??= new Map()
        this.#shown.set(value, shown)
      }
      return this.#object(shown, depth)
    }
    if (value !== this.#copied && this.#port.isHeld(value)) return this.#live(value, 'reference')
    this.#refuse(
      `${classNameOf(value)}, of which another context has only a part,`,
      depth,
      'Pass plain data.',
    )
  }

  #standIn(proxy: object, depth: number): unknown {
    const crossing = this.#port.introduceStandIn(
      proxy,
      this.introduced,
      this.#where === 'arguments',
    )
    if ('slot' in crossing) return this.#remember(proxy, this.#named(crossing.slot))
    return this.copy(crossing.value, depth)
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
      this.characters += key.length + 4
      copy[key] = this.#at(item, depth, key)
    }
    this.characters++
    return copy
  }

  /** Keys and values in turn. */
  #entries(map: Map<unknown, unknown>, depth: number): unknown[] {
    const list: unknown[] = []
    for (const [key, item] of map) {
      this.characters += 2
      list.push(this.#at(key, depth, 'key'))
      list.push(this.#at(item, depth, typeof key === 'string' ? key : 'value'))
    }
    return [list]
  }

  #array(value: readonly unknown[], depth: number): unknown {
    if (isTemplate(value)) {
      const strings = (list: readonly unknown[]) => {
        this.characters += 1 + list.length
        return list.map((text, index) => this.#at(text, depth, index))
      }
      return this.#shell(value, 'template', () => [strings(value), strings(value.raw)])
    }
    const length = value.length
    for (let index = 0; index < length; index++) {
      if (value[index] === undefined && !(index in value)) return this.#sparse(value, depth)
    }
    const copy: unknown[] = []
    this.characters += 1 + length
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
        this.characters += NUMBER
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
    const name: unknown = Object.hasOwn(error, 'name') ? className : error.name
    if (typeof name === 'string' && name !== className) {
      hidden.name = this.copy(name, depth)
    }
    for (const key of ERROR_PARTS) {
      const part = Object.getOwnPropertyDescriptor(error, key)
      if (part !== undefined && !part.enumerable) this.#optional(error, key, hidden, depth)
    }
    const places = this.#port.exposeStacks ? [] : placesIn(error)
    let message = String(error.message)
    for (const key of places) {
      const place: unknown = Reflect.get(error, key)
      if (typeof place === 'string' && place !== '') message = message.replaceAll(place, key)
    }
    for (const key of Object.keys(error)) {
      if (key === 'stack' || key === 'message' || isForbiddenInData(key)) continue
      if (places.includes(key)) continue
      if (allowed === undefined || allowed.includes(key)) this.#optional(error, key, listed, depth)
    }
    const stack = this.#port.exposeStacks ? withoutOwnFrames(String(error.stack ?? '')) : ''
    return [this.#text(className), this.#text(message), this.#text(stack), listed, hidden]
  }

  /**
   * Copies a part of an error, which must arrive even when something hangs on it that cannot, as a request object
   * does. What was begun of such a part is undone.
   */
  #optional(holder: object, key: string, copy: Record<string, unknown>, depth: number): void {
    const slots = this.slots.length
    const moved = this.#moved.length
    const introduced = this.introduced.length
    const mark = this.#port.mark()
    const seen = this.#seen?.size ?? 0
    const copies = this.#copies
    const roots = this.#roots?.length ?? 0
    try {
      this.characters += key.length + 4
      copy[key] = this.#at((holder as Record<string, unknown>)[key], depth, key)
    } catch (refusal) {
      if (!(refusal instanceof NotShareableError)) throw refusal
      this.#copies = copies
      this.#roots?.splice(roots)
      this.slots.length = slots
      this.#moved.length = moved
      this.#port.withdraw(this.introduced.splice(introduced), mark)
      for (const begun of [...(this.#seen?.keys() ?? [])].slice(seen)) this.#seen?.delete(begun)
    }
  }

  #registered(value: object, depth: number): unknown {
    const identifier = registeredIdentifier(constructorOf(Object.getPrototypeOf(value)))
    if (identifier === undefined) return this.#refuseInstance(value, depth)
    const allowed = registeredClass(identifier)?.allowProps
    if (value instanceof Error)
      return this.#shell(value, 'error', () => this.#error(value, depth, allowed))
    return this.#shell(value, 'registered', () => {
      const data: Record<string, unknown> = {}
      for (const key of Object.keys(value)) {
        if (isForbiddenInData(key) || (allowed !== undefined && !allowed.includes(key))) continue
        this.characters += key.length + 4
        data[key] = this.#at((value as Record<string, unknown>)[key], depth, key)
      }
      return [identifier, data]
    })
  }

  #custom(value: object, depth: number): unknown {
    const transformer = customFor(value)
    this.#unfinished ??= new Set()
    this.#unfinished.add(value)
    const marker = this.#shell(value, 'custom', () => [
      transformer?.name,
      this.#at(transformer?.serialize(value), depth, 'data'),
    ])
    this.#unfinished.delete(value)
    return marker
  }

  /** An instance is made of its data when that is complete, so it cannot be in it. */
  #refuseCycle(value: object, depth: number): never {
    const name = classNameOf(value)
    this.#refuse(
      name,
      depth,
      `The data of ${name} must not contain it: its transformer makes one from the other.`,
    )
  }

  #view(view: ArrayBufferView, depth: number): unknown {
    const own = this.#bytes.view(view)
    if (own !== undefined) {
      this.bytes += view.byteLength
      return this.#remember(view, own)
    }
    if (this.#roots !== undefined && !this.#port.sharedMemory) return this.#copyShared(view, view)
    // It shows shared memory, which is shared with it.
    return this.#shell(view, 'window', () => [
      viewKind(view),
      this.#at(view.buffer, depth, 'buffer'),
      view.byteOffset,
      elementCount(view),
    ])
  }

  /** What is immutable need not be shared: a peer that shares no memory gets a copy. */
  #copyShared(value: object, view: ArrayBufferView, kind?: string): unknown {
    this.bytes += view.byteLength
    return this.#remember(value, this.#bytes.copied(view, kind))
  }

  #markMoved(transferables: readonly object[], depth: number): void {
    const refused = this.#bytes.mark(transferables)
    if (refused === undefined) return
    this.#refuse(
      classNameOf(refused),
      depth,
      'Only an ArrayBuffer that was not moved before can be moved to this context.',
    )
  }

  /** Takes what the user moves out of the user's hands. Once everything is encoded. */
  detach(from: number): void {
    this.#bytes.detach(from)
  }

  /** By reference whatever its style, except that a proxy goes home, a promise settles, what has a form everywhere has it, and an evaluator stays. */
  #byReference({ value, stays }: ByReference, depth: number): unknown {
    if (standInOf(value) !== undefined) return this.copy(value, depth)
    const style = passStyleOf(value)
    if (
      style === 'promise' ||
      style === 'presence' ||
      (style === 'refused' && typeof value === 'function')
    )
      return this.copy(value, depth)
    return this.#live(value, 'reference', stays)
  }

  #live(value: object, style: LiveStyle, stays = false): unknown {
    return this.#remember(
      value,
      this.#named(this.#port.introduce(value, style, this.introduced, stays)),
    )
  }

  /** Text in a slot, which counts. */
  #text(value: unknown): string {
    const text = String(value)
    this.characters += text.length
    return text
  }

  #slot(slot: Slot): string {
    this.characters += SLOT
    return MARK + (this.slots.push(slot) - 1)
  }

  /** A slot that names something: its path, if it has one, and its label count. */
  #named(slot: Slot): string {
    for (let at = 2; at < slot.length; at++) {
      const field = slot[at]
      if (typeof field === 'string') this.characters += field.length
      else if (Array.isArray(field))
        for (const key of field) this.characters += String(key).length + 8
    }
    return this.#slot(slot)
  }

  /** A slot that may hold itself: its number is known before its fields are. */
  #shell(value: object, kind: string, fields: () => unknown[]): unknown {
    this.characters += SLOT
    const index = this.slots.push([kind]) - 1
    const marker = this.#remember(value, MARK + index)
    this.slots[index] = [kind, ...fields()]
    return marker
  }

  /** A copy that a pipe does not carry as one object is remembered by its place among all copies. */
  #remember<Copy>(value: object, copy: Copy): Copy {
    this.#seen ??= new Map()
    const isCounted = typeof copy === 'object' && !this.#port.codec.carriesIdentity
    this.#seen.set(value, isCounted ? this.#copies++ : copy)
    return copy
  }

  /** Where the part at this depth is found, as in `arguments[0].lines[2]`. */
  #describePath(depth: number): string {
    // A content is the first of a list of two.
    return describeDataPath(this.#where, this.#path.slice(this.#roots === undefined ? 0 : 1, depth))
  }

  #refuseInstance(value: object, depth: number): never {
    this.#refuse(classNameOf(value), depth, waysOut(value))
  }

  #refuse(what: string, depth: number, advice: string): never {
    throw refusalOf(what, this.#describePath(depth), advice, this.#port)
  }
}

/** Properties by which an error of the platform names a place on the disk; its message repeats what they say. */
function placesIn(error: Error): string[] {
  if (!Object.hasOwn(error, 'syscall')) return []
  return ['path', 'dest', 'spawnargs'].filter((key) => Object.hasOwn(error, key))
}
