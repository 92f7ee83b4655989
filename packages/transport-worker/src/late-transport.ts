/**
 * A transport whose pipe comes later: what is sent before waits for it.
 */
import type { Batch, BatchReceiver, Transport } from '@farhold/core'
import { enterBy } from './blocking.ts'

export class LateTransport implements Transport {
  readonly codec = 'structured'
  readonly waits = true
  readonly #waiting: Batch[] = []
  #receiver: BatchReceiver | undefined
  #pipe: Transport | undefined
  #held = false
  #closed = false

  /** Here is the pipe. The transport owns it from now on. */
  attach(pipe: Transport): void {
    if (this.#closed || this.#pipe !== undefined) {
      pipe.close()
      return
    }
    this.#pipe = pipe
    if (this.#receiver !== undefined) pipe.open(this.#receiver)
    if (this.#held) pipe.hold?.()
    for (const batch of this.#waiting.splice(0)) pipe.post(batch)
  }

  open(receiver: BatchReceiver): void {
    this.#receiver = receiver
    this.#pipe?.open(receiver)
  }

  post(batch: Batch): void {
    if (this.#pipe === undefined) this.#waiting.push(batch)
    else this.#pipe.post(batch)
  }

  get peerLock(): Transport['peerLock'] {
    return this.#pipe?.peerLock
  }

  /** Whoever sends the pipe is served while this thread is blocked. */
  readonly enter = enterBy((batch) => this.post(batch))

  hold(): void {
    this.#held = true
    this.#pipe?.hold?.()
  }

  letGo(): void {
    this.#held = false
    this.#pipe?.letGo?.()
  }

  close(): void {
    this.#closed = true
    this.#waiting.length = 0
    this.#pipe?.close()
  }
}
