/** What is told of contexts that run out of memory, or cannot be stopped, each kind in a process of its own. */
import { describe, expect, test } from 'vitest'
import {
  ISOLATE_LOST,
  ISOLATE_OUT_OF_MEMORY,
  ISOLATE_STUCK,
  WORKER_OUT_OF_MEMORY,
} from './deaths.ts'
import { observeApart } from './observe-apart.ts'
import { allFor, kindsFor } from './pending.ts'
import { expectCell } from './table.ts'

describe.each([
  ['WORKER_OUT_OF_MEMORY', WORKER_OUT_OF_MEMORY],
  ['ISOLATE_OUT_OF_MEMORY', ISOLATE_OUT_OF_MEMORY],
] as const)('%s', (name, death) => {
  test('with each kind under way', { timeout: 60_000 }, async () => {
    const seen = await observeApart(name, 'each', { limit: 50_000 })
    const kinds = kindsFor(death)
    expect(seen).toHaveLength(kinds.length)
    for (const [index, observation] of seen.entries()) {
      const kind = kinds[index]
      if (kind !== undefined) expectCell(death, [kind], observation)
    }
  })
})

describe.each([
  ['ISOLATE_LOST', ISOLATE_LOST],
  ['ISOLATE_STUCK', ISOLATE_STUCK],
] as const)('%s', (name, death) => {
  test('with everything under way', async () => {
    const [seen] = await observeApart(name, 'all')
    if (seen !== undefined) expectCell(death, allFor(death), seen)
  })
})
