/**
 * Turns the cases into tests of one transport.
 *
 * What a harness cannot carry it lists by name, with the reason and the failure that shows it. A listed
 * case is run all the same: when it passes, or fails for another reason, the list is wrong and the run fails.
 */
import { describe, test } from 'vitest'
import type { Case } from './case.ts'
import { cases } from './cases/index.ts'
import { type Ends, runCase } from './run-case.ts'

/** Cases that a harness cannot carry, for one reason. */
export interface Exception {
  readonly because: string
  /** The message that each of them fails with. */
  readonly failure: RegExp
  readonly cases: readonly string[]
}

export const readsNoDigits: Exception = {
  because: 'a pipe that copies values reads no digits',
  failure: /is fulfilled with "an answer" instead of rejected/,
  cases: ['limits of a caller: digits of a BigInt'],
}

/** Runs a case on one transport; rejects when it fails. */
export type RunCase = (conformanceCase: Case) => Promise<void>

export function conformance(
  transport: string,
  run: RunCase,
  exceptions: readonly Exception[] = [],
): void {
  const excepted = new Map(
    exceptions.flatMap((exception) => exception.cases.map((name) => [name, exception])),
  )
  describe(`conformance of ${transport}`, () => {
    for (const conformanceCase of cases) {
      const exception = excepted.get(conformanceCase.name)
      excepted.delete(conformanceCase.name)
      if (exception === undefined) test(conformanceCase.name, () => run(conformanceCase))
      else test(`cannot: ${conformanceCase.name}`, () => fails(run(conformanceCase), exception))
    }
    test('every exception names a case', ({ expect }) => {
      expect([...excepted.keys()]).toEqual([])
    })
  })
}

async function fails(running: Promise<void>, { because, failure }: Exception): Promise<void> {
  let message: string
  try {
    await running
  } catch (error) {
    message = error instanceof Error ? error.message : String(error)
    if (failure.test(message)) return
    throw new Error(`it fails, but not because ${because}: ${message}`, { cause: error })
  }
  throw new Error(`it passes: take it off the list of what fails because ${because}`)
}

/** A session for one case, closed after it. */
export async function withSession(
  {
    session,
    owner,
    reported,
    farhold,
  }: {
    session: SessionEnds
    owner: Pick<SessionEnds, 'stats'>
    reported: unknown[]
    farhold: Ends['farhold']
  },
  conformanceCase: Case,
): Promise<void> {
  try {
    await runCase(conformanceCase, {
      farhold,
      remote: session.remote,
      sync: () => session.sync,
      stats: () => session.stats(),
      ownerStats: () => owner.stats(),
      reported: () => reported,
    })
  } finally {
    await session.close()
  }
}

interface SessionEnds {
  readonly remote: object
  readonly sync: object
  stats(): ReturnType<NonNullable<Ends['stats']>>
  close(): Promise<void>
}
