/**
 * The guest runtime as isolated-vm wants it: its text, and the compiled data of its first use in this process.
 */
import { guestSource } from '#guest-bundle'
import ivm from 'isolated-vm'

const compiled: { data: ivm.ExternalCopy<ArrayBuffer> | undefined } = { data: undefined }

/** Compiles the runtime for an isolate in which nothing has run yet. */
export function compileGuest(isolate: ivm.Isolate): ivm.Script {
  const filename = 'farhold:guest'
  if (compiled.data !== undefined) return isolate.compileScriptSync(guestSource, { filename, cachedData: compiled.data })
  const script = isolate.compileScriptSync(guestSource, { filename, produceCachedData: true })
  compiled.data = script.cachedData
  return script
}
