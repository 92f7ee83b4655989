/** How much of a function's signatures survives. */
import type { Remote, Sync } from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

interface Overloaded {
  two(value: string): string
  two(value: number): Promise<number>
  four(): 0
  four(a: string): 1
  four(a: string, b: number): 2
  four(a: boolean): Promise<3>
  five(a: 1): 1
  five(a: 2): 2
  five(a: 3): 3
  five(a: 4): 4
  five(a: 5): 5
}

interface Events {
  open: { at: number }
  close: { why: string }
}

interface Generic {
  same<T>(value: T): T
  later<T>(value: T): Promise<T>
  first<T extends { id: number }>(items: T[]): T
  pick<T, K extends keyof T>(from: T, key: K): T[K]
  on<K extends keyof Events>(name: K, listener: (event: Events[K]) => void): this
}

declare const overloaded: Remote<Overloaded>
declare const generic: Remote<Generic>
declare const blockingOverloaded: Sync<Overloaded>
declare const blockingGeneric: Sync<Generic>

test('up to four overloads', async () => {
  expectTypeOf(await overloaded.two('x')).toEqualTypeOf<string>()
  expectTypeOf(await overloaded.two(1)).toEqualTypeOf<number>()
  expectTypeOf(await overloaded.four()).toEqualTypeOf<0>()
  expectTypeOf(await overloaded.four('x')).toEqualTypeOf<1>()
  expectTypeOf(await overloaded.four('x', 1)).toEqualTypeOf<2>()
  expectTypeOf(await overloaded.four(true)).toEqualTypeOf<3>()
  // @ts-expect-error: in none of them
  overloaded.two(true)
})

test('the first of five overloads is lost', async () => {
  expectTypeOf(await overloaded.five(5)).toEqualTypeOf<5>()
  expectTypeOf(await overloaded.five(2)).toEqualTypeOf<2>()
  // @ts-expect-error: inference sees the last four
  overloaded.five(1)
})

test('type parameters become their constraints', async () => {
  expectTypeOf(await generic.same(1)).toBeUnknown()
  expectTypeOf(await generic.later(1)).toBeUnknown()
  const items = [{ id: 1, name: 'x' }]
  expectTypeOf(await generic.first(items)).toEqualTypeOf<{ id: number }>()
  expectTypeOf(await generic.pick({ a: 1 }, 'a')).toBeUnknown()
  generic.on('open', (event) => expectTypeOf(event).toEqualTypeOf<Events[keyof Events]>())
  // @ts-expect-error: outside the constraint
  generic.on('other', () => undefined)
})

test('a Sync awaits the result of each overload', () => {
  expectTypeOf(blockingOverloaded.two('x')).toEqualTypeOf<string>()
  expectTypeOf(blockingOverloaded.two(1)).toEqualTypeOf<number>()
  expectTypeOf(blockingOverloaded.four(true)).toEqualTypeOf<3>()
})

test('a Sync keeps the type parameters of a function whose result needs no change', () => {
  expectTypeOf(blockingGeneric.same(1 as number)).toEqualTypeOf<number>()
  expectTypeOf(blockingGeneric.first([{ id: 1, name: 'x' }])).toEqualTypeOf<{
    id: number
    name: string
  }>()
  expectTypeOf(blockingGeneric.pick({ a: 1 }, 'a')).toEqualTypeOf<number>()
  expectTypeOf(blockingGeneric.later(1)).toBeUnknown()
})
