/** Results as text. */
import type { MeasuredDeaths } from './deaths.ts'
import type { Measured } from './interleave.ts'
import type { MeasuredMemory } from './memory.ts'

export function show({ title, unit, calls, budget, scores }: Measured): void {
  const bound = budget === undefined ? '' : `; budget ${budget} x`
  console.log(`${title} (${calls} ${unit} a turn${bound})`)
  row('', 'median µs', '5 % to 95 %', 'a second', 'to raw')
  for (const { name, median, low, high, ratio } of scores) {
    const spread = `${format(low)} to ${format(high)}`
    row(name, format(median), spread, thousands(1e6 / median), `${ratio.toFixed(2)} x`)
  }
  console.log()
}

export function showMemory({ title, count, budget, footprints }: MeasuredMemory): void {
  console.log(`${title} (${count} alive; budget ${budget} bytes for both sides)`)
  row('', 'held by', 'owned by', 'both')
  for (const { name, importer, exporter, both } of footprints) {
    const parts = exporter === undefined ? ['', ''] : [importer.toFixed(0), exporter.toFixed(0)]
    row(name, ...parts, both.toFixed(0))
  }
  console.log()
}

export function showDeaths({ title, pending, runs, budget, deaths }: MeasuredDeaths): void {
  console.log(`${title} (${pending} pending, ${runs} runs; budget ${budget} ms over raw)`)
  row('', 'median ms', 'longest', 'raw median', 'raw longest', 'over raw')
  for (const { name, farhold, raw } of deaths) {
    const times = [farhold.median, farhold.longest, raw.median, raw.longest]
    row(name, ...[...times, farhold.median - raw.median].map((time) => time.toFixed(2)))
  }
  console.log()
}

function row(name: string, ...cells: readonly string[]): void {
  console.log(name.padEnd(18) + cells.map((cell) => cell.padStart(16)).join(''))
}

function format(microseconds: number): string {
  return microseconds.toFixed(microseconds < 10 ? 2 : 1)
}

function thousands(count: number): string {
  return Math.round(count).toLocaleString('en')
}
