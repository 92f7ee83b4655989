/**
 * The ring under every interleaving and every death: exhaustively where little happens, and by chance where much does.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Act, RingWorld } from './ring-world.ts'
import { playAll } from './stepped.ts'

/** Both threads' acts, what was put before, and the ring's capacity. */
interface Scenario {
  readonly capacity: number
  readonly before?: readonly Act[]
  readonly threads: readonly (readonly Act[])[]
}

const scenarios: Record<string, Scenario> = {
  'two put into an empty one': { capacity: 2, threads: [['put'], ['put']] },
  'two put into one that has room for one': { capacity: 1, threads: [['put'], ['put']] },
  'one puts, one takes': { capacity: 1, threads: [['put'], ['take']] },
  'two take one': { capacity: 1, before: ['put'], threads: [['take'], ['take']] },
  'two take two': { capacity: 2, before: ['put', 'put'], threads: [['take'], ['take']] },
  'one takes from a full one, one puts': {
    capacity: 1,
    before: ['put'],
    threads: [['take'], ['put']],
  },
  'one puts, the hub waits for an item': { capacity: 1, threads: [['put'], ['wait for item']] },
  'one takes, the hub waits for room': {
    capacity: 1,
    before: ['put'],
    threads: [['take'], ['wait for room']],
  },
  'one puts, the hub puts its own': { capacity: 2, threads: [['put'], ['placeholder']] },
  'one takes, and so does the hub': {
    capacity: 2,
    before: ['put', 'put'],
    threads: [['take'], ['hub takes']],
  },
}

function play(
  { capacity, before = [], threads }: Scenario,
  start: number,
  death: 'none' | 'now' | 'later',
  choose: (ways: number) => number,
): void {
  const world = new RingWorld(capacity, [...threads, before], start)
  while (world.ready.includes(threads.length)) world.step(threads.length)
  for (let deaths = death === 'none' ? 0 : 1; ; ) {
    const { ready } = world
    if (ready.length === 0) break
    const mortal = deaths > 0 ? ready.filter((index) => world.isMortal(index)) : []
    const way = choose(ready.length + mortal.length)
    if (way < ready.length) world.step(ready[way]!)
    else {
      deaths--
      world.kill(mortal[way - ready.length]!, death === 'now' ? 'now' : 'later')
    }
  }
  world.end()
}

describe('every interleaving', () => {
  test.for(Object.entries(scenarios))('%s', ([, scenario]) => {
    for (const start of [0, -1])
      expect(playAll((choose) => play(scenario, start, 'none', choose))).toBeGreaterThan(30)
  })
})

describe('every interleaving, and every death in it', () => {
  test.for(Object.entries(scenarios))('%s', ([, scenario]) => {
    for (const repair of ['now', 'later'] as const)
      expect(playAll((choose) => play(scenario, -1, repair, choose))).toBeGreaterThan(30)
  })
})

const everyone = fc.constantFrom<Act>('put', 'take')
const hub = fc.constantFrom<Act>(
  'put',
  'placeholder',
  'placeholder',
  'take',
  'hub takes',
  'wait for item',
  'wait for room',
)
const programs = fc
  .tuple(
    fc.array(hub, { maxLength: 5 }),
    fc.array(fc.array(everyone, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 4 }),
  )
  .map(([first, others]) => [first, ...others])

interface Turn {
  /** Which of those that can go on. */
  readonly pick: number
  readonly steps: number
  readonly then: 'goes on' | 'dies' | 'dies, and is repaired later'
}

const turn: fc.Arbitrary<Turn> = fc.record({
  pick: fc.nat(11),
  // A few, or so many that the others stand still for laps.
  steps: fc.oneof(
    { weight: 4, arbitrary: fc.integer({ min: 1, max: 6 }) },
    { weight: 1, arbitrary: fc.integer({ min: 7, max: 60 }) },
  ),
  // biome-ignore format: what weighs what
  then: fc.oneof(
    { weight: 20, arbitrary: fc.constant('goes on' as const) },
    { weight: 1, arbitrary: fc.constantFrom('dies' as const, 'dies, and is repaired later' as const) },
  ),
})

test('many threads, many turns, and deaths', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(0, 1, -1, -2, -5),
      programs,
      fc.array(turn, { maxLength: 80 }),
      (capacity, start, threads, turns) => {
        const world = new RingWorld(capacity, threads, start)
        for (const { pick, steps, then } of turns) {
          const index = world.ready[pick % world.ready.length]
          if (index === undefined) break
          for (let step = 0; step < steps && world.ready.includes(index); step++) world.step(index)
          if (then !== 'goes on' && world.isMortal(index))
            world.kill(index, then === 'dies' ? 'now' : 'later')
        }
        world.end()
      },
    ),
    { numRuns: 4000 },
  )
})
