/**
 * What a user has said about one object: that it crosses by reference, that it is moved, or that it never changes.
 *
 * Marks are kept beside the object, weakly, never on it. One object has at most one mark, so that the
 * marshaller asks once.
 */
import { isForbidden } from './access.ts'
import { refuseOption } from './errors.ts'
import { type NarrowingOptions, narrow, narrowingFrom } from './narrowing.ts'
import type { Proxied } from './types/remote.ts'

/** The object crosses by reference; `released` runs when no peer holds it any more. */
export interface ReferenceMark {
  readonly kind: 'reference'
  readonly released: (() => void) | undefined
}

/** The value crosses as a copy, but these parts of it move. */
export interface TransferMark {
  readonly kind: 'transfer'
  readonly transferables: readonly object[]
}

/** The value never changes: its content crosses a session once, and afterwards an id does. */
export interface ImmutableMark {
  readonly kind: 'immutable'
}

export type Mark = ReferenceMark | TransferMark | ImmutableMark

/** What most marked objects are; one for all of them. */
const BY_REFERENCE: ReferenceMark = Object.freeze({ kind: 'reference', released: undefined })

const NEVER_CHANGES: ImmutableMark = Object.freeze({ kind: 'immutable' })

const MARKS = new WeakMap<object, Mark>()

/** What was said about `value`, if anything was. */
export function markOf(value: object): Mark | undefined {
  return MARKS.get(value)
}

/** What else is said about an object that crosses by reference. */
export interface ProxyOptions<T = object> extends NarrowingOptions<T> {
  /** Runs once each time no other context holds the object any more. */
  readonly released?: () => void
}

/**
 * Marks an object to cross by reference: it stays here, and other contexts hold proxies of it. With `only`, `methods` and `schema`
 * every other context has that much of it and no more; marking it again without them leaves that as it is.
 *
 * The caller keeps owning `value`.
 *
 * @throws {TypeError} when `value` is a primitive, or an option is wrong.
 * @example
 * ```ts
 * const counter = proxy(new Counter(), { released: () => console.log('nobody counts any more') })
 * const guarded = proxy(account, { only: ['balance', 'deposit'], schema: { deposit: { args: [z.number().positive()] } } })
 * ```
 */
export function proxy<T extends object>(
  value: T,
  options: ProxyOptions<NoInfer<T>> = {},
): Proxied<T> {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
    throw new TypeError(
      'proxy() takes an object or a function: a primitive always crosses as a copy',
    )
  }
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  if (options.released !== undefined && typeof options.released !== 'function') {
    refuseOption('released', 'a function', options.released)
  }
  const narrowing = narrowingFrom(value, options, isForbidden)
  if (narrowing !== undefined) narrow(value, narrowing)
  const { released } = options
  MARKS.set(value, released === undefined ? BY_REFERENCE : { kind: 'reference', released })
  return value as Proxied<T> // the brand exists in types only; the mark above is its meaning
}

/**
 * Marks the parts of a value that are moved to the next context it is sent to, as `postMessage` does:
 * ArrayBuffers, and what else the platform can transfer. They are detached here when the batch of the call that
 * sends them leaves, at the latest.
 *
 * @throws {TypeError} when `value` is a primitive or `transferables` is not a list of objects.
 * @example
 * ```ts
 * await images.resize(transfer(pixels, [pixels.buffer]))
 * ```
 */
export function transfer<T extends object>(value: T, transferables: readonly object[]): T {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) {
    throw new TypeError('transfer() takes the value that holds what is moved')
  }
  if (
    !Array.isArray(transferables) ||
    transferables.some((item) => typeof item !== 'object' || item === null)
  ) {
    refuseOption('transferables', 'a list of objects that can be moved', transferables)
  }
  MARKS.set(value, { kind: 'transfer', transferables: [...transferables] })
  return value
}

/** Marks a value that is frozen throughout. */
export function markImmutable(value: object): void {
  MARKS.set(value, NEVER_CHANGES)
}

/** A value that crosses by reference this once, whatever it is. Never leaves the library. */
export class ByReference {
  readonly value: object
  /** For a function that was read from a property: does it stay there? */
  readonly stays: boolean

  constructor(value: object, stays = false) {
    this.value = value
    this.stays = stays
  }
}
