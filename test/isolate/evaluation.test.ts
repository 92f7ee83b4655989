import { type Context, contextOf, contexts, isProxy, WouldBlockError } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

let sandbox: Context

beforeAll(async () => {
  sandbox = await spawnIsolate({ name: 'sandbox', timeout: 2000 })
})

afterAll(() => sandbox.close())

describe('eval and evalSync', () => {
  test('give a copy of the completion value', async () => {
    const code = `({ list: [1, -0, NaN, 2n], map: new Map([['a', new Date(0)]]), none: undefined })`
    const expected = {
      list: [1, -0, NaN, 2n],
      map: new Map([['a', new Date(0)]]),
      none: undefined,
    }
    expect(await sandbox.eval(code)).toEqual(expected)
    expect(sandbox.evalSync(code)).toEqual(expected)
    expect(sandbox.evalSync('let a = 1; a + 1')).toBe(2)
  })

  test('share one global scope', async () => {
    await sandbox.eval('globalThis.kept = 1; function bump() { return ++kept }')
    expect(sandbox.evalSync('bump()')).toBe(2)
    expect(await sandbox.eval('kept')).toBe(2)
  })

  test('eval waits for a promise; evalSync says that it cannot', async () => {
    expect(await sandbox.eval('Promise.resolve({ a: 1 })')).toEqual({ a: 1 })
    expect(await sandbox.eval('(async () => { await null; return 5 })()')).toBe(5)
    expect(() => sandbox.evalSync('new Promise(() => {})')).toThrow(WouldBlockError)
    expect(sandbox.evalSync('1 + 1')).toBe(2)
  })

  test('call and callSync run a function, or its source', async () => {
    expect(await sandbox.call((a, b) => a * b, 6, 7)).toBe(42)
    expect(sandbox.callSync((list: number[]) => list.map((x) => x + 1), [1, 2])).toEqual([2, 3])
    expect(sandbox.callSync('function (x) { return typeof x }', {})).toBe('object')
    expect(await sandbox.call(async (x: string) => `${x}!`, 'a')).toBe('a!')
  })

  test('functions that are results are proxies, and work', async () => {
    const add = (await sandbox.eval('(a, b) => a + b')) as (a: number, b: number) => Promise<number>
    expect(isProxy(add)).toBe(true)
    expect(contextOf(add)).toBe('sandbox')
    expect(await add(1, 2)).toBe(3)
    const addSync = sandbox.evalSync('(a, b) => a + b') as (a: number, b: number) => number
    expect(addSync(1, 2)).toBe(3)
  })

  test('a callback of the guest is called by the host, later', async () => {
    let heard: ((x: number) => Promise<number>) | undefined
    await sandbox.bind({
      register: (callback: (x: number) => Promise<number>) => {
        heard = callback
      },
    })
    sandbox.evalSync('let sum = 0; register((x) => sum += x)')
    expect(await heard?.(2)).toBe(2)
    expect(await heard?.(3)).toBe(5)
  })
})

describe('where a mistake is', () => {
  const code = 'const here = 1\n  nowhere(here)'

  test('a runtime error has the file, the line and the column in its stack', async () => {
    const errors = [
      await failureOf(sandbox.eval(code, { filename: 'calc.js' })),
      await failureOf((async () => sandbox.evalSync(code, { filename: 'calc.js' }))()),
    ]
    for (const error of errors) {
      expect(error).toBeInstanceOf(ReferenceError)
      expect((error as Error).message).toBe('nowhere is not defined')
      expect((error as Error).stack).toContain('calc.js:2:3')
      expect((error as Error).stack).toContain('[context "sandbox"')
    }
  })

  test('a syntax error has them in its message', async () => {
    const broken = 'const a = 1\n  const = 2'
    const errors = [
      await failureOf(sandbox.eval(broken, { filename: 'calc.js' })),
      await failureOf((async () => sandbox.evalSync(broken, { filename: 'calc.js' }))()),
    ]
    for (const error of errors) {
      expect(error).toBeInstanceOf(SyntaxError)
      expect((error as Error).message).toBe("Unexpected token '=' [calc.js:2:9]")
    }
    expect(((await failureOf(sandbox.eval('a b'))) as Error).message).toMatch(/\[eval:1:3\]/)
  })

  test("a syntax error that the guest's own eval throws is the guest's", async () => {
    const error = await failureOf(sandbox.eval('eval("a b")', { filename: 'outer.js' }))
    expect(error).toBeInstanceOf(SyntaxError)
    expect((error as Error).message).toBe("Unexpected identifier 'b'")
  })

  test('errors keep class, message, own properties, cause and errors', async () => {
    const error = await failureOf(
      sandbox.eval(
        `throw Object.assign(new AggregateError([new TypeError('one')], 'all', { cause: { why: 1 } }), { code: 'E' })`,
      ),
    )
    expect(error).toBeInstanceOf(AggregateError)
    expect(error).toMatchObject({ message: 'all', code: 'E', cause: { why: 1 } })
    expect((error as AggregateError).errors[0]).toBeInstanceOf(TypeError)
  })

  test('what is thrown and is no error arrives as it is', async () => {
    expect(await failureOf(sandbox.eval('throw 5'))).toBe(5)
    expect(await failureOf(sandbox.eval('throw null'))).toBe(null)
    expect(await failureOf(sandbox.eval('throw { a: [1] }'))).toEqual({ a: [1] })
  })
})

describe('a context', () => {
  test('is listed until it is closed, and says why it ended', async () => {
    const own = await spawnIsolate({ name: 'short' })
    expect(contexts()).toContain(own)
    expect(own).toMatchObject({ name: 'short', kind: 'isolate' })
    const hanging = failureOf(own.eval('new Promise(() => {})'))
    await Promise.all([own.close(), own.close(), own[Symbol.asyncDispose]()])
    expect(await hanging).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED', reason: 'closed' })
    expect(contexts()).not.toContain(own)
    expect((await own.closed).kind).toBe('closed')
    expect(await failureOf(own.eval('1'))).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
    expect(() => own.evalSync('1')).toThrow(/context "short" was closed/)
    expect(() => own.callSync(() => 1)).toThrow(/context "short" was closed/)
  })

  test('lets pending calls finish when it is closed with drain', async () => {
    let open: (value: string) => void = () => undefined
    const own = await spawnIsolate({
      globals: { gate: () => new Promise<string>((resolve) => (open = resolve)) },
    })
    const passing = own.eval('gate()')
    await own.eval('1')
    const closing = own.close({ drain: true })
    open('through')
    expect(await passing).toBe('through')
    await closing
  })

  test('counts what is held', async () => {
    await using own = await spawnIsolate({ globals: { a: {}, b: () => 1, c: 5 } })
    expect(own.stats()).toMatchObject({ exports: 2, imports: 0, pending: 0 })
    const held = own.evalSync('() => 1')
    expect(own.stats().imports).toBe(1)
    expect(typeof held).toBe('function')
  })

  test('a hundred of them live side by side', async () => {
    const all = await Promise.all(
      Array.from({ length: 100 }, (_, index) =>
        spawnIsolate<{ own: number }>({
          source: 'export const own = index * 2',
          globals: { index },
          memoryLimit: 16,
        }),
      ),
    )
    try {
      expect(await Promise.all(all.map(({ remote }) => remote.own))).toEqual(
        Array.from({ length: 100 }, (_, index) => index * 2),
      )
      expect(all.map((one) => one.evalSync('index'))).toEqual(
        Array.from({ length: 100 }, (_, index) => index),
      )
    } finally {
      await Promise.all(all.map((one) => one.close()))
    }
  })
})
