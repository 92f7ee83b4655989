/**
 * Contestants take turns: A B C, B C A, C A B, ... What disturbs the machine disturbs each of them alike, and the
 * ratio is taken within a round, before the median is taken over the rounds.
 */

/** One way to do the same thing. */
export interface Contestant {
  readonly name: string
  /** Makes what a turn uses up. Not measured. */
  prepare?(): Promise<void> | void
  /** Does it `calls` times. */
  run(): Promise<void> | void
  stop?(): Promise<void> | void
}

/** Ways to do the same thing; the first one is the floor that the others are compared to. */
export interface Contest {
  readonly title: string
  /** What a turn does many of; `calls` where nothing else is said. */
  readonly unit?: string
  /** How many calls, or of what else, one turn makes. */
  readonly calls: number
  /** What a call may cost, relative to the floor; DESIGN.md section 9. */
  readonly budget?: number
  /** How long each takes turns before it is measured, in milliseconds, where much code is to be compiled. */
  readonly warmUp?: number
  /** The most rounds there are, where a turn is long. */
  readonly rounds?: number
  start(): Promise<readonly Contestant[]>
}

/** All in microseconds per call. */
export interface Score {
  readonly name: string
  readonly median: number
  /** Nine of ten rounds were between these. */
  readonly low: number
  readonly high: number
  /** The median of the ratios to the floor, round by round. */
  readonly ratio: number
}

export interface Measured {
  readonly title: string
  readonly unit: string
  readonly calls: number
  readonly budget: number | undefined
  readonly scores: readonly Score[]
}

const WARM_UP_MS = 400

export async function measure(contest: Contest, rounds: number): Promise<Measured> {
  const contestants = await contest.start()
  try {
    // Before the code is compiled: a full collection also throws away code that was optimized for objects that are gone.
    globalThis.gc?.()
    for (const contestant of contestants) {
      const end = performance.now() + (contest.warmUp ?? WARM_UP_MS)
      while (performance.now() < end) {
        await contestant.prepare?.()
        await contestant.run()
      }
    }
    const samples: number[][] = contestants.map(() => [])
    for (let round = 0; round < Math.min(rounds, contest.rounds ?? Infinity); round++) {
      for (let turn = 0; turn < contestants.length; turn++) {
        const index = (round + turn) % contestants.length
        await contestants[index]?.prepare?.()
        const began = performance.now()
        await contestants[index]?.run()
        samples[index]?.push(((performance.now() - began) * 1000) / contest.calls)
      }
    }
    return {
      title: contest.title,
      unit: contest.unit ?? 'calls',
      calls: contest.calls,
      budget: contest.budget,
      scores: contestants.map(({ name }, index) =>
        scoreOf(name, samples[index] ?? [], samples[0] ?? []),
      ),
    }
  } finally {
    for (const contestant of contestants) await contestant.stop?.()
  }
}

function scoreOf(name: string, times: readonly number[], floor: readonly number[]): Score {
  return {
    name,
    median: quantile(times, 0.5),
    low: quantile(times, 0.05),
    high: quantile(times, 0.95),
    ratio: quantile(
      times.map((time, round) => time / (floor[round] ?? Number.NaN)),
      0.5,
    ),
  }
}

export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.round((sorted.length - 1) * part)] ?? Number.NaN
}
