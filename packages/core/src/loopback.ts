/**
 * Two contexts in one heap: a transport whose ends are both here, for tests, documentation, and learning.
 *
 * Everything is copied as on a real transport, and arrives in a later microtask. Blocking works: the other end
 * runs inside the call.
 */
import { type CloseReason, refuseOption } from './errors.ts'
import { ambientPlatform } from './platform.ts'
import type { Batch, BatchReceiver, CodecName, Transport } from './transport.ts'

export interface LoopbackOptions {
  /**
   * How values are written: `'structured'` as between threads, `'text'` as to an isolate. Default:
   * `'structured'` where the platform has `structuredClone`.
   */
  readonly codec?: CodecName
}

/**
 * A pair of connected transports.
 *
 * @throws {TypeError} for a codec that does not exist, or `'structured'` where there is no `structuredClone`.
 * @example
 * ```ts
 * const [here, there] = loopback()
 * expose({ greet: (name: string) => `hello ${name}` }, here)
 * await connect<{ greet(name: string): string }>(there).remote.greet('you')
 * ```
 */
export function loopback(options: LoopbackOptions = {}): [Transport, Transport] {
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  const clone = ambientPlatform.structuredClone
  const codec = options.codec ?? (clone === undefined ? 'text' : 'structured')
  if (codec !== 'structured' && codec !== 'text')
    refuseOption('codec', "'structured' or 'text'", codec)
  if (codec === 'structured' && clone === undefined)
    refuseOption('codec', "'text': this platform has no structuredClone", codec)
  const carry = (batch: Batch): Batch => {
    if (codec === 'text' || clone === undefined) return batch
    return { body: clone(batch.body, { transfer: batch.moved }), moved: [] }
  }
  const here = new LoopbackEnd(codec, carry)
  const there = new LoopbackEnd(codec, carry)
  here.join(there)
  there.join(here)
  return [here, there]
}

class LoopbackEnd implements Transport {
  readonly codec: CodecName
  readonly #carry: (batch: Batch) => Batch
  readonly #waiting: Batch[] = []
  #peer: LoopbackEnd | undefined
  #receiver: BatchReceiver | undefined
  #scheduled = false
  #closed = false

  constructor(codec: CodecName, carry: (batch: Batch) => Batch) {
    this.codec = codec
    this.#carry = carry
  }

  join(peer: LoopbackEnd): void {
    this.#peer = peer
  }

  open(receiver: BatchReceiver): void {
    this.#receiver = receiver
    this.#schedule()
  }

  post(batch: Batch): void {
    this.#peer?.arrive(this.#carry(batch))
  }

  enter(batch: Batch, done: () => boolean): void {
    const peer = this.#peer
    const carried = this.#carry(batch)
    if (peer === undefined || this.#closed) return
    // What was posted before arrives before.
    peer.drain()
    const answer = peer.#receiver?.serve(carried)
    this.drain()
    if (answer !== undefined) this.#receiver?.deliver(peer.#carry(answer))
    if (!done()) peer.drain()
  }

  arrive(batch: Batch): void {
    if (this.#closed) return
    this.#waiting.push(batch)
    this.#schedule()
  }

  drain(): void {
    if (this.#receiver === undefined) return
    for (let batch = this.#waiting.shift(); batch !== undefined; batch = this.#waiting.shift())
      this.#receiver.deliver(batch)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    const reason: CloseReason = { kind: 'closed' }
    Promise.resolve().then(() => {
      this.#peer?.drain()
      this.#peer?.ended(reason)
    })
  }

  ended(reason: CloseReason): void {
    this.#closed = true
    this.#receiver?.closed(reason)
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiting.length === 0 || this.#receiver === undefined) return
    this.#scheduled = true
    Promise.resolve().then(() => {
      this.#scheduled = false
      this.drain()
    })
  }
}
