/**
 * Whatever becomes of the messages that name an immutable value, and whenever it is collected, it is one object on the other side,
 * comes home as itself, and leaves nothing behind.
 */
import fc from 'fast-check'
import { afterEach, describe, test, vi } from 'vitest'
import { ImmutableWorld, WAYS } from './immutable-world.ts'

afterEach(() => void vi.unstubAllGlobals())

/** More by hand: `SCHEDULES=20000 vitest run ...`. */
const RUNS = Number(process.env.SCHEDULES ?? 1000)

const side = fc.nat({ max: 1 })
const at = fc.nat({ max: 7 })

const STEP = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('make' as const), side, deep: at, part: fc.option(at) }),
  },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('send' as const),
      side,
      at,
      way: fc.constantFrom(...WAYS),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('drop' as const), side, at }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('deliver' as const), side }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('collect' as const), at }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('finalize' as const), at }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('gate' as const) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('tick' as const) }) },
)
type Step = typeof STEP extends fc.Arbitrary<infer T> ? T : never

async function take(world: ImmutableWorld, step: Step): Promise<void> {
  switch (step.do) {
    case 'make':
      // One in eight is more than one side reads.
      return world.make(step.side, step.deep === 0, step.part ?? undefined)
    case 'send':
      return world.send(step.side, step.at, step.way)
    case 'drop':
      return world.drop(step.side, step.at)
    case 'deliver':
      return world.deliver(step.side)
    case 'collect':
      return world.collect(step.at)
    case 'finalize':
      return world.finalize(step.at)
    case 'gate':
      return world.openGate()
    case 'tick':
      for (let turn = 0; turn < 4; turn++) await Promise.resolve()
  }
}

describe.each(['structured', 'text'] as const)('over a %s transport', (codec) => {
  test('immutable values', { timeout: 3_600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(STEP, { maxLength: 80, size: 'max' }), async (steps) => {
        const world = new ImmutableWorld(codec)
        try {
          for (const step of steps) await take(world, step)
          await world.end()
        } finally {
          vi.unstubAllGlobals()
        }
      }),
      { numRuns: RUNS },
    )
  })
})
