/**
 * An isolate in a process of its own carries what one in this process does, in both directions, except shared memory.
 */
import * as farhold from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { afterAll, beforeAll } from 'vitest'
import { bundle } from './bundle.ts'
import type { Case } from './case.ts'
import * as fixture from './fixture.ts'
import type * as Runner from './guest-runner.ts'
import { conformance, type Exception } from './harness.ts'
import { isAboutLimits, LIMITED } from './limited.ts'
import { runCase } from './run-case.ts'
import { OWNER_WITHOUT_PLATFORM, USER_WITHOUT_PLATFORM } from './without-platform.ts'

const COMMON = { contain: 'process', name: 'guest', memoryLimit: 128, writes: 'open' } as const

const reported: unknown[] = []
const owning = bundle('./fixture.ts')
const startOwner = async (limits: Partial<farhold.Limits> = {}): Promise<farhold.Context> =>
  spawnIsolate({
    ...COMMON,
    limits,
    source: await owning,
    onError: (error) => reported.push(error),
  })

const using = bundle('./guest-runner.ts')
const startUser = async (
  limits: Partial<farhold.Limits> = {},
): Promise<farhold.Context<typeof Runner>> =>
  spawnIsolate<typeof Runner>({
    ...COMMON,
    limits,
    source: await using,
    globals: { fixture },
    locks: 'open',
    redactStacks: false,
  })

let owner: farhold.Context
let user: farhold.Context<typeof Runner>
beforeAll(async () => {
  ;[owner, user] = await Promise.all([startOwner(), startUser()])
})
afterAll(() => Promise.all([owner.close(), user.close()]))

const ANOTHER_PROCESS: Exception = {
  because: 'memory is not shared with another process',
  failure: /SharedArrayBuffer is not defined|shared memory at arguments\[0\] .* cannot be copied/,
  cases: ['bytes: shared memory is shared'],
}

const runIn = (context: farhold.Context, conformanceCase: Case): Promise<void> =>
  runCase(conformanceCase, {
    farhold,
    remote: context.remote as object,
    sync: () => context.sync as object,
    stats: () => context.stats(),
    reported: () => reported,
  })

conformance(
  'a contained isolate, host to guest',
  async (conformanceCase) => {
    if (!isAboutLimits(conformanceCase)) return runIn(owner, conformanceCase)
    await using limited = await startOwner(LIMITED)
    await runIn(limited, conformanceCase)
  },
  [...OWNER_WITHOUT_PLATFORM, ANOTHER_PROCESS],
)

conformance(
  'a contained isolate, guest to host',
  async (conformanceCase) => {
    const { name } = conformanceCase
    if (!isAboutLimits(conformanceCase)) return user.remote.run(name)
    await using limited = await startUser(LIMITED)
    await limited.remote.run(name)
  },
  [...USER_WITHOUT_PLATFORM, ANOTHER_PROCESS],
)
