/**
 * For a worker that starts by itself: what it exposes to whoever started it.
 */
import { parentPort } from 'node:worker_threads'
import { type ExposeOptions, expose as exposeOn, type Session } from '@farhold/core'
import { workerTransport } from './worker-transport.ts'

/**
 * Exposes `root` to the thread that started this worker, which reaches it by
 * `connect(workerTransport(worker))`. A module that `spawnWorker` starts needs none of this: its exports are
 * exposed.
 *
 * @throws {TypeError} outside of a worker, or for a wrong option.
 * @example
 * ```ts
 * // worker.ts
 * expose({ render: (image: Uint8Array) => shrink(image) })
 * ```
 */
export function expose<T extends object>(
  root: T,
  options: ExposeOptions<NoInfer<T>> = {},
): Session {
  if (parentPort === null)
    throw new TypeError(
      'expose(root) is for code inside a worker; elsewhere use expose(root, transport) of @farhold/core',
    )
  return exposeOn(root, workerTransport(parentPort, { keepAlive: true }), options)
}
