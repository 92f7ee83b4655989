/**
 * References are counted so that nothing is lost and nothing is left: any order of sends, calls, releases and
 * collections, over pipes that delay as they like, ends with every call performed and every table empty.
 */
import fc from 'fast-check'
import { afterEach, describe, test, vi } from 'vitest'
import { type Step, schedules, take } from './schedule.ts'
import { World } from './world.ts'

afterEach(() => void vi.unstubAllGlobals())

/** More by hand: `SCHEDULES=20000 vitest run ...`. */
const RUNS = Number(process.env.SCHEDULES ?? 400)

async function run(
  links: readonly (readonly [string, string])[],
  codec: 'structured' | 'text',
  steps: readonly Step[],
): Promise<void> {
  const world = new World(links, codec)
  try {
    for (const step of steps) await take(world, step)
    await world.end()
  } finally {
    vi.unstubAllGlobals()
  }
}

describe.each(['structured', 'text'] as const)('over a %s transport', (codec) => {
  test('two contexts', { timeout: 3_600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(schedules, (steps) => run([['a', 'b']], codec, steps)),
      { numRuns: RUNS },
    )
  })

  test('three contexts, one of them between', { timeout: 3_600_000 }, async () => {
    const links = [
      ['m', 'a'],
      ['m', 'b'],
    ] as const
    await fc.assert(
      fc.asyncProperty(schedules, (steps) => run(links, codec, steps)),
      { numRuns: RUNS },
    )
  })
})
