/**
 * The pipe between two contexts: ordered, reliable, duplex, carrying batches.
 *
 * A transport moves batches and says when it has ended. It never looks into one, never throws into
 * an event loop, and owns what it was given from the moment `post` or `enter` returns.
 */
import type { CloseReason } from './errors.ts'
import type { LockTaker, LockWord } from './lock-word.ts'

/**
 * How values are written on a transport. `structured`: the pipe itself copies rich JavaScript values
 * (`postMessage`); `text`: the pipe carries a string and raw buffers.
 */
export type CodecName = 'structured' | 'text'

/** Everything that left a context in one go. */
export interface Batch {
  /** A flat array of messages under `structured`, a string under `text`. */
  readonly body: unknown
  /**
   * What moves with it. Under `structured`: the transfer list. Under `text`: the buffers that the
   * body names by index, to be moved or copied in this order.
   */
  readonly moved: readonly unknown[]
  /** Data alone, that runs nothing: a transport whose answers overtake what it has not delivered yet delivers it before them. It may come twice. */
  readonly ahead?: boolean
}

/** What a session gives its transport when it opens it. */
export interface BatchReceiver {
  /** Takes a batch of the peer. Never throws: bad input closes the session instead. */
  deliver(batch: Batch): void
  /**
   * Takes a batch from a peer that waits on this very call (it has *entered* us), runs it, and gives
   * what there is to answer with. What is not ready by then is posted later.
   */
  serve(batch: Batch): Batch | undefined
  /** Is a batch read half, because something in it blocks this thread? */
  readonly hasUnread: boolean
  /** Reads what is left of such a batch. A transport that blocks calls it before it looks for more. */
  readOn(): void
  /** What is queued and would leave in a moment, for a transport whose thread is about to block. */
  pull(): Batch | undefined
  /** Is anything being served whose answer is not there yet? */
  readonly isBusy: boolean
  /** The peer is a thread that can take our lock in memory, by tokens of this number. Called before anything is sent to it. */
  neighbour(thread: number): void
  /** The pipe has ended and nothing will come any more. Idempotent. */
  closed(reason: CloseReason): void
}

/**
 * @example
 * A transport over anything that posts messages:
 * ```ts
 * const transport: Transport = {
 *   codec: 'structured',
 *   open: (receiver) => port.on('message', (body) => receiver.deliver({ body, moved: [] })),
 *   post: (batch) => port.postMessage(batch.body, batch.moved),
 *   close: () => port.close(),
 * }
 * ```
 */
export interface Transport {
  readonly codec: CodecName
  /** Begins to receive. Called once; what arrived before is delivered in order. */
  open(receiver: BatchReceiver): void
  /**
   * Sends one batch. May throw only when the batch itself cannot be carried; when the peer is gone it
   * calls `receiver.closed` instead.
   */
  post(batch: Batch): void
  /**
   * Hands this thread to the peer: sends the batch, serves whatever the peer asks of us meanwhile, and
   * returns when `done()` holds or when no answer can come any more without this thread. A transport that cannot
   * block leaves it out.
   * @param deadline milliseconds this may take; `undefined` for no bound.
   */
  readonly enter?:
    | ((batch: Batch, done: () => boolean, deadline: number | undefined) => void)
    | undefined
  /**
   * Does `enter` go on until `done()` holds, because the peer has a thread of its own? Otherwise it ends when the peer
   * has run as far as it can without this thread.
   */
  readonly waits?: boolean
  /** Does the peer's `enter` go on until its `done()` holds, when it waits for us? Default: as `waits`. */
  readonly isWaitedFor?: boolean
  /** The lock of the peer, where it is in memory that both can reach; see `lock-word.ts`. */
  readonly peerLock?: { readonly word: LockWord; readonly taker: LockTaker } | undefined
  /** Something is awaited from the peer: the process must not end by itself. Only where a platform has such a thing. */
  hold?(): void
  /** Nothing is awaited any more. */
  letGo?(): void
  /** Ends the pipe; the peer's `closed` is called. Idempotent. */
  close(): void
}
