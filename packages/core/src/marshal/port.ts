/**
 * Values to wire and back: a body, which is data, and slots, which are all else.
 *
 * The body is a fresh copy, made at the moment of the call, so that what the caller changes afterwards
 * does not travel. In it, a string that begins with U+0000 is a marker: followed by a number it names a slot,
 * followed by a second U+0000 it is a string of the user that began so. What a slot may
 * hold: `bare`, `sparse` and `template` containers, `error`, `registered` and `custom` instances, `url`, `symbol`,
 * `bytes`, `immutable` values by their ids, and whatever {@link ReferencePort} makes of things that stay where they are.
 */
import type { Access } from '../access.ts'
import type { Codec } from '../codecs/codec.ts'
import type { Limits } from '../limits.ts'
import type { PassStyle } from '../pass-style.ts'
import type { Platform } from '../platform.ts'
import type { PresenceSession } from '../presence.ts'
import type { Extra, Slot } from '../protocol.ts'
import type { Quota } from '../quota.ts'

/** Which proxy a reference becomes on arrival. */
export type Flavour = 'remote' | 'sync'

/** The styles that the session, not the marshaller, knows how to carry. */
export type LiveStyle = Extract<
  PassStyle,
  'reference' | 'promise' | 'iterator' | 'readable' | 'writable' | 'signal'
>

/** What the marshaller asks of the session whose values it writes and reads. */
export interface ReferencePort extends PresenceSession {
  /** Does the value stay in this heap, so that what crosses by reference is the thing itself? */
  readonly isHere: boolean
  readonly codec: Codec
  readonly limits: Limits
  readonly quota: Quota
  readonly platform: Platform
  /** The call whose arguments or answer are being read or written, in words, if there is one. */
  describe(): string | undefined
  /** Names of this context and of the peer, for messages. */
  readonly name: string
  readonly peerName: string
  /** Does an error's stack cross as it is? */
  readonly exposeStacks: boolean
  /** What the peer may see of an object that is copied. */
  readonly access: Access
  /** A slot for what stays here. Whatever it introduces to the peer it lists in `introduced`. */
  introduce(value: object, style: LiveStyle, introduced: number[], stays: boolean): Slot
  /**
   * What a proxy crosses as: a slot (the peer's own object goes home, another context's is introduced), or, for an
   * answer that has arrived, its value. Only in arguments can an answer that has not arrived be named.
   */
  introduceStandIn(
    proxy: object,
    introduced: number[],
    inArguments: boolean,
  ): { readonly slot: Slot } | { readonly value: unknown }
  /**
   * The slot that names an immutable value; its content leaves before the value that is being encoded, the first time.
   * @param roots the values of the content that is being encoded, if one is: a value that has no id yet is added to it, and becomes part of
   * that content, and there is no slot
   */
  nameImmutable(value: object, roots: object[] | undefined, where: () => string): Slot | undefined
  /** How far a value is that is being encoded, for `withdraw` to go back to. */
  mark(): EncodingMark
  /** A value is complete and will be sent. */
  commit(): void
  /** Takes back what was begun since `mark` of a value, or a part of one, that is not sent after all. */
  withdraw(introduced: readonly number[], mark: EncodingMark): void
  /** What a slot of `introduce` or `introduceStandIn` stands for on this side. */
  revive(slot: Slot, flavour: Flavour): unknown
  /** This side's form of an object that is at home on another. */
  revivePresence(kind: unknown, parts: readonly unknown[]): object
  /** Gives back what a slot introduced that is not revived. */
  refuse(slot: Slot): void
}

/** What a value that is being encoded has brought about so far, beside its introductions. */
export interface EncodingMark {
  readonly handOvers: number
  readonly gates: number
  readonly contents: number
}

/** A value ready for the wire. */
export interface Encoded {
  readonly value: unknown
  readonly extra: Extra
}

/** The character that begins a marker in a body. */
export const MARK = '\0'
