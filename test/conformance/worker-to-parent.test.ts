import { type Context, proxy } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterAll, beforeAll } from 'vitest'
import * as fixture from './fixture.ts'
import { conformance } from './harness.ts'
import type * as Runner from './worker-to-parent-runner.ts'
import { WITH_SESSIONS } from './worker-to-parent-session.ts'

const startRunner = (name: string) =>
  spawnWorker<typeof Runner>(new URL('./worker-to-parent-runner.ts', import.meta.url), {
    name,
    ...WITH_SESSIONS,
  })

let towardsParent: Context<typeof Runner>
let towardsSibling: Context<typeof Runner>
let sibling: Context<typeof fixture>
beforeAll(async () => {
  towardsParent = await startRunner('child')
  await towardsParent.remote.begin(proxy(fixture) as never)
  sibling = await spawnWorker(new URL('./fixture.ts', import.meta.url), { name: 'sibling' })
  towardsSibling = await startRunner('other child')
  await towardsSibling.remote.begin(sibling.remote as never)
})
afterAll(() => Promise.all([towardsParent.close(), towardsSibling.close(), sibling.close()]))

conformance('a spawned worker, towards its parent', async ({ name }) => {
  await towardsParent.remote.run(name)
})

conformance('a spawned worker, towards another one', async ({ name }) => {
  await towardsSibling.remote.run(name)
})
