/** What is told of contexts that run out of memory, or cannot be stopped, each in a process of its own. */
import { expect, test } from 'vitest'
import { DEATHS_APART } from './deaths.ts'
import { observeApart } from './observe-apart.ts'
import { cellsOf } from './pending.ts'
import { expectCell } from './table.ts'

test.each(DEATHS_APART)('$name', { timeout: 45_000 }, async (death) => {
  const cells = cellsOf(death)
  const seen = await observeApart(death)
  expect(seen).toHaveLength(cells.length)
  for (const [index, observation] of seen.entries())
    expectCell(death, cells[index]?.kinds ?? [], observation)
})
