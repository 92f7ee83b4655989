/**
 * Where a syntax error is. The engine does not say it to code that calls `eval`, so the host compiles the
 * script once more, in an isolate of its own in which nothing ever runs.
 */
import ivm from 'isolated-vm'

const checker: { isolate: ivm.Isolate | undefined } = { isolate: undefined }

/** The syntax error of a script, its message with file, line and column; `undefined` when the script is well formed. */
export function syntaxErrorOf(code: string, filename: string): SyntaxError | undefined {
  if (checker.isolate === undefined || checker.isolate.isDisposed)
    checker.isolate = new ivm.Isolate({ memoryLimit: 32 })
  try {
    checker.isolate.compileScriptSync(code, { filename }).release()
    return undefined
  } catch (error) {
    return error instanceof SyntaxError ? error : undefined
  }
}
