/** Where the time a call may take is said: for one call, for a session, for a context; and for calls that block. */
import { connect, expose, loopback, type SessionOptions, withOptions } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

interface Root {
  never(): Promise<void>
  add(a: number, b: number): number
  endless(): AsyncGenerator<number>
}

function session(options: SessionOptions) {
  const gate = Promise.withResolvers<void>()
  const root: Root = {
    never: () => gate.promise,
    add: (a, b) => a + b,
    async *endless() {
      for (let n = 0; ; n++) yield n
    },
  }
  const [here, there] = loopback()
  expose(root, here)
  return { ...connect<Root>(there, options), open: () => gate.resolve() }
}

describe('the time limit of a session', () => {
  test('is that of every call that does not say otherwise', async () => {
    const { remote, open, close } = session({ timeout: 20 })
    const patient = withOptions(remote, { timeout: Infinity }).never()
    const waiting = Promise.resolve(patient)
    expect(await failureOf(remote.never())).toMatchObject({
      code: 'FARHOLD_CALL_TIMEOUT',
      milliseconds: 20,
      message: expect.stringContaining('never'),
    })
    expect(await remote.add(1, 2)).toBe(3)
    open()
    expect(await waiting).toBeUndefined()
    await close()
  })

  test('is none when nothing says one', async () => {
    const { remote, open, close } = session({})
    const call = Promise.resolve(remote.never())
    expect(await failureOf(withOptions(remote, { timeout: 20 }).never())).toMatchObject({
      code: 'FARHOLD_CALL_TIMEOUT',
    })
    open()
    expect(await call).toBeUndefined()
    await close()
  })

  test('does not limit an iteration as a whole', async () => {
    const { remote, close } = session({ timeout: 1000 })
    const until = performance.now() + 1500
    let last = -1
    for await (const n of remote.endless()) {
      last = n
      if (performance.now() > until) break
      await new Promise(setImmediate)
    }
    expect(last).toBeGreaterThan(0)
    await close()
  })

  test('leaves no timer behind that keeps the process', async () => {
    const { remote, close } = session({ timeout: 60_000 })
    expect(await remote.add(1, 2)).toBe(3)
    const kept = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length
    const call = failureOf(remote.never())
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBe(
      kept + 1,
    )
    await close()
    await call
    expect(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length).toBe(kept)
  })
})

describe('the time limit of a context', () => {
  test('that is a worker', async () => {
    await using worker = await spawnWorker<{ never(): Promise<void>; answer: number }>(
      'data:text/javascript,export const never = () => new Promise(() => {}), answer = 42',
      { timeout: 2000 },
    )
    expect(await failureOf(worker.remote.never())).toMatchObject({ milliseconds: 2000 })
    expect(await worker.remote.answer).toBe(42)
  })

  test('for a call that blocks', async () => {
    await using guest = await spawnIsolate<{ spin(milliseconds: number): string }>({
      source: `export function spin(milliseconds) {
        const end = Date.now() + milliseconds
        while (Date.now() < end);
        return 'done'
      }`,
    })
    expect(withOptions(guest.sync, { timeout: 10_000 }).spin(1)).toBe('done')
    const error = await failureOf(
      (async () => withOptions(guest.sync, { timeout: 50 }).spin(500))(),
    )
    expect(error).toMatchObject({ code: 'FARHOLD_CALL_TIMEOUT' })
    expect(guest.sync.spin(1)).toBe('done')
  })
})
