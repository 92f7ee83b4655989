/**
 * What a heap may offer beyond ECMAScript. The core asks for these by this interface and works
 * without any of them; nothing else in the core names a platform global.
 *
 * It is looked up when this module loads, which in a guest is before the first line of guest code.
 */
export interface Platform {
  readonly setTimeout?: (callback: () => void, milliseconds: number) => unknown
  readonly clearTimeout?: (timer: unknown) => void
  readonly URL?: new (href: string) => object
  readonly AbortController?: new () => {
    readonly signal: AbortSignalLike
    abort(reason?: unknown): void
  }
  readonly DOMException?: new (message: string, name: string) => Error
  readonly ReadableStream?: new (
    source: ReadableSource,
    strategy?: { highWaterMark: number },
  ) => object
  readonly WritableStream?: new (sink: WritableSink) => object
  readonly structuredClone?: (
    value: unknown,
    options?: { transfer?: readonly unknown[] },
  ) => unknown
  readonly console?: { error(...values: unknown[]): void }
}

/** As much of an AbortSignal as the core uses. */
export interface AbortSignalLike {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** The source of a ReadableStream, as the Streams standard defines it. */
export interface ReadableSource {
  pull(controller: { enqueue(chunk: unknown): void; close(): void }): Promise<void>
  cancel(reason: unknown): Promise<void>
}

/** The sink of a WritableStream, as the Streams standard defines it. */
export interface WritableSink {
  write(chunk: unknown): Promise<void>
  close(): Promise<void>
  abort(reason: unknown): Promise<void>
}

const NAMES = [
  'setTimeout',
  'clearTimeout',
  'URL',
  'AbortController',
  'DOMException',
  'ReadableStream',
  'WritableStream',
  'structuredClone',
  'console',
] as const satisfies readonly (keyof Platform)[]

/** The platform of this heap, as far as its global object has one. */
export const ambientPlatform: Platform = Object.freeze(
  Object.fromEntries(
    NAMES.map((name) => [name, Reflect.get(globalThis, name)] as const).filter(
      ([, value]) => typeof value === 'function' || typeof value === 'object',
    ),
  ),
)
