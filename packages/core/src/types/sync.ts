/**
 * The types of a blocking proxy: a `Sync<T>` looks like a `T` whose methods never return a promise.
 *
 * Objects and functions reached through properties are live proxies again; what a call returns is a copy
 * ({@link SyncReceived}). Array methods run here, on the live array, so a `Sync` of an array is an array of live items.
 */
import type { Owned, SyncReference, syncOf, wholeAs } from './brands.ts'
import type {
  AnyFunction,
  HasFunctions,
  ItemOf,
  Nothing,
  PassKind,
  Primitive,
} from './pass-kind.ts'
import type { Hidden, IsErased, LocalFunction, SendableArguments } from './remote.ts'

/**
 * A blocking proxy of a `T` that lives in another context. Inverse of `Local`.
 *
 * `using` or `release()` gives it up; an object that has a disposer of its own is disposed of there instead.
 */
export type Sync<T> = { readonly [syncOf]: T; [Symbol.dispose](): void } & SyncShape<T>

/** What a blocking call returns of a `T`: data as a copy, things as a {@link Sync}. The blocking counterpart of `Received`. */
export type SyncReceived<T> = T extends unknown ? SyncReceivedBy<T>[PassKind<T>] : never

interface SyncReceivedBy<T> {
  whole: T
  proxy: Sync<Owned<T>>
  marked: Sync<Owned<T>>
  function: Sync<T>
  data: { [K in keyof T]: SyncReceived<T[K]> }
  map: T extends ReadonlyMap<infer K, infer V> ? Map<SyncReceived<K>, SyncReceived<V>> : never
  set: T extends ReadonlySet<infer V> ? Set<SyncReceived<V>> : never
  promise: Promise<SyncReceived<Awaited<T>>>
  iterator: IterableIterator<SyncReceived<ItemOf<T>>, unknown, unknown> &
    AsyncIterable<SyncReceived<ItemOf<T>>>
  iterable: Iterable<SyncReceived<ItemOf<T>>>
}

/** What a `T` looks like through a blocking proxy. */
type SyncShape<T> = SyncShapeBy<T>[PassKind<T>]

interface SyncShapeBy<T> {
  whole: T
  proxy: T
  marked: T
  function: SyncCallable<T> & SyncConstructible<T> & SyncMembers<T>
  data: T extends readonly unknown[] ? { [K in keyof T]: SyncProperty<T[K]> } : SyncMembers<T>
  map: SyncReceived<T>
  set: SyncReceived<T>
  promise: SyncReceived<T>
  iterator: SyncMembers<T> & SyncStreaming<T>
  iterable: SyncMembers<T> & SyncStreaming<T>
}

type SyncMembers<T> = {
  [K in keyof T as K extends Hidden | typeof Symbol.iterator | typeof Symbol.asyncIterator
    ? never
    : K]: SyncProperty<T[K]>
}

type SyncStreaming<T> = T extends { [Symbol.asyncIterator](): unknown }
  ? { [Symbol.asyncIterator](): AsyncIterableIterator<SyncReceived<ItemOf<T>>, unknown, unknown> }
  : { [Symbol.iterator](): IterableIterator<SyncReceived<ItemOf<T>>, unknown, unknown> }

/**
 * A property, as it is read and as it may be written: a mapped type has no setter, so it is one type for both.
 * Data can be replaced by plain data, and a callback that may be missing by a local function; anything else needs
 * `Reflect.set`.
 */
type SyncProperty<V> =
  Extract<V, null | undefined> extends never
    ? SyncValue<V>
    : NonNullable<V> extends AnyFunction
      ? SyncCallback<NonNullable<V>> | Extract<V, null | undefined>
      : SyncValue<V>

type SyncValue<V> = V extends Primitive | { readonly [wholeAs]: true }
  ? V
  : IsData<V> extends true
    ? SyncReference<V> & SyncShape<V>
    : PassKind<V> extends 'proxy' | 'marked'
      ? SyncReceived<V>
      : Sync<V>

/** Is it copied when it is sent, as far as one can see without looking inside its properties? */
type IsData<V> =
  PassKind<V> extends 'whole' | 'map' | 'set'
    ? true
    : PassKind<V> extends 'data'
      ? V extends readonly unknown[]
        ? true
        : HasFunctions<V> extends true
          ? false
          : true
      : false

/** A place for a callback: a local function can be put there, and called it gives what the owner's gives. */
type SyncCallback<F> = F extends (...args: never[]) => infer R
  ? [Awaited<R>] extends [Nothing]
    ? LocalFunction<F>
    : (...args: Parameters<LocalFunction<F>>) => SyncReceived<Awaited<R>>
  : never

/**
 * The signatures of a function, each result awaited. As for a `Remote`, up to four overloads survive; a generic or
 * overloaded function whose results cross unchanged also keeps its own signatures, and with them its type parameters.
 */
type SyncCallable<F> = F extends (...args: infer P) => infer R
  ? ((...args: P) => R) extends F
    ? IsErased<P> extends true
      ? F
      : SyncCall<P, R>
    : SyncOverloads<F>
  : unknown

type SyncOverloads<F> = F extends {
  (...args: infer P1): infer R1
  (...args: infer P2): infer R2
  (...args: infer P3): infer R3
  (...args: infer P4): infer R4
}
  ? KeptAsItIs<
      F,
      [R1, R2, R3, R4],
      [SyncResult<R1>, SyncResult<R2>, SyncResult<R3>, SyncResult<R4>]
    > &
      SyncCall<P1, R1> &
      SyncCall<P2, R2> &
      SyncCall<P3, R3> &
      SyncCall<P4, R4>
  : unknown

type KeptAsItIs<F, Results, Crossed> = [Results, Crossed] extends [Crossed, Results] ? F : unknown

type SyncCall<P extends readonly unknown[], R> = (...args: SendableArguments<P>) => SyncResult<R>

type SyncResult<R> = SyncReceived<Awaited<R>>

type SyncConstructible<C> = C extends new (
  ...args: infer P
) => infer I
  ? new (
      ...args: SendableArguments<P>
    ) => Sync<I>
  : unknown
