/**
 * A painter's filter (Kuwahara, 1976): each pixel becomes the mean of the calmest of the four squares that it is a corner of. It knows nothing of threads.
 */

/** How the pixels of an image lie in memory: row by row, so many numbers each. */
export interface Layout {
  readonly width: number
  readonly height: number
  /** Numbers of a pixel: 3 where it has no alpha, 4 where it has. */
  readonly channels: number
}

/** Rows from the first up to, and without, the second. */
export type Rows = readonly [from: number, to: number]

/** The rows that some rows are made of: those around them, too. */
export function rowsAround([from, to]: Rows, { height }: Layout, radius: number): Rows {
  return [Math.max(0, from - radius), Math.min(height, to + radius)]
}

/** The elements of some rows. */
export function rangeOf(
  [from, to]: Rows,
  { width, channels }: Layout,
): [start: number, end: number] {
  return [from * width * channels, to * width * channels]
}

/**
 * Paints some rows.
 * @param source the rows around them, `rowsAround` says which
 * @param target just those rows
 */
export function paint(
  source: Uint8ClampedArray,
  target: Uint8ClampedArray,
  layout: Layout,
  rows: Rows,
  radius: number,
): void {
  const { width, channels } = layout
  const [first, last] = rowsAround(rows, layout, radius)
  const mean = new Float64Array(3)
  for (let y = rows[0]; y < rows[1]; y++) {
    for (let x = 0; x < width; x++) {
      let calmest = Infinity
      const to = ((y - rows[0]) * width + x) * channels
      for (let square = 0; square < 4; square++) {
        const left = Math.max(0, square % 2 === 0 ? x - radius : x)
        const right = Math.min(width - 1, square % 2 === 0 ? x : x + radius)
        const top = Math.max(first, square < 2 ? y - radius : y)
        const bottom = Math.min(last - 1, square < 2 ? y : y + radius)
        const variance = measure(source, layout, first, left, right, top, bottom, mean)
        if (variance >= calmest) continue
        calmest = variance
        for (let channel = 0; channel < 3; channel++) target[to + channel] = mean[channel] ?? 0
      }
      if (channels === 4) target[to + 3] = source[((y - first) * width + x) * channels + 3] ?? 255
    }
  }
}

/** The mean of a square, and how far its pixels are from it. */
function measure(
  source: Uint8ClampedArray,
  { width, channels }: Layout,
  first: number,
  left: number,
  right: number,
  top: number,
  bottom: number,
  mean: Float64Array,
): number {
  let variance = 0
  const count = (right - left + 1) * (bottom - top + 1)
  for (let channel = 0; channel < 3; channel++) {
    let sum = 0
    let squares = 0
    for (let y = top; y <= bottom; y++) {
      let at = ((y - first) * width + left) * channels + channel
      for (let x = left; x <= right; x++, at += channels) {
        const value = source[at] ?? 0
        sum += value
        squares += value * value
      }
    }
    mean[channel] = sum / count
    variance += squares / count - (sum / count) ** 2
  }
  return variance
}
