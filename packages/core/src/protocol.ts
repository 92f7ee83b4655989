/**
 * The messages two contexts exchange, and the check that a batch consists of them.
 *
 * A batch is one flat array: a tag, its fields, the next tag. A message of a known tag has a fixed
 * number of fields ({@link FIELD_COUNT}); nothing in it is trusted before `check*` has seen it.
 */
import { ProtocolError } from './errors.ts'
import type { Probe, ProbeStep } from './rw-lock.ts'

/** Raised when a message changes its meaning; both sides must speak the same. */
export const PROTOCOL_VERSION = 1

/** The first field of every message. */
export const Tag = {
  /** version, name of the sender's context, what names its heap in `within`, how large a message it takes */
  hello: 0,
  /** call id, operation | flags, target, path, arguments, extra */
  call: 1,
  /** call id, value, extra */
  result: 2,
  /** call id, error, extra */
  failure: 3,
  /** export id, how many introductions are given back */
  release: 4,
  /** call id whose held answer is given up */
  finish: 5,
  /** export id of a promise or signal, 1 if fulfilled, value, extra */
  settle: 6,
  /** call id, 1 if the caller wants no answer any more and 0 if it only reads no more items, reason, extra */
  cancel: 7,
  /** call id of an iteration, value, extra */
  item: 8,
  /** call id of an iteration, how many more items it may send */
  credit: 9,
  /** the heaps whose threads wait for what the call that follows is part of */
  within: 10,
  /** call id, heaps whose threads wait for it as well */
  joined: 11,
  /** the holds of locks that the call that follows may enter with */
  held: 12,
  /** what names a hold of the receiver, probe: look what waits for whom with it */
  probeHold: 13,
  /** call id, a hold it carries or a heap that waits for it, probe, where in a program it was made if that is a lock's: the same of a call */
  probeCall: 14,
  /** what names a hold that was taken in shared memory and is given back */
  freed: 15,
  /** ids that name the values of a content from now on, content, extra: immutable values */
  content: 16,
  /** id of an immutable value that its owner will not name again */
  forget: 17,
  /** id of an immutable value that the receiver of this message has given, and the sender has no more */
  dropped: 18,
} as const
export type Tag = (typeof Tag)[keyof typeof Tag]

/** Fields that follow each tag, by tag. */
const FIELD_COUNT: readonly number[] = [4, 6, 3, 3, 2, 1, 4, 4, 3, 2, 1, 2, 1, 2, 4, 1, 3, 1, 1]

/** How many places a message of a tag has in a batch. */
export function messageLength(tag: Tag): number {
  return 1 + (FIELD_COUNT[tag] as number) // there is one for each tag
}

/** What a call asks of its target: one per operation of the object protocol, and a few of ours. */
export const Operation = {
  get: 0,
  set: 1,
  call: 2,
  construct: 3,
  has: 4,
  deleteProperty: 5,
  ownKeys: 6,
  getOwnPropertyDescriptor: 7,
  defineProperty: 8,
  getPrototypeOf: 9,
  isExtensible: 10,
  preventExtensions: 11,
  setPrototypeOf: 12,
  /** A copy of the target's data. */
  snapshot: 13,
  /** Items of an iterable, as credit allows; the reply is the iterator's return value. */
  iterate: 14,
  /** The lock of the target, and of those in the arguments. */
  lock: 15,
} as const
export type Operation = (typeof Operation)[keyof typeof Operation]

const LAST_OPERATION = Operation.lock

/** Bits of a call's second field beside the operation (the low four bits). */
export const Flag = {
  operation: 15,
  /** The caller wants the value; without it only a failure is reported. */
  reply: 16,
  /** The caller may use the answer as a target; it is kept until `finish`. */
  hold: 32,
  /** An object in answer to `get` crosses by reference, whatever it is. */
  live: 64,
  /** A promise in answer crosses as a promise instead of being waited for. */
  promise: 128,
  /** The caller's thread waits for this answer and can do nothing else. */
  blocking: 256,
} as const

