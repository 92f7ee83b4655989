/**
 * The table: every kind of death, with every kind of what was under way. A cell holds when everything was told, nothing is
 * left in the tables, the peer is as dead for whoever comes later, and its neighbour has not noticed.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Death } from './deaths.ts'
import type { Doomed } from './doomed.ts'
import { type Neighbour, type Observation, observe, settleIn } from './observe.ts'
import type { Outcome } from './outcome.ts'
import { cellsOf, type Pending } from './pending.ts'

/** Where nothing is held and nothing is awaited. */
const NOTHING = { exports: 0, imports: 0, pending: 0, serving: 0 }

/** The rows of these deaths, one test a cell, beside a neighbour that outlives them all. */
export function testDeaths(deaths: readonly Death[], startNeighbour: () => Promise<Doomed>): void {
  let neighbour: Neighbour

  beforeAll(async () => {
    neighbour = await settleIn(await startNeighbour())
  })

  afterAll(() => neighbour.peer.close())

  describe.each(deaths)('$name', (death) => {
    test.each(cellsOf(death))('with $name under way', async ({ kinds }) => {
      expectCell(death, kinds, await observe(death, kinds, neighbour))
    })
  })
}

/** Holds what was observed of a death against what is owed to all of `kinds`, which were under way together. */
export function expectCell(death: Death, kinds: readonly Pending[], seen: Observation): void {
  const lost = kinds.find((kind) => kind.lost !== undefined)?.lost ?? death.lost
  const waits: Record<string, Outcome> = {}
  for (const kind of kinds) {
    for (const [name, outcome] of Object.entries(kind.expected(lost)))
      waits[`${kind.name}: ${name}`] = outcome
  }
  expect(seen.waits).toEqual(waits)
  const { error: _, ...closed } = lost
  expect(seen.closed).toEqual(closed)
  for (const [use, outcome] of Object.entries(seen.later)) expect(outcome, use).toEqual(lost)
  expect(seen.stats).toEqual(NOTHING)
  if (seen.other !== undefined) {
    if (lost === death.lost) expect(seen.other.closed).toMatchObject({ reason: death.other })
    expect(seen.other.stats).toEqual(NOTHING)
  }
  expect(seen.released).toEqual({ value: 'given back' })
  expect(seen.listed).toBe(false)
  expect(seen.neighbour.after).toEqual(seen.neighbour.before)
  expect(seen.neighbour.answer).toEqual({ value: true })
}
