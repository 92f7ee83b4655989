/** What the program was asked to do. */
import { parseArgs } from 'node:util'

export interface Arguments {
  /** How many cities are imported, the largest first. */
  readonly limit: number
  /** How many countries the report shows. */
  readonly top: number
}

const USAGE = `Usage: npm run demo -- [options]

A worker owns a database of the world's cities, an isolate runs three scripts against it, and this thread
shows what came of it.

Options:
  --limit <n>  import the n largest cities only (default: all of them)
  --top <n>    show the n countries with most people in cities (default: 10)
  --help       show this text
`

/** The arguments; undefined when there is nothing to do, because help was asked for or they are wrong. */
export function readArguments(): Arguments | undefined {
  try {
    const { values } = parseArgs({
      options: {
        limit: { type: 'string' },
        top: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (values.help) {
      process.stdout.write(USAGE)
      return undefined
    }
    return {
      limit: countOf('--limit', values.limit, Infinity),
      top: countOf('--top', values.top, 10),
    }
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof RangeError)) throw error
    process.stderr.write(`three-contexts: ${error.message}\nTry --help.\n`)
    process.exitCode = 2
    return undefined
  }
}

function countOf(option: string, text: string | undefined, otherwise: number): number {
  if (text === undefined) return otherwise
  const count = Number(text)
  if (!Number.isSafeInteger(count) || count < 1)
    throw new RangeError(`${option} takes a whole number from 1 up, not '${text}'.`)
  return count
}