const ALL_FLAGS = 511

/** A property key on the wire: a name, an array index, or `[1, name]` for a symbol. */
export type WireKey = string | number | readonly [1, string]

/**
 * What stands beside a value: its slots, whether containers in it are shared or cyclic, and what the
 * codec needs to read it. `null` or `undefined` when there is nothing of the kind.
 */
export type Extra = readonly [slots: readonly Slot[], codec: unknown] | undefined | null

/** What a slot holds: its kind first. Kinds are listed in `marshal.ts` and `live.ts`. */
export type Slot = readonly [kind: string, ...fields: unknown[]]

/** A call as it arrives. */
export interface CallMessage {
  readonly id: number
  readonly operation: Operation
  readonly flags: number
  readonly target: number
  readonly path: readonly WireKey[]
  readonly args: unknown
  readonly extra: Extra
}

/** Takes a batch's messages one by one, each checked, in the order they were sent. */
export interface MessageHandler {
  hello(version: number, name: string, heap: number, messageSize: number): void
  call(message: CallMessage): void
  result(id: number, value: unknown, extra: Extra): void
  failure(id: number, error: unknown, extra: Extra): void
  release(id: number, count: number): void
  finish(id: number): void
  settle(id: number, fulfilled: boolean, value: unknown, extra: Extra): void
  cancel(id: number, abandoned: boolean, reason: unknown, extra: Extra): void
  item(id: number, value: unknown, extra: Extra): void
  credit(id: number, count: number): void
  within(heaps: readonly number[]): void
  joined(id: number, heaps: readonly number[]): void
  held(tokens: readonly number[]): void
  probeHold(token: number, probe: Probe): void
  probeCall(id: number, bond: number, probe: Probe, where: string): void
  freed(token: number): void
  content(ids: unknown, value: unknown, extra: Extra): void
  forget(id: number): void
  dropped(id: number): void
}

const NO_PATH: readonly WireKey[] = Object.freeze([])

/** A batch and how far it has been read. It is kept, so that reading can go on after it was cut short. */
export interface BatchCursor {
  readonly fields: readonly unknown[]
  at: number
}

/** A cursor at the start of a batch. @throws {ProtocolError} when it is no list. */
export function openBatch(fields: unknown): BatchCursor {
  if (!Array.isArray(fields)) throw new ProtocolError('a batch is not an array')
  return { fields, at: 0 }
}

/**
 * Hands each message that is left of a batch to its handler.
 * @throws {ProtocolError} at the first message that is not well formed; those before it were handled.
 */
