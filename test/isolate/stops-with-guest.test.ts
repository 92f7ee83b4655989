/** What a host gives a guest that goes on by itself: promises, callbacks, iterations and streams stop with the guest, in either containment. */
import { proxy, type Remote } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

interface Guest {
  read(source: AsyncIterable<number>, told: () => void): Promise<void>
  wait(later: Promise<number>, told: () => void): Promise<void>
  keep(call: (given: () => string) => void): void
}

const SOURCE = `
  export const read = async (source, told) => { for await (const chunk of source) if (chunk === 2) told() }
  export const wait = async (later, told) => { told(); await later }
  export const keep = (call) => { call(() => 'of the guest') }
`

describe.each(['thread', 'process'] as const)('contained in a %s', (contain) => {
  const spawn = () => spawnIsolate<Guest>({ source: SOURCE, contain })

  test('a stream is cancelled', async () => {
    await using guest = await spawn()
    const cancelled = Promise.withResolvers<unknown>()
    let chunk = 0
    const source = new ReadableStream<number>({
      pull: (controller) => controller.enqueue(++chunk),
      cancel: (reason) => cancelled.resolve(reason),
    })
    const begun = Promise.withResolvers<void>()
    const reading = failureOf(guest.remote.read(source as never, begun.resolve))
    await begun.promise
    await guest.close()
    expect(await cancelled.promise).toMatchObject({ name: 'ContextClosedError' })
    expect(await reading).toMatchObject({ name: 'ContextClosedError' })
    const made = chunk
    await guest.closed
    expect(chunk).toBe(made)
  })

  test('an iteration is ended', async () => {
    await using guest = await spawn()
    const ended = Promise.withResolvers<void>()
    async function* items() {
      try {
        for (let item = 1; ; item++) yield item
      } finally {
        ended.resolve()
      }
    }
    const begun = Promise.withResolvers<void>()
    const reading = failureOf(guest.remote.read(items(), begun.resolve))
    await begun.promise
    await guest.close()
    await ended.promise
    expect(await reading).toMatchObject({ name: 'ContextClosedError' })
  })

  test('a promise that settles later is told to no one, and a function of the guest is no more', async () => {
    await using guest = await spawn()
    const later = Promise.withResolvers<number>()
    const begun = Promise.withResolvers<void>()
    const kept = Promise.withResolvers<Remote<() => string>>()
    const waiting = failureOf(guest.remote.wait(later.promise, begun.resolve))
    await guest.remote.keep(proxy((given: Remote<() => string>) => kept.resolve(given)) as never)
    await begun.promise
    const given = await kept.promise
    expect(await given()).toBe('of the guest')
    await guest.close()
    expect(await waiting).toMatchObject({ name: 'ContextClosedError' })
    later.resolve(1)
    expect(await failureOf(given())).toMatchObject({ name: 'ContextClosedError' })
    expect(guest.stats()).toMatchObject({ exports: 0, imports: 0, pending: 0, serving: 0 })
  })
})
