/** What may be said of an object when it is exposed: its own names, and validators of its own methods. */
import {
  connect,
  type ExposeOptions,
  expose,
  loopback,
  type NarrowingOptions,
  type OperationName,
  type Policy,
  type Proxied,
  proxy,
  type SchemaError,
  type SchemaIssue,
  type StandardSchema,
} from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { expose as exposeInWorker, spawnWorker } from '@farhold/transport-worker'
import { type } from 'arktype'
import * as v from 'valibot'
import { expectTypeOf, test } from 'vitest'
import * as z from 'zod'

class Account {
  balance = 0
  readonly #pin = 0
  private readonly secret = 1
  readonly owner: string
  constructor(owner: string) {
    this.owner = owner
  }
  deposit(amount: number, note?: string): number {
    this.balance += amount + this.#pin + this.secret
    return this.balance + (note?.length ?? 0)
  }
  async find(id: string): Promise<{ id: string }> {
    return { id }
  }
  sum(...values: number[]): number {
    return values.length
  }
  static open(owner: string): Account {
    return new Account(owner)
  }
}

const account = new Account('Ada')
const [here] = loopback()
declare const number: StandardSchema<unknown, number>
declare const text: StandardSchema<unknown, string>

test('names are the object’s own', () => {
  expectTypeOf(
    proxy(account, { only: ['balance', 'deposit'], methods: ['deposit'] }),
  ).toEqualTypeOf<Proxied<Account>>()
  expose(account, here, { only: ['balance'], name: 'owner', writes: 'none' })
  exposeInWorker(account, { only: ['balance'], methods: [] })
  // @ts-expect-error: no such name
  proxy(account, { only: ['balanze'] })
  // @ts-expect-error: a private one
  proxy(account, { only: ['secret'] })
  // @ts-expect-error: no such name
  expose(account, here, { only: ['balanze'] })
  // @ts-expect-error: no such name
  exposeInWorker(account, { only: ['balanze'] })
  // @ts-expect-error: no method
  proxy(account, { methods: ['balance'] })
  // @ts-expect-error: a list
  proxy(account, { only: 'balance' })
  // @ts-expect-error: whoever connects exposes nothing
  connect<Account>(here, { only: ['balance'] })
})

test('validators give what methods take', () => {
  proxy(account, { schema: { deposit: { args: [number, text] } } })
  proxy(account, {
    schema: {
      deposit: { args: [z.number(), z.string().optional()], result: z.number() },
      find: { args: v.tuple([v.string()]), result: v.object({ id: v.string() }) },
      sum: { args: type('number[]') },
    },
  })
  expose(account, here, { schema: { sum: { args: z.array(z.number()) } } })
  exposeInWorker(account, { schema: { sum: { args: [z.number(), z.number()] } } })
  // @ts-expect-error: no such method
  proxy(account, { schema: { despoit: { args: [number] } } })
  // @ts-expect-error: no method
  proxy(account, { schema: { balance: { args: [number] } } })
  // @ts-expect-error: it takes a number first
  proxy(account, { schema: { deposit: { args: [text, text] } } })
  // @ts-expect-error: it takes numbers
  proxy(account, { schema: { sum: { args: z.array(z.string()) } } })
  // @ts-expect-error: no validator
  proxy(account, { schema: { deposit: { args: [Number] } } })
  // @ts-expect-error: no such part
  proxy(account, { schema: { deposit: { arguments: [number] } } })
  // @ts-expect-error: it takes a number
  expose(account, here, { schema: { deposit: { args: [text] } } })
})

test('functions and classes have validators of their own', () => {
  const notify = (id: number): string => String(id)
  proxy(notify, { schema: { args: [number], result: text } })
  // @ts-expect-error: it takes a number
  proxy(notify, { schema: { args: [text] } })
  proxy(Account, { only: ['open'], schema: { args: [text], open: { args: [text] } } })
  // @ts-expect-error: its constructor takes a text
  proxy(Account, { schema: { args: [number] } })
  // @ts-expect-error: a method of its instances is none of its own
  proxy(Account, { schema: { deposit: { args: [number] } } })
})

test('what is known of an object only later', () => {
  const options = <T extends object>(narrowing: NarrowingOptions<T>): ExposeOptions<T> => narrowing
  expectTypeOf(options<Account>({ only: ['balance'] })).toExtend<ExposeOptions<Account>>()
  const record: Record<string, (n: number) => number> = {}
  proxy(record, { only: ['a', 'b'], methods: ['a'], schema: { a: { args: [number] } } })
})

test('arrays, Maps, a class with toString', () => {
  class Text {
    toString(): string {
      return ''
    }
    say(words: string): string {
      return words
    }
  }
  proxy(new Text(), { only: ['toString', 'say'], schema: { say: { args: [text] } } })
  proxy([1, 2], {
    only: [0, 'length', 'push'],
    methods: ['push'],
    schema: { push: { args: [number] } },
  })
  proxy(new Map([['a', 1]]), {
    methods: ['get'],
    schema: { get: { args: [text], result: number } },
  })
  // @ts-expect-error: it has texts as keys
  proxy(new Map([['a', 1]]), { schema: { get: { args: [number] } } })
})

test('errors', () => {
  expectTypeOf<SchemaError['code']>().toEqualTypeOf<'FARHOLD_SCHEMA'>()
  expectTypeOf<SchemaError['issues']>().toEqualTypeOf<readonly SchemaIssue[]>()
  expectTypeOf<SchemaIssue['path']>().toEqualTypeOf<readonly (string | number)[]>()
})

test('a policy', () => {
  const policy: Policy = {
    allow: ({ operation, className, key, peer, path }) => {
      expectTypeOf(operation).toEqualTypeOf<OperationName>()
      expectTypeOf(path).toEqualTypeOf<readonly PropertyKey[]>()
      return operation === 'call' && className === 'Account' && key === 'deposit' && peer !== ''
    },
    distort: (object) => object,
  }
  expectTypeOf(spawnIsolate({ policy })).toBeObject()
  expectTypeOf(spawnWorker('', { policy })).toBeObject()
  connect(here, { policy })
  expose(account, here, { policy, only: ['balance'] })
  // @ts-expect-error: it decides at once
  connect(here, { policy: { allow: async () => true } })
  // @ts-expect-error: no such operation
  connect(here, { policy: { allow: ({ operation }) => operation === 'read' } })
  // @ts-expect-error: an object
  connect(here, { policy: { distort: () => 5 } })
})
