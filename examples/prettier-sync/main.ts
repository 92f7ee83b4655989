/**
 * Says which files Prettier would change. Everything here is synchronous, as in a linter, although Prettier is not.
 */
import { globSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { checkFormat, type Finding } from './rule.ts'

const USAGE = `Usage: node --conditions=source examples/prettier-sync/main.ts [options] [file or folder ...]

Says which files Prettier would change (default: the sources of @farhold/transport-worker).

Options:
  --timeout <ms>  how long one file may take (default: 10000)
  --help          show this text
`

const DEFAULT_FOLDER = fileURLToPath(
  new URL('../../packages/transport-worker/src', import.meta.url),
)
const STYLE = { semi: false, singleQuote: true, printWidth: 100 }

try {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { timeout: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  if (values.help) process.stdout.write(USAGE)
  else {
    const timeout = values.timeout === undefined ? undefined : timeoutOf(values.timeout)
    process.exitCode = checkAll(positionals.length > 0 ? positionals : [DEFAULT_FOLDER], timeout)
  }
} catch (error) {
  process.stderr.write(`prettier-sync: ${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 2
}

/** The exit code: 0 when nothing was found. */
function checkAll(places: readonly string[], timeout: number | undefined): number {
  const began = performance.now()
  const files = places.flatMap(sourcesIn)
  const findings = new Map<string, Finding>()
  for (const [index, file] of files.entries()) {
    showProgress(`${index + 1} of ${files.length}: ${nameOf(file)}`)
    const finding = checkFormat(readFileSync(file, 'utf8'), { ...STYLE, filepath: file }, timeout)
    if (finding !== undefined) findings.set(file, finding)
  }
  showProgress('')

  for (const [file, { kind, line, message }] of findings)
    console.log(`${nameOf(file)}:${line} ${kind}: ${message}`)
  const milliseconds = Math.round(performance.now() - began)
  console.log(`Checked ${files.length} files in ${milliseconds} ms: ${findings.size} to look at.`)
  return findings.size === 0 ? 0 : 1
}

function sourcesIn(place: string): string[] {
  if (!statSync(place).isDirectory()) return [place]
  return globSync('**/*.{js,ts,css,md,json}', { cwd: place, exclude: ['**/node_modules'] })
    .sort()
    .map((file) => join(place, file))
}

/** A line that the next one replaces. Nothing that waits for a timer would be drawn: this thread is blocked. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`)
}

function nameOf(file: string): string {
  return relative('', file)
}

function timeoutOf(text: string): number {
  const milliseconds = Number(text)
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 1)
    throw new RangeError(`--timeout takes a whole number of milliseconds from 1 up, not '${text}'.`)
  return milliseconds
}
