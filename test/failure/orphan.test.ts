/**
 * The other direction: a worker that uses its parent, and the parent ends. The worker is told as the parent would be.
 */
import { on, once } from 'node:events'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { expose, type Session, transfer } from '@farhold/core'
import { workerTransport } from '@farhold/transport-worker'
import { describe, expect, test } from 'vitest'
import { channelDeath } from './deaths.ts'
import { startOwnWorker } from './doomed.ts'
import type { Observation } from './observe.ts'
import type { Orphan } from './orphan-worker.ts'
import { togetherIn } from './pending.ts'
import { expectCell } from './table.ts'
import * as victim from './victim.ts'

const LOST = { error: 'ContextClosedError', reason: 'transport' }

describe('a parent that ends what a worker uses', () => {
  test.each<[string, (port: MessagePort, session: Session) => unknown, string, object]>([
    ['by closing its port', (port) => port.close(), 'transport', LOST],
    ['by closing its session', (_port, session) => session.close(), 'closed', LOST],
    [
      'by malformed data',
      (port) => port.postMessage({ hello: 'world' }),
      'transport',
      { ...LOST, reason: 'protocol', cause: 'ProtocolError' },
    ],
  ])('%s', async (_how, end, reason, lost) => {
    const used = new MessageChannel()
    const beside = new MessageChannel()
    const session = expose(victim, workerTransport(used.port1))
    const neighbour = expose(victim, workerTransport(beside.port1))
    const worker = new Worker(new URL('./orphan-worker.ts', import.meta.url), {
      execArgv: ['--conditions=source'],
      workerData: { doomed: used.port2, neighbour: beside.port2, lost } satisfies Orphan,
      transferList: [used.port2, beside.port2],
    })
    const ended = once(worker, 'exit')
    let seen: Observation | undefined
    for await (const [message] of on(worker, 'message', { close: ['exit'] })) {
      if (message === 'end it') end(used.port1, session)
      else seen = message as Observation
    }
    expect(await ended).toEqual([0])
    expect((await session.closed).kind).toBe(reason)
    expect((await neighbour.closed).kind).toBe('transport')
    expect(seen).toBeDefined()
    const death = channelDeath('the parent', () => undefined, lost, reason)
    if (seen !== undefined) expectCell(death, togetherIn(death), seen)
    for (const { stats } of [session, neighbour])
      expect(stats()).toMatchObject({ exports: 0, imports: 0, pending: 0, serving: 0 })
  })

  test('by closing its session over the worker itself', async () => {
    const { session, worker } = await startOwnWorker()
    const { port1, port2 } = new MessageChannel()
    const ended = once(worker, 'exit')
    const asked = Promise.withResolvers<void>()
    const told = once(port1, 'message')
    await session.remote.askAndReport(
      () => {
        asked.resolve()
        return new Promise<never>(() => undefined)
      },
      transfer(port2, [port2]),
    )
    await asked.promise
    await session.close()
    expect(await told).toEqual([LOST])
    port1.close()
    // It has nothing left to do.
    expect(await ended).toEqual([0])
  })
})
