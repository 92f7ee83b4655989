/**
 * How a value crosses, as far as its type can say: the one classifier that `Received`, `Sendable` and `Sync`
 * consult, as the marshaller consults `passStyleOf`.
 *
 * It is weaker than that one. A type does not say whether an instance of a class was registered or marked,
 * so an unmarked one counts as data. Platform objects are known by their shape: the core has no DOM or Node types.
 */
import type { markedAs, remoteOf, syncOf, wholeAs } from './brands.ts'

export type Primitive = string | number | bigint | boolean | symbol | null | undefined | Nothing

/** What a function returns that returns nothing: `void`, where it is not a return type. */
export type Nothing = ReturnType<() => void>

/** Every function is assignable to it; none can be called through it. */
export type AnyFunction = (...args: never[]) => unknown

/** Every class is assignable to it; none can be constructed through it. */
export type AnyClass = abstract new (...args: never[]) => unknown

/** `Function`, by its shape: it has no signature. */
interface UntypedFunction {
  apply(...args: never[]): unknown
  bind(...args: never[]): unknown
  call(...args: never[]): unknown
}

export type PassKind<T> =
  // `any` ends here too, and stays `any`.
  [T] extends [Primitive]
    ? 'whole'
    : typeof markedAs extends keyof T
      ? 'marked'
      : // `unknown`, `object` and `{}` tell nothing about what is in them.
        [keyof T, T] extends [never, AnyFunction | AnyClass]
        ? 'function'
        : [keyof T] extends [never]
          ? 'whole'
          : PassKindOfObject<T>

type PassKindOfObject<T> = [Extract<keyof T, typeof remoteOf | typeof syncOf>] extends [never]
  ? T extends AnyFunction | AnyClass | UntypedFunction
    ? 'function'
    : T extends readonly unknown[]
      ? 'data'
      : T extends Whole
        ? 'whole'
        : T extends ReadonlyMap<unknown, unknown>
          ? 'map'
          : T extends ReadonlySet<unknown>
            ? 'set'
            : T extends PromiseLike<unknown>
              ? 'promise'
              : PassKindOfIterable<T>
  : 'proxy'

type PassKindOfIterable<T> = T extends { [Symbol.asyncIterator](): unknown }
  ? 'iterator'
  : T extends { [Symbol.iterator](): unknown }
    ? T extends { next(...args: never[]): unknown }
      ? 'iterator'
      : 'iterable'
    : 'data'

/** What the items of an iterable are. */
export type ItemOf<T> =
  T extends AsyncIterable<infer Y> ? Y : T extends Iterable<infer Y> ? Y : never

/** Does an object have functions among its properties? Looks no deeper. */
export type HasFunctions<T> = [Extract<T[keyof T], AnyFunction>] extends [never] ? false : true

/** Built-ins that arrive as what they were, with nothing inside that changes on the way. */
type Whole =
  | Date
  | RegExp
  | Error
  | ArrayBuffer
  | SharedArrayBuffer
  | ArrayBufferView
  | UrlLike
  | AbortSignalLike
  | ReadableStreamLike
  | WritableStreamLike
  | TransformStreamLike
  | MessagePortLike
  | { readonly [wholeAs]: true }

interface UrlLike {
  readonly href: string
  readonly searchParams: object
  toJSON(): string
}

interface AbortSignalLike {
  readonly aborted: boolean
  throwIfAborted(): void
}

interface ReadableStreamLike {
  readonly locked: boolean
  getReader(): object
}

interface WritableStreamLike {
  readonly locked: boolean
  getWriter(): object
}

interface TransformStreamLike {
  readonly readable: ReadableStreamLike
  readonly writable: WritableStreamLike
}

interface MessagePortLike {
  postMessage(message: never): void
  start(): void
  close(): void
}
