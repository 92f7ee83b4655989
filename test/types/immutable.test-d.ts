/** An immutable value is readonly throughout for who made it, and data like any other for who receives it. */
import { type Immutable, immutable, type Received, type Remote, type Sync } from '@farhold/core'
import { describe, expectTypeOf, test } from 'vitest'

interface Config {
  currency: string
  rates: number[]
  pair: [number, string]
  lines?: { at: { x: number }[] }
  bytes: Uint8Array<ArrayBuffer>
  rule: RegExp
}

class Money {
  readonly #cents: number
  private readonly note = ''

  constructor(cents: number) {
    this.#cents = cents
  }

  show(): string {
    return `${this.#cents}${this.note}`
  }
}

declare const config: Config
declare const pricing: Remote<{
  price(config: Config): number
  rates(list: readonly number[]): number
  show(money: Money): string
  settings: Immutable<{ list: { a: number }[] }>
  give(): Immutable<{ list: { a: number }[] }>
}>
declare const blocking: Sync<{
  sum(list: { readonly items: readonly number[] }): number
  give(): Immutable<{ list: { a: number }[] }>
}>

describe('Immutable', () => {
  test('is readonly throughout', () => {
    const made = immutable({ list: [{ a: 1 }], pair: ['a', 1] as [string, number] })
    expectTypeOf(made).toEqualTypeOf<{
      readonly list: readonly { readonly a: number }[]
      readonly pair: readonly [string, number]
    }>()
    // @ts-expect-error: it is frozen
    made.list.push({ a: 2 })
    // @ts-expect-error: so is what is in it
    if (made.list[0] !== undefined) made.list[0].a = 2
    expectTypeOf<Immutable<Config>['lines']>().toEqualTypeOf<
      { readonly at: readonly { readonly x: number }[] } | undefined
    >()
  })

  test('leaves what has nothing to change', () => {
    expectTypeOf(immutable(1 as number)).toEqualTypeOf<number>()
    expectTypeOf(immutable('a' as 'a' | undefined)).toEqualTypeOf<'a' | undefined>()
    expectTypeOf<Immutable<Config>['rule']>().toEqualTypeOf<RegExp>()
    expectTypeOf<Immutable<unknown>>().toEqualTypeOf<unknown>()
    expectTypeOf<Immutable<Money>>().toEqualTypeOf<Money>()
  })

  test('says that bytes may be in shared memory', () => {
    expectTypeOf(immutable(config).bytes).toEqualTypeOf<Uint8Array>()
    expectTypeOf(immutable(new Float64Array(1))).toEqualTypeOf<Float64Array>()
    expectTypeOf(immutable(new ArrayBuffer(1))).toEqualTypeOf<ArrayBufferLike>()
  })

  test('is given where data is expected', () => {
    expectTypeOf(pricing.rates(immutable([1, 2]))).resolves.toEqualTypeOf<number>()
    expectTypeOf(pricing.show(immutable(new Money(1)))).resolves.toEqualTypeOf<string>()
    expectTypeOf(blocking.sum(immutable({ items: [1] }))).toEqualTypeOf<number>()
    const { bytes: _, ...data } = config
    expectTypeOf(immutable(data)).toExtend<
      Parameters<Remote<{ f(data: Omit<Config, 'bytes'>): void }>['f']>[0]
    >()
  })

  test('arrives as what it is', () => {
    interface Given {
      readonly list: readonly { readonly a: number }[]
    }
    expectTypeOf(pricing.give()).resolves.toEqualTypeOf<Given>()
    expectTypeOf(pricing.settings).resolves.toEqualTypeOf<Given>()
    expectTypeOf<Received<Immutable<{ a: number }>>>().toEqualTypeOf<{ readonly a: number }>()
    expectTypeOf(blocking.give()).toEqualTypeOf<Given>()
  })
})
