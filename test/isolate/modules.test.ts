import { contexts } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { afterEach, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

afterEach(() => {
  expect(contexts()).toEqual([])
})

describe("the exports of a guest's module", () => {
  test('are there at once, asynchronous and blocking', async () => {
    await using plugin = await spawnIsolate<{
      name: string
      add(a: number, b: number): number
      Counter: new (from: number) => { count: number; add(by: number): number }
      default(): string
    }>({
      source: `
        export const name = 'adder'
        export function add(a, b) { return a + b }
        export class Counter { constructor(from) { this.count = from } add(by) { return this.count += by } }
        export default () => 'by default'`,
    })
    expect(plugin.sync.name).toBe('adder')
    expect(plugin.sync.add(1, 2)).toBe(3)
    expect(plugin.sync.default()).toBe('by default')
    expect(await plugin.remote.add(3, 4)).toBe(7)
    expect(await plugin.remote.name).toBe('adder')
    using counter = new plugin.sync.Counter(5)
    expect(counter.add(1)).toBe(6)
    expect(counter.count).toBe(6)
  })

  test('can be used by blocking calls as soon as it is spawned', async () => {
    for (const source of ['export const a = 1', 'await later(); export const a = 1']) {
      for (let round = 0; round < 10; round++) {
        await using plugin = await spawnIsolate<{ a: number }>({
          source,
          globals: { later: async () => null },
        })
        expect(plugin.sync.a).toBe(1)
      }
    }
  })

  test('may wait for a promise of the host at the top level', async () => {
    await using plugin = await spawnIsolate<{ rate: number }>({
      source: 'const { rate: found } = await lookup("tea"); export const rate = found * 2',
      globals: { lookup: async (name: string) => ({ name, rate: 21 }) },
    })
    expect(plugin.sync.rate).toBe(42)
  })

  test('come from a file, which names the context and its stacks', async () => {
    await using plugin = await spawnIsolate<{ name: string; fail(): never }>({
      module: new URL('./fixtures/plugin.js', import.meta.url),
    })
    expect(plugin.sync.name).toBe('upper')
    const error = await failureOf(plugin.remote.fail())
    expect(error).toBeInstanceOf(RangeError)
    expect((error as Error).stack).toMatch(/plugin\.js:6:9/)
  })

  test('have the file name they are given in stacks', async () => {
    await using plugin = await spawnIsolate<{ fail(): never }>({
      source: 'export function fail() {\n  nowhere() }',
      filename: 'rules.js',
    })
    expect(plugin.name).toBe('rules.js')
    expect(((await failureOf(plugin.remote.fail())) as Error).stack).toContain('rules.js:2:3')
  })
})

describe('what a guest imports', () => {
  test('sources and objects of the host, by their names', async () => {
    const heard: unknown[] = []
    const store = { items: ['tea'], put: (item: string) => heard.push(item) }
    await using plugin = await spawnIsolate<{ total(): number }>({
      source: `
        import { rate } from 'rates'
        import double, { half } from 'math'
        import { store, limit } from 'shop'
        store.put('from the guest')
        export const total = () => double(rate) + half(4) + store.items.length + limit`,
      modules: {
        rates: 'export const rate = 5',
        math: {
          source: 'export default (x) => x * 2; export const half = (x) => x / 2',
          filename: 'math.js',
        },
        shop: { store, limit: 100 },
      },
    })
    expect(heard).toEqual(['from the guest'])
    expect(plugin.sync.total()).toBe(10 + 2 + 1 + 100)
    store.items.push('milk')
    expect(plugin.sync.total()).toBe(114)
  })

  test('one module is evaluated once, whoever imports it', async () => {
    const told: string[] = []
    await using _plugin = await spawnIsolate({
      source: `import 'a'; import 'b'; import { c } from 'c'; tell('main ' + c)`,
      modules: {
        a: `import 'c'; tell('a')`,
        b: `import 'c'; tell('b')`,
        c: `tell('c'); export const c = 1`,
      },
      globals: { tell: (text: string) => told.push(text) },
    })
    expect(told).toEqual(['c', 'a', 'b', 'main 1'])
  })

  test('what resolve finds, with the importer as the referrer', async () => {
    const asked: string[][] = []
    const files: Record<string, string> = {
      'lib/index.js': `import { deep } from './deep.js'; export const value = deep + 1`,
      'lib/deep.js': 'export const deep = 41',
    }
    await using plugin = await spawnIsolate<{ value: number }>({
      source: `export { value } from './lib/index.js'`,
      filename: 'main.js',
      resolve: (specifier, referrer) => {
        asked.push([specifier, referrer])
        const path = new URL(specifier, `file:///${referrer}`).pathname.slice(1)
        return { source: files[path] ?? '', filename: path }
      },
    })
    expect(plugin.sync.value).toBe(42)
    expect(asked).toEqual([
      ['./lib/index.js', 'main.js'],
      ['./deep.js', 'lib/index.js'],
    ])
  })

  test('resolve may take its time, and may give an object of the host', async () => {
    await using plugin = await spawnIsolate<{ answer: number }>({
      source: `import { answer as found } from 'deep:thought'; export const answer = found()`,
      resolve: async () => {
        await new Promise(setImmediate)
        return { answer: () => 42 }
      },
    })
    expect(plugin.sync.answer).toBe(42)
  })

  test('an error of resolve is the error of the spawn', async () => {
    const error = await failureOf(
      spawnIsolate({
        source: `import 'x'`,
        resolve: () => {
          throw new RangeError('the registry is closed')
        },
      }),
    )
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'the registry is closed' })
  })

  test('a missing module is named with its importer and what to do', async () => {
    for (const resolve of [undefined, () => undefined]) {
      const error = await failureOf(
        spawnIsolate({
          source: `import 'left-pad'`,
          filename: 'main.js',
          ...(resolve === undefined ? {} : { resolve }),
        }),
      )
      expect((error as Error).message).toBe(
        'module "left-pad", imported by main.js, was not found: add it to the option "modules", or let "resolve" give its source',
      )
    }
  })

  test('a missing export is named', async () => {
    const error = await failureOf(
      spawnIsolate({ source: `import { b } from 'a'`, modules: { a: 'export const c = 1' } }),
    )
    expect(error).toBeInstanceOf(SyntaxError)
    expect((error as Error).message).toMatch(/'a'.*'b'/)
  })

  test("@farhold/core is there, with the runtime's own classes", async () => {
    await using plugin = await spawnIsolate<{ who: unknown; marked(): unknown }>({
      name: 'plugin',
      source: `
        import { AccessDeniedError, currentContext, isProxy, proxy } from '@farhold/core'
        export const who = [currentContext().name, isProxy(granted), isProxy({}), typeof AccessDeniedError]
        export const marked = () => proxy({ secret: 1, tell() { return 'there' } })`,
      globals: { granted: {} },
    })
    expect(await plugin.remote.who).toEqual(['plugin', true, false, 'function'])
    expect(await (plugin.remote.marked() as never as { tell(): Promise<string> }).tell()).toBe(
      'there',
    )
  })

  test('context.import() gives a namespace by proxy', async () => {
    await using plugin = await spawnIsolate({ modules: { rates: 'export const rate = 5' } })
    using rates = await plugin.import<{ rate: number }>('rates')
    expect(await rates.rate).toBe(5)
    expect(((await failureOf(plugin.import('nope'))) as Error).message).toContain('"nope"')
    expect(plugin.evalSync('1 + 1')).toBe(2)
  })
})

