/** What each worker of the pool does: an ordinary module, whose views are the memory of the whole image. */
import type { View } from '@farhold/core'
import { type Layout, paint, type Rows, rangeOf, rowsAround } from './filter.ts'

type Pixels = View<Uint8ClampedArray>

/** Paints a stripe: reads it and the rows around it, side by side with others, and writes where no one else may. */
export async function paintStripe(
  before: Pixels,
  after: Pixels,
  layout: Layout,
  rows: Rows,
  radius: number,
): Promise<void> {
  const range = rangeOf(rowsAround(rows, layout, radius), layout)
  using source = await before.lease({ mode: 'shared', range })
  using target = await after.lease({ mode: 'exclusive', range: rangeOf(rows, layout) })
  paint(source.array, target.array, layout, rows, radius)
}