export function readBatch(cursor: BatchCursor, handler: MessageHandler): void {
  const list = cursor.fields
  while (cursor.at < list.length) {
    const at = cursor.at
    const tag = list[at]
    const count = typeof tag === 'number' ? FIELD_COUNT[tag] : undefined
    if (count === undefined) throw new ProtocolError(`unknown message tag at ${at}`)
    if (at + count >= list.length) throw new ProtocolError('a batch ends inside a message')
    const first = at + 1
    cursor.at = first + count
    switch (tag as Tag) {
      case Tag.call: {
        const bits = checkNatural(list[first + 1], 'operation')
        const operation = bits & Flag.operation
        if (operation > LAST_OPERATION || bits > ALL_FLAGS)
          throw new ProtocolError('unknown operation')
        handler.call({
          id: checkNatural(list[first], 'call id'),
          operation: operation as Operation, // in range, checked on the line above
          flags: bits,
          target: checkInteger(list[first + 2], 'target'),
          path: checkPath(list[first + 3]),
          args: list[first + 4],
          extra: checkExtra(list[first + 5]),
        })
        break
      }
      case Tag.result:
        handler.result(
          checkNatural(list[first], 'call id'),
          list[first + 1],
          checkExtra(list[first + 2]),
        )
        break
      case Tag.failure:
        handler.failure(
          checkNatural(list[first], 'call id'),
          list[first + 1],
          checkExtra(list[first + 2]),
        )
        break
      case Tag.release:
        handler.release(
          checkNatural(list[first], 'export id'),
          checkNatural(list[first + 1], 'count'),
        )
        break
      case Tag.finish:
        handler.finish(checkNatural(list[first], 'call id'))
        break
      case Tag.settle:
        handler.settle(
          checkNatural(list[first], 'export id'),
          list[first + 1] === 1,
          list[first + 2],
          checkExtra(list[first + 3]),
        )
        break
      case Tag.cancel:
        handler.cancel(
          checkNatural(list[first], 'call id'),
          list[first + 1] === 1,
          list[first + 2],
          checkExtra(list[first + 3]),
        )
        break
      case Tag.item:
        handler.item(
          checkNatural(list[first], 'call id'),
          list[first + 1],
          checkExtra(list[first + 2]),
        )
        break
      case Tag.credit:
        handler.credit(
          checkNatural(list[first], 'call id'),
          checkNatural(list[first + 1], 'credit'),
        )
        break
      case Tag.hello: {
        const name = list[first + 1]
        if (typeof name !== 'string') throw new ProtocolError('a name is not a string')
        handler.hello(
          checkNatural(list[first], 'version'),
          shortened(name, 200),
          checkNatural(list[first + 2], 'heap'),
          checkNatural(list[first + 3], 'message size'),
        )
        break
      }
      case Tag.within:
        handler.within(checkNaturals(list[first], 'heap'))
        break
      case Tag.joined:
        handler.joined(checkNatural(list[first], 'call id'), checkNaturals(list[first + 1], 'heap'))
        break
      case Tag.held:
        handler.held(checkNaturals(list[first], 'hold'))
        break
      case Tag.probeHold:
        handler.probeHold(checkNatural(list[first], 'hold'), checkProbe(list[first + 1]))
        break
      case Tag.probeCall:
        handler.probeCall(
          checkNatural(list[first], 'call id'),
          checkNatural(list[first + 1], 'bond'),
          checkProbe(list[first + 2]),
          checkName(list[first + 3]),
        )
        break
      case Tag.freed:
        handler.freed(checkNatural(list[first], 'hold'))
        break
      case Tag.content:
        handler.content(list[first], list[first + 1], checkExtra(list[first + 2]))
        break
      case Tag.forget:
        handler.forget(checkNatural(list[first], 'id of an immutable value'))
        break
      case Tag.dropped:
        handler.dropped(checkNatural(list[first], 'id of an immutable value'))
        break
    }
  }
}

/** A whole number from 0 up that still counts exactly. */
export function checkNatural(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value
  throw new ProtocolError(`${what} is not a natural number`)
}

/** The beginning of a text that came, as one of its own: a part of a long one would keep all of it. */
export function shortened(text: string, length: number): string {
  if (text.length <= length) return text
  return JSON.parse(JSON.stringify(text.slice(0, length))) as string // what a string is written as, it is read as
}

/** How many holds or heaps a message may name, more than a program has threads; and how many steps a probe has at most. */
export const MOST = 1000

function checkNaturals(value: unknown, what: string): readonly number[] {
  if (!Array.isArray(value) || value.length > MOST)
    throw new ProtocolError(`no list of each ${what}`)
  for (const item of value as readonly unknown[]) checkNatural(item, what)
  return value as readonly number[] // each was checked just above
}

/** A probe as it goes on the wire. */
export function wireProbe({ initiator, wanted, seen, path }: Probe): readonly unknown[] {
  return [
    initiator,
    wanted,
    seen,
    ...path.flatMap(({ id, context, lock, where }) => [id, context, lock, where]),
  ]
}

