/**
 * The guest runtime as isolated-vm wants it: its text, and the compiled data of its first use in this process.
 */
import type ivm from 'isolated-vm'

const compiled: { data: ivm.ExternalCopy<ArrayBuffer> | undefined } = { data: undefined }

/** Compiles the runtime for an isolate in which nothing has run yet. */
export function compileGuest(isolate: ivm.Isolate, runtime: string): ivm.Script {
  const filename = 'farhold:guest'
  if (compiled.data !== undefined)
    return isolate.compileScriptSync(runtime, { filename, cachedData: compiled.data })
  const script = isolate.compileScriptSync(runtime, { filename, produceCachedData: true })
  // isolated-vm's types leave it out of the synchronous form, which has it too.
  compiled.data = (
    script as ivm.Script & { readonly cachedData?: ivm.ExternalCopy<ArrayBuffer> }
  ).cachedData
  return script
}
