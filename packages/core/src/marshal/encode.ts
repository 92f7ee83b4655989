/**
 * A value to its wire form, in one go: what was begun of a value that cannot cross is undone.
 */
import type { Slot } from '../protocol.ts'
import { Encoder } from './encoder.ts'
import type { Encoded, ReferencePort } from './port.ts'

/**
 * Encodes one value. A value made of primitives only is returned without a copy.
 *
 * @param moved collects what must move with the batch this value goes into.
 * @param where how messages name the value, as in `arguments`.
 * @param copied an object that is copied here although it is marked to cross by reference.
 * @throws {NotShareableError} naming the path of the first part that cannot cross; nothing was introduced then.
 * @throws {LimitExceededError} when it is nested deeper than the limits allow.
 */
export function encode(
  value: unknown,
  port: ReferencePort,
  moved: unknown[],
  where: string,
  copied?: unknown,
): Encoded {
  if (isSimple(value)) return { value, extra: undefined }
  const encoder = new Encoder(port, moved, where, copied)
  const movedBefore = moved.length
  const mark = port.mark()
  try {
    const body = encoder.copy(value, 0)
    const packed = port.codec.pack(
      encoder.slots.length === 0 ? body : [body, encoder.slots],
      encoder.rich,
    )
    encoder.detach(movedBefore)
    port.commit()
    if (encoder.slots.length === 0) {
      if (!encoder.escaped && packed.codecExtra === undefined)
        return { value: packed.value, extra: undefined }
      return { value: packed.value, extra: [[], packed.codecExtra] }
    }
    const [bodyPacked, slots] = packed.value as [unknown, Slot[]] // pack keeps the shape of an array
    return { value: bodyPacked, extra: [slots, packed.codecExtra] }
  } catch (error) {
    moved.length = movedBefore
    port.withdraw(encoder.introduced, mark)
    throw error
  }
}

/**
 * Encodes the arguments of a call. The list itself is ours, made for this call, so one of simple primitives goes as it is.
 * Throws as {@link encode} does.
 */
export function encodeArguments(list: unknown, port: ReferencePort, moved: unknown[]): Encoded {
  if (Array.isArray(list) && list.every(isSimple)) return { value: list, extra: undefined }
  return encode(list, port, moved, 'arguments')
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
