/**
 * The types of an asynchronous proxy, and of what goes into it and comes out of it.
 *
 * A `Remote<T>` is not a `T` whose methods return promises: its properties are places to go on from
 * (`remote.a.b.method()`), and only `await` reads one. They come in pairs: {@link Sendable} is what an argument may
 * be and {@link Received} what arrives of it; {@link Remote} turns a type into its proxy and {@link Local} back.
 *
 * What TypeScript cannot express, and what is done about it, is in `test/types/limits.test-d.ts`.
 */
import type { markedAs, Owned, Reference, RemoteReference, remoteOf, syncOf } from './brands.ts'
import type {
  AnyFunction,
  HasFunctions,
  ItemOf,
  Nothing,
  PassKind,
  Primitive,
} from './pass-kind.ts'

/**
 * A proxy of a `T` that lives in another context. Inverse of {@link Local}.
 *
 * Never thenable by itself, so a promise can hold it; `using` or `release()` gives it up. `await using` has its owner dispose of it
 * first, if it has a disposer.
 */
export type Remote<T> = RemoteReference<T> & {
  [Symbol.dispose](): void
  [Symbol.asyncDispose](): Promise<void>
} & Navigable<T, 'then'>

/** What a proxy stands for: `Local<Remote<T>>` is `T`. Inverse of {@link Remote} and `Sync`. */
export type Local<P> = P extends { readonly [remoteOf]: infer T }
  ? T
  : P extends { readonly [syncOf]?: infer T }
    ? T
    : P

/**
 * A property of a {@link Remote}: a way to go on, and, awaited, a copy of what is there ({@link Received}).
 *
 * Going on through something that may be `null` or `undefined` is allowed; the promise then rejects.
 */
export type RemoteProperty<T> = Arriving<Received<Awaited<T>>, Owned<Awaited<T>>>

/** What a call gives: a promise of {@link Received}, whose properties and methods can be used before it arrives. */
export type RemoteResult<R> = Arriving<Received<Awaited<R>>, Owned<Awaited<R>>>

/** What `new` gives: a promise of the {@link Remote} of the instance, which can be used before it arrives. */
export type RemoteInstance<I> = Arriving<Remote<I>, I>

/** An object that was marked to cross by reference: another context receives a {@link Remote} of it. */
export type Proxied<T> = T & { readonly [markedAs]: T }

/** What arrives of a `T` in another context: data as a copy, things as a {@link Remote}. Pair of {@link Sendable}. */
export type Received<T> = T extends unknown ? ReceivedBy<T>[PassKind<T>] : never

interface ReceivedBy<T> {
  whole: T
  proxy: T
  marked: Remote<Owned<T>>
  function: Remote<T>
  data: { [K in keyof T]: Received<T[K]> }
  map: T extends ReadonlyMap<infer K, infer V> ? Map<Received<K>, Received<V>> : never
  set: T extends ReadonlySet<infer V> ? Set<Received<V>> : never
  promise: Promise<Received<Awaited<T>>>
  iterator: AsyncGenerator<Received<ItemOf<T>>, unknown, void>
  // An `Iterable` may have been an array, which is copied, or a generator, which stays.
  iterable: Iterable<Received<ItemOf<T>>> | AsyncIterable<Received<ItemOf<T>>>
}

/**
 * What may be given where another context expects a `T`: a `T`, or a proxy of one, anywhere inside. Pair of {@link Received}.
 *
 * A function is given as a local one: its parameters are {@link Received}, and it may return a promise.
 */
export type Sendable<T> = unknown extends T ? T : Given<T> | Reference<Owned<T>>

type Given<T> = T extends unknown ? GivenBy<T>[PassKind<T>] : never

interface GivenBy<T> {
  whole: T
  proxy: Given<Local<T>>
  marked: Owned<T>
  function: T extends AnyFunction ? LocalFunction<T> : T
  // A class with private members is only given as an instance: plain data that looks like one is none.
  data: { [K in keyof T]: T[K] } extends T
    ? { readonly [K in keyof T]: Sendable<T[K]> } | (HasFunctions<T> extends true ? T : never)
    : T
  map: T extends ReadonlyMap<infer K, infer V> ? ReadonlyMap<Sendable<K>, Sendable<V>> : never
  set: T extends ReadonlySet<infer V> ? ReadonlySet<Sendable<V>> : never
  promise: PromiseLike<Sendable<Awaited<T>>>
  iterator: T | AsyncIterable<Sendable<ItemOf<T>>>
  iterable: Iterable<Sendable<ItemOf<T>>>
}

/** A function of this context, given to one that expects an `F`. */
export type LocalFunction<F> = F extends (...args: infer P) => infer R
  ? (...args: ReceivedArguments<P>) => LocalReturn<R>
  : never

/** `void` lets the function return what it likes, as it does for a local callback. */
type LocalReturn<R> = [Awaited<R>] extends [Nothing]
  ? Nothing
  : Sendable<Awaited<R>> | PromiseLike<Sendable<Awaited<R>>>

/** The parameters of a function of this context that another context calls. */
type ReceivedArguments<P extends readonly unknown[]> = { [I in keyof P]: Received<P[I]> }

/**
 * The parameters of a function of another context that this one calls. `never` is what inference leaves of a
 * `K extends keyof T` whose `T` it has lost; nobody declares such a parameter, so anything may be given.
 */
