/** What the program shows, on a terminal or in a file. */
import { stripVTControlCharacters } from 'node:util'
import { SingleBar } from 'cli-progress'
import Table from 'cli-table3'
import { continents } from 'countries-list'
import type { CountryReport, Ending, Try } from './guest/results.ts'
import type { Timeline } from './timeline.ts'

const number = new Intl.NumberFormat('en')
const millions = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 })
const percent = new Intl.NumberFormat('en', { style: 'percent' })

/** A bar on a terminal; elsewhere one line for each quarter. */
export function showProgress(what: string): {
  update: (done: number, total: number) => void
  stop: () => void
} {
  if (!process.stdout.isTTY) {
    let shown = 0
    return {
      update: (done, total) => {
        const quarters = Math.floor((done / total) * 4)
        if (quarters > shown)
          console.log(`Imported ${number.format(done)} of ${number.format(total)} ${what}.`)
        shown = quarters
      },
      stop: () => undefined,
    }
  }
  const bar = new SingleBar({
    format: `Importing ${what} {bar} {value} of {total}`,
    hideCursor: true,
  })
  let started = false
  return {
    update: (done, total) => {
      if (started) bar.update(done)
      else bar.start(total, done)
      started = true
    },
    stop: () => bar.stop(),
  }
}

export function showReport(report: readonly CountryReport[], top: number): void {
  const table = newTable(
    ['country', 'continent', 'cities', 'people (M)', 'largest city', 'its share', 'half live in'],
    [2, 3, 5, 6],
  )
  for (const line of report.slice(0, top)) {
    table.push([
      plain(line.country),
      continents[line.continent as keyof typeof continents] ?? plain(line.continent),
      number.format(line.cities),
      millions.format(line.people / 1e6),
      plain(line.largest),
      percent.format(line.share),
      number.format(line.half),
    ])
  }
  show(
    `What report.js found in the cities of 100,000 people or more of ${report.length} countries`,
    table,
  )
}

/** How the hostile scripts ended, and what the one tried that lived to tell. */
export function showEndings(endings: readonly Ending[]): void {
  const summary = newTable(['script', 'ended with', 'message'])
  for (const ending of endings) {
    if (!('error' in ending)) {
      summary.push([ending.file, 'a result', `IT GOT OUT: ${plain(String(ending.result))}`])
      continue
    }
    const { file, error } = ending
    summary.push([
      file,
      plain('code' in error ? String(error.code) : error.name),
      plain(error.message),
    ])
    if ('tries' in error) showTries(file, error.tries)
  }
  show('How the hostile scripts ended', summary)
}

function showTries(file: string, tries: readonly Try[]): void {
  const table = newTable(['way to process', 'what it got'])
  for (const { way, got } of tries) table.push([plain(way, 46), plain(got, 62)])
  show(`What ${file} tried`, table)
}

const BAR_WIDTH = 30

export function showTimeline(timeline: Timeline): void {
  const spans = timeline.inOrder()
  const end = Math.max(...spans.map((span) => span.to))
  const table = newTable(['context', 'what it ran', 'ms', ''], [2])
  for (const { context, what, times, from, to, busy } of spans) {
    const start = Math.min(BAR_WIDTH - 1, Math.floor((from / end) * BAR_WIDTH))
    const length = Math.min(
      Math.max(1, Math.round(((to - from) / end) * BAR_WIDTH)),
      BAR_WIDTH - start,
    )
    table.push([
      context,
      times === 1 ? what : `${what}, ${times} times`,
      number.format(Math.round(busy)),
      (' '.repeat(start) + '━'.repeat(length)).padEnd(BAR_WIDTH),
    ])
  }
  show('Who ran what where', table)
}

/** Text of the guest's: nothing in it may steer the terminal. */
function plain(text: string, length = 100): string {
  const line = stripVTControlCharacters(text).replaceAll(/[\s\p{Cc}]+/gu, ' ')
  return line.length > length ? `${line.slice(0, length - 1)}…` : line
}

function newTable(head: string[], right: readonly number[] = []): Table.Table {
  return new Table({
    head,
    colAligns: head.map((_title, column) => (right.includes(column) ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  })
}

function show(title: string, table: Table.Table): void {
  console.log(`${title}:\n${table.toString()}\n`)
}
