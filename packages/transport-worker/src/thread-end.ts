/**
 * Why and when a thread ends. Node says it in two events: the error that ended it, if one did, then the exit.
 */
import type { Worker } from 'node:worker_threads'
import type { CloseReason } from '@farhold/core'
import type { Bell } from './bell.ts'

/** As much of Node's `Worker` as it takes to hear of its end. */
export interface Thread {
  on(event: string, listener: (value: unknown) => void): unknown
}

/** Resolves when the thread has ended, with the reason. An error that ends it is taken: it crashes no one else. */
export function endOf(thread: Thread): Promise<CloseReason> {
  return new Promise((resolve) => {
    let crash: { readonly error: unknown } | undefined
    thread.on('error', (error) => {
      crash = { error }
    })
    thread.on('exit', (code) => {
      const exitCode = Number(code)
      if (crash === undefined) resolve({ kind: 'exit', exitCode })
      else
        resolve({
          kind: isOutOfMemory(crash.error) ? 'memory' : 'error',
          exitCode,
          error: crash.error,
        })
    })
  })
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}

/**
 * Why a thread has ended, as far as can be seen by a thread that is blocked and hears no event; `undefined` while it lives. A
 * thread says its exit code itself, unless it was ended from outside; then Node counts no time of it any more.
 */
export function endSeen(worker: Worker, bell: Bell): CloseReason | undefined {
  const said = exitOf(bell)
  if (said !== undefined) return said
  return worker.performance.eventLoopUtilization().idle === -1
    ? { kind: 'exit', exitCode: 1 }
    : undefined
}

/** What a thread has said itself of its end. */
export function exitOf({ exitCode }: Bell): CloseReason | undefined {
  return exitCode === undefined ? undefined : { kind: 'exit', exitCode }
}
