/** Runs a program of the examples as a user does, in a process of its own; for the tests. */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export interface Ended {
  readonly stdout: string
  readonly stderr: string
  /** Undefined when it did not end by itself. */
  readonly code: number | undefined
}

/** It must end by itself within `PATIENCE`, or it is stopped. */
export function runProgram(program: URL, ...args: string[]): Promise<Ended> {
  const command = ['--conditions=source', fileURLToPath(program), ...args]
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      command,
      { timeout: PATIENCE },
      (_error, stdout, stderr) => {
        resolve({ stdout, stderr, code: child.exitCode ?? undefined })
      },
    )
  })
}

const PATIENCE = 10_000
