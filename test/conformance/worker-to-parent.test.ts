import { type Context, proxy } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterAll, beforeAll } from 'vitest'
import * as fixture from './fixture.ts'
import { conformance } from './harness.ts'
import type * as Runner from './worker-to-parent-runner.ts'
import { WITH_SESSION } from './worker-to-parent-session.ts'

let worker: Context<typeof Runner>
beforeAll(async () => {
  worker = await spawnWorker<typeof Runner>(
    new URL('./worker-to-parent-runner.ts', import.meta.url),
    { name: 'worker', ...WITH_SESSION },
  )
  await worker.remote.begin(proxy(fixture) as never)
})
afterAll(() => worker.close())

conformance('a spawned worker, towards its parent', async ({ name }) => {
  await worker.remote.run(name)
})
