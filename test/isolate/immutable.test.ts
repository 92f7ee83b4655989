/**
 * Immutable values and a guest: an answer to its blocking call may overtake what is queued for it, and must find the content of what it names; what it
 * does to its own copy is its own affair.
 */
import { immutable, type Remote, sync } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { describe, expect, test } from 'vitest'

interface Config {
  readonly name: string
  readonly bytes?: Uint8Array
}

const SOURCE = `
export const work = () => {
  host.begin()
  const first = host.give()
  return [first === host.give(), first.name, first.bytes === undefined ? 0 : first.bytes.length, Object.isFrozen(first)]
}
export const given = []
export const take = (value) => { given.push(value) }
export const areSame = () => given.length === 1 && given[0] === host.give()
`

interface Guest {
  work(): unknown[]
  take(value: unknown): void
  areSame(): boolean
}

describe.each<[string, () => Config]>([
  ['data', () => immutable({ name: 'a' })],
  ['bytes', () => immutable({ name: 'a', bytes: new Uint8Array(5000) })],
])('%s', (_, make) => {
  test.each(['a pool thread', 'this thread'])(
    'in an answer that overtakes the queue, on %s',
    async (thread) => {
      const config = make()
      let taken: PromiseLike<unknown> = Promise.resolve()
      const host = {
        begin: () => {
          taken = guest.remote.take(config)
          void taken.then(undefined, () => undefined)
        },
        give: () => config,
      }
      await using guest = await spawnIsolate<Guest>({ source: SOURCE, globals: { host } })
      const expected = [true, 'a', config.bytes?.length ?? 0, true]
      const { work } = guest.remote as Remote<Guest>
      if (thread === 'this thread') expect(guest.sync.work()).toEqual(expected)
      else expect(await work()).toEqual(expected)
      await taken
      expect(await guest.remote.areSame()).toBe(true)
    },
  )
})

test('a guest that changes its copy by force has the host given its own', async () => {
  const config = immutable({ list: [1, 2], bytes: new Uint8Array([1]) })
  const seen: unknown[] = []
  const host = { take: (value: unknown) => void seen.push(value), give: () => config }
  await using guest = await spawnIsolate<{ run(): unknown }>({
    source: `
      export const run = () => {
        const copy = host.give()
        copy.bytes[0] = 9
        Object.isFrozen = () => false
        try { copy.list.push(3) } catch {}
        host.take(copy)
        return copy.bytes[0]
      }
    `,
    globals: { host },
  })
  expect(await guest.remote.run()).toBe(9)
  expect(seen).toEqual([config])
  expect(seen[0]).toBe(config)
  expect([...config.bytes]).toEqual([1])
  expect(config.bytes.buffer).toBeInstanceOf(SharedArrayBuffer)
})

test('bytes of a guest without shared memory cross as a copy, and are the same each time', async () => {
  await using guest = await spawnIsolate<{ give(): Config; isOwn(value: unknown): boolean }>({
    source: `
      import { immutable } from '@farhold/core'
      const own = immutable({ name: typeof SharedArrayBuffer, bytes: new Uint8Array([1, 2]) })
      export const give = () => own
      export const isOwn = (value) => value === own
    `,
  })
  const own = sync(guest.remote).give()
  expect(own.name).toBe('undefined')
  expect([...(own.bytes ?? [])]).toEqual([1, 2])
  expect(await guest.remote.give()).toBe(own)
  expect(await guest.remote.isOwn(own)).toBe(true)
})
