import { arch } from 'node:os'
import { fileURLToPath } from 'node:url'
import { contexts, currentContext, type Remote } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

type Module = typeof import('./fixtures/plain-module.ts')

const MODULE = new URL('./fixtures/plain-module.ts', import.meta.url)
const spawn = () => spawnWorker<Module>(MODULE)

describe("the exports of a worker's module", () => {
  test('are its functions, constants, objects and default', async () => {
    await using worker = await spawn()
    expect(await worker.remote.add(1, 2)).toBe(3)
    expect(await worker.remote.later(new Map([['a', 1]]))).toEqual(new Map([['a', 1]]))
    expect(await worker.remote.version).toBe('1.2.0')
    expect(await worker.remote.settings.tags).toEqual(['a', 'b'])
    expect(await worker.remote.settings.describe()).toBe('size 128')
    expect(await worker.remote.default('you')).toBe('hello you')
    expect(await worker.remote.loadedInWorker).toBe(true)
  })

  test('are its classes, whose instances live there and are held here', async () => {
    await using worker = await spawn()
    using counter = await new worker.remote.Counter(5)
    expect(await counter.add(2)).toBe(7)
    expect(await counter.count).toBe(7)
    const changes: number[] = []
    counter.onChange = (count: number) => {
      changes.push(count)
    }
    await counter.add(1)
    await worker.remote.version
    expect(changes).toEqual([8])
  })

  test('throw their own errors, with class, message, own properties and both stacks', async () => {
    await using worker = await spawn()
    using counter = await new worker.remote.Counter(5)
    const error: unknown = await counter.fail().then(undefined, (reason: unknown) => reason)
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'the counter is stuck', count: 5 })
    const { stack } = error as Error
    expect(stack).toMatch(/plain-module\.ts:\d+:\d+/)
    expect(stack).toContain('[context "plain-module"')
    expect(stack).toContain('spawned-module.test.ts')
  })

  test('are reached by an absolute path and by a URL in a string as well', async () => {
    await using byPath = await spawnWorker<Module>(fileURLToPath(MODULE))
    expect(await byPath.remote.add(1, 1)).toBe(2)
    await using byHref = await spawnWorker<Module>(MODULE.href)
    expect(await byHref.remote.add(2, 2)).toBe(4)
  })

  test('may come from a data: URL', async () => {
    await using worker = await spawnWorker<{ answer: number }>(
      'data:text/javascript,export const answer = 42',
    )
    expect(worker.name).toBe('worker')
    expect(await worker.remote.answer).toBe(42)
  })
})

describe('code that runs in a worker', () => {
  test('eval gives a copy of the completion value', async () => {
    await using worker = await spawn()
    expect(await worker.eval('1 + 1')).toBe(2)
    expect(await worker.eval('({ list: [1, , 3], when: new Date(0) })')).toEqual({
      list: [1, , 3],
      when: new Date(0),
    })
    expect(await worker.eval('Promise.resolve("later")')).toBe('later')
    expect(await worker.eval('globalThis.kept = 5; undefined')).toBeUndefined()
    expect(await worker.eval('kept')).toBe(5)
  })

  test('eval names its file in stacks', async () => {
    await using worker = await spawn()
    const error: unknown = await worker
      .eval('const here = 1\n  missing()', { filename: 'calc.js' })
      .then(undefined, (reason: unknown) => reason)
    expect(error).toBeInstanceOf(ReferenceError)
    expect((error as Error).stack).toContain('calc.js:2:3')
  })

  test('eval rejects with the syntax error of a script', async () => {
    await using worker = await spawn()
    expect(await failureOf(worker.eval('const = 1'))).toBeInstanceOf(SyntaxError)
    expect(await worker.eval('1')).toBe(1)
  })

  test('call runs an arrow, a function, a method, an async one and a source', async () => {
    await using worker = await spawn()
    const methods = {
      double(value: number) {
        return value * 2
      },
      async later(value: number) {
        return value + 1
      },
      'a b'(value: number) {
        return value - 1
      },
    }
    expect(await worker.call((a, b) => a + b, 1, 2)).toBe(3)
    expect(await worker.call((value: number) => value * 3, 3)).toBe(9)
    expect(await worker.call(methods.double, 4)).toBe(8)
    expect(await worker.call(methods.later, 4)).toBe(5)
    expect(await worker.call(methods['a b'], 4)).toBe(3)
    expect(await worker.call(async (value: number) => value, 7)).toBe(7)
    expect(await worker.call('(value) => value + 9', 1)).toBe(10)
    expect(await worker.call('function (value) { return value }', 'x')).toBe('x')
    expect(await worker.call(() => process.getBuiltinModule('worker_threads').isMainThread)).toBe(
      false,
    )
  })

  test('eval and call may import', async () => {
    await using worker = await spawn()
    expect(await worker.eval("import('node:path').then((path) => path.sep)")).toBe('/')
    const load = async (name: string) => Object.keys((await import(name)) as object).includes('sep')
    expect(await worker.call(load, 'node:path')).toBe(true)
  })

  test('eval says where a syntax error is', async () => {
    await using worker = await spawn()
    await expect(worker.eval('1 +\n * 2', { filename: 'sum.js' })).rejects.toThrow(SyntaxError)
    const error = await worker
      .eval('1 +\n * 2', { filename: 'sum.js' })
      .catch((caught: Error) => caught)
    expect((error as Error).stack).toContain('sum.js:2')
  })

  test('call refuses what is no function, here and there', async () => {
    await using worker = await spawn()
    expect(() => worker.call(5 as never)).toThrow(/"fn" must be a function or its source/)
    expect(await failureOf(worker.call('5'))).toBeInstanceOf(TypeError)
    expect(await failureOf(worker.call('}{'))).toBeInstanceOf(SyntaxError)
  })

  test('import gives a namespace by proxy', async () => {
    await using worker = await spawn()
    using os = await worker.import<typeof import('node:os')>('node:os')
    expect(await os.arch()).toBe(arch())
    expect(await failureOf(worker.import('no-such-package'))).toMatchObject({
      code: 'ERR_MODULE_NOT_FOUND',
      message: expect.stringContaining('no-such-package') as string,
    })
  })

  test('bind defines globals: data is copied, functions are called here', async () => {
    await using worker = await spawn()
    const data = { size: 1 }
    const heard: unknown[] = []
    await worker.bind({ data, tell: (value: unknown) => heard.push(value) })
    data.size = 2
    expect(await worker.eval('data.size')).toBe(1)
    expect(await worker.eval('tell("hello")')).toBe(1)
    expect(heard).toEqual(['hello'])
  })
})

