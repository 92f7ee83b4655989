import {
  type Context,
  type HeldLock,
  type LockManagerSnapshot,
  lock,
  lockSync,
  type Proxied,
  protect,
  type Remote,
  type Sync,
  withOptions,
} from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

class Account {
  balance = 0
  owner = ''
  deposit(amount: number): void {
    this.balance += amount
  }
}

declare const account: Remote<Account>
declare const other: Remote<{ name: string }>
declare const blocking: Sync<Account>
declare const context: Context<{ account: Account }>

test('the callback gets what was asked for, and its result is that of the lock', () => {
  expectTypeOf(
    lock(account, (held) => {
      expectTypeOf(held).toEqualTypeOf<Remote<Account>>()
      return held.balance
    }),
  ).resolves.toBeNumber()
  expectTypeOf(lock(blocking, (held) => held.balance)).resolves.toBeNumber()
  expectTypeOf(lock(new Account(), (held) => held.owner)).resolves.toBeString()
  expectTypeOf(lock(account, async () => 1)).resolves.toBeNumber()
})

test('several targets are several arguments, each of its own type', () => {
  void lock([account, other], async (one, two) => {
    expectTypeOf(one).toEqualTypeOf<Remote<Account>>()
    expectTypeOf(two).toEqualTypeOf<Remote<{ name: string }>>()
  })
})

test('with ifAvailable it may be null', () => {
  void lock(account, { ifAvailable: true }, (held) => {
    expectTypeOf(held).toEqualTypeOf<Remote<Account> | null>()
  })
  void lock(account, { mode: 'shared', timeout: 5 }, (held) => {
    expectTypeOf(held).toEqualTypeOf<Remote<Account>>()
  })
  // @ts-expect-error there is no such mode
  void lock(account, { mode: 'both' }, () => 1)
})

test('lockSync gives what the callback gives', () => {
  expectTypeOf(lockSync(blocking, (held) => held.owner)).toBeString()
})

test('protect names the methods that read', () => {
  expectTypeOf(protect(new Account(), { read: ['balance'] })).toEqualTypeOf<Proxied<Account>>()
  // @ts-expect-error no such method
  protect(new Account(), { read: ['widthdraw'] })
})

test('the lock of a context', () => {
  void context.lock.request((held) => {
    expectTypeOf(held).toEqualTypeOf<HeldLock>()
    expectTypeOf(withOptions(account, { held })).toEqualTypeOf<Remote<Account>>()
  })
  void context.lock.request({ ifAvailable: true }, (held) => {
    expectTypeOf(held).toEqualTypeOf<HeldLock | null>()
  })
  expectTypeOf(context.lock.query()).resolves.toEqualTypeOf<LockManagerSnapshot>()
})