describe('a module that fails rejects the spawn with its own error', () => {
  const failing = (source: string, options = {}) =>
    failureOf(spawnIsolate({ source, filename: 'bad.js', ...options }))
  const globals = { later: async () => 1 }

  test('at the top level', async () => {
    const error = await failing('throw new RangeError("at once")')
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'at once' })
    expect((error as Error).stack).toMatch(/bad\.js:1:7/)
  })

  test('after an await', async () => {
    const error = await failing('await null; throw new RangeError("late")')
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'late' })
  })

  test('after a promise of the host', async () => {
    const error = await failing('await later();\nthrow new RangeError("later")', { globals })
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'later' })
    expect((error as Error).stack).toMatch(/bad\.js:2:7/)
  })

  test('in a module that it imports', async () => {
    const error = await failing(`import 'dep'`, {
      modules: { dep: '\n  throw new TypeError("in a dependency")' },
    })
    expect(error).toBeInstanceOf(TypeError)
    expect((error as Error).stack).toMatch(/dep:2:9/)
  })

  test('by its syntax, with file, line and column', async () => {
    const error = await failing('const a = 1\n  const = 2')
    expect(error).toBeInstanceOf(SyntaxError)
    expect((error as Error).message).toBe("Unexpected token '=' [bad.js:2:9]")
    const imported = await failing(`import 'dep'`, { modules: { dep: 'let x =\n\n ;' } })
    expect(imported).toBeInstanceOf(SyntaxError)
    expect((imported as Error).message).toBe("Unexpected token ';' [dep:3:2]")
  })

  test('by its time: at once, after an await, and after a promise of the host', async () => {
    for (const source of ['for (;;);', 'await null; for (;;);', 'await later(); for (;;);']) {
      const error = await failing(source, { globals, timeout: 100 })
      expect(error).toMatchObject({ code: 'FARHOLD_CALL_TIMEOUT' })
      expect((error as Error).message).toContain('"bad.js" took longer than its timeout of 100 ms')
    }
  })

  test('when it never ends, by wallTimeout', async () => {
    const error = await failing('await new Promise(() => {})', { wallTimeout: 150 })
    expect(error).toMatchObject({ code: 'FARHOLD_CALL_TIMEOUT' })
    expect((error as Error).message).toContain('its wallTimeout of 150 ms')
  })

  test('when what it throws never stops being read', async () => {
    const error = await failing('throw { get message() { for (;;); } }', { timeout: 100 })
    expect(error).toMatchObject({ code: 'FARHOLD_CALL_TIMEOUT' })
  })
})
