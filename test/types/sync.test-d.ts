/** A Sync looks like what it stands for, and never gives a promise. */
import type { Proxied, Remote, Sync } from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

class Product {
  readonly #price = 3
  name = 'tea'
  price(): number {
    return this.#price
  }
}

interface Account {
  balance: number
  readonly owner: { readonly name: string } | undefined
  readonly products: Product[]
  readonly best: Product
  readonly byName: Record<string, Product>
  readonly opened: Date
  readonly ready: Promise<boolean>
  readonly elsewhere: Remote<Product>
  withdraw(amount: number): Promise<number>
  add(product: Product): void
  report(): Promise<{ lines: string[]; again: () => Promise<number> }>
  open(): Proxied<Product> | undefined
  filter(test: (product: { name: string }) => boolean): string[]
}

declare const account: Sync<Account>

test('properties are values or live proxies', () => {
  expectTypeOf(account.balance).toEqualTypeOf<number>()
  expectTypeOf(account.owner?.name).toEqualTypeOf<string | undefined>()
  expectTypeOf(account.best).toEqualTypeOf<Sync<Product>>()
  expectTypeOf(account.best.price()).toEqualTypeOf<number>()
  expectTypeOf(account.byName.tea?.name).toEqualTypeOf<string | undefined>()
  expectTypeOf(account.opened.getTime()).toEqualTypeOf<number>()
  expectTypeOf(account.ready).resolves.toEqualTypeOf<boolean>()
  expectTypeOf(account.elsewhere).toEqualTypeOf<Sync<Product>>()
})

test('array methods run here, on live items', () => {
  expectTypeOf(account.products[0]?.price()).toEqualTypeOf<number | undefined>()
  expectTypeOf(account.products.map((product) => product.price())).toEqualTypeOf<number[]>()
  expectTypeOf(account.products.filter((product) => product.price() > 3)[0]?.name).toEqualTypeOf<
    string | undefined
  >()
})

test('a result is awaited there', () => {
  expectTypeOf(account.withdraw(1)).toEqualTypeOf<number>()
  expectTypeOf(account.report().lines).toEqualTypeOf<string[]>()
  expectTypeOf(account.report().again()).toEqualTypeOf<number>()
  expectTypeOf(account.open()).toEqualTypeOf<Sync<Product> | undefined>()
})

test('arguments are those of a Remote', () => {
  const remote = {} as Remote<Account>
  account.add(new Product())
  account.add(account.best)
  account.add(remote.best)
  remote.add(account.best)
  account.filter((product) => product.name === 'tea')
  account.filter(async (product) => product.name === 'tea')
  // @ts-expect-error: a proxy of something else
  account.add(account)
})

test('a Sync is given up by using', () => {
  using held = account
  expectTypeOf(held[Symbol.dispose]).toEqualTypeOf<() => void>()
})

test('instanceof a class of the owner says what a value is', () => {
  const OwnersProduct = {} as Sync<typeof Product>
  const found: unknown = account.best
  if (found instanceof OwnersProduct) expectTypeOf(found).toEqualTypeOf<Sync<Product>>()
  expectTypeOf(new OwnersProduct().price()).toEqualTypeOf<number>()
})

test('a function of the owner is a tag', () => {
  const tag = {} as Sync<(strings: TemplateStringsArray, ...values: number[]) => string>
  expectTypeOf(tag`a${1}`).toEqualTypeOf<string>()
  // @ts-expect-error: values are numbers
  tag`a${'text'}`
})

test('private members are not there', () => {
  class Safe {
    private readonly hidden = 1
    shown(): number {
      return this.hidden
    }
  }
  const safe = {} as Sync<Safe>
  expectTypeOf(safe.shown()).toEqualTypeOf<number>()
  // @ts-expect-error: private
  safe.hidden
})

test('what is typed as anything is anything', () => {
  type Anything = ReturnType<typeof JSON.parse>
  expectTypeOf<Sync<Anything>>().toBeAny()
  expectTypeOf<Sync<{ parse(): Anything }>['parse']>().returns.toBeAny()
  expectTypeOf(account).toExtend<Sync<unknown>>()
})
