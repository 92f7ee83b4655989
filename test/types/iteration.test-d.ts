/** Iterating what another context owns. */
import type { Remote, Sync } from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

interface Row {
  readonly id: number
  readonly done: () => void
}

interface Source {
  readonly list: string[]
  readonly map: Map<string, number>
  readonly set: Set<Row>
  rows(limit: number): AsyncGenerator<Row>
  counted(): Generator<number>
  copied(): Promise<Row[]>
  one(): Row
  readonly text: string
}

declare const source: Remote<Source>
declare const blocking: Sync<Source>

test('a property that is iterable', async () => {
  for await (const item of source.list) expectTypeOf(item).toEqualTypeOf<string>()
  for await (const item of source.map) expectTypeOf(item).toEqualTypeOf<[string, number]>()
  for await (const { done } of source.set) expectTypeOf(done).toEqualTypeOf<Remote<() => void>>()
  using list = {} as Remote<string[]>
  for await (const item of list) expectTypeOf(item).toEqualTypeOf<string>()
})

test('the result of a generator method, before it is here and after', async () => {
  for await (const row of source.rows(3)) expectTypeOf(row.id).toEqualTypeOf<number>()
  for await (const item of source.counted()) expectTypeOf(item).toEqualTypeOf<number>()
  for await (const row of source.copied())
    expectTypeOf(row.done).toEqualTypeOf<Remote<() => void>>()
  const rows = await source.rows(3)
  for await (const row of rows) expectTypeOf(row.id).toEqualTypeOf<number>()
})

test('what is not iterable is not', () => {
  expectTypeOf(source.one()).not.toExtend<AsyncIterable<unknown>>()
  // A string is a value: await it.
  expectTypeOf(source.text).not.toExtend<AsyncIterable<unknown>>()
  // A Remote is never iterated without waiting.
  expectTypeOf(source.list).not.toExtend<Iterable<unknown>>()
})

test('through a Sync', async () => {
  for (const item of blocking.list) expectTypeOf(item).toEqualTypeOf<string>()
  for (const [key, value] of blocking.map) {
    expectTypeOf(key).toEqualTypeOf<string>()
    expectTypeOf(value).toEqualTypeOf<number>()
  }
  for (const row of blocking.set) expectTypeOf(row.done).toEqualTypeOf<Sync<() => void>>()
  for (const item of blocking.counted()) expectTypeOf(item).toEqualTypeOf<number>()
  for (const row of blocking.rows(3)) expectTypeOf(row.id).toEqualTypeOf<number>()
  for await (const row of blocking.rows(3)) expectTypeOf(row.id).toEqualTypeOf<number>()
})
