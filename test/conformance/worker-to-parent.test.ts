import { type Context, type Limits, proxy } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterAll, beforeAll } from 'vitest'
import * as fixture from './fixture.ts'
import { conformance, readsNoDigits } from './harness.ts'
import { isAboutLimits, LIMITED } from './limited.ts'
import type * as Runner from './worker-to-parent-runner.ts'
import { WITH_SESSIONS } from './worker-to-parent-session.ts'

const startRunner = (name: string, limits: Partial<Limits> = {}) =>
  spawnWorker<typeof Runner>(new URL('./worker-to-parent-runner.ts', import.meta.url), {
    name,
    limits,
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

conformance(
  'a spawned worker, towards its parent',
  async (conformanceCase) => {
    const { name } = conformanceCase
    if (!isAboutLimits(conformanceCase)) return towardsParent.remote.run(name)
    await using limited = await startRunner('limited', LIMITED)
    await limited.remote.begin(proxy(fixture) as never)
    await limited.remote.run(name)
  },
  [readsNoDigits],
)

conformance(
  'a spawned worker, towards another one',
  async (conformanceCase) => {
    const { name } = conformanceCase
    if (!isAboutLimits(conformanceCase)) return towardsSibling.remote.run(name)
    await using owner = await spawnWorker(new URL('./fixture.ts', import.meta.url), {
      name: 'limited sibling',
      limits: LIMITED,
    })
    await using limited = await startRunner('limited', LIMITED)
    await limited.remote.begin(owner.remote as never)
    await limited.remote.run(name)
  },
  [readsNoDigits],
)
