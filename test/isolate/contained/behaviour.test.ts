/**
 * A contained isolate is used as any other. What the conformance suite does not ask: modules, limits, time, waiting, third contexts.
 */
import { CallTimeoutError, type Context, withOptions } from '@farhold/core'
import { type SpawnIsolateOptions, spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../../failure.ts'

const spawn = <T = unknown>(options: SpawnIsolateOptions = {}): Promise<Context<T>> =>
  spawnIsolate<T>({ contain: 'process', onError: () => undefined, ...options })

test('refuses what another process cannot have', async () => {
  expect(await failureOf(spawn({ sharedMemory: true }))).toBeInstanceOf(TypeError)
  expect(await failureOf(spawnIsolate({ contain: 'away' as never }))).toBeInstanceOf(TypeError)
})

describe('modules', () => {
  test('of every kind', async () => {
    const asked: unknown[] = []
    await using context = await spawn<{ all: unknown[] }>({
      filename: 'main.js',
      source: `
        import { currentContext } from '@farhold/core'
        import { add } from 'math'
        import { tax } from 'rates'
        import { found } from './near.js'
        export const all = [currentContext().kind, add(1, 2), tax, typeof found]`,
      modules: {
        math: 'export { tax } from "rates"; export const add = (a, b) => a + b',
        rates: { tax: 0.19 },
      },
      resolve: async (specifier, referrer) => {
        asked.push([specifier, referrer])
        return { source: 'export const found = () => 1', filename: 'near.js' }
      },
    })
    expect(await context.remote.all).toEqual(['isolate', 3, 0.19, 'function'])
    expect(asked).toEqual([['./near.js', 'main.js']])
    const rates = await context.import<{ tax: number }>('rates')
    expect(await rates.tax).toBe(0.19)
  })

  test('that fail say why', async () => {
    await using context = await spawn({
      timeout: 500,
      modules: {
        malformed: 'export const = 1',
        thrown: 'throw new RangeError("no")',
        late: 'await 1; throw new RangeError("too late")',
        endless: 'for (;;);',
        lost: 'import "missing"',
        refused: { get: 1, source: 5 },
      },
      resolve: (specifier) => {
        if (specifier === 'forbidden') throw new EvalError('not that one')
        return undefined
      },
    })
    expect(await failureOf(context.import('malformed'))).toMatchObject({
      name: 'SyntaxError',
      message: expect.stringContaining('malformed:1') as string,
    })
    expect(await failureOf(context.import('thrown'))).toMatchObject({ name: 'RangeError' })
    expect(await failureOf(context.import('late'))).toMatchObject({ message: 'too late' })
    expect(await failureOf(context.import('lost'))).toMatchObject({
      message: expect.stringContaining('was not found') as string,
    })
    expect(await failureOf(context.import('forbidden'))).toMatchObject({ name: 'EvalError' })
    expect(await failureOf(context.import('endless'))).toBeInstanceOf(CallTimeoutError)
    expect(await context.eval('1')).toBe(1)
    // Each is given up there in its own time; no call stays unanswered.
    while (context.stats().pending > 0) await context.eval('1')
  })

  test('that fail end a context that was to start with them', async () => {
    expect(await failureOf(spawn({ source: 'export const = 1' }))).toMatchObject({
      name: 'SyntaxError',
    })
    expect(
      await failureOf(spawn({ source: '(3n ** 10_000_000n) ** 50n', timeout: 100 })),
    ).toBeInstanceOf(CallTimeoutError)
  })
})

test('the console, and where a syntax error is', async () => {
  const lines: unknown[] = []
  await using context = await spawn({ console: (...line) => lines.push(line) })
  await context.eval('console.warn("a", { b: 1 }); 0')
  expect(lines).toEqual([['warn', 'a', { b: 1 }]])
  expect(await failureOf(context.eval('1\n b c', { filename: 'x.js' }))).toMatchObject({
    name: 'SyntaxError',
    message: expect.stringContaining('x.js:2') as string,
  })
})

describe('time', () => {
  test('a stretch that is too long is cut short, and the context goes on', async () => {
    await using context = await spawn({ timeout: 100 })
    expect(await failureOf(context.eval('for (;;);'))).toBeInstanceOf(CallTimeoutError)
    const blocked = async (): Promise<unknown> => context.evalSync('for (;;);')
    expect(await failureOf(blocked())).toBeInstanceOf(CallTimeoutError)
    expect(context.evalSync('1 + 1')).toBe(2)
  })

  test('bounds one call, also one that blocks on a guest that cannot be stopped', async () => {
    await using context = await spawn<{ spin(): void }>({
      source: 'export const spin = () => { (3n ** 10_000_000n) ** 50n }',
    })
    const spin = async (): Promise<unknown> =>
      withOptions(context.sync.spin, { timeout: 50 })() as unknown
    expect(await failureOf(spin())).toBeInstanceOf(CallTimeoutError)
  })

  test('a signal in an argument is heard there, and one of a call gives it up', async () => {
    const [listening, heard] = [Promise.withResolvers<void>(), Promise.withResolvers<unknown>()]
    await using context = await spawn<{ listen(signal: AbortSignal): Promise<void> }>({
      source: `
        export const listen = async (signal) => {
          signal.addEventListener('abort', () => hear(signal.reason.message))
          begin()
          await new Promise(() => undefined)
        }`,
      globals: { begin: () => listening.resolve(), hear: heard.resolve },
    })
    const controller = new AbortController()
    const { signal } = controller
    const pending = failureOf(withOptions(context.remote.listen, { signal })(signal))
    await listening.promise
    controller.abort(new Error('enough'))
    expect(await heard.promise).toBe('enough')
    expect(await pending).toMatchObject({ message: 'enough' })
  })
})

describe('waiting', () => {
  const later = async (x: number): Promise<number> => {
    await new Promise(setImmediate)
    return x
  }

  test('a guest waits for a promise of the host on its own thread', async () => {
    await using context = await spawn({ promises: 'wait', globals: { later } })
    expect(await context.eval('later(20) + later(22)')).toBe(42)
  })

  test('not while the host itself is blocked: either is told, and both go on', async () => {
    await using context = await spawn<{ waits(): Promise<number>; catches(): string }>({
      promises: 'wait',
      globals: { later },
      source: `
        export const catches = () => { try { later(1) } catch (error) { return error.code } }
        export const waits = async () => remote(later)(1)`,
    })
    expect(context.sync.catches()).toBe('FARHOLD_WOULD_BLOCK')
    const blocked = async (): Promise<unknown> => context.sync.waits()
    expect(await failureOf(blocked())).toMatchObject({ code: 'FARHOLD_WOULD_BLOCK' })
    expect(await context.eval('later(1)')).toBe(1)
  })

  test('calls within calls, to the depth that its limits allow', async () => {
    const context = await spawn<{ down(n: number): number }>({
      source: 'export const down = (n) => (n === 0 ? 0 : deeper(n - 1) + 1)',
      globals: { deeper: (n: number): number => context.sync.down(n) },
    })
    expect(context.sync.down(50)).toBe(50)
    expect(await context.remote.down(50)).toBe(50)
    const tooDeep = async (): Promise<unknown> => context.sync.down(100)
    expect(await failureOf(tooDeep())).toMatchObject({ code: 'FARHOLD_LIMIT_EXCEEDED' })
    expect(context.sync.down(1)).toBe(1)
    await context.close()
  })
})

test('a guest that sends faster than its host takes is made to wait, and all arrives', async () => {
  let received = 0
  await using context = await spawn({
    globals: {
      take: (bytes: Uint8Array) => {
        received += bytes.length
      },
    },
  })
  const [count, size] = [300, 2 ** 17]
  const sent = context.eval(
    `const calls = []; for (let i = 0; i < ${count}; i++) calls.push(remote(take)(new Uint8Array(${size}))); Promise.all(calls).then(() => 'all')`,
  )
  expect(await sent).toBe('all')
  expect(received).toBe(count * size)
})

test("a worker's object in a contained guest, and a guest's in a worker and in another isolate", async () => {
  await using worker = await spawnWorker<{
    count: () => number
    callWith: (fn: unknown, x: number) => number
  }>(
    `data:text/javascript,let n = 0; export const count = () => ++n; export const callWith = async (fn, x) => fn(x)`,
  )
  const source = `
    export const use = (fn, ...args) => fn(...args)
    export const twice = (x) => x * 2`
  interface Guest {
    use(fn: unknown, ...args: unknown[]): unknown
    twice(x: number): number
  }
  await using contained = await spawn<Guest>({ source })
  await using other = await spawnIsolate<Guest>({ source })
  expect(await contained.remote.use(worker.remote.count)).toBe(1)
  expect(contained.sync.use(worker.remote.count)).toBe(2)
  expect(await worker.remote.callWith(contained.remote.twice, 21)).toBe(42)
  expect(await other.remote.use(contained.remote.twice, 4)).toBe(8)
  expect(other.sync.use(contained.remote.twice, 5)).toBe(10)
  expect(contained.sync.use(other.remote.twice, 6)).toBe(12)
})
