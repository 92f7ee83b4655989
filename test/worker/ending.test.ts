import { type Context, ContextClosedError, contexts } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, describe, expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'
import { failureOf } from '../failure.ts'

type Module = typeof import('./fixtures/ending-module.ts')

const MODULE = new URL('./fixtures/ending-module.ts', import.meta.url)
const spawn = () => spawnWorker<Module>(MODULE, { name: 'billing' })

/** Everything that can be asked of a worker that has ended fails the same way. */
async function expectEnded(worker: Context<Module>, end: object): Promise<void> {
  for (const use of [
    () => worker.remote.hang(),
    () => worker.eval('1'),
    () => worker.call(() => 1),
    () => worker.import('node:os'),
    () => worker.bind({ a: 1 }),
    () => worker.remote.open('x'),
  ]) {
    const error = await failureOf(use())
    expect(error).toBeInstanceOf(ContextClosedError)
    expect(error).toMatchObject(end)
  }
  expect(() => worker.evalSync('1')).toThrow(ContextClosedError)
  expect(() => worker.callSync(() => 1)).toThrow(ContextClosedError)
  expect(contexts()).toEqual([])
  await worker.close()
}

afterEach(() => {
  expect(contexts()).toEqual([])
})

describe('a worker that ends while calls are pending', () => {
  test('by process.exit', async () => {
    const worker = await spawn()
    const pending = [worker.remote.hang(), worker.remote.hang()].map(failureOf)
    const exit = failureOf(worker.remote.exit(3))
    for (const error of [...(await Promise.all(pending)), await exit]) {
      expect(error).toBeInstanceOf(ContextClosedError)
      expect(error).toMatchObject({ reason: 'exit', exitCode: 3 })
    }
    expect(((await exit) as Error).message).toBe(
      'context "billing" exited with code 3 while "exit" was running (3 calls lost).',
    )
    expect(await worker.closed).toEqual({ kind: 'exit', exitCode: 3 })
    await expectEnded(worker, { reason: 'exit', exitCode: 3 })
  })

  test('by an uncaught error, which is the cause', async () => {
    const worker = await spawn()
    const error = await failureOf(worker.remote.crash('out of tea'))
    expect(error).toBeInstanceOf(ContextClosedError)
    expect(error).toMatchObject({ reason: 'error', exitCode: 1 })
    expect((error as Error).message).toContain('context "billing" crashed: out of tea')
    expect((error as Error).cause).toBeInstanceOf(RangeError)
    expect((error as Error).cause).toMatchObject({ message: 'out of tea' })
    expect(await worker.closed).toMatchObject({ kind: 'error', exitCode: 1 })
    await expectEnded(worker, { reason: 'error', exitCode: 1 })
  })

  test('by a rejection that no one handled', async () => {
    const worker = await spawn()
    const error = await failureOf(worker.remote.rejectUnhandled('nobody looked'))
    expect(error).toMatchObject({ reason: 'error' })
    expect((error as Error).message).toContain('nobody looked')
    await expectEnded(worker, { reason: 'error' })
  })

  // Node itself may abort when a thread's heap is full, so this has a process of its own.
  test('by its memory limit', async () => {
    const ended = await runProgram(`
      import { spawnWorker } from '@farhold/transport-worker'
      const worker = await spawnWorker(${JSON.stringify(MODULE.href)}, {
        resourceLimits: { maxOldGenerationSizeMb: 24 },
      })
      worker.remote.exhaust().catch((error) => console.log(error.code, error.reason, error.cause.code))
      console.log((await worker.closed).kind)
    `)
    expect(ended.output.split('\n').sort()).toEqual([
      'FARHOLD_CONTEXT_CLOSED memory ERR_WORKER_OUT_OF_MEMORY',
      'memory',
    ])
    expect(ended).toMatchObject({ code: 0, signal: null })
  })

  test('by close() from here, even in a loop that never ends', async () => {
    const worker = await spawn()
    const spinning = failureOf(worker.remote.spin())
    const behind = failureOf(worker.eval('1'))
    await worker.close()
    for (const error of [await spinning, await behind]) {
      expect(error).toBeInstanceOf(ContextClosedError)
      expect(error).toMatchObject({ reason: 'closed' })
    }
    expect(await worker.closed).toEqual({ kind: 'closed' })
    await expectEnded(worker, { reason: 'closed' })
  })

  test('and everything that depends on a pending answer fails once, with that error', async () => {
    const worker = await spawn()
    const gate = worker.remote.whenOpened()
    const dependent = failureOf(gate.opened.length)
    worker.remote.exit(4).catch(() => undefined)
    expect(await dependent).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED', exitCode: 4 })
    await expectEnded(worker, { exitCode: 4 })
  })

  test('after it answered: what was answered arrives', async () => {
    for (let round = 0; round < 10; round++) {
      const worker = await spawn()
      expect(await worker.remote.answerAndExit('the last word')).toBe('the last word')
      expect(await worker.closed).toEqual({ kind: 'exit', exitCode: 0 })
    }
  })

  test('promises of it that are already here reject, too', async () => {
    const worker = await spawn()
    const { opened } = (await worker.remote.whenOpened()) as { opened: Promise<string> }
    const outcome = failureOf(opened)
    worker.remote.exit(2).catch(() => undefined)
    expect(await outcome).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED', exitCode: 2 })
  })
})

describe('close()', () => {
  test('is idempotent, in a row and at once', async () => {
    const worker = await spawn()
    await Promise.all([worker.close(), worker.close(), worker[Symbol.asyncDispose]()])
    await worker.close()
    expect(await worker.closed).toEqual({ kind: 'closed' })
  })

  test('resolves only when the thread has ended', async () => {
    const worker = await spawn()
    const shared = new Int32Array(new SharedArrayBuffer(4))
    const counting = failureOf(
      worker.call((memory: SharedArrayBuffer) => {
        const count = new Int32Array(memory)
        for (;;) Atomics.add(count, 0, 1)
      }, shared.buffer),
    )
    // It counts: the loop has begun.
    while (Atomics.load(shared, 0) === 0) await new Promise(setImmediate)
    await worker.close()
    const after = Atomics.load(shared, 0)
    await new Promise(setImmediate)
    expect(Atomics.load(shared, 0)).toBe(after)
    expect(await counting).toMatchObject({ reason: 'closed' })
  })

  test('with drain lets pending calls finish first', async () => {
    const worker = await spawn()
    const waiting = worker.remote.waitForGate()
    const settled: string[] = []
    const seen = waiting.then((value) => settled.push(value))
    const closing = worker.close({ drain: true })
    worker.remote.open('the gate').catch(() => undefined)
    await closing
    await seen
    expect(settled).toEqual(['the gate'])
  })

  test('with drain and a timeout does not wait for ever', async () => {
    const worker = await spawn()
    const hanging = failureOf(worker.remote.hang())
    await worker.close({ drain: true, timeout: 50 })
    expect(await hanging).toMatchObject({ reason: 'closed' })
  })

  test('with drain ends when the worker ends by itself meanwhile', async () => {
    const worker = await spawn()
    const hanging = failureOf(worker.remote.hang())
    const closing = worker.close({ drain: true })
    worker.remote.exit(6).catch(() => undefined)
    await closing
    expect(await hanging).toMatchObject({ reason: 'exit', exitCode: 6 })
    expect(await worker.closed).toEqual({ kind: 'exit', exitCode: 6 })
  })
})
