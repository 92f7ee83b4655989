/**
 * Deaths that could take their process along are observed in one of their own, which prints what it saw.
 */
import { expect } from 'vitest'
import { type ProgramOptions, runProgram } from '../child-process.ts'
import type { Observation } from './observe.ts'

/** One kind after the other, or all of them at once. By the name that the death has in `deaths.ts`. */
export async function observeApart(
  death: keyof typeof import('./deaths.ts'),
  how: 'each' | 'all',
  options: ProgramOptions = {},
): Promise<Observation[]> {
  const ended = await runProgram(
    `
    import * as deaths from './failure/deaths.ts'
    import { startWorker } from './failure/doomed.ts'
    import { observe, settleIn } from './failure/observe.ts'
    import { allFor, kindsFor } from './failure/pending.ts'
    const death = deaths[${JSON.stringify(death)}]
    const neighbour = await settleIn(await startWorker({ name: 'neighbour' }))
    const seen = []
    const cells = ${how === 'all'} ? [allFor(death)] : kindsFor(death).map((kind) => [kind])
    for (const kinds of cells) seen.push(await observe(death, kinds, neighbour))
    console.log(JSON.stringify(seen))
    process.exit(0)`,
    options,
  )
  expect(ended.output, ended.errors).not.toBe('')
  return JSON.parse(ended.output) as Observation[]
}
