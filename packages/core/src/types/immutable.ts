/**
 * The type of a value that never changes: what it was made of, all of it readonly.
 *
 * It carries no brand, so another context receives it as the data it is.
 */

import type { ArrayKinds } from './array-kinds.ts'

/**
 * What `immutable()` makes of a `T`: readonly throughout. Bytes are those of a copy in shared memory, where there is any. A class with private
 * members stays itself, because nothing else can be given where an instance is expected.
 */
export type Immutable<T> = T extends object ? ImmutableObject<T> : T

type ImmutableObject<T extends object> = T extends
  | RegExp
  | Error
  | ((...parameters: never[]) => unknown)
  ? T
  : T extends ArrayBufferLike
    ? ArrayBufferLike
    : T extends ArrayBufferView
      ? ImmutableView<T>
      : { [K in keyof T]: T[K] } extends T
        ? { readonly [K in keyof T]: Immutable<T[K]> }
        : T

/** The kinds of views, whatever the kind of their buffer. */
interface Views extends ArrayKinds {
  DataView: DataView
}

type ImmutableView<T extends ArrayBufferView> = T extends {
  readonly [Symbol.toStringTag]: infer Kind extends keyof Views
}
  ? Views[Kind]
  : T
