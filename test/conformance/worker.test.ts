import { MessageChannel } from 'node:worker_threads'
import * as farhold from '@farhold/core'
import { spawnWorker, workerTransport } from '@farhold/transport-worker'
import { afterAll, beforeAll } from 'vitest'
import { blockingStopCases } from './cases/cancelling.ts'
import { blockingLaterCases, blockingNarrowingCases } from './cases/narrowing.ts'
import { syncCases } from './cases/sync.ts'
import { blockingObjectCases } from './cases/whole-object.ts'
import * as fixture from './fixture.ts'
import { conformance, type Exception, withSession } from './harness.ts'
import { runCase } from './run-case.ts'

const cannotBlock: Exception = {
  because: 'a port alone does not say how its other thread is woken',
  failure: /cannot block this thread/,
  cases: [
    ...syncCases,
    ...blockingStopCases,
    ...blockingObjectCases,
    ...blockingNarrowingCases,
    ...blockingLaterCases,
  ].map(({ name }) => name),
}

let worker: farhold.Context
const reported: unknown[] = []
beforeAll(async () => {
  worker = await spawnWorker(new URL('./fixture.ts', import.meta.url), {
    onError: (error) => reported.push(error),
  })
})
afterAll(() => worker.close())

conformance('a spawned worker', (conformanceCase) =>
  runCase(conformanceCase, {
    farhold,
    remote: worker.remote as object,
    sync: () => worker.sync as object,
    stats: () => worker.stats(),
    reported: () => reported,
  }),
)

conformance(
  'a MessagePort',
  async (conformanceCase) => {
    const { port1, port2 } = new MessageChannel()
    const reported: unknown[] = []
    const owner = farhold.expose(fixture, workerTransport(port1), { name: 'owner' })
    const session = farhold.connect(workerTransport(port2), {
      name: 'caller',
      onError: (error) => reported.push(error),
    })
    await withSession({ session, owner, reported, farhold }, conformanceCase)
  },
  [cannotBlock],
)
