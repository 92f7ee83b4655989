/** All attempts there are: each a file under `attempts`, named by its category and its own name. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Attempt } from './attempt.ts'

const HOME = join(import.meta.dirname, 'attempts')

/** The names of all attempts, as `category/name`. */
export function attemptNames(): string[] {
  return readdirSync(HOME, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => path.slice(0, -3).replaceAll('\\', '/'))
    .sort()
}

export async function loadAttempt(name: string): Promise<Attempt> {
  const { default: attempt } = (await import(join(HOME, `${name}.ts`))) as { default: Attempt }
  return attempt
}
