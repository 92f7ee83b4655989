/**
 * What TypeScript cannot express about a proxy, one test each, with the way out. A test here that fails may be
 * good news.
 */
import type { Received, Remote, Sync } from '@farhold/core'
import { RemoteReflect } from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

interface Account {
  balance: number
  options: { limit: number }
  format: (balance: number) => string
  check(pin: number): boolean
}

class Product {
  name = 'tea'
}

declare const account: Remote<Account>
declare const blocking: Sync<{ product: Product & { price(): number } }>

test('a mapped type has no setter: values are written by RemoteReflect.set', async () => {
  // @ts-expect-error: works at run time
  account.balance = 5
  // @ts-expect-error: works at run time
  account.options = { limit: 1 }
  // @ts-expect-error: a function that is always there is read as a method
  account.format = (balance) => String(balance)
  await RemoteReflect.set(account, 'balance', 5)
})

test('through a Sync, an object with methods is replaced by Reflect.set', () => {
  const product = Object.assign(new Product(), { price: () => 3 })
  // @ts-expect-error: works at run time
  blocking.product = product
  Reflect.set(blocking, 'product', product)
})

test('the type parameters of a function are lost: say what comes back', async () => {
  const remote = {} as Remote<{ same<T>(value: T): T }>
  expectTypeOf(await remote.same(1)).toBeUnknown()
})

test('a type does not say whether a class is registered: say so with Proxied, or read it as data', () => {
  expectTypeOf<Received<Product>>().toEqualTypeOf<{ name: string }>()
})

test('what can be called has the members of Function, which are not those of the owner', () => {
  expectTypeOf(account.check.length).toEqualTypeOf<number>()
})
