import * as farhold from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { afterAll, beforeAll } from 'vitest'
import { bundle } from './bundle.ts'
import type { Case } from './case.ts'
import { conformance } from './harness.ts'
import { isAboutLimits, LIMITED } from './limited.ts'
import { runCase } from './run-case.ts'
import { OWNER_WITHOUT_PLATFORM } from './without-platform.ts'

const reported: unknown[] = []
const source = bundle('./fixture.ts')
const start = async (limits: Partial<farhold.Limits> = {}): Promise<farhold.Context> =>
  spawnIsolate({
    limits,
    source: await source,
    name: 'guest',
    memoryLimit: 128,
    writes: 'open',
    sharedMemory: true,
    onError: (error) => reported.push(error),
  })

let guest: farhold.Context
beforeAll(async () => {
  guest = await start()
})
afterAll(() => guest.close())

const runIn = (context: farhold.Context, conformanceCase: Case): Promise<void> =>
  runCase(conformanceCase, {
    farhold,
    remote: context.remote as object,
    sync: () => context.sync as object,
    stats: () => context.stats(),
    reported: () => reported,
  })

conformance(
  'an isolate, host to guest',
  async (conformanceCase) => {
    if (!isAboutLimits(conformanceCase)) return runIn(guest, conformanceCase)
    await using limited = await start(LIMITED)
    await runIn(limited, conformanceCase)
  },
  OWNER_WITHOUT_PLATFORM,
)
