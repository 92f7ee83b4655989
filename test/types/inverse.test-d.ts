/** From a proxy back to what it stands for, exactly. */
import type { Local, Remote, Sync } from '@farhold/core'
import { release, remote, sync } from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

class Account {
  private readonly pin = 1
  balance = 0
  readonly options: { readonly limit: number } = { limit: 1 }
  onChange?: (balance: number) => void
  check(pin: number): boolean {
    return pin === this.pin
  }
}

declare const asynchronous: Remote<Account>
declare const blocking: Sync<Account>

test('Local is the inverse of Remote and Sync', () => {
  expectTypeOf<Local<Remote<Account>>>().toEqualTypeOf<Account>()
  expectTypeOf<Local<Sync<Account>>>().toEqualTypeOf<Account>()
  expectTypeOf<Local<Remote<typeof Account>>>().toEqualTypeOf<typeof Account>()
  expectTypeOf<Local<typeof asynchronous.options>>().toEqualTypeOf<{ readonly limit: number }>()
  expectTypeOf<Local<number>>().toEqualTypeOf<number>()
})

test('one kind of proxy gives the other', () => {
  expectTypeOf(sync(asynchronous)).toEqualTypeOf<Sync<Account>>()
  expectTypeOf(remote(blocking)).toEqualTypeOf<Remote<Account>>()
  expectTypeOf(remote(sync(asynchronous))).toEqualTypeOf<Remote<Account>>()
})

test('the two kinds are not mistaken for each other', () => {
  expectTypeOf(asynchronous).not.toExtend<Sync<Account>>()
  expectTypeOf(blocking).not.toExtend<Remote<Account>>()
})

test('every proxy can be given to what takes any', () => {
  expectTypeOf(release).toBeCallableWith(asynchronous)
  expectTypeOf(release).toBeCallableWith(blocking)
  const generic = <T>(one: Remote<T>, other: Sync<T>): [Remote<unknown>, Sync<unknown>] => [
    one,
    other,
  ]
  return generic
})
