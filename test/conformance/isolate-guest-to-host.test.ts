import type { Context, Limits } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { afterAll, beforeAll } from 'vitest'
import { bundle } from './bundle.ts'
import * as fixture from './fixture.ts'
import type * as Runner from './guest-runner.ts'
import { conformance } from './harness.ts'
import { isAboutLimits, LIMITED } from './limited.ts'
import { USER_WITHOUT_PLATFORM } from './without-platform.ts'

const source = bundle('./guest-runner.ts')
const start = async (limits: Partial<Limits> = {}): Promise<Context<typeof Runner>> =>
  spawnIsolate<typeof Runner>({
    limits,
    source: await source,
    name: 'guest',
    globals: { fixture },
    memoryLimit: 128,
    writes: 'open',
    locks: 'open',
    sharedMemory: true,
    redactStacks: false,
  })

let guest: Context<typeof Runner>
beforeAll(async () => {
  guest = await start()
})
afterAll(() => guest.close())

conformance(
  'an isolate, guest to host',
  async (conformanceCase) => {
    const { name } = conformanceCase
    if (!isAboutLimits(conformanceCase)) return guest.remote.run(name)
    await using limited = await start(LIMITED)
    await limited.remote.run(name)
  },
  USER_WITHOUT_PLATFORM,
)
