/**
 * The phantom properties that carry a proxy's own type.
 *
 * They exist in types only: no object has them, and nothing outside the type files can name them. They are
 * what `sync(remote)`, `remote(sync)` and `snapshot(proxy)` infer `T` from, exactly, whatever `T` looks like
 * through a proxy.
 */

/** Under this key an asynchronous proxy carries the type of what it stands for. */
export declare const remoteOf: unique symbol

/** Under this key a blocking proxy carries the type of what it stands for. */
export declare const syncOf: unique symbol

/** Under this key an object that was marked by `proxy()` or `protect()` carries its own type. */
export declare const markedAs: unique symbol

/** Under this key an object carries that it is the same, of the same type, in every context. */
export declare const wholeAs: unique symbol

/**
 * Any asynchronous proxy whose target is a `T`: a `Remote`, a property of one, a result that has not arrived.
 * What takes all of these as a target (`snapshot`, `RemoteReflect`) asks for this.
 */
export interface RemoteReference<T> {
  readonly [remoteOf]: T
}

/**
 * Any blocking proxy whose target is a `T`. The key is optional, so that plain data can be assigned where
 * a blocking proxy of data is read.
 */
export interface SyncReference<T> {
  readonly [syncOf]?: T
}

/** A proxy of a `T`, of either kind, as an argument: it goes home as the object itself. */
export type Reference<T> = RemoteReference<T> | { readonly [syncOf]: T }

/** What a proxy or a marked object is; anything else is itself. */
export type Owned<T> = T extends
  | { readonly [remoteOf]: infer X }
  | { readonly [syncOf]: infer X }
  | { readonly [markedAs]: infer X }
  ? X
  : T
