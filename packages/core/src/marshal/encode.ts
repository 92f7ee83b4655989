/**
 * A value to its wire form, in one go: what was begun of a value that cannot cross is undone.
 */
import type { Packed } from '../codecs/codec.ts'
import type { Slot, WireKey } from '../protocol.ts'
import { Encoder } from './encoder.ts'
import type { Encoded, ReferencePort } from './port.ts'

/** What can be said in words. */
interface Described {
  readonly description: string
}

/**
 * Encodes one value. A value made of primitives only is returned without a copy.
 *
 * @param moved collects what must move with the batch this value goes into.
 * @param where how messages name the value, as in `arguments`.
 * @param copied an object that is copied here although it is marked to cross by reference.
 * @throws {NotShareableError} naming the path of the first part that cannot cross; nothing was introduced then.
 * @throws {LimitExceededError} when it is nested deeper than the limits allow, or larger than the peer takes.
 */
export function encode(
  value: unknown,
  port: ReferencePort,
  moved: unknown[],
  where: string,
  copied?: unknown,
): Encoded {
  if (isSimple(value)) {
    const encoded = { value, extra: undefined }
    const size = typeof value === 'string' ? 2 + value.length : NUMBER
    if (port.quota.isDoubtful(size, 0)) weigh(encoded, size, 0, port, where)
    return encoded
  }
  return encodeRich(value, port, moved, where, copied, 0)
}

/** @param path the characters of what leaves with the value, and counts with it */
function encodeRich(
  value: unknown,
  port: ReferencePort,
  moved: unknown[],
  where: string,
  copied: unknown,
  path: number,
  call?: Described,
): Encoded {
  const encoder = new Encoder(port, moved, where, copied)
  const movedBefore = moved.length
  const mark = port.mark()
  try {
    const encoded = encodeBy(encoder, value, port, where, path, call)
    encoder.detach(movedBefore)
    port.commit()
    return encoded
  } catch (error) {
    moved.length = movedBefore
    port.withdraw(encoder.introduced, mark)
    throw error
  }
}

function encodeBy(
  encoder: Encoder,
  value: unknown,
  port: ReferencePort,
  where: string,
  path: number,
  call?: Described,
): Encoded {
  const body = encoder.copy(value, 0)
  const packed = port.codec.pack(
    encoder.slots.length === 0 ? body : [body, encoder.slots],
    encoder.rich,
  )
  const encoded = encodedOf(encoder, packed)
  const characters = path + encoder.characters + annotationsOf(packed)
  if (port.quota.isDoubtful(characters, encoder.bytes))
    weigh(encoded, characters, encoder.bytes, port, where, path, call)
  return encoded
}

/**
 * Encodes data that introduces nothing, for a message that leaves by itself. Throws as {@link encode} does.
 * @param roots collects the immutable values in it that have no id yet
 */
export function encodeWhole(
  value: unknown,
  port: ReferencePort,
  moved: unknown[],
  where: string,
  roots: object[],
): Encoded {
  return encodeBy(new Encoder(port, moved, where, undefined, roots), value, port, where, 0)
}

function encodedOf({ slots, escaped }: Encoder, { value, codecExtra }: Packed): Encoded {
  if (slots.length === 0) {
    if (!escaped && codecExtra === undefined) return { value, extra: undefined }
    return { value, extra: [[], codecExtra] }
  }
  const [body, packed] = value as [unknown, Slot[]] // pack keeps the shape of an array
  return { value: body, extra: [packed, codecExtra] }
}

/** The characters of what the codec notes beside a value: they may be many more than those of the value. */
function annotationsOf({ codecExtra }: Packed): number {
  return typeof codecExtra === 'object' ? JSON.stringify(codecExtra).length : 0
}

/**
 * Looks at the size of what may be too large: what becomes text is as large as that.
 * @throws {LimitExceededError} when it is larger than the peer takes
 */
function weigh(
  { value, extra }: Encoded,
  counted: number,
  bytes: number,
  port: ReferencePort,
  where: string,
  path = 0,
  called?: Described,
): void {
  const characters = port.codec.carriesBytes
    ? counted
    : path + textLength(value) + (extra == null ? 0 : textLength(extra))
  const call = called === undefined ? port.describe() : `of "${called.description}"`
  port.quota.send(characters + bytes, call === undefined ? where : `${where} ${call}`)
}

function textLength(value: unknown): number {
  return JSON.stringify(value)?.length ?? 0
}

/**
 * Encodes the arguments of a call, if it has any. The list itself is ours, made for this call, so one of simple primitives goes as it is.
 * Throws as {@link encode} does.
 * @param path where the call goes, as it leaves: it counts with the arguments
 * @param call says what is called
 */
export function encodeArguments(
  list: unknown,
  path: string | readonly WireKey[] | null,
  port: ReferencePort,
  moved: unknown[],
  call: Described,
): Encoded {
  const steps = pathSize(path)
  const simple = list === undefined ? 0 : simpleSize(list)
  if (simple === undefined)
    return encodeRich(list, port, moved, 'arguments', undefined, steps, call)
  const encoded = list === undefined ? NOTHING : { value: list, extra: undefined }
  if (port.quota.isDoubtful(steps + simple, 0))
    weigh(encoded, steps + simple, 0, port, 'arguments', steps, call)
  return encoded
}

const NOTHING: Encoded = { value: null, extra: null }

/** What a number counts as, and all else that is no text. */
const NUMBER = 8

function pathSize(path: string | readonly WireKey[] | null): number {
  if (path === null) return 0
  if (typeof path === 'string') return path.length + 2
  let size = 1
  for (const key of path) {
    if (typeof key === 'string') size += key.length + 3
    else size += typeof key === 'number' ? 1 + NUMBER : 8 + key[1].length
  }
  return size
}

/** What a list of simple primitives counts, `undefined` for any other. Hot path, guarded by `bench/`, row `1000 in flight`. */
function simpleSize(list: unknown): number | undefined {
  if (!Array.isArray(list)) return undefined
  let size = 1
  for (let index = 0; index < list.length; index++) {
    const item: unknown = list[index]
    if (!isSimple(item)) return undefined
    size += typeof item === 'string' ? item.length + 3 : 1 + NUMBER
  }
  return size
}

/** Does it cross as it is, whatever the codec? Hot path, guarded by `bench/`, row `1000 in flight`. */
function isSimple(value: unknown): boolean {
  switch (typeof value) {
    case 'number':
      return value !== 0 ? value - value === 0 : 1 / value > 0
    case 'string':
      return value.charCodeAt(0) !== 0
    case 'boolean':
      return true
    default:
      return value === null
  }
}

/**
 * Encodes what was thrown. In the place of what cannot cross goes the error that says so, and where not even that
 * can, for an error's parts may be hostile, one that says no more. Never throws.
 */
export function encodeFailure(
  thrown: unknown,
  port: ReferencePort,
  moved: unknown[],
  where: string,
): Encoded {
  try {
    return encode(thrown, port, moved, where)
  } catch (refusal) {
    try {
      return encode(refusal, port, moved, where)
    } catch {
      return encode(new TypeError('what was thrown cannot cross'), port, moved, where)
    }
  }
}
