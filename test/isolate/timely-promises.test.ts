/**
 * No promise of the engine's own settles between two entries, where what waits for it would run outside of every time
 * limit: such a guest is stopped as any other, and its context goes on.
 */
import { CallTimeoutError } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

const EMPTY = 'new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0])'

test('what waits for WebAssembly is under the time limit', async () => {
  await using guest = await spawnIsolate({ timeout: 100, webAssembly: true })
  for (const start of ['compile', 'instantiate']) {
    const endless = `WebAssembly.${start}(${EMPTY}).then(() => { for (;;); })`
    expect(await failureOf(guest.eval(endless))).toBeInstanceOf(CallTimeoutError)
    expect(await guest.eval('1 + 1')).toBe(2)
  }
})

test('WebAssembly gives what its standard says', async () => {
  await using guest = await spawnIsolate({ webAssembly: true })
  const kinds = await guest.eval(`(async () => {
    const module = await WebAssembly.compile(${EMPTY})
    const both = await WebAssembly.instantiate(${EMPTY}, {})
    return [
      module instanceof WebAssembly.Module,
      both.module instanceof WebAssembly.Module,
      both.instance instanceof WebAssembly.Instance,
      (await WebAssembly.instantiate(module)) instanceof WebAssembly.Instance,
      await WebAssembly.compile(new Uint8Array(3)).catch((error) => error instanceof WebAssembly.CompileError),
    ]
  })()`)
  expect(kinds).toEqual([true, true, true, true, true])
})

test('there is no asynchronous wait on shared memory', async () => {
  await using guest = await spawnIsolate({ sharedMemory: true })
  expect(guest.evalSync('[typeof Atomics.wait, typeof Atomics.waitAsync]')).toEqual([
    'function',
    'undefined',
  ])
})