export type SendableArguments<P extends readonly unknown[]> = {
  [I in keyof P]: [P[I]] extends [never] ? unknown : Sendable<P[I]>
}

/** The result that belongs to such parameters, lost as well; any other is as it was declared. */
export type ResultOf<P extends readonly unknown[], R> = [R] extends [never]
  ? IsErased<P> extends true
    ? unknown
    : R
  : R

/** Has inference lost a type parameter of these? */
export type IsErased<P extends readonly unknown[]> = true extends {
  [I in keyof P]: [P[I]] extends [never] ? true : false
}[number]
  ? true
  : false

/** A promise of `Value` that can be used as a `Target` before it is there. */
type Arriving<Value, Target> = Promise<Value> &
  RemoteReference<Target> &
  Navigable<Target, keyof Promise<unknown>>

/** What a proxy of a `T` lets one do, whatever else it is. `Reserved` names belong to the promise. */
type Navigable<T, Reserved> = [T] extends [never]
  ? unknown
  : 0 extends 1 & T
    ? Untyped<T>
    : Members<NonNullable<T>, Reserved> &
        Callable<NonNullable<T>> &
        Constructible<NonNullable<T>> &
        Streaming<NonNullable<T>>

/**
 * Where a type says nothing (`T` is `any`), everything can be tried. Its properties are `any` again, not
 * `RemoteProperty<any>`: under `noUncheckedIndexedAccess` each of those would be possibly `undefined`.
 */
interface Untyped<T> {
  (...args: unknown[]): RemoteResult<T>
  new (...args: unknown[]): RemoteInstance<T>
  [name: string]: T
  [Symbol.asyncIterator](): AsyncIterator<T>
}

/** Names that do not exist for a peer, and those that a proxy answers itself. */
export type Hidden =
  | 'constructor'
  | 'prototype'
  | '__proto__'
  | 'caller'
  | 'callee'
  | 'arguments'
  | 'toString'
  | 'toLocaleString'
  | 'toJSON'
  | 'valueOf'

/** The properties of a `T` as places to go on from. Optional and readonly ones stay so; symbols do not cross. */
type Members<T, Reserved> = T extends string
  ? StringMembers
  : T extends Primitive
    ? unknown
    : { [K in keyof T as K extends symbol | Hidden | Reserved ? never : K]: Member<T[K]> }

// Not over `keyof T`: a mapped type over a primitive is the primitive.
type StringMembers = { readonly [K in Exclude<keyof string, symbol | Hidden>]: Member<string[K]> }

type Member<V> =
  Extract<V, null | undefined> extends never
    ? RemoteProperty<V>
    : NonNullable<V> extends AnyFunction
      ? CallbackMember<V, NonNullable<V>>
      : RemoteProperty<V>

/**
 * A place for a callback (`onProgress?: (done: number) => void`): it can be read, called and awaited as any
 * property, and a local function can be put there. Only for functions that may be missing: a mapped type has no
 * setter, so what can be written must also be what is read, and for all else that would spoil reading.
 */
type CallbackMember<V, F> = F extends (...args: infer P) => infer R
  ? IsMethod<F, R> extends true
    ? RemoteProperty<V>
    :
        | (Promise<Received<V>> &
            RemoteReference<V> &
            ((...args: ReceivedArguments<P>) => RemoteResult<R>))
        | ((...args: ReceivedArguments<P>) => CallbackReturn<R>)
        | Extract<V, null | undefined>
  : RemoteProperty<V>

/** As {@link LocalReturn}, but without proxies: called, it must be what the owner's function gives. */
type CallbackReturn<R> = [Awaited<R>] extends [Nothing]
  ? Nothing
  : Received<Awaited<R>> | PromiseLike<Received<Awaited<R>>>

/**
 * Is it a method, that is called for its result, not a place for a callback? Methods are compared bivariantly,
 * functions in properties are not; what results in nothing may be either, and loses nothing as a callback.
 */
type IsMethod<F, R> = [Awaited<R>] extends [Nothing]
  ? false
  : ((...args: never[]) => never) extends F
    ? true
    : false

/**
 * The signatures of a function. TypeScript's inference sees one signature of an overloaded function unless it is
 * asked for a fixed number, so up to four survive; the type parameters of a generic one become their constraints.
 */
type Callable<F> = F extends (...args: infer P) => infer R
  ? ((...args: P) => R) extends F
    ? Call<P, R>
    : CallableOverloads<F>
  : unknown

type CallableOverloads<F> = F extends {
  (...args: infer P1): infer R1
  (...args: infer P2): infer R2
  (...args: infer P3): infer R3
  (...args: infer P4): infer R4
}
  ? Call<P1, R1> & Call<P2, R2> & Call<P3, R3> & Call<P4, R4>
  : unknown

type Call<P extends readonly unknown[], R> = (
  ...args: SendableArguments<P>
) => RemoteResult<ResultOf<P, R>>

type Constructible<C> = C extends new (
  ...args: infer P
) => infer I
  ? new (
      ...args: SendableArguments<P>
    ) => RemoteInstance<I>
  : unknown

/** What can be iterated there can be iterated here, item by item. */
type Streaming<T> = T extends string
  ? unknown
  : T extends { [Symbol.asyncIterator](): unknown } | { [Symbol.iterator](): unknown }
    ? { [Symbol.asyncIterator](): AsyncIterator<Received<ItemOf<T>>, unknown, void> }
    : unknown
