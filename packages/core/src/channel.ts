/**
 * Channels: queues between contexts, whose ends can be passed to any of them.
 */
import { endOfChannel } from './channel-ends.ts'
import { ChannelHub, type Unbound } from './channel-hub.ts'
import type { Receiver } from './channel-receiver.ts'
import type { Sender } from './channel-sender.ts'
import { ChannelService } from './channel-service.ts'
import { refuseOption } from './errors.ts'

export interface ChannelSettings {
  /** How many items may wait to be received; who sends more waits. 0: each waits until it is received. Default: `Infinity`. */
  readonly capacity?: number
  /**
   * What becomes of what a context had sent, and no one has received, when that context ends: it stays (`'keep'`), it is dropped (`'remove'`), or
   * whoever would receive it gets an `ItemOrphanedError` (`'error'`). Default: `'keep'`.
   */
  readonly unbound?: Unbound
}

/** Both ends of a channel. */
export interface Channel<T> {
  readonly sender: Sender<T>
  readonly receiver: Receiver<T>
}

/**
 * Makes a channel: a queue that is at home in this context, and ends with it. Either end can be passed to any context, to several at once, and on to others.
 * Items cross as arguments do; each goes to exactly one receiver, and those of one sender arrive in the order in which they were sent.
 *
 * A context is associated with an end at its first use there, until it releases it, drops it, or ends. When the last sender is gone, the channel closes,
 * and receivers get what is left; when the last receiver is gone, senders fail. (The rules are those of Python's interpreter channels and queues,
 * PEP 554 and PEP 734.)
 *
 * Give a guest ends of channels with a `capacity` only: what it sends waits in this context's memory.
 *
 * @throws {TypeError} when an option is wrong.
 * @example
 * ```ts
 * const { sender, receiver } = channel<Job>({ capacity: 32 })
 * const done = workers.map((worker) => worker.remote.consume(receiver))
 * for (const job of jobs) await sender.send(job)
 * await sender.close()
 * ```
 */
export function channel<T = unknown>(options: ChannelSettings = {}): Channel<T> {
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  const { capacity = Infinity, unbound = 'keep' } = options
  if (capacity !== Infinity && (!Number.isSafeInteger(capacity) || capacity < 0))
    refuseOption('capacity', 'a whole number from 0 up, or Infinity', capacity)
  if (unbound !== 'keep' && unbound !== 'remove' && unbound !== 'error')
    refuseOption('unbound', "'keep', 'remove' or 'error'", unbound)
  const home = new ChannelService(new ChannelHub(capacity, unbound))
  return {
    sender: endOfChannel('sender', home) as Sender<T>, // what is sent, the caller says
    receiver: endOfChannel('receiver', home) as Receiver<T>, // as above
  }
}
