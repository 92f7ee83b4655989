/** Call options, scopes and the current call. */
import {
  type CallOptions,
  type CurrentCall,
  currentCall,
  type Proxied,
  proxy,
  type Remote,
  released,
  type Sync,
  scope,
  snapshot,
  withOptions,
} from '@farhold/core'
import { expectTypeOf, test } from 'vitest'

interface Search {
  run(query: string): Promise<string[]>
  readonly size: number
  cursor(): Proxied<{ next(): number }>
}

declare const search: Remote<Search>
declare const blocking: Sync<Search>
declare const signal: AbortSignal

test('withOptions gives the same type', () => {
  expectTypeOf(withOptions(search, { signal, timeout: 1, prefetch: 2 })).toEqualTypeOf<
    Remote<Search>
  >()
  expectTypeOf(withOptions(blocking, {})).toEqualTypeOf<Sync<Search>>()
  expectTypeOf(withOptions(search.run, { timeout: 1 })).toEqualTypeOf(search.run)
  expectTypeOf<AbortSignal>().toExtend<NonNullable<CallOptions['signal']>>()
})

test('withOptions refuses what it does not take', () => {
  // @ts-expect-error: no object
  withOptions(5, {})
  // @ts-expect-error: a time is a number
  withOptions(search, { timeout: '5s' })
  // @ts-expect-error: a signal, not its controller
  withOptions(search, { signal: new AbortController() })
  // @ts-expect-error: no such option
  withOptions(search, { retries: 3 })
})

test('scope gives what the function gives', () => {
  expectTypeOf(scope(() => 1)).toEqualTypeOf<Promise<number>>()
  expectTypeOf(scope(async () => 'text')).toEqualTypeOf<Promise<string>>()
  expectTypeOf(scope(() => search.run('query'))).resolves.toEqualTypeOf<string[]>()
  expectTypeOf(scope(() => snapshot(search.size))).resolves.toEqualTypeOf<number>()
  // @ts-expect-error: a function
  void scope(Promise.resolve(1))
})

test('the current call is there or not', () => {
  expectTypeOf(currentCall()).toEqualTypeOf<CurrentCall | undefined>()
  expectTypeOf<CurrentCall['caller']>().toEqualTypeOf<string>()
  expectTypeOf<CurrentCall['signal']>().toExtend<NonNullable<CallOptions['signal']>>()
  // @ts-expect-error: there may be none
  currentCall().signal
})

test('hooks', () => {
  proxy({}, { released: () => undefined })
  // @ts-expect-error: a function
  proxy({}, { released: true })
  class Cursor {
    [released](): void {}
  }
  expectTypeOf(new Cursor()).toHaveProperty(released)
})
