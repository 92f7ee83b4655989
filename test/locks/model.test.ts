/**
 * Locks against a model of them: whatever contexts ask for, over pipes that delay as they like, who is inside and who waits is what a plain
 * queue for each lock says; a circle of those who wait loses one of them, and no one else fails; and at the end everything is free.
 */
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { type Step, schedules, take } from './schedule.ts'
import { Undecided, World } from './world.ts'

/** More by hand: `SCHEDULES=20000 vitest run ...`. */
const RUNS = Number(process.env.SCHEDULES ?? 150)

async function run(clients: number, shelves: number, steps: readonly Step[]): Promise<void> {
  const world = await World.create(clients, shelves)
  try {
    for (const step of steps) await take(world, step)
    await world.end()
  } catch (error) {
    if (error instanceof Undecided) {
      await world.shut()
      world.checkFree()
      return
    }
    await world.shut().catch(() => undefined)
    throw error
  }
}

describe.each([
  ['no one gives up', false],
  ['waits are given up and sessions end', true],
])('%s', (_, deaths) => {
  test.each([
    [1, 1],
    [2, 2],
    [3, 3],
  ])(
    'the owner and %i more, %i protected objects',
    { timeout: 3_600_000 },
    async (clients, shelves) => {
      await fc.assert(
        fc.asyncProperty(schedules(deaths), (steps) => run(clients, shelves, steps)),
        { numRuns: RUNS },
      )
    },
  )
})
