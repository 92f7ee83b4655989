/** What one can do with a Remote: go on through properties, call, await, and use a result before it is here. */
import type { Remote, RemoteProperty, RemoteResult } from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

interface Profile {
  readonly name: string
  readonly address: { readonly city: string } | undefined
}

interface User {
  id: number
  nickname?: string
  profile(): Profile
  friends(limit?: number): Promise<User[]>
}

interface Api {
  readonly version: '1.2.0'
  readonly ready: Promise<boolean>
  user(id: number): User
  find(name: string): Promise<User | undefined>
  fail(): never
  nothing(): void
}

declare const api: Remote<Api>

test('a property is a promise of its value', () => {
  expectTypeOf(api.version).toEqualTypeOf<RemoteProperty<'1.2.0'>>()
  expectTypeOf(api.version).toExtend<Promise<'1.2.0'>>()
  expectTypeOf(api.ready).resolves.toEqualTypeOf<boolean>()
  expectTypeOf(api.version.then((version) => version.length)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(api.version.finally(() => undefined)).toExtend<Promise<'1.2.0'>>()
})

test('awaiting is part of an expression', async () => {
  expectTypeOf((await api.user(1).id) >= 100).toEqualTypeOf<boolean>()
})

test('forgetting to await is an error', () => {
  // @ts-expect-error: a promise is no number
  api.user(1).id >= 100
  // @ts-expect-error: a promise is no string
  const version: string = api.version
  return version
})

test('a result is a promise, never of a promise', async () => {
  expectTypeOf(api.user(1)).toEqualTypeOf<RemoteResult<User>>()
  expectTypeOf(await api.find('x')).toEqualTypeOf<Awaited<RemoteResult<User | undefined>>>()
  expectTypeOf(await api.nothing()).toEqualTypeOf<void>()
  expectTypeOf(api.fail()).resolves.toBeNever()
})

test('a result is a Promise for all that takes one', async () => {
  const profile = async (): Promise<Profile> => api.user(1).profile()
  const promise: Promise<string> = api.version
  const [version, ready] = await Promise.all([api.version, api.ready])
  expectTypeOf(version).toEqualTypeOf<'1.2.0'>()
  expectTypeOf(ready).toEqualTypeOf<boolean>()
  return [profile, promise]
})

test('a result can be used before it arrives', async () => {
  expectTypeOf(await api.user(1).profile().name).toEqualTypeOf<string>()
  expectTypeOf(await api.user(1).profile().name.length).toEqualTypeOf<number>()
  expectTypeOf(await api.user(1).profile().name.toUpperCase()).toEqualTypeOf<string>()
  expectTypeOf(await api.find('x').profile().name).toEqualTypeOf<string>()
  expectTypeOf(await api.find('x').profile().address.city).toEqualTypeOf<string>()
})

test('optional stays optional, readonly stays readonly', async () => {
  expectTypeOf(await api.user(1).nickname).toEqualTypeOf<string | undefined>()
  // @ts-expect-error: readonly
  api.version = '1.2.0'
})

test('a Remote is not thenable', async () => {
  expectTypeOf(await api).toEqualTypeOf<Remote<Api>>()
  // @ts-expect-error: it has no then
  api.then
})

test('then, catch and finally of a result are those of the promise', () => {
  const remote = {} as Remote<{ get(): { then: number; catch(): string; other: number } }>
  expectTypeOf(remote.get().then).toEqualTypeOf<Promise<Awaited<Result>>['then']>()
  expectTypeOf(remote.get().catch).toEqualTypeOf<Promise<Awaited<Result>>['catch']>()
  expectTypeOf(remote.get().other).resolves.toEqualTypeOf<number>()
  type Result = ReturnType<typeof remote.get>
})

test('a Remote is given up by using', () => {
  using held = api
  expectTypeOf(held[Symbol.dispose]).toEqualTypeOf<() => void>()
  expectTypeOf(held[Symbol.asyncDispose]).toEqualTypeOf<() => Promise<void>>()
})

test('what a peer may not touch, and what is private, is not there', () => {
  class Safe {
    readonly #secret = 1
    private readonly hidden = 2
    protected readonly inner = 3
    shown(): number {
      return this.#secret + this.hidden + this.inner
    }
  }
  const safe = {} as Remote<Safe>
  expectTypeOf(safe.shown()).resolves.toEqualTypeOf<number>()
  // @ts-expect-error: private
  safe.hidden
  // @ts-expect-error: protected
  safe.inner
  // @ts-expect-error: no such property
  safe.missing
  // @ts-expect-error: the names of the prototype do not exist for a peer
  safe.prototype
})

test('a Remote of more is a Remote of less', () => {
  const more = {} as Remote<{ a: number; b: string }>
  expectTypeOf(more).toExtend<Remote<{ a: number }>>()
  expectTypeOf(more).toExtend<Remote<unknown>>()
  expectTypeOf(more).not.toExtend<Remote<{ a: string }>>()
  expectTypeOf<Remote<{ a: number }>>().not.toExtend<typeof more>()
})

test('an untyped Remote can be tried in every way', async () => {
  type Anything = ReturnType<typeof JSON.parse>
  const anything = {} as Remote<Anything>
  expectTypeOf(await anything.a.b.c(1, 'x').d).toBeAny()
  expectTypeOf(await new anything.Thing(1)).toBeAny()
  expectTypeOf(await anything(1)).toBeAny()
  const typed = {} as Remote<{ parse(text: string): Anything }>
  expectTypeOf(await typed.parse('1')).toBeAny()
  // @ts-expect-error: still a promise
  typed.parse('1') + 1
})

test('a recursive type is followed as far as it is used', async () => {
  interface Tree {
    readonly value: number
    readonly parent: Tree | undefined
    readonly children: readonly Tree[]
    readonly byName: Map<string, Tree>
    visit(visitor: (tree: Tree) => boolean): Tree | undefined
  }
  const tree = {} as Remote<Tree>
  const found = tree.parent.children.at(0).visit((at) => at.value > 1).parent
  expectTypeOf(await found.value).toEqualTypeOf<number>()
  expectTypeOf(await found.byName.get('x').value).toEqualTypeOf<number>()
})