function checkProbe(value: unknown): Probe {
  if (
    !Array.isArray(value) ||
    value.length < 3 ||
    value.length % 4 !== 3 ||
    value.length > 4 * MOST
  )
    throw new ProtocolError('bad probe')
  const [initiator, wanted, seen, ...steps] = value as readonly unknown[]
  const path: ProbeStep[] = []
  for (let at = 0; at < steps.length; at += 4) {
    path.push({
      id: checkNatural(steps[at], 'wait'),
      context: checkName(steps[at + 1]),
      lock: checkName(steps[at + 2]),
      where: checkName(steps[at + 3]),
    })
  }
  return {
    initiator: checkNatural(initiator, 'wait'),
    wanted: checkNatural(wanted, 'wait'),
    seen: checkNaturals(seen, 'call'),
    path,
  }
}

function checkName(value: unknown): string {
  if (typeof value !== 'string') throw new ProtocolError('a name is not a string')
  return shortened(value, 200)
}

function checkInteger(value: unknown, what: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value
  throw new ProtocolError(`${what} is not an integer`)
}

/** A path as it came: absent, one name, or a list of keys. */
export function checkPath(value: unknown): readonly WireKey[] {
  if (value === undefined || value === null) return NO_PATH
  if (typeof value === 'string') return [value]
  if (!Array.isArray(value)) throw new ProtocolError('a path is not a list')
  for (const key of value as readonly unknown[]) checkKey(key)
  return value
}

/** One key of a path. */
export function checkKey(key: unknown): WireKey {
  if (typeof key === 'string') return key
  if (typeof key === 'number' && Number.isInteger(key)) return key
  if (Array.isArray(key) && key.length === 2 && key[0] === 1 && typeof key[1] === 'string')
    return [1, key[1]]
  throw new ProtocolError('a key is neither a name nor a symbol')
}

function checkExtra(value: unknown): Extra {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || value.length !== 2 || !Array.isArray(value[0]))
    throw new ProtocolError('bad slots')
  for (const slot of value[0] as readonly unknown[]) {
    if (!Array.isArray(slot) || typeof slot[0] !== 'string') throw new ProtocolError('bad slot')
  }
  return value as unknown as Extra // its shape was checked just above
}

const WELL_KNOWN = new Map<string, symbol>()
const NAME_OF_WELL_KNOWN = new Map<symbol, string>()
for (const name of Object.getOwnPropertyNames(Symbol)) {
  const value: unknown = Reflect.get(Symbol, name)
  if (typeof value === 'symbol') {
    WELL_KNOWN.set(name, value)
    NAME_OF_WELL_KNOWN.set(value, name)
  }
}

/** The wire name of a well-known (`@name`) or registered (`#key`) symbol; `undefined` for a unique one. */
export function nameOfSymbol(symbol: symbol): string | undefined {
  const wellKnown = NAME_OF_WELL_KNOWN.get(symbol)
  if (wellKnown !== undefined) return `@${wellKnown}`
  const key = Symbol.keyFor(symbol)
  return key === undefined ? undefined : `#${key}`
}

/** The symbol of a wire name. @throws {ProtocolError} when there is none of that name. */
export function symbolOfName(name: unknown): symbol {
  if (typeof name === 'string') {
    if (name.startsWith('#')) return Symbol.for(name.slice(1))
    const wellKnown = name.startsWith('@') ? WELL_KNOWN.get(name.slice(1)) : undefined
    if (wellKnown !== undefined) return wellKnown
  }
  throw new ProtocolError('no symbol of that name')
}

/** A property key as it goes on the wire; `undefined` for a unique symbol, which cannot. */
export function wireKey(key: PropertyKey): WireKey | undefined {
  if (typeof key !== 'symbol') return key
  const name = nameOfSymbol(key)
  return name === undefined ? undefined : [1, name]
}

/** The property key of a checked wire key. */
export function propertyKey(key: WireKey): PropertyKey {
  return typeof key === 'object' ? symbolOfName(key[1]) : key
}
