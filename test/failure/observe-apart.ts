/**
 * Deaths that could take their process along are observed in one of their own, which prints what it saw.
 */
import { expect } from 'vitest'
import { runProgram } from '../child-process.ts'
import type { Death } from './deaths.ts'
import type { Observation } from './observe.ts'

/** The cells of one of `DEATHS_APART`, one after the other. */
export async function observeApart({ name }: Death): Promise<Observation[]> {
  const ended = await runProgram(
    `
    import { DEATHS_APART } from './failure/deaths.ts'
    import { startWorker } from './failure/doomed.ts'
    import { observe, settleIn } from './failure/observe.ts'
    import { cellsOf } from './failure/pending.ts'
    const death = DEATHS_APART.find(({ name }) => name === ${JSON.stringify(name)})
    const neighbour = await settleIn(await startWorker({ name: 'neighbour' }))
    const seen = []
    for (const { kinds } of cellsOf(death)) seen.push(await observe(death, kinds, neighbour))
    console.log(JSON.stringify(seen))
    process.exit(0)`,
    { limit: 40_000 },
  )
  expect(ended.output, ended.errors).not.toBe('')
  return JSON.parse(ended.output) as Observation[]
}
