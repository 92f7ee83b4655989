/** What arrives of a value in another context. */
import type { MessagePort } from 'node:worker_threads'
import type { Proxied, Received, Remote, Sync } from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

interface Counter {
  add(by: number): number
}

type Notify = (text: string) => void

test('primitives and what tells nothing arrive as they are', () => {
  type Whole = string | 1 | bigint | boolean | symbol | null | undefined
  expectTypeOf<Received<Whole>>().toEqualTypeOf<Whole>()
  expectTypeOf<Received<void>>().toEqualTypeOf<void>()
  expectTypeOf<Received<unknown>>().toBeUnknown()
  expectTypeOf<Received<never>>().toBeNever()
  expectTypeOf<Received<ReturnType<typeof JSON.parse>>>().toBeAny()
  expectTypeOf<Received<object>>().toEqualTypeOf<object>()
})

test('data arrives as a copy of the same type', () => {
  interface Order {
    readonly id: number
    lines: { text: string; count?: number }[]
    at: [Date, ...number[]]
    extra: Record<string, string | null>
  }
  expectTypeOf<Received<Order>>().toEqualTypeOf<Order>()
})

test('built-ins of the language and the platform arrive as they are', () => {
  type BuiltIns = [
    Date,
    RegExp,
    TypeError,
    ArrayBuffer,
    SharedArrayBuffer,
    Uint8Array,
    DataView,
    URL,
    AbortSignal,
    ReadableStream<string>,
    WritableStream<string>,
    TransformStream<string, number>,
    CompressionStream,
    MessagePort,
  ]
  expectTypeOf<Received<BuiltIns>>().toEqualTypeOf<BuiltIns>()
})

test('functions and classes arrive as a Remote, however deep', () => {
  class Thing {}
  expectTypeOf<Received<Notify>>().toEqualTypeOf<Remote<Notify>>()
  expectTypeOf<Received<typeof Thing>>().toEqualTypeOf<Remote<typeof Thing>>()
  expectTypeOf<Received<{ on: { notify: Notify }[] }>>().toEqualTypeOf<{
    on: { notify: Remote<Notify> }[]
  }>()
  expectTypeOf<Received<readonly [number, Notify]>>().toEqualTypeOf<
    readonly [number, Remote<Notify>]
  >()
  expectTypeOf<Received<Map<string, Notify>>>().toEqualTypeOf<Map<string, Remote<Notify>>>()
  expectTypeOf<Received<ReadonlySet<Notify>>>().toEqualTypeOf<Set<Remote<Notify>>>()
})

test('a marked object arrives as a Remote', () => {
  expectTypeOf<Received<Proxied<Counter>>>().toEqualTypeOf<Remote<Counter>>()
  expectTypeOf<Received<{ list: Proxied<Counter>[] }>>().toEqualTypeOf<{
    list: Remote<Counter>[]
  }>()
  const api = {} as Remote<{ open(): Promise<Proxied<Counter> | undefined> }>
  expectTypeOf(api.open()).resolves.toEqualTypeOf<Remote<Counter> | undefined>()
  expectTypeOf(api.open().add(1)).resolves.toEqualTypeOf<number>()
})

test('an unmarked object with methods counts as data', () => {
  expectTypeOf<Received<Counter>>().toEqualTypeOf<{ add: Remote<(by: number) => number> }>()
})

test('a proxy stays the proxy it is', () => {
  expectTypeOf<Received<Remote<Counter>>>().toEqualTypeOf<Remote<Counter>>()
  expectTypeOf<Received<Sync<Counter>[]>>().toEqualTypeOf<Sync<Counter>[]>()
})

test('promises settle here and iterables are iterated here', () => {
  expectTypeOf<Received<{ later: Promise<Notify> }>>().toEqualTypeOf<{
    later: Promise<Remote<Notify>>
  }>()
  expectTypeOf<Received<AsyncGenerator<Notify>>>().toExtend<AsyncIterable<Remote<Notify>>>()
  expectTypeOf<Received<Generator<number>>>().toExtend<AsyncIterableIterator<number>>()
  expectTypeOf<Received<Iterable<number>>>().toEqualTypeOf<
    Iterable<number> | AsyncIterable<number>
  >()
})
