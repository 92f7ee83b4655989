/** Runs one case over what a harness has of a session. Portable, as the cases are. */
import type * as Farhold from '@farhold/core'
import { assert } from './assert.ts'
import type { Case, CaseContext, Untyped } from './case.ts'

/** The two ends as a harness has them; what it leaves out, cases cannot ask for. */
export interface Ends {
  readonly farhold: typeof Farhold
  readonly remote: object
  readonly sync?: () => object
  readonly stats?: () => Farhold.SessionStats
  readonly ownerStats?: () => Farhold.SessionStats
  readonly reported?: () => readonly unknown[]
}

export async function runCase({ name, run }: Case, ends: Ends): Promise<void> {
  const lacks = (what: string) => (): never => {
    throw new Error(`this harness has no ${what}`)
  }
  const remote = ends.remote as Untyped // the fixture's exports, by proxy
  const context: CaseContext = {
    remote,
    sync: () => (ends.sync ?? lacks('sync'))() as Untyped,
    stats: ends.stats ?? lacks('stats'),
    ownerStats: () => ends.ownerStats?.(),
    reported: ends.reported ?? lacks('reported errors'),
    assert,
    farhold: ends.farhold as unknown as CaseContext['farhold'], // the same, with looser types
    asRemote: (proxy) => ends.farhold.remote(proxy as never) as unknown as Untyped,
    roundTrip: async () => {
      await remote.answer
    },
  }
  let checks = 0
  const counting = new Proxy(assert, {
    get: (target, key) => {
      checks++
      return Reflect.get(target, key) as unknown
    },
  })
  await run({ ...context, assert: counting })
  if (checks === 0) throw new Error(`the case "${name}" asserts nothing`)
}
