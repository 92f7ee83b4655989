/** Runs the cases inside a worker, on the fixture of another thread: the one that spawned it, or another worker. */
import * as farhold from '@farhold/core'
import { cases } from './cases/index.ts'
import { runCase } from './run-case.ts'
import { sessionWith } from './worker-to-parent-session.ts'

let fixture: farhold.Remote<object> | undefined

/** What a worker's session has to report goes to its console. */
const reported: unknown[] = []
console.error = (...args: unknown[]) => reported.push(...args)

export function begin(given: farhold.Remote<object>): void {
  fixture = given
}

/** @throws whatever the case of that name fails with. */
export async function run(name: string): Promise<void> {
  const remote = fixture
  const found = cases.find((conformanceCase) => conformanceCase.name === name)
  if (found === undefined || remote === undefined) throw new RangeError(`there is no case ${name}`)
  await runCase(found, {
    farhold,
    remote,
    sync: () => farhold.sync(remote),
    stats: () => sessionWith(farhold.contextOf(remote)).stats(),
    reported: () => reported,
  })
}
