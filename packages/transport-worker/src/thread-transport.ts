/**
 * A transport between two threads of one process that can block on each other: a bell for each of the two that wakes it when it
 * sleeps, and two ways for the messages. A port carries everything. A ring in shared memory carries what is small
 * and plain, to a thread that is awake and looks there. Each entry of the ring says how many messages were posted before it, so that all
 * arrive in the order in which they were sent.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Batch, BatchReceiver, CloseReason, Transport } from '@farhold/core'
import { ProtocolError } from '@farhold/core'
import { type Bell, thisThread } from './bell.ts'
import { type BlockingPipe, enterBy, linger, serveNoMore, serveWhenBlocked } from './blocking.ts'
import { createRingMemory, RingReader, RingWriter } from './ring.ts'
import { MessageTransport, type MessageTransportOptions } from './worker-transport.ts'

/** The memory of two rings, as one of the two threads sees it. */
export interface SharedRings {
  readonly incoming: SharedArrayBuffer
  readonly outgoing: SharedArrayBuffer
}

/** Memory for two threads, as each of them sees it. */
export function createSharedRings(): [SharedRings, SharedRings] {
  const there = createRingMemory()
  const back = createRingMemory()
  return [
    { incoming: back, outgoing: there },
    { incoming: there, outgoing: back },
  ]
}

export interface ThreadTransportOptions extends MessageTransportOptions {
  /** The bell of the thread at the other end. */
  readonly bell: Bell
  readonly rings: SharedRings
  /** Why the thread at the other end has ended, as far as can be seen without the event loop; `undefined` while it lives. */
  readonly ended: () => CloseReason | undefined
}

/** Posted in the place of a batch: look into the ring. */
const DOORBELL = 0

export class ThreadTransport extends MessageTransport implements BlockingPipe {
  readonly waits = true
  readonly peerLock: Transport['peerLock']
  readonly #port: MessagePort
  readonly #bell: Bell
  readonly #incoming: RingReader
  readonly #outgoing: RingWriter
  readonly #ended: () => CloseReason | undefined
  #receiver: BatchReceiver | undefined
  /** What the event loop took out of the port, and is not delivered yet. */
  readonly #inHand: unknown[] = []

  constructor(port: MessagePort, options: ThreadTransportOptions) {
    super(port, options)
    this.#port = port
    this.#bell = options.bell
    this.peerLock = { word: options.bell.lock, taker: thisThread.taker }
    this.#incoming = new RingReader(options.rings.incoming)
    this.#outgoing = new RingWriter(options.rings.outgoing)
    this.#ended = options.ended
  }

  override open(receiver: BatchReceiver): void {
    this.#receiver = receiver
    receiver.neighbour(this.#bell.thread)
    super.open(receiver)
    serveWhenBlocked(this)
    // Written while this thread was awake and did not know of the ring.
    queueMicrotask(() => this.#takeUnread())
  }

  override post(batch: Batch): void {
    if (!this.#write(batch)) {
      super.post(batch)
      this.#outgoing.posted()
    }
    this.#bell.ring()
  }

  /** Writes to the ring. False when the batch must be posted. */
  #write({ body, moved }: Batch): boolean {
    const bell = this.#bell
    if (moved.length > 0 || !bell.isAttending || !this.#outgoing.write(body as unknown[]))
      // a structured batch is a list
      return false
    // It may have looked away meanwhile. If not, it looks once more before it does.
    if (!bell.isAttending) {
      this.#port.postMessage(DOORBELL)
      this.#outgoing.posted()
    }
    return true
  }

  readonly enter = enterBy((batch) => this.post(batch))

  /** What the event loop has for us. Who is blocked meanwhile may have more. */
  protected override heard(body: unknown): void {
    const isAwaited = this.#bell.isBlocked
    this.#inHand.push(body)
    // What is served may block, and take it from our hand.
    while (this.#inHand.length > 0 && this.takeOne());
    this.#takeUnread()
    if (!isAwaited || this.isBusy) return
    this.flush()
    linger()
  }

  #takeUnread(): void {
    while (this.hasUnread && this.takeOne());
  }

  get isBusy(): boolean {
    return this.#receiver?.isBusy === true
  }

  get hasUnread(): boolean {
    return !this.#incoming.isEmpty
  }

  takeOne(): boolean {
    if (this.#receiver?.hasUnread === true) {
      this.#receiver.readOn()
      return true
    }
    if (this.#takeEntry()) return true
    return (this.#inHand.length > 0 || this.#incoming.isPosted) && this.#takePosted()
  }

  #takeEntry(): boolean {
    if (this.#incoming.isEmpty) return false
    let body: readonly unknown[] | undefined
    try {
      body = this.#incoming.take()
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error
      this.#receiver?.closed({ kind: 'protocol', error })
    }
    if (body === undefined) return false
    this.#receiver?.deliver({ body, moved: [] })
    return true
  }

  #takePosted(): boolean {
    const received =
      this.#inHand.length > 0 ? { message: this.#inHand.shift() } : receiveMessageOnPort(this.#port)
    if (received === undefined) return false
    this.#incoming.took()
    if (received.message !== DOORBELL) this.deliver(received.message)
    return true
  }

  /** Takes everything that has come, as when nothing more will. */
  drain(): void {
    while (this.#takeEntry() || this.#takePosted());
  }

  flush(): void {
    const batch = this.#receiver?.pull()
    if (batch !== undefined) this.post(batch)
  }

  checkPeer(): void {
    const reason = this.#ended()
    if (reason === undefined) return
    this.drain()
    this.#receiver?.closed(reason)
  }

  override close(): void {
    serveNoMore(this)
    super.close()
  }
}
