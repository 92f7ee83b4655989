/**
 * A rule as a linter would run it: a synchronous function of one file, which reports what it finds.
 */
import { CallTimeoutError } from '@farhold/core'
import type { Options } from 'prettier'
import { formatSync } from './format-sync.ts'

export interface Finding {
  readonly kind: 'would change' | 'cannot be parsed' | 'took too long'
  /** Where it begins, from 1. */
  readonly line: number
  readonly message: string
}

/** What Prettier's errors have beside their message. */
interface PrettierError extends SyntaxError {
  readonly loc: { readonly start: { readonly line: number; readonly column: number } }
  readonly codeFrame: string
}

/** What is wrong with the format of a source, if anything is. `options.filepath` says which language it is in. */
export function checkFormat(
  source: string,
  options: Options,
  timeout?: number,
): Finding | undefined {
  try {
    const formatted = formatSync(source, options, timeout)
    if (formatted === source) return undefined
    return { kind: 'would change', ...firstDifference(source, formatted) }
  } catch (error) {
    if (error instanceof CallTimeoutError) {
      return { kind: 'took too long', line: 1, message: `over ${error.milliseconds} ms` }
    }
    if (!isPrettierError(error)) throw error
    // The message has the frame in it as well.
    const [message = ''] = error.message.split('\n')
    const { line } = error.loc.start
    return { kind: 'cannot be parsed', line, message: `${message}\n${error.codeFrame}` }
  }
}

function firstDifference(source: string, formatted: string): { line: number; message: string } {
  const before = source.split('\n')
  const after = formatted.split('\n')
  const index = before.findIndex((line, at) => line !== after[at])
  // The source may end where the formatted one goes on.
  const at = index === -1 ? before.length : index
  return { line: at + 1, message: `expected ${JSON.stringify(after[at] ?? '')}` }
}

function isPrettierError(error: unknown): error is PrettierError {
  return error instanceof SyntaxError && 'loc' in error && 'codeFrame' in error
}
