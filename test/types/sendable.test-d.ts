/** What may be given as an argument to another context. */
import type { Proxied, Remote, Sync } from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

class Product {
  readonly #price: number
  readonly name: string
  constructor(name: string, price: number) {
    this.name = name
    this.#price = price
  }
  price(): number {
    return this.#price
  }
}

interface Options {
  readonly tags: string[]
  step(total: number, ...items: string[]): number
  done?: (report: { readonly text: string }) => void
}

interface Cart {
  count: number
  label: string | null
  open: boolean
  add(product: Product): Promise<number>
  resize(width: number, height?: number, ...more: number[]): void
  rename(label: string | null): void
  toggle(open: boolean): void
  every(test: (product: { name: string; drop: () => void }) => boolean): boolean
  watch(watcher: Remote<(text: string) => number>): void
  configure(options: Options): void
  keep(products: Proxied<Product>): void
  later(products: Promise<Product>): void
  stream(items: AsyncIterable<Product>): void
  make(Class: new (name: string, price: number) => Product): void
  stop(signal: AbortSignal): void
  pick(
    choice: 'all' | { kind: 'one'; at: number } | { kind: 'test'; test(at: number): boolean },
  ): void
  anything(value: unknown): void
}

interface Shop {
  product(name: string): Product
  first: Product
  list: Product[]
  title(): Promise<string>
}

declare const cart: Remote<Cart>
declare const shop: Remote<Shop>
declare const blocking: Sync<Shop>

test('the value itself', () => {
  cart.add(new Product('tea', 3))
  cart.resize(1)
  cart.resize(1, 2, 3, 4)
  cart.rename(null)
  cart.pick('all')
  cart.pick({ kind: 'one', at: 1 })
  cart.stop(AbortSignal.timeout(1))
  cart.later(Promise.resolve(new Product('tea', 3)))
  cart.make(Product)
  // @ts-expect-error: wrong type
  cart.resize('1')
  // @ts-expect-error: missing
  cart.add()
  // @ts-expect-error: a look-alike is no Product
  cart.add({ name: 'tea', price: () => 3 })
  // @ts-expect-error: nor is nothing
  cart.add({})
})

test('a proxy of the value, or a result that has not arrived', async () => {
  expectTypeOf(cart.add(shop.product('tea'))).resolves.toEqualTypeOf<number>()
  cart.add(shop.first)
  cart.add(blocking.product('tea') as Sync<Product>)
  cart.keep(shop.product('tea'))
  cart.toggle(cart.open)
  cart.rename(cart.label)
  cart.rename(shop.title())
  cart.resize(cart.count, cart.count)
  cart.anything(shop)
  // @ts-expect-error: a proxy of something else
  cart.add(shop)
  // @ts-expect-error: it may be undefined
  cart.add(shop.list.at(0))
  // @ts-expect-error: a result of another type
  cart.resize(shop.title())
})

test('a proxy inside of data', () => {
  const sales = {} as Remote<{ report(by: { lines: { product: Product; count: number }[] }): void }>
  sales.report({ lines: [{ product: shop.product('tea'), count: cart.count }] })
  const lines = [{ product: new Product('tea', 3), count: 1 }] as const
  sales.report({ lines })
  // @ts-expect-error: a proxy of something else
  sales.report({ lines: [{ product: cart, count: 1 }] })
})

test('a function is a local one, that sees what arrives', () => {
  cart.every((product) => {
    expectTypeOf(product.name).toEqualTypeOf<string>()
    expectTypeOf(product.drop).toEqualTypeOf<Remote<() => void>>()
    return true
  })
  cart.every(async (product) => product.name === 'tea')
  cart.every(() => cart.open)
  // @ts-expect-error: the wrong parameter
  cart.every((product: number) => product > 1)
  // @ts-expect-error: the wrong result
  cart.every(() => 1)
})

test('a function that is declared as a Remote is given as a local one', () => {
  cart.watch((text) => text.length)
  cart.watch(async (text) => text.length)
})

test('functions inside of data know their parameters', () => {
  cart.configure({
    tags: ['a'],
    step: (total, ...items) => total + items.length,
    done: (report) => report.text.length,
  })
  cart.pick({ kind: 'test', test: (at) => at > 1 })
})

test('what stays alive', () => {
  async function* products(): AsyncGenerator<Product> {
    yield new Product('tea', 3)
  }
  cart.stream(products())
})
