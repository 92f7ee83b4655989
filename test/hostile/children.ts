/**
 * Runs attempts in child processes with a hard limit of time and of memory. Several share a child, one after the other; one that takes its child down is
 * told as such, and those behind it go on in a new one.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import type { Containment, Report } from './report.ts'

export interface Outcome {
  /** Why it was not held; none when it was. */
  readonly faults: readonly string[]
  /** How its code ended, by the way it was entered. */
  readonly how: Readonly<Record<string, string>>
}

export interface Limits {
  /** How long an attempt may take in all, in milliseconds. It is a wall: a guest that is held is far from it. */
  readonly silence: number
  /** Megabytes that the child may use, all memory counted. */
  readonly memory: number
}

/** What a child must never let a guest have. */
const SECRET = `secret-${crypto.randomUUID()}`

const PROGRAM = fileURLToPath(new URL('run-attempt.ts', import.meta.url))

/** Megabytes of the child's own heap. */
const HEAP = 512

/** Runs attempts, `alone` those that must have a child of their own, and gives what came of each by its name. */
export async function runAttempts(
  containment: Containment,
  together: readonly string[],
  alone: readonly string[],
  limits: Limits,
): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>()
  const lines = Math.min(2, availableParallelism())
  const queue = alone.map((name) => [name])
  for (let line = 0; line < lines; line++)
    queue.push(together.filter((_, index) => index % lines === line))
  const work = async (): Promise<void> => {
    for (let names = queue.pop(); names !== undefined; names = queue.pop()) {
      while (names.length > 0) names = await runChild(containment, names, limits, outcomes)
    }
  }
  await Promise.all(Array.from({ length: lines }, work))
  return outcomes
}

/** Runs as many of the attempts as one child can. Gives those that are left. */
async function runChild(
  containment: Containment,
  names: readonly string[],
  limits: Limits,
  outcomes: Map<string, Outcome>,
): Promise<string[]> {
  const { NODE_OPTIONS: _, ...env } = process.env
  const child = spawn(
    process.execPath,
    ['--conditions=source', `--max-old-space-size=${HEAP}`, PROGRAM, containment, ...names],
    {
      env: { ...env, HOSTILE_SECRET: SECRET },
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      detached: true, // a group of its own, so that its own children end with it
    },
  )
  let errors = ''
  let pending = ''
  let current: string | undefined
  let last: string | undefined
  let why: string | undefined
  const kill = (reason: string): void => {
    why ??= reason
    endGroup(child)
  }
  let timer = setTimeout(kill, limits.silence * 3, 'it did not start')
  const quiet = (): void => {
    clearTimeout(timer)
    timer = setTimeout(kill, limits.silence, `nothing was heard for ${limits.silence} ms`)
  }
  const scale = setInterval(() => {
    const used = megabytesOf(child)
    if (used > limits.memory) kill(`it used ${used} MB of memory`)
  }, 100)
  const take = (report: Report): void => {
    quiet()
    if ('begun' in report) {
      current = report.begun
      return
    }
    current = undefined
    last = report.ended
    outcomes.set(report.ended, { faults: report.faults, how: report.how })
  }
  const reports = child.stdio[3] as Readable // it is a pipe
  reports.setEncoding('utf8').on('data', (text: string) => {
    const lines = (pending + text).split('\n')
    pending = lines.pop() ?? ''
    for (const line of lines) take(JSON.parse(line) as Report)
  })
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-2000)
  })
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve) => {
    child.on('close', (...ended) => resolve(ended))
  })
  clearTimeout(timer)
  clearInterval(scale)
  endGroup(child) // whatever it started
  const left = names.filter((name) => !outcomes.has(name))
  if (current === undefined && left.length === 0 && code === 0) return []
  // The attempt that was under way, or the one whose traces kept the process from ending well.
  const blamed = current ?? last ?? names[0] ?? ''
  const how = `the host ended by ${signal ?? `code ${code}`}`
  outcomes.set(blamed, {
    faults: [
      ...(outcomes.get(blamed)?.faults ?? []),
      `${why ?? how}${errors === '' ? '' : `: ${errors}`}`,
    ],
    how: outcomes.get(blamed)?.how ?? {},
  })
  return names.filter((name) => !outcomes.has(name))
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  try {
    process.kill(-child.pid, 'SIGKILL')
  } catch {
    // It has ended.
  }
}

/** The memory of a process, where the platform says it. */
function megabytesOf({ pid }: ChildProcess): number {
  try {
    const found = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))
    return Math.round(Number(found?.[1] ?? 0) / 1024)
  } catch {
    return 0
  }
}
