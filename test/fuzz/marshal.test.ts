/** Any value of the supported types arrives as it is, with its identities and cycles, on every transport. */
import { type Context, connect, expose, loopback, type Session } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { differenceOf } from '../conformance/assert.ts'
import { bundle } from '../conformance/bundle.ts'
import type * as Fixture from '../conformance/fixture.ts'
import * as fixture from '../conformance/fixture.ts'
import { type Make, values } from './values.ts'

/** A call there and back. */
type Echo = (value: unknown) => PromiseLike<unknown>

async function arrivesAsItIs(echo: Echo, make: Make): Promise<void> {
  const sent = make()
  const received = await echo(sent)
  expect(differenceOf(received, make(), true)).toBeUndefined()
  // Sending does not change what is sent.
  expect(differenceOf(sent, make(), true)).toBeUndefined()
}

const arrives = (echo: () => Echo) =>
  fc.asyncProperty(values, (make) => arrivesAsItIs(echo(), make))

describe.each(['structured', 'text'] as const)('over loopback, %s', (codec) => {
  let session: Session<typeof Fixture>
  beforeAll(() => {
    const [here, there] = loopback({ codec })
    expose(fixture, here)
    session = connect<typeof Fixture>(there)
  })
  afterAll(() => session.close())

  test('any value arrives as it is', async () => {
    await fc.assert(
      arrives(() => (value) => session.remote.echo(value)),
      { numRuns: 400 },
    )
  })

  test('any value is the same in a blocking call', async () => {
    await fc.assert(
      arrives(() => async (value) => session.sync.echo(value)),
      { numRuns: 100 },
    )
  })

  test('nothing is held when it has arrived', async () => {
    expect(session.stats()).toMatchObject({ exports: 0, pending: 0, serving: 0 })
  })
})

describe('to a worker', () => {
  let worker: Context<typeof Fixture>
  beforeAll(async () => {
    worker = await spawnWorker<typeof Fixture>(
      new URL('../conformance/fixture.ts', import.meta.url),
    )
  })
  afterAll(() => worker.close())

  test('any value arrives as it is', async () => {
    await fc.assert(
      arrives(() => (value) => worker.remote.echo(value)),
      { numRuns: 150 },
    )
  })
})

describe('to an isolate', () => {
  let guest: Context<typeof Fixture>
  beforeAll(async () => {
    guest = await spawnIsolate<typeof Fixture>({ source: await bundle('./fixture.ts') })
  })
  afterAll(() => guest.close())

  test('any value arrives as it is', async () => {
    await fc.assert(
      arrives(() => (value) => guest.remote.echo(value)),
      { numRuns: 150 },
    )
  })

  test('any value is the same in a blocking call', async () => {
    await fc.assert(
      arrives(() => async (value) => guest.sync.echo(value)),
      { numRuns: 100 },
    )
  })
})
