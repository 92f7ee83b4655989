/**
 * Prettier without its promises. It runs in a worker, as it comes from npm, and the thread that calls it blocks until
 * it has answered: for callers that cannot wait in any other way, as the rules of a linter.
 */
import { withOptions } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import type { Options } from 'prettier'

/** How long one file may take, in milliseconds, where the caller does not say. */
const TIMEOUT = 10_000

// Nobody closes it: a worker that has nothing to do keeps no process alive.
const worker = await spawnWorker<typeof import('prettier')>(import.meta.resolve('prettier'), {
  name: 'prettier',
})

/**
 * The formatted source.
 *
 * @throws {SyntaxError} Prettier's own, with its `loc` and `codeFrame`, when the source cannot be parsed.
 * @throws {CallTimeoutError} when it takes longer than `timeout` milliseconds.
 */
export function formatSync(source: string, options: Options, timeout = TIMEOUT): string {
  return withOptions(worker.sync, { timeout }).format(source, options)
}
