import { MessageChannel } from 'node:worker_threads'
import * as farhold from '@farhold/core'
import { spawnWorker, workerTransport } from '@farhold/transport-worker'
import { afterAll, beforeAll } from 'vitest'
import type { Case } from './case.ts'
import { blockingStopCases } from './cases/cancelling.ts'
import { blockingChannelCases } from './cases/channels.ts'
import { blockingImmutableCases } from './cases/immutable.ts'
import { blockingLimitCases } from './cases/limits.ts'
import { blockingLaterCases, blockingNarrowingCases } from './cases/narrowing.ts'
import { syncCases } from './cases/sync.ts'
import { blockingViewCases } from './cases/views.ts'
import { blockingObjectCases } from './cases/whole-object.ts'
import * as fixture from './fixture.ts'
import { conformance, type Exception, readsNoDigits, withSession } from './harness.ts'
import { isAboutLimits, LIMITED, limitsFor } from './limited.ts'
import { runCase } from './run-case.ts'

const cannotBlock: Exception = {
  because: 'a port alone does not say how its other thread is woken',
  failure: /cannot block this thread/,
  cases: [
    ...syncCases,
    ...blockingChannelCases,
    ...blockingStopCases,
    ...blockingObjectCases,
    ...blockingViewCases,
    ...blockingNarrowingCases,
    ...blockingImmutableCases,
    ...blockingLaterCases,
    ...blockingLimitCases,
  ].map(({ name }) => name),
}

const reported: unknown[] = []
const start = (limits: Partial<farhold.Limits> = {}): Promise<farhold.Context> =>
  spawnWorker(new URL('./fixture.ts', import.meta.url), {
    limits,
    onError: (error) => reported.push(error),
  })

let worker: farhold.Context
beforeAll(async () => {
  worker = await start()
})
afterAll(() => worker.close())

const runIn = (context: farhold.Context, conformanceCase: Case): Promise<void> =>
  runCase(conformanceCase, {
    farhold,
    remote: context.remote as object,
    sync: () => context.sync as object,
    stats: () => context.stats(),
    reported: () => reported,
  })

conformance(
  'a spawned worker',
  async (conformanceCase) => {
    if (!isAboutLimits(conformanceCase)) return runIn(worker, conformanceCase)
    await using limited = await start(LIMITED)
    await runIn(limited, conformanceCase)
  },
  [readsNoDigits],
)

conformance(
  'a MessagePort',
  async (conformanceCase) => {
    const { port1, port2 } = new MessageChannel()
    const reported: unknown[] = []
    const limits = limitsFor(conformanceCase)
    const owner = farhold.expose(fixture, workerTransport(port1), { name: 'owner', limits })
    const session = farhold.connect(workerTransport(port2), {
      name: 'caller',
      limits,
      onError: (error) => reported.push(error),
    })
    await withSession({ session, owner, reported, farhold }, conformanceCase)
  },
  [cannotBlock, readsNoDigits],
)
