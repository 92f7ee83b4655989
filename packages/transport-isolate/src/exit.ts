/**
 * Leaving a process while a guest runs on a pool thread. Node ends its own heap first and the thread crashes or never
 * ends, so the isolates that are busy are ended before, and given a moment to stop.
 */
import type { IsolateTransport } from './isolate-transport.ts'

const living = new Set<IsolateTransport>()

/** How long a disposed isolate's thread may take to notice, in milliseconds. */
const GRACE = 50

function endBusy(): void {
  const busy = [...living].filter((transport) => transport.busy)
  for (const transport of busy) transport.close()
  if (busy.length > 0) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, GRACE)
}

/** Ends an isolate with the process, if it has not ended before. */
export function endWithProcess(transport: IsolateTransport, closed: Promise<unknown>): void {
  if (living.size === 0) process.on('exit', endBusy)
  living.add(transport)
  void closed.then(() => {
    living.delete(transport)
    if (living.size === 0) process.off('exit', endBusy)
  })
}

/**
 * For a process in which a guest's thread cannot be ended: Node would wait for it, so the process ends itself when it
 * leaves, after every other listener of `exit`, by a signal. What this gives takes that back.
 */
export function killAtExit(): () => void {
  const kill = (): void => {
    process.kill(process.pid, 'SIGKILL')
  }
  process.on('exit', kill)
  return () => process.off('exit', kill)
}
