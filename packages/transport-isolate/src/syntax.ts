/**
 * Where a syntax error is. The engine does not say it to code that calls `eval`, so the host compiles the
 * script once more, in an isolate of its own in which nothing ever runs.
 */
import ivm from 'isolated-vm'

const checker: { isolate: ivm.Isolate | undefined } = { isolate: undefined }

/**
 * The longest script that is looked at, in characters. No time limit covers it: one of twenty million may block this thread for seven seconds, and
 * one of this length for a tenth of one.
 */
const LONGEST = 2 ** 18

/** The syntax error of a script, its message with file, line and column; `undefined` when the script is well formed, or too long. */
export function syntaxErrorOf(code: string, filename: string): SyntaxError | undefined {
  if (code.length > LONGEST) return undefined
  if (checker.isolate === undefined || checker.isolate.isDisposed)
    checker.isolate = new ivm.Isolate({ memoryLimit: 32 })
  try {
    checker.isolate.compileScriptSync(code, { filename }).release()
    return undefined
  } catch (error) {
    return error instanceof SyntaxError ? error : undefined
  }
}
