/**
 * The memory that two threads share: what does not fit into it, what fills it, and a peer that writes nonsense there. No read goes outside of
 * it, no wait is without end, and everyone else goes on.
 */
import { type Context, proxy } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '../../child-process.ts'
import { failureOf } from '../../failure.ts'
import { outcomeOf } from './fixtures/peer.ts'

type Vandal = typeof import('./fixtures/vandal.ts')

const spawn = (name: string): Promise<Context<Vandal>> =>
  spawnWorker<Vandal>(new URL('./fixtures/vandal.ts', import.meta.url), { name })

let honest: Context<Vandal>
beforeAll(async () => {
  honest = await spawn('honest')
})
afterAll(() => honest.close())

describe('a message of any size crosses', () => {
  // Around the longest string, the largest entry, and the ring itself.
  const LENGTHS = [
    0, 1, 4095, 4096, 4097, 16_000, 16_384, 16_400, 65_535, 65_536, 65_700, 3_000_000,
  ]

  test.each(LENGTHS)('a string of %d', (length) => {
    for (const unit of ['x', 'é', '語']) {
      const text = unit.repeat(length)
      expect(honest.sync.echo(text) === text).toBe(true)
    }
  })

  test.each(LENGTHS)('%d bytes, and text beside them', async (length) => {
    const value = { bytes: new Uint8Array(length).fill(7), text: 'beside' }
    expect(honest.sync.echo(value)).toEqual(value)
    expect(await honest.remote.echo(value)).toEqual(value)
  })

  test.each([100, 1000, 5000, 20_000])('a list of %d numbers', (length) => {
    const numbers = Array.from({ length }, (_, index) => index * 1.5)
    expect(honest.sync.echo(numbers)).toEqual(numbers)
  })
})

test('more messages than the ring has room for arrive all, in the order in which they were sent', async () => {
  const seen: number[] = []
  const tell = proxy((number: number, text: string) => {
    expect(text.length).toBe(100 + (number % 7))
    seen.push(number)
  })
  const times = 5000
  const texts = Array.from({ length: 7 }, (_, more) => 'y'.repeat(100 + more))
  const tellOneOf = proxy((number: number) => tell(number, texts[number % 7] as string))
  expect(honest.sync.flood(tellOneOf, times, '')).toBe(times)
  // What it told last may have been told when it had answered already.
  await honest.remote.echo(1)
  expect(seen).toEqual(Array.from({ length: times }, (_, index) => index))
})

describe('a peer that writes nonsense', () => {
  test('ends its own session while it is waited for, and nothing else', async () => {
    for (const name of await honest.remote.wrecks()) {
      const vandal = await spawn('vandal')
      const { closed } = vandal
      // So that it writes to a ring which has been used.
      for (let call = 0; call < 50; call++) vandal.sync.echo(call)
      expect(outcomeOf(() => vandal.sync.wreck(name))).toMatchObject({
        error: 'ContextClosedError',
        reason: 'protocol',
      })
      expect(outcomeOf(() => vandal.sync.echo(1))).toMatchObject({ error: 'ContextClosedError' })
      expect(await failureOf(vandal.remote.echo(1))).toMatchObject({ reason: 'protocol' })
      expect((await closed).kind).toBe('protocol')
      await vandal.close()
      expect(honest.sync.echo(name)).toBe(name)
    }
  })

  test('and one that claims to have posted what never comes is heard all the same', () => {
    expect(honest.sync.boast()).toBe('answered')
    expect(honest.sync.echo('goes on')).toBe('goes on')
  })
})

test('a thread that may not block says so, and what to do instead', async () => {
  // As a browser does on its main thread.
  const ended = await runProgram(`
    Atomics.wait = () => { throw new TypeError('Atomics.wait cannot be called in this context') }
    const { sync } = await import('@farhold/core')
    const { spawnWorker } = await import('@farhold/transport-worker')
    const worker = await spawnWorker('data:text/javascript,export const add = (a, b) => a + b; export const shelf = {}; export const give = () => ({ add })', { name: 'sums' })
    for (const block of [() => worker.sync, () => sync(worker.remote), () => worker.evalSync('1')])
      try { block() } catch ({ code, message }) { console.log(code, message) }
    console.log(await worker.remote.add(1, 2))
    await worker.close()`)
  expect(ended.errors).toBe('')
  expect(ended.output.split('\n')).toEqual([
    expect.stringMatching(/^FARHOLD_WOULD_BLOCK .*"sums".* Use its remote\.$/),
    expect.stringMatching(/^FARHOLD_WOULD_BLOCK .* Use it as a Remote\.$/),
    expect.stringMatching(/^FARHOLD_WOULD_BLOCK .*"sums"/),
    '3',
  ])
})
