/**
 * A pair of transports that carry nothing by themselves: a batch arrives when the schedule says so, in the order of its
 * direction, and at no other time.
 */
import type { Batch, BatchReceiver, CodecName, Transport } from '@farhold/core'

class DelayedEnd implements Transport {
  readonly codec: CodecName
  /** What is on its way to this end. */
  readonly #arriving: Batch[] = []
  #peer: DelayedEnd | undefined
  #receiver: BatchReceiver | undefined
  #isClosed = false

  constructor(codec: CodecName) {
    this.codec = codec
  }

  join(peer: DelayedEnd): void {
    this.#peer = peer
  }

  open(receiver: BatchReceiver): void {
    this.#receiver = receiver
  }

  post(batch: Batch): void {
    const body =
      this.codec === 'text'
        ? batch.body
        : structuredClone(batch.body, { transfer: [...batch.moved] as ArrayBuffer[] })
    this.#peer?.arrive({ body, moved: this.codec === 'text' ? batch.moved : [] })
  }

  arrive(batch: Batch): void {
    this.#arriving.push(batch)
  }

  /** How many batches are on their way to this end. */
  get waiting(): number {
    return this.#arriving.length
  }

  /** Lets the next batch arrive here; `false` when none is on its way. */
  deliver(): boolean {
    const batch = this.#arriving.shift()
    if (batch === undefined || this.#isClosed) return false
    this.#receiver?.deliver(batch)
    return true
  }

  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const peer = this.#peer
    if (peer === undefined || peer.#isClosed) return
    peer.#isClosed = true
    peer.#receiver?.closed({ kind: 'closed' })
  }
}

export type { DelayedEnd }

/** Two ends that are joined. */
export function delayedPair(codec: CodecName): [DelayedEnd, DelayedEnd] {
  const here = new DelayedEnd(codec)
  const there = new DelayedEnd(codec)
  here.join(there)
  there.join(here)
  return [here, there]
}
