import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { type Context, transfer } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

type Module = typeof import('./fixtures/memory-module.ts')

let worker: Context<Module>

beforeAll(async () => {
  worker = await spawnWorker<Module>(new URL('./fixtures/memory-module.ts', import.meta.url))
})

afterAll(() => worker.close())

test('an ArrayBuffer that is transferred is detached here and whole there', async () => {
  const buffer = new Uint8Array([1, 2, 3, 4]).buffer
  expect(await worker.remote.keep(transfer(buffer, [buffer]))).toBe(4)
  expect(buffer.detached).toBe(true)
  expect(await worker.remote.keptSum()).toBe(10)
})

test('a view whose buffer is transferred', async () => {
  const bytes = new Uint8Array([5, 6, 7])
  expect(await worker.remote.sumOf(transfer(bytes, [bytes.buffer]))).toBe(18)
  expect(bytes.buffer.detached).toBe(true)
})

test('one that is not transferred is copied and stays', async () => {
  const bytes = new Uint8Array(100_000).fill(1)
  expect(await worker.remote.sumOf(bytes)).toBe(100_000)
  expect(bytes.byteLength).toBe(100_000)
  expect(bytes[99_999]).toBe(1)
})

test('a buffer that was moved before is refused with its path', async () => {
  const buffer = new ArrayBuffer(8)
  await worker.remote.keep(transfer(buffer, [buffer]))
  expect(await failureOf(worker.remote.keep(transfer(buffer, [buffer])))).toMatchObject({
    code: 'FARHOLD_NOT_SHAREABLE',
    path: 'arguments[0]',
  })
})

test('a MessagePort moves, and both ends talk', async () => {
  const { port1, port2 } = new MessageChannel()
  const heard = new Promise<unknown>((resolve) => port1.once('message', resolve))
  await worker.remote.echoOn(transfer(port2, [port2]) as MessagePort)
  port1.postMessage('hello')
  expect(await heard).toBe('echo hello')
})

test('a SharedArrayBuffer is the same memory on both sides', async () => {
  const shared = new SharedArrayBuffer(4)
  const here = new Int32Array(shared)
  expect(await worker.remote.increment(shared)).toBe(0)
  expect(here[0]).toBe(1)
  Atomics.store(here, 0, 41)
  expect(await worker.remote.increment(shared)).toBe(41)
  expect(here[0]).toBe(42)
})

test('a megabyte comes back', async () => {
  const bytes = await worker.remote.make(1_000_000)
  expect(bytes).toBeInstanceOf(Uint8Array)
  expect(bytes.length).toBe(1_000_000)
  expect(bytes[999_999]).toBe(3)
})
