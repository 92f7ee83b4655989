/**
 * What a heap may offer beyond ECMAScript. The core asks for these by this interface and works
 * without any of them; nothing else in the core names a platform global.
 *
 * It is looked up when this module loads, which in a guest is before the first line of guest code.
 */
export interface Platform {
  readonly setTimeout?: (callback: () => void, milliseconds: number) => unknown
  /** Runs a function when the event loop has gone round. */
  readonly setImmediate?: (callback: () => void) => unknown
  readonly clearTimeout?: (timer: unknown) => void
  readonly URL?: new (href: string) => object
  readonly AbortController?: new () => {
    readonly signal: CallSignal
    abort(reason?: unknown): void
  }
  readonly AbortSignal?: { any(signals: readonly CallSignal[]): CallSignal }
  readonly DOMException?: new (message: string, name: string) => Error
  readonly ReadableStream?: new (
    source: ReadableSource,
    strategy?: { highWaterMark: number },
  ) => object
  readonly WritableStream?: new (
    sink: WritableSink,
    strategy: { highWaterMark: number; size(chunk: unknown): number },
  ) => object
  readonly TextDecoderStream?: new () => object
  readonly TextEncoderStream?: new () => object
  readonly structuredClone?: (
    value: unknown,
    options?: { transfer?: readonly unknown[] },
  ) => unknown
  readonly console?: { error(...values: unknown[]): void; warn(...values: unknown[]): void }
  /** Is the program being developed, so that warnings help? In Node: unless NODE_ENV is `production`. */
  readonly development?: boolean
  /** A clock that only goes forward, in milliseconds. */
  readonly performance?: { now(): number }
  /** What follows a call through its awaits; where there is none, only what runs before the first is known. */
  readonly AsyncLocalStorage?: new <T>() => AsyncStorage<T>
}

/** As much of Node's AsyncLocalStorage as the core uses. */
export interface AsyncStorage<T> {
  run<Args extends unknown[], R>(store: T, fn: (...args: Args) => R, ...args: Args): R
  enterWith(store: T): void
  getStore(): T | undefined
}

/** As much of an AbortSignal as the core uses. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** A signal that this library made, or the platform did for it. */
export interface CallSignal extends AbortSignalLike {
  /** Throws the reason when it has fired. */
  throwIfAborted(): void
}

/** The source of a ReadableStream, as the Streams standard defines it. */
export interface ReadableSource {
  readonly type?: string
  pull(controller: ReadableController): Promise<void>
  cancel(reason: unknown): Promise<void>
}

/** What its source fills a stream by, as the Streams standard defines it. */
export interface ReadableController {
  enqueue(chunk: unknown): void
  close(): void
  /** Where a reader of bytes has brought its own buffer. */
  readonly byobRequest?: { respond(bytes: number): void } | null
}

/** The sink of a WritableStream, as the Streams standard defines it. */
export interface WritableSink {
  start(controller: WritableController): void
  write(chunk: unknown): Promise<void>
  close(): Promise<void>
  abort(reason: unknown): Promise<void>
}

/** What its sink ends a stream by, as the Streams standard defines it. */
export interface WritableController {
  error(reason: unknown): void
  readonly signal?: AbortSignalLike
}

const NAMES = [
  'setTimeout',
  'clearTimeout',
  'setImmediate',
  'URL',
  'AbortController',
  'AbortSignal',
  'DOMException',
  'ReadableStream',
  'WritableStream',
  'TextDecoderStream',
  'TextEncoderStream',
  'structuredClone',
  'console',
  'performance',
] as const satisfies readonly (keyof Platform)[]

/** The platform of this heap, as far as its global object has one. */
export const ambientPlatform: Platform = Object.freeze({
  ...Object.fromEntries(
    NAMES.map((name) => [name, Reflect.get(globalThis, name)] as const).filter(
      ([, value]) => typeof value === 'function' || typeof value === 'object',
    ),
  ),
  ...fromProcess(),
})

/** What Node tells through its `process`: where AsyncLocalStorage is, and what the program is run for. */
function fromProcess(): Pick<Platform, 'AsyncLocalStorage' | 'development'> {
  const { process } = globalThis as {
    process?: {
      getBuiltinModule?: (name: string) => unknown
      env?: Readonly<Record<string, string | undefined>>
    }
  }
  if (process === undefined) return {}
  const hooks = process.getBuiltinModule?.('node:async_hooks') as Platform | undefined // it has what is looked for, or not
  return {
    ...(hooks?.AsyncLocalStorage === undefined
      ? {}
      : { AsyncLocalStorage: hooks.AsyncLocalStorage }),
    development: process.env?.NODE_ENV !== 'production',
  }
}
