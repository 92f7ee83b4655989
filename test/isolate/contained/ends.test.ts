/**
 * A guest that takes its process down costs the host one error for each call that waits for it, and nothing else.
 */
import { type Context, ContextClosedError } from '@farhold/core'
import { type SpawnIsolateOptions, spawnIsolate } from '@farhold/transport-isolate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failureOf } from '../../failure.ts'
import { containedHere } from './processes.ts'

const spawn = (options: SpawnIsolateOptions = {}): Promise<Context> =>
  spawnIsolate({ contain: 'process', onError: () => undefined, ...options })

/** Spawns one, and gives its process, too. */
async function spawnKnown(options: SpawnIsolateOptions): Promise<[Context, number]> {
  const before = containedHere()
  const context = await spawn(options)
  const [pid = 0, ...others] = containedHere().filter((child) => !before.includes(child))
  expect(others).toEqual([])
  return [context, pid]
}

let neighbour: Context
beforeAll(async () => {
  neighbour = await spawn({ name: 'neighbour' })
})
afterAll(() => neighbour.close())

/** What no isolate in this very process can be stopped in, or is stopped in for sure. */
const KILLERS: readonly [what: string, code: string, options: SpawnIsolateOptions][] = [
  ['a Map that grows', 'const m = new Map(); for (let i = 0; ; i++) m.set(i, {})', {}],
  ['native text', 'for (let s = "x".repeat(2 ** 28); ; s += s) s.split("")', {}],
  ['a native loop', 'for (;;) new Array(2 ** 26).fill(0)', { timeout: 200 }],
  ['a power of a BigInt', '(3n ** 10_000_000n) ** 50n', { timeout: 200 }],
]

/** Has a guest run a killer while two more calls wait for it. */
async function kill(how: 'eval' | 'evalSync', code: string, options: SpawnIsolateOptions) {
  await using context = await spawn({ memoryLimit: 16, globals: { never }, ...options })
  const told: unknown[] = []
  const waiting = [context.eval('never()'), context.eval('never()')].map((pending) =>
    pending.catch((error: unknown) => told.push(error)),
  )
  const run = async (): Promise<unknown> => context[how](`(() => { ${code} })()`)
  told.push(await failureOf(run()))
  await Promise.all(waiting)
  const { kind } = await context.closed
  expect(kind).toMatch(/memory|error/)
  expect(told).toHaveLength(3)
  for (const error of told) {
    expect(error).toBeInstanceOf(ContextClosedError)
    expect(error).toMatchObject({ reason: kind })
  }
  expect(await failureOf(context.eval('1'))).toBeInstanceOf(ContextClosedError)
}

describe('what takes a process down costs one error a call, and the host goes on', () => {
  test.each(KILLERS)('%s', async (_what, code, options) => {
    await kill('eval', code, options)
    expect(await neighbour.eval('1 + 1')).toBe(2)
  })

  test.each(KILLERS.slice(0, 3))(
    '%s, while this thread is blocked',
    async (_what, code, options) => {
      await kill('evalSync', code, options)
      expect(neighbour.evalSync('2 + 2')).toBe(4)
    },
  )
})

const never = (): Promise<never> => new Promise(() => undefined)

