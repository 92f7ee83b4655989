/**
 * The content of an immutable value: data alone, in a message of its own, so that it depends on no other message and none on what
 * becomes of another.
 *
 * Values inside that are immutable by themselves and have not crossed before come with it, each with an id of its own; those that have
 * are named. So values that hold one another cross as well.
 */
import { ProtocolError } from '../errors.ts'
import { freezeAll, partsOf } from '../freezing.ts'
import type { Extra, Slot } from '../protocol.ts'
import { type Reading, readWhole } from './decode.ts'
import { encodeWhole } from './encode.ts'
import type { Encoded, ReferencePort } from './port.ts'

/** A content on its way out. */
export interface Content extends Encoded {
  /** The values that have an id from now on, the one that was asked for first. */
  readonly roots: readonly object[]
  /** What moves with its message. */
  readonly moved: readonly unknown[]
}

/**
 * Encodes what `root` consists of.
 * @param where how messages name it
 * @throws {NotShareableError} as `encode` does
 */
export function encodeContent(root: object, port: ReferencePort, where: string): Content {
  const roots: object[] = []
  const moved: unknown[] = []
  // The list is walked last, when every root was met and is in it.
  const { value, extra } = encodeWhole([root, roots], port, moved, where, roots)
  return { roots, moved, value, extra }
}

/** A content that has come: its values in the order of their ids, frozen, and what it counted. */
export interface ReceivedContent {
  readonly roots: readonly object[]
  readonly size: number
}

/**
 * Decodes a content of `count` values.
 * @throws {NotShareableError} for what cannot be immutable, and as `decode` does.
 */
export function decodeContent(
  value: unknown,
  extra: Extra,
  count: number,
  port: ReferencePort,
  moved: readonly unknown[],
): ReceivedContent {
  const { value: made, size } = readWhole(value, extra, readingOf(port), moved)
  const roots: unknown = Array.isArray(made) ? made[1] : undefined
  if (!Array.isArray(roots) || roots.length !== count || !roots.every(isObject))
    throw new ProtocolError('bad immutable values')
  freezeAll(partsOf(made as unknown[]))
  return { roots, size }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Of all that may stay where it is, a content has other immutable values alone. */
function readingOf(port: ReferencePort): Reading {
  return {
    codec: port.codec,
    limits: port.limits,
    quota: port.quota,
    platform: port.platform,
    name: port.name,
    sharedMemory: port.sharedMemory,
    revive(slot: Slot): unknown {
      if (slot[0] !== 'immutable') throw new ProtocolError('an immutable value with more than data')
      return port.revive(slot, 'remote')
    },
    revivePresence(): never {
      throw new ProtocolError('an immutable value with more than data')
    },
  }
}
