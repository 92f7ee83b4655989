/**
 * Guests that mean harm: every attempt of the corpus is held, in each containment. That the corpus bites is shown by the same
 * attempts where nothing holds them.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Attempt } from './attempt.ts'
import { type Outcome, runAttempts } from './children.ts'
import { attemptNames, loadAttempt } from './corpus.ts'
import type { Containment } from './report.ts'

/** A guest that is held is heard of within a fraction of it. */
const LIMITS = { silence: 15_000, memory: 1200 }

/** A guest that nothing holds hangs its host, and there are many; how long one is given changes only how much the corpus seems to bite. */
const SHORT = { silence: 1000, memory: 1000 }

/** How long a whole corpus may take, in milliseconds. */
const ALL = 200_000

const names = attemptNames()
const attempts = new Map<string, Attempt>(
  await Promise.all(names.map(async (name) => [name, await loadAttempt(name)] as const)),
)

async function run(
  containment: Containment,
  which: readonly string[],
  limits: typeof LIMITS,
): Promise<Map<string, Outcome>> {
  const isAlone = (name: string): boolean => attempts.get(name)?.alone === true
  return runAttempts(
    containment,
    which.filter((name) => !isAlone(name)),
    which.filter(isAlone),
    limits,
  )
}

for (const containment of ['thread', 'process'] as const) {
  describe(`contained in a ${containment}`, () => {
    const outcomes = new Map<string, Outcome>()
    const isBeyond = (name: string): boolean =>
      containment === 'thread' && attempts.get(name)?.needs !== undefined
    const isFault = (name: string): boolean => attempts.get(name)?.fails !== undefined
    const runs = names.filter((name) => !isBeyond(name))

    beforeAll(async () => {
      const told = [
        ...(await run(
          containment,
          runs.filter((name) => !isFault(name)),
          LIMITS,
        )),
        ...(await run(containment, runs.filter(isFault), SHORT)),
      ]
      for (const [name, outcome] of told) outcomes.set(name, outcome)
    }, ALL)

    for (const [name, { technique, needs, fails }] of attempts) {
      if (isBeyond(name)) {
        const why = `${name}: not stopped in a ${containment}, because ${needs?.because}`
        process.stdout.write(`skipped ${why}\n`)
        test.runIf(false)(why, () => undefined)
        continue
      }
      const held = (): void => {
        expect(outcomes.get(name)?.faults, technique).toEqual([])
      }
      if (fails === undefined) test(name, held)
      else test.fails(`${name}: a known fault, because ${fails}`, held)
    }
  })
}

test('the corpus is large, and every attempt says what it tries and where that is from', () => {
  expect(names.length).toBeGreaterThan(120)
  for (const [name, { technique, source, guest }] of attempts) {
    expect(technique, name).toMatch(/^[A-Z].+\.$/)
    expect(source, name).toMatch(
      /^own|^CVE-\d{4}-\d{4,}$|^GHSA(-[0-9a-z]{4}){3}$|: |\(\d{4}\)|bypasses/,
    )
    expect(guest, name).not.toBe('')
  }
})

test(
  'where nothing holds them, at least a third of the attempts do harm',
  async () => {
    // Those that exhaust are left out: what they would do to the machine is not worth the proof, so they count as harmless.
    const tried = names.filter((name) => !name.startsWith('exhaustion/'))
    const outcomes = await run('none', tried, SHORT)
    const harm = names.filter((name) => (outcomes.get(name)?.faults.length ?? 0) > 0)
    expect(outcomes.size).toBe(tried.length)
    expect(harm.length).toBeGreaterThan(names.length / 3)
  },
  ALL,
)
