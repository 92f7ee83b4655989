/**
 * A value as it would arrive in another context, for one that stays in this: data is copied, and what crosses by reference is the thing itself.
 */
import { Access } from './access.ts'
import type { Codec, Packed } from './codecs/codec.ts'
import { currentContext } from './current-context.ts'
import { ProtocolError } from './errors.ts'
import { OPEN_LIMITS } from './limits.ts'
import { decode } from './marshal/decode.ts'
import { encode } from './marshal/encode.ts'
import type { EncodingMark, ReferencePort } from './marshal/port.ts'
import { ambientPlatform } from './platform.ts'
import { checkNatural, type Slot } from './protocol.ts'
import { Quota } from './quota.ts'

/** Nothing leaves this heap: the copy that is made on the way out is the one that comes in. */
const codec: Codec = {
  carriesBytes: false,
  carriesIdentity: true,
  pack: (value: unknown): Packed => ({ value, codecExtra: undefined }),
  unpack: (value: unknown): unknown => value,
  batch: (body: unknown[], moved: readonly unknown[]) => ({ body, moved }),
  fields: (batch) => batch.body,
  textLength: () => 0,
}

const MARK: EncodingMark = Object.freeze({ handOvers: 0, gates: 0, contents: 0 })

class Here implements ReferencePort {
  readonly isHere = true
  readonly codec = codec
  readonly limits = OPEN_LIMITS
  readonly quota = new Quota(OPEN_LIMITS, ambientPlatform, false)
  readonly platform = ambientPlatform
  readonly name = currentContext().name
  readonly peerName = this.name
  readonly sharedMemory = true
  readonly exposeStacks = true
  readonly isOver = true
  readonly access = new Access('open')
  readonly #things: object[] = []

  describe(): undefined {
    return undefined
  }

  keepAlive(): () => void {
    return () => undefined
  }

  holdOpen(): () => void {
    return () => undefined
  }

  isHeld(): boolean {
    return false
  }

  introduce(value: object): Slot {
    return ['here', this.#things.push(value) - 1]
  }

  introduceStandIn(proxy: object): { slot: Slot } {
    return { slot: this.introduce(proxy) }
  }

  nameImmutable(value: object): Slot {
    return this.introduce(value)
  }

  mark(): EncodingMark {
    return MARK
  }

  commit(): void {}

  withdraw(): void {}

  revive([, index]: Slot): unknown {
    return this.#things[checkNatural(index, 'number of a thing')]
  }

  revivePresence(): never {
    throw new ProtocolError('a form of what is here')
  }

  refuse(): void {}
}

/**
 * Copies a value as an argument of a call is copied.
 * @param where how messages name it
 * @throws {NotShareableError} naming the path of the first part that could not cross.
 */
export function copiedHere(value: unknown, where: string): unknown {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
    if (typeof value !== 'symbol') return value
  }
  const here = new Here()
  const moved: unknown[] = []
  const encoded = encode(value, here, moved, where)
  return decode(encoded.value, encoded.extra, here, moved, 'remote')
}
