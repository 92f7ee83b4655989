import { CallTimeoutError, ContextClosedError, contexts } from '@farhold/core'
import { type SpawnWorkerOptions, spawnWorker } from '@farhold/transport-worker'
import { afterEach, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

/** The error that spawning a module of this source rejects with. */
function spawning(source: string, options: SpawnWorkerOptions = {}): Promise<unknown> {
  const url = `data:text/javascript,${encodeURIComponent(source)}`
  return failureOf(spawnWorker(url, { name: 'shop', ...options }))
}

afterEach(() => {
  expect(contexts()).toEqual([])
})

test('an error while loading rejects the spawn: class, message, own properties, cause', async () => {
  const error = await spawning(
    'throw Object.assign(new RangeError("no stock", { cause: new TypeError("none") }), { left: { tea: 0 } })',
  )
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ message: 'no stock', left: { tea: 0 } })
  expect((error as Error).cause).toBeInstanceOf(TypeError)
  expect((error as Error).cause).toMatchObject({ message: 'none' })
})

test('an error after a top-level await rejects it as well', async () => {
  const error = await spawning(
    'await new Promise((r) => setImmediate(r)); throw new RangeError("late")',
  )
  expect(error).toBeInstanceOf(RangeError)
  expect(error).toMatchObject({ message: 'late' })
})

test('a value that is no error rejects it as it is', async () => {
  expect(await spawning('throw "closed today"')).toBe('closed today')
  expect(await spawning('throw { code: 5 }')).toEqual({ code: 5 })
})

test('an error of a class of its own keeps its name and properties', async () => {
  const error = await spawning(
    'class StockError extends Error { name = "StockError"; code = "STOCK" }; throw new StockError("none")',
  )
  expect(error).toBeInstanceOf(Error)
  expect(error).toMatchObject({ name: 'StockError', code: 'STOCK', message: 'none' })
})

test('a syntax error', async () => {
  const error = await spawning('const = 1')
  expect(error).toBeInstanceOf(SyntaxError)
})

test('a file that does not exist, named', async () => {
  expect(
    await failureOf(spawnWorker(new URL('./fixtures/nowhere.ts', import.meta.url))),
  ).toMatchObject({
    code: 'ERR_MODULE_NOT_FOUND',
    message: expect.stringContaining('fixtures/nowhere.ts') as string,
  })
})

test('an import that does not exist, named with its importer', async () => {
  const error = await spawning('import "no-such-package"')
  expect(error).toMatchObject({ message: expect.stringContaining('no-such-package') as string })
})

test('a module that never loads: CallTimeoutError, and the worker is gone', async () => {
  const error = await spawning('await new Promise(() => {})', { timeout: 300 })
  expect(error).toBeInstanceOf(CallTimeoutError)
  expect(error).toMatchObject({
    message: 'loading context "shop" took longer than its timeout of 300 ms and was stopped.',
  })
})

test('a module that never gives its thread back: the same', async () => {
  expect(await spawning('for (;;);', { timeout: 300 })).toBeInstanceOf(CallTimeoutError)
})

test('a module that ends its thread: ContextClosedError with the exit code', async () => {
  const error = await spawning('process.exit(7)')
  expect(error).toBeInstanceOf(ContextClosedError)
  expect(error).toMatchObject({ reason: 'exit', exitCode: 7 })
  expect((error as Error).message).toContain('context "shop" exited with code 7')
})

test('a global that cannot cross: the path, and the worker is gone', async () => {
  class Secret {}
  const error = await spawning('', { globals: { config: { secret: new Secret() } } })
  expect(error).toMatchObject({
    code: 'FARHOLD_NOT_SHAREABLE',
    path: expect.stringMatching(/config\.secret$/) as string,
  })
})
