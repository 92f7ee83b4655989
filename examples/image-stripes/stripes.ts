/** Paints an image by a pool of workers, each of which takes the next stripe when it is done with one. */
import { copy, view } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { type Layout, type Rows, rangeOf } from './filter.ts'

export interface Image extends Layout {
  readonly pixels: Uint8ClampedArray
}

export interface PaintOptions {
  readonly workers: number
  /** How far around itself a pixel looks. */
  readonly radius: number
  /** Rows of a stripe. */
  readonly rows?: number
}

export async function paintInStripes(
  { pixels, ...layout }: Image,
  { workers, radius, rows = 16 }: PaintOptions,
): Promise<Image> {
  const before = view(pixels) // the only copy on the way in
  const after = view(new Uint8ClampedArray(rangeOf([0, layout.height], layout)[1]))
  const left = stripesOf(layout.height, rows)
  const work = async (name: string): Promise<void> => {
    await using worker = await spawnWorker<typeof import('./painter.ts')>(
      new URL('./painter.ts', import.meta.url),
      { name },
    )
    for (let stripe = left.shift(); stripe !== undefined; stripe = left.shift())
      await worker.remote.paintStripe(before, after, layout, stripe, radius)
  }
  await Promise.all(Array.from({ length: workers }, (_, at) => work(`painter ${at + 1}`)))
  const painted = new Uint8ClampedArray(after.length)
  await copy(after, painted) // and the only one on the way out
  return { ...layout, pixels: painted }
}

function stripesOf(height: number, rows: number): Rows[] {
  return Array.from({ length: Math.ceil(height / rows) }, (_, at) => [
    at * rows,
    Math.min(height, (at + 1) * rows),
  ])
}
