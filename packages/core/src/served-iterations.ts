/**
 * Iterations of our iterables by the peer: a pump for each call that iterates, as long as that is served.
 */
import { isAwaitable } from './awaitable.ts'
import { serve } from './current-call.ts'
import { ItemPump } from './iteration.ts'
import type { Quota } from './quota.ts'
import type { ServedCall } from './served-call.ts'
import { isAwaitedHere } from './this-heap.ts'

/** What this asks of whoever serves the calls. */
export interface ServedIterationsPort {
  /** Sends an item. @param lost is told when what it names cannot be had */
  send(id: number, value: unknown, lost: (error: unknown) => void): void
  succeed(served: ServedCall, value: unknown): void
  fail(served: ServedCall, error: unknown): void
  /** The call is answered, and its source runs on. */
  lingers(served: ServedCall): void
  /** Is there still someone to answer? */
  isAwaited(served: ServedCall): boolean
  /** Why what the source promises cannot be waited for. */
  neverSettles(served: ServedCall): Error
  readonly quota: Quota
}

export class ServedIterations {
  readonly #port: ServedIterationsPort
  readonly #pumps = new Map<number, ItemPump>()

  constructor(port: ServedIterationsPort) {
    this.#port = port
  }

  /** Sends what an iterator gives, as far as the peer takes it. */
  begin(served: ServedCall, iterator: Iterator<unknown> | AsyncIterator<unknown>): void {
    const { id } = served.message
    const port = this.#port
    const pump = new ItemPump(iterator, {
      item: (value) =>
        port.send(id, value, (lost) => {
          port.fail(served, lost)
          this.end(id)
        }),
      done: (value) => {
        this.#forget(id, pump)
        port.succeed(served, value)
        // It counts until nothing of it runs.
        if (pump.lingers) port.lingers(served)
      },
      failed: (error) => {
        this.#forget(id, pump)
        port.fail(served, error)
      },
      within: (step) => {
        const result = serve(served, step)
        if (!isAwaitable(result) || !isAwaitedHere(served)) return result
        result.then(undefined, () => undefined) // the reader is told what comes first
        throw port.neverSettles(served)
      },
    })
    if (port.isAwaited(served)) this.#pumps.set(id, pump)
    else void pump.stop()
  }

  /** The peer takes more items. An iteration that has ended meanwhile takes no credit. */
  allow(id: number, count: number): void {
    const { quota } = this.#port
    const pump = this.#pumps.get(id)
    if (pump === undefined) return
    if (pump.credit + count <= quota.limits.credit) pump.allow(count)
    else pump.refuse(quota.past('credit', 'the number of items asked for'))
  }

  /** The reader has left: the source stops, and the call is answered with what it gives in the end. */
  leave(id: number): void {
    void this.#pumps.get(id)?.stop()
  }

  /** The call is over, by whatever its source is told. */
  end(id: number, reason?: unknown): void {
    const pump = this.#pumps.get(id)
    this.#pumps.delete(id)
    void pump?.stop(reason)
  }

  /** An iteration is over; its id may be another's by now. */
  #forget(id: number, pump: ItemPump): void {
    if (this.#pumps.get(id) === pump) this.#pumps.delete(id)
  }
}