describe('what a worker is spawned with', () => {
  test('globals are there before the module runs', async () => {
    await using worker = await spawnWorker<Module>(MODULE, { globals: { given: { size: 3 } } })
    expect(await worker.remote.seen).toEqual({ size: 3 })
  })

  test('virtual modules can be imported by their names', async () => {
    await using worker = await spawnWorker<{ total: number; where: string }>(
      `data:text/javascript,${encodeURIComponent(
        "import { rate } from 'shop:rates'; import place from 'place'; export const total = rate * 2; export const where = place",
      )}`,
      { modules: { 'shop:rates': 'export const rate = 21', place: 'export default "here"' } },
    )
    expect(await worker.remote.total).toBe(42)
    expect(await worker.remote.where).toBe('here')
    using rates = await worker.import<{ rate: number }>('shop:rates')
    expect(await rates.rate).toBe(21)
  })

  test('a virtual module that is not well formed rejects the spawn', async () => {
    expect(
      await failureOf(
        spawnWorker(`data:text/javascript,${encodeURIComponent("import 'broken'")}`, {
          modules: { broken: 'export const = 1' },
        }),
      ),
    ).toBeInstanceOf(SyntaxError)
    expect(contexts()).toEqual([])
  })

  test('a name is what both sides call it', async () => {
    await using worker = await spawnWorker<Module>(MODULE, { name: 'billing' })
    expect(worker.name).toBe('billing')
    expect(worker.kind).toBe('worker')
    using core = await worker.import<typeof import('@farhold/core')>('@farhold/core')
    expect(await core.currentContext()).toMatchObject({
      id: worker.id,
      name: 'billing',
      kind: 'worker',
    })
    expect(currentContext()).toMatchObject({ name: 'main', kind: 'main' })
  })

  test('limits bound what it may cost, and the session lives on', async () => {
    await using worker = await spawnWorker<Module>(MODULE, { limits: { depth: 5 } })
    const nested = (depth: number): unknown => (depth === 0 ? 1 : [nested(depth - 1)])
    expect(await worker.remote.later(nested(3))).toEqual([[[1]]])
    expect(await failureOf(worker.remote.later(nested(10)))).toMatchObject({
      code: 'FARHOLD_LIMIT_EXCEEDED',
      limit: 'depth',
    })
    expect(await worker.remote.add(1, 1)).toBe(2)
  })

  test("Node's own options reach the worker", async () => {
    await using worker = await spawnWorker<Module>(MODULE, {
      env: { SHOP: 'tea' },
      argv: ['--open'],
      workerData: { seat: 4 },
    })
    expect(await worker.call(() => process.env.SHOP)).toBe('tea')
    expect(await worker.call(() => process.argv.at(-1))).toBe('--open')
  })
})

describe('contexts and stats', () => {
  test('contexts() lists a worker while it lives', async () => {
    expect(contexts()).toEqual([])
    const first = await spawn()
    const second = await spawn()
    expect(contexts()).toEqual([first, second])
    expect(first.id).not.toBe(second.id)
    await first.close()
    expect(contexts()).toEqual([second])
    await second.close()
    expect(contexts()).toEqual([])
  })

  test('stats() counts what is held and what is pending', async () => {
    await using worker = await spawn()
    const before = worker.stats()
    expect(before).toMatchObject({ imports: 0, pending: 0, serving: 0 })
    const counters: Remote<InstanceType<Module['Counter']>>[] = []
    for (let index = 0; index < 3; index++) counters.push(await new worker.remote.Counter(index))
    expect(worker.stats().imports).toBe(3)
    const pending = worker.remote.later('x')
    expect(worker.stats().pending).toBe(1)
    await pending
    expect(worker.stats()).toMatchObject({ imports: 3, pending: 0 })
    expect(worker.stats().calls).toBe(before.calls + 4)
    expect(worker.stats().batches.sent).toBeGreaterThan(before.batches.sent)
    for (const counter of counters) counter[Symbol.dispose]()
    expect(worker.stats().imports).toBe(0)
  })
})
