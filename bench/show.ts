/** Results as text. */
import type { Measured } from './interleave.ts'

export function show({ title, calls, budget, scores }: Measured): void {
  console.log(`${title} (${calls} calls a turn; budget ${budget} x)`)
  console.log(
    `${''.padEnd(14)}${'median µs'.padStart(10)}${'5 % to 95 %'.padStart(20)}${'to raw'.padStart(10)}`,
  )
  for (const { name, median, low, high, ratio } of scores) {
    const spread = `${format(low)} to ${format(high)}`
    console.log(
      `${name.padEnd(14)}${format(median).padStart(10)}${spread.padStart(20)}${`${ratio.toFixed(2)} x`.padStart(10)}`,
    )
  }
  console.log()
}

function format(microseconds: number): string {
  return microseconds.toFixed(microseconds < 10 ? 2 : 1)
}
