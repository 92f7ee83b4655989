/**
 * What became of something that was awaited, as plain data: it can be compared, and printed by a process of its own.
 */
import { CallTimeoutError, type CloseReason, ContextClosedError, FarholdError } from '@farhold/core'

export interface Outcome {
  readonly value?: unknown
  readonly error?: string
  readonly reason?: string
  readonly exitCode?: number
  /** The class or code of the error's cause. */
  readonly cause?: string
  readonly message?: string
}

/** How long a wait may take before it counts as forgotten, in milliseconds. A wall: nothing depends on its length. */
const FORGOTTEN = 8000

export async function outcomeOf(wait: PromiseLike<unknown>): Promise<Outcome> {
  const { promise: late, resolve } = Promise.withResolvers<Outcome>()
  const timer = setTimeout(resolve, FORGOTTEN, { error: 'still pending' })
  const settled = Promise.resolve(wait).then((value) => ({ value }), lossOf)
  try {
    return await Promise.race([settled, late])
  } finally {
    clearTimeout(timer)
  }
}

/** The same of something that throws at once. */
export function outcomeOfCall(call: () => unknown): Outcome {
  try {
    return { value: call() }
  } catch (error) {
    return lossOf(error)
  }
}

function lossOf(error: unknown): Outcome {
  if (error instanceof ContextClosedError) {
    const { name, reason, exitCode, cause } = error
    return {
      error: name,
      reason,
      ...(exitCode === undefined ? {} : { exitCode }),
      ...(cause === undefined ? {} : { cause: labelOf(cause) }),
    }
  }
  if (error instanceof CallTimeoutError) return { error: error.name }
  return { error: labelOf(error), message: String(error) }
}

function labelOf(error: unknown): string {
  if (error instanceof FarholdError) return error.name
  if (error instanceof Error && 'code' in error) return String(error.code)
  return error instanceof Error ? error.name : typeof error
}

export function outcomeOfReason({ kind, exitCode, error }: CloseReason): Outcome {
  return {
    reason: kind,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(error === undefined ? {} : { cause: labelOf(error) }),
  }
}
