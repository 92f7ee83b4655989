/** Runs the cases inside a guest, on the fixture that the host granted it. */
import * as farhold from '@farhold/core'
import { cases } from './cases/index.ts'
import { runCase } from './run-case.ts'

/** @throws whatever the case of that name fails with. */
export async function run(name: string): Promise<void> {
  const found = cases.find((conformanceCase) => conformanceCase.name === name)
  if (found === undefined) throw new RangeError(`there is no case ${name}`)
  const fixture = Reflect.get(globalThis, 'fixture') as object // a grant: see isolate-guest-to-host.test.ts
  await runCase(found, {
    farhold,
    remote: farhold.remote(fixture as never) as object,
    sync: () => fixture,
  })
}
