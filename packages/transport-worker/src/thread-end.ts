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

/** What is seen of a thread's end by one that is blocked and hears no event. */
export class ThreadEnd {
  readonly #worker: Worker
  readonly #bell: Bell
  #crash: { readonly error: unknown } | undefined
  #seen = false

  constructor(worker: Worker, bell: Bell) {
    this.#worker = worker
    this.#bell = bell
  }

  /** The thread has said that it ends in a moment, with an error that nothing caught. */
  crashes(error: unknown): void {
    this.#crash = { error }
  }

  /** Was it seen to have ended, which says less of the reason than the event that comes later? */
  get wasSeen(): boolean {
    return this.#seen
  }

  /**
   * Looks whether it has ended, and why; `undefined` while it lives. A thread says its exit code itself, unless it was ended from outside;
   * then Node counts no time of it any more, which only shows when it was asked for that before.
   */
  look(): CloseReason | undefined {
    const reason = this.#reasonNow()
    this.#seen ||= reason !== undefined
    return reason
  }

  #reasonNow(): CloseReason | undefined {
    const said = exitOf(this.#bell)
    if (said !== undefined) return this.#crash === undefined ? said : { ...said, ...this.#crash }
    return this.#worker.performance.eventLoopUtilization().idle === -1
      ? { kind: 'exit', exitCode: 1 }
      : undefined
  }
}

/** What a thread has said itself of its end. */
export function exitOf({ ending }: Bell): CloseReason | undefined {
  if (ending === undefined) return undefined
  return { kind: ending.isCrash ? 'error' : 'exit', exitCode: ending.exitCode }
}

/** What ended a thread may be anything; an error that says as much as can be said of it crosses for sure. */
export function describeCrash(error: unknown): Error | undefined {
  if (error === undefined) return undefined
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  return Object.assign(new Error(message), name === 'Error' ? {} : { name })
}
