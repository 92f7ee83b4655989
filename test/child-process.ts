/**
 * Programs that run in a process of their own: those that may hang, abort or exhaust, and those whose end is the
 * question. A program is a script's text; it resolves `@farhold/*` as a test does.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Ended {
  readonly code: number | null
  /** What ended it from outside; `SIGKILL` when it was past its limit. */
  readonly signal: NodeJS.Signals | null
  readonly output: string
  readonly errors: string
}

export interface ProgramOptions {
  /** Milliseconds after which it is killed. It is a wall, not a wait: no test depends on its length. */
  readonly limit?: number
  /** Flags of node. Default: the sources of the packages are run. */
  readonly flags?: readonly string[]
}

/** Where programs resolve what they import from. */
const HOME = fileURLToPath(new URL('.', import.meta.url))

/** Runs a program to its end. */
export function runProgram(
  program: string,
  { limit = 12_000, flags = ['--conditions=source'] }: ProgramOptions = {},
): Promise<Ended> {
  const { promise, resolve, reject } = Promise.withResolvers<Ended>()
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = spawn(process.execPath, [...flags, '--eval', program], {
    cwd: HOME,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: limit,
    killSignal: 'SIGKILL',
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors += text
  })
  child.on('error', reject)
  child.on('close', (code, signal) => resolve({ code, signal, output: output.trim(), errors }))
  return promise
}
