import { MessageChannel } from 'node:worker_threads'
import * as farhold from '@farhold/core'
import { spawnWorker, workerTransport } from '@farhold/transport-worker'
import { afterAll, beforeAll } from 'vitest'
import { syncCases } from './cases/sync.ts'
import * as fixture from './fixture.ts'
import { conformance, type Exception, withSession } from './harness.ts'
import { runCase } from './run-case.ts'

const cannotBlock: Exception = {
  because: 'the worker transport has no `enter` yet',
  failure: /cannot block this thread/,
  cases: syncCases.map(({ name }) => name),
}

let worker: farhold.Context
beforeAll(async () => {
  worker = await spawnWorker(new URL('./fixture.ts', import.meta.url))
})
afterAll(() => worker.close())

conformance(
  'a spawned worker',
  (conformanceCase) =>
    runCase(conformanceCase, {
      farhold,
      remote: worker.remote as object,
      sync: () => worker.sync as object,
      stats: () => worker.stats(),
    }),
  [
    cannotBlock,
    {
      because: 'spawnWorker has no option onError',
      failure: /no reported errors/,
      cases: ['writing: a write that fails is reported to onError'],
    },
  ],
)

conformance(
  'a MessagePort',
  async (conformanceCase) => {
    const { port1, port2 } = new MessageChannel()
    const reported: unknown[] = []
    farhold.expose(fixture, workerTransport(port1), { name: 'owner' })
    const session = farhold.connect(workerTransport(port2), {
      name: 'caller',
      onError: (error) => reported.push(error),
    })
    await withSession({ session, reported, farhold }, conformanceCase)
  },
  [cannotBlock],
)
