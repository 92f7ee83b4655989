/**
 * A transport between two threads of one process that can block on each other: a port for the messages, and a bell for
 * each of the two that wakes it when it sleeps.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Batch, CloseReason, Receiver } from '@farhold/core'
import type { Bell } from './bell.ts'
import { type BlockingPipe, blockUntil, linger, serveNoMore, serveWhenBlocked } from './blocking.ts'
import { MessageTransport, type MessageTransportOptions } from './worker-transport.ts'

export interface ThreadTransportOptions extends MessageTransportOptions {
  /** The bell of the thread at the other end. */
  readonly bell: Bell
  /** Why the thread at the other end has ended, as far as can be seen without the event loop; `undefined` while it lives. */
  readonly ended: () => CloseReason | undefined
}

export class ThreadTransport extends MessageTransport implements BlockingPipe {
  readonly waits = true
  readonly #port: MessagePort
  readonly #bell: Bell
  readonly #ended: () => CloseReason | undefined
  #receiver: Receiver | undefined

  constructor(port: MessagePort, options: ThreadTransportOptions) {
    super(port, options)
    this.#port = port
    this.#bell = options.bell
    this.#ended = options.ended
  }

  override open(receiver: Receiver): void {
    this.#receiver = receiver
    super.open(receiver)
    serveWhenBlocked(this)
  }

  override post(batch: Batch): void {
    super.post(batch)
    this.#bell.ring()
  }

  enter(batch: Batch, done: () => boolean, deadline = Infinity): void {
    this.post(batch)
    blockUntil(done, deadline)
  }

  /** What the event loop has for us. Who is blocked meanwhile may have more. */
  protected override heard(body: unknown): void {
    const isAwaited = this.#bell.isBlocked
    super.heard(body)
    if (!isAwaited || this.isBusy) return
    this.flush()
    linger()
  }

  get isBusy(): boolean {
    return this.#receiver?.isBusy === true
  }

  takeOne(): boolean {
    const received = receiveMessageOnPort(this.#port)
    if (received === undefined) return false
    this.deliver(received.message)
    return true
  }

  flush(): void {
    const batch = this.#receiver?.pull()
    if (batch !== undefined) this.post(batch)
  }

  checkPeer(): void {
    const reason = this.#ended()
    if (reason !== undefined) this.#receiver?.closed(reason)
  }

  override close(): void {
    serveNoMore(this)
    super.close()
  }
}
