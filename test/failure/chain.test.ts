/**
 * A death at the end of a chain of callbacks. Every frame on the way is left with the error, and what the first caller
 * gets says who died, doing what, and through whom the news came.
 */
import { ContextClosedError } from '@farhold/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'
import { startIsolate, startWorker } from './doomed.ts'

type Worker = Awaited<ReturnType<typeof startWorker>>
type Isolate = Awaited<ReturnType<typeof startIsolate>>

let clerk: Worker
let vault: Isolate

beforeEach(async () => {
  clerk = await startWorker({ name: 'clerk' })
  vault = await startIsolate({ name: 'vault' })
})

afterEach(() => Promise.all([clerk.close(), vault.close()]))

/** The seams of a stack, the innermost crossing first. */
function seamsOf(error: unknown): string[] {
  return String((error as Error).stack)
    .split('\n')
    .flatMap((line) => /^ {4}at \[(context .*)\]$/.exec(line)?.[1] ?? [])
}

describe('main -> worker -> main -> isolate', () => {
  test('the isolate is closed while it is asked', async () => {
    const arrived = Promise.withResolvers<void>()
    const outer = failureOf(
      clerk.remote.ask(function consult() {
        return vault.remote.ask(function decide() {
          arrived.resolve()
          return vault.closed
        })
      }),
    )
    await arrived.promise
    await vault.close()
    const error = await outer
    expect(error).toBeInstanceOf(ContextClosedError)
    expect(error).toMatchObject({
      code: 'FARHOLD_CONTEXT_CLOSED',
      reason: 'closed',
      message: 'context "vault" was closed while "ask" was running.',
    })
    expect(seamsOf(error)).toEqual([
      'context "vault", ask',
      'context "main", function consult',
      'context "clerk", ask',
    ])
    expect(await clerk.remote.unwound()).toEqual([
      'ContextClosedError: context "vault" was closed while "ask" was running.',
    ])
    // Those between go on.
    expect(await clerk.remote.echo('here')).toBe('here')
    expect(clerk.stats()).toMatchObject({ pending: 0, serving: 0 })
  })

  test('the isolate is closed inside of a call that blocks', async () => {
    const error = await failureOf(
      clerk.remote.ask(function consult() {
        return vault.sync.askAndStay(() => void vault.close())
      }),
    )
    expect(error).toMatchObject({
      reason: 'closed',
      message: 'context "vault" was closed while "askAndStay" was running.',
    })
    expect(seamsOf(error)).toEqual([
      'context "vault", askAndStay',
      'context "main", function consult',
      'context "clerk", ask',
    ])
  })

  test('the isolate breaks its own runtime: that is the cause, also here', async () => {
    const error = await failureOf(
      clerk.remote.ask(() =>
        vault.context.eval('JSON.stringify = () => { throw new Error("broken") }; 1'),
      ),
    )
    expect(error).toMatchObject({ reason: 'protocol', cause: { code: 'FARHOLD_PROTOCOL' } })
    expect((error as Error).message).toMatch(/^context "vault" was cut off: /)
  })

  test('the worker between ends: the caller is told of it, and the isolate is not concerned', async () => {
    const arrived = Promise.withResolvers<void>()
    const released = Promise.withResolvers<string>()
    const answered = Promise.withResolvers<unknown>()
    const outer = failureOf(
      clerk.remote.ask(async () => {
        const answer = await vault.remote.ask(() => {
          arrived.resolve()
          return released.promise
        })
        answered.resolve(answer)
        return answer
      }),
    )
    await arrived.promise
    clerk.remote.exit(4).catch(() => undefined)
    const error = await outer
    expect(error).toMatchObject({ reason: 'exit', exitCode: 4 })
    expect((error as Error).message).toContain('context "clerk" exited with code 4 while "ask"')
    expect(seamsOf(error)).toEqual(['context "clerk", ask'])
    expect(vault.stats()).toMatchObject({ pending: 1 })
    released.resolve('still here')
    expect(await answered.promise).toBe('still here')
    expect(vault.stats()).toMatchObject({ pending: 0, serving: 0 })
  })
})

test('main -> worker -> main -> worker: reason, exit code and every crossing arrive', async () => {
  const archive = await startWorker({ name: 'archive' })
  const error = await failureOf(
    clerk.remote.ask(function consult() {
      return archive.remote.exit(9)
    }),
  )
  expect(error).toBeInstanceOf(ContextClosedError)
  expect(error).toMatchObject({
    reason: 'exit',
    exitCode: 9,
    message: 'context "archive" exited with code 9 while "exit" was running.',
  })
  expect(seamsOf(error)).toEqual([
    'context "archive", exit',
    'context "main", function consult',
    'context "clerk", ask',
  ])
  await archive.close()
})

test('main -> isolate -> main -> worker: who died, of what, and the last crossing; the rest is kept from a guest', async () => {
  const error = await failureOf(vault.remote.ask(() => clerk.remote.crash('out of tea')))
  expect(error).toBeInstanceOf(ContextClosedError)
  expect(error).toMatchObject({
    reason: 'error',
    exitCode: 1,
    message: 'context "clerk" crashed: out of tea while "crash" was running.',
    cause: { name: 'RangeError', message: 'out of tea' },
  })
  expect(seamsOf(error)).toEqual(['context "vault", ask'])
  expect(await vault.remote.unwound()).toEqual([
    'ContextClosedError: context "clerk" crashed: out of tea while "crash" was running.',
  ])
})

test('a chain that goes round and round unwinds to its beginning', async () => {
  const inward = (depth: number): PromiseLike<unknown> =>
    depth === 0
      ? vault.remote.askAndStay(() => void vault.close())
      : clerk.remote.ask(() => vault.remote.ask(() => inward(depth - 1)))
  const error = await failureOf(inward(3))
  expect(error).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED', reason: 'closed' })
  expect(seamsOf(error).at(-1)).toBe('context "clerk", ask')
  expect(clerk.stats()).toMatchObject({ pending: 0, serving: 0 })
  expect(vault.stats()).toMatchObject({ pending: 0, serving: 0 })
  expect(await clerk.remote.unwound()).toHaveLength(3)
})
