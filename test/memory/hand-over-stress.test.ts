/**
 * A thread and its workers pass objects on to each other at random, let go of them at random, and die at random. What
 * each asks of an object comes in order, every call settles, and at the end nothing is held.
 */
import { describe, expect, test } from 'vitest'
import { HandOverProgram } from './hand-over-program.ts'

/** How many times the usual number of programs is run, and the first of them. */
const TIMES = Number(process.env.STRESS ?? 1)
const FIRST = Number(process.env.STRESS_FIRST ?? 1)
const CLEAN = { problems: [], left: [] }

const seeds = (count: number): number[] =>
  Array.from({ length: count * TIMES }, (_, index) => FIRST + index)

describe('objects passed on at random', () => {
  test.each(seeds(4))(
    'program %i',
    async (seed) => {
      expect(await new HandOverProgram(seed, 0).run()).toEqual(CLEAN)
    },
    60_000,
  )
})

describe('while workers die', () => {
  test.each(seeds(4))(
    'program %i',
    async (seed) => {
      expect(await new HandOverProgram(seed, 3).run()).toEqual(CLEAN)
    },
    60_000,
  )
})