describe('a process that is ended by someone else', () => {
  test('tells every call that waits', async () => {
    const [context, pid] = await spawnKnown({ globals: { never } })
    const pending = failureOf(context.eval('never()'))
    process.kill(pid, 'SIGSEGV')
    expect(await pending).toMatchObject({
      code: 'FARHOLD_CONTEXT_CLOSED',
      reason: 'error',
      message: expect.stringContaining('SIGSEGV') as string,
    })
    expect(await context.closed).toMatchObject({ kind: 'error' })
    await context.close()
  })

  test('while this thread is blocked', async () => {
    const [context, pid] = await spawnKnown({
      globals: { end: () => process.kill(pid, 'SIGKILL') },
    })
    const run = async (): Promise<unknown> => context.evalSync('end(); for (;;);')
    expect(await failureOf(run())).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
    await context.close()
  })

  test('while this thread is blocked, calls within calls', async () => {
    const [context, pid] = await spawnKnown({
      globals: {
        down: (n: number): unknown =>
          n === 0 ? process.kill(pid, 'SIGKILL') && context.evalSync('1') : go(n - 1),
      },
    })
    const errors: unknown[] = []
    const go = (n: number): unknown => {
      try {
        return context.evalSync(`down(${n})`)
      } catch (error) {
        errors.push(error)
        throw error
      }
    }
    expect(await failureOf((async () => go(5))())).toBeInstanceOf(ContextClosedError)
    expect(errors).toHaveLength(6)
    for (const error of errors) expect(error).toBeInstanceOf(ContextClosedError)
    await context.close()
  })

  test('while the guest waits for this one', async () => {
    let isOver: Promise<unknown> | undefined
    const [context, pid] = await spawnKnown({
      promises: 'wait',
      globals: {
        ask: async () => {
          process.kill(pid, 'SIGKILL')
          isOver = context.closed
          await isOver
        },
      },
    })
    expect(await failureOf(context.eval('ask()'))).toBeInstanceOf(ContextClosedError)
    await isOver
    await context.close()
  })

  test('while it starts', async () => {
    const before = containedHere()
    const spawning = failureOf(spawn({ source: 'await new Promise(() => undefined)' }))
    let pid: number | undefined
    while (pid === undefined) {
      await new Promise((resolve) => setImmediate(resolve))
      pid = containedHere().find((child) => !before.includes(child))
    }
    process.kill(pid, 'SIGKILL')
    expect(await spawning).toBeInstanceOf(ContextClosedError)
  })
})

describe('a process that does not answer', () => {
  test('costs a call its time, also one that blocks, and is ended by close', async () => {
    const [context, pid] = await spawnKnown({ wallTimeout: 200 })
    process.kill(pid, 'SIGSTOP')
    const blocked = async (): Promise<unknown> => context.evalSync('1')
    expect(await failureOf(blocked())).toMatchObject({ code: 'FARHOLD_CALL_TIMEOUT' })
    expect(await failureOf(context.eval('1'))).toMatchObject({ code: 'FARHOLD_CALL_TIMEOUT' })
    await context.close()
    expect(containedHere()).not.toContain(pid)
  })
})

test('a message that is too long is refused, and the context goes on', async () => {
  await using context = await spawn({
    limits: { messageSize: 2048 },
    globals: { take: () => 'taken' },
  })
  expect(await failureOf(context.eval("take('x'.repeat(20_000))"))).toMatchObject({
    code: 'FARHOLD_LIMIT_EXCEEDED',
  })
  expect(await context.eval("take('x')")).toBe('taken')
})

describe('closing', () => {
  test('while everything is under way', async () => {
    const entered = Promise.withResolvers<void>()
    const context = await spawn({
      globals: {
        never: () => {
          entered.resolve()
          return never()
        },
      },
      modules: { endless: 'await new Promise(() => undefined)' },
    })
    const pending = [
      context.eval('never()'),
      context.eval('new Promise(() => undefined)'),
      context.import('endless'),
      context.bind({ more: 1 }),
    ].map(failureOf)
    await entered.promise
    await context.close()
    const [first, second, third] = await Promise.all(pending)
    for (const error of [first, second, third]) expect(error).toBeInstanceOf(ContextClosedError)
    expect(await context.closed).toEqual({ kind: 'closed' })
    expect(await failureOf(context.import('endless'))).toBeInstanceOf(ContextClosedError)
  })

  test('by what the guest calls, also when this thread is blocked', async () => {
    for (const how of ['eval', 'evalSync'] as const) {
      const context = await spawn({ globals: { end: () => void context.close() } })
      const run = async (): Promise<unknown> => context[how]('end(); for (;;);')
      expect(await failureOf(run())).toMatchObject({ reason: 'closed' })
      await context.close()
    }
  })

  test('when its calls are done', async () => {
    const context = await spawn({ globals: { later: async (x: number) => x + 1 } })
    const pending = context.eval('later(1)')
    await context.close({ drain: true })
    expect(await pending).toBe(2)
  })
})
