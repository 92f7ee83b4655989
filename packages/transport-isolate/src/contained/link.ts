/**
 * This side's end of the pipes to a child process that holds an isolate: one transport for the session with the guest, which can block, and
 * one for what is said to the child itself.
 *
 * Who blocks on the guest sleeps until the relay has something, serves what the guest asks for meanwhile, and goes on when it is
 * answered, or when the child says that the guest has run as far as it can: what either waits for then needs this very thread. A guest that
 * sleeps for it is told so first.
 */
import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'
import type { Batch, BatchReceiver, CloseReason, Transport } from '@farhold/core'
import { WouldBlockError } from '@farhold/core'
import { type Frame, type FrameLimits, Kind } from './frames.ts'
import { Relay } from './relay.ts'
import {
  AHEAD,
  type ChildCommand,
  type ChildEnd,
  type FromRelay,
  type ToRelay,
  weightOf,
} from './relay-messages.ts'

export interface LinkOptions {
  readonly name: string
  readonly command: ChildCommand
  /** For frames of the child's. */
  readonly limits: FrameLimits
  /** Why a context is gone whose process has ended so. */
  readonly reasonOf: (end: ChildEnd) => CloseReason
}

/** So much is taken before the relay is told. */
const TOLD_AFTER = AHEAD / 4

export class ChildLink {
  readonly guest: Transport
  readonly control: Transport
  readonly #options: LinkOptions
  readonly #relay = Relay.get()
  readonly #port: MessagePort
  readonly #gone = Promise.withResolvers<void>()
  readonly #receivers = new Map<Kind, BatchReceiver>()
  #holds = 0
  #closed = false
  #ended = false
  /** Batches for the guest so far, and how many of them it had taken when it last came to rest. */
  #sent = 0
  #rested = -1
  /** Did it sleep then, for an answer of ours? */
  #sleeps = false
  /** How often this thread blocks, one within the other. */
  #blocked = 0
  #taken = 0
  #loading = 0

  constructor(options: LinkOptions) {
    this.#options = options
    this.#port = this.#relay.start(options.command, options.limits)
    this.#port.on('message', (message: FromRelay) => this.#take(message))
    this.#port.on('close', () => {
      this.#end({ kind: 'transport', error: new Error('its relay ended') })
      void this.#relay.left(this.#port).then(this.#gone.resolve)
    })
    this.#port.unref()
    this.control = this.#channel(Kind.control)
    this.guest = {
      ...this.#channel(Kind.guest),
      enter: (batch, done, deadline = Infinity) => this.#enter(batch, done, deadline),
    }
  }

  /** Resolves when the process is gone. */
  get gone(): Promise<void> {
    return this.#gone.promise
  }

  /** The guest is of no use any more. */
  fail(reason: CloseReason): void {
    this.#receivers.get(Kind.guest)?.closed(reason)
    this.close()
  }

  /** Ends the process. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    this.#post('kill')
    if (!this.#ended) this.#port.ref() // whoever waits for its end
  }

  /** Until it is over, this thread must not wait for the guest: a module is being loaded, for which it is needed. */
  async loading<Result>(run: () => Promise<Result>): Promise<Result> {
    this.#loading++
    try {
      return await run()
    } finally {
      this.#loading--
    }
  }

  #channel(kind: typeof Kind.guest | typeof Kind.control): Transport {
    return {
      codec: 'text',
      open: (receiver) => {
        this.#receivers.set(kind, receiver)
      },
      post: (batch) => this.#send(kind, batch),
      hold: () => {
        if (this.#holds++ === 0) this.#port.ref()
      },
      letGo: () => {
        if (--this.#holds === 0 && !this.#closed) this.#port.unref()
      },
      close: () => this.close(),
    }
  }

  // Out -----------------------------------------------------------------------------------------------

  #send(kind: typeof Kind.guest | typeof Kind.control, { body, moved }: Batch): void {
    if (kind === Kind.guest) this.#sent = (this.#sent + 1) >>> 0 // as a frame can say it
    this.#post(
      {
        kind,
        number: this.#blocked > 0 ? 1 : 0,
        text: body as string, // the text codec's batches are text
        buffers: moved as readonly ArrayBuffer[], // and memory is not shared with another process
      },
      moved as readonly ArrayBuffer[],
    )
  }

  #post(message: ToRelay, moved: readonly ArrayBuffer[] = []): void {
    if (!this.#ended) this.#port.postMessage(message, moved)
  }

  #enter(batch: Batch, done: () => boolean, deadline: number): void {
    if (this.#loading > 0) {
      this.#send(Kind.guest, batch)
      throw new WouldBlockError(
        `context "${this.#options.name}"`,
        'a module is being loaded there. Use its remote.',
      )
    }
    this.#blocked++
    try {
      this.#send(Kind.guest, batch)
      this.#blockUntil(done, performance.now() + deadline)
    } finally {
      this.#blocked--
    }
  }

  #blockUntil(done: () => boolean, end: number): void {
    const { alarm } = this.#relay
    const guest = this.#receivers.get(Kind.guest)
    const wasIdle = guest?.isBusy === false
    while (!done()) {
      if (guest?.hasUnread === true) {
        guest.readOn()
        continue
      }
      this.#flush()
      const { rings } = alarm
      const mail = receiveMessageOnPort(this.#port) as { message: FromRelay } | undefined
      if (mail !== undefined) this.#take(mail.message)
      else if (this.#rested === this.#sent) {
        // What it sleeps for may be of an earlier call, which this one must not end.
        if (!this.#sleeps || !wasIdle || !guest.isBusy) return
        this.#rested = -1
        this.#post({ kind: Kind.rest, number: 0, text: '', buffers: [] })
      } else if (alarm.isOver) this.#end({ kind: 'transport', error: new Error('its relay ended') })
      else {
        const left = end - performance.now()
        if (left <= 0) return
        alarm.sleep(rings, left)
      }
    }
  }

  /** Sends what is queued: the microtask that would does not run while this thread blocks. */
  #flush(): void {
    for (const kind of [Kind.guest, Kind.control] as const) {
      const batch = this.#receivers.get(kind)?.pull()
      if (batch !== undefined) this.#send(kind, batch)
    }
  }

  // In ------------------------------------------------------------------------------------------------

  #take(message: FromRelay): void {
    if ('ended' in message) {
      this.#end(this.#options.reasonOf(message.ended))
      return
    }
    this.#taken += weightOf(message)
    if (this.#taken > TOLD_AFTER) {
      this.#post({ taken: this.#taken })
      this.#taken = 0
    }
    if (this.#closed) return
    const { kind, number, text, buffers }: Frame = message
    if (kind === Kind.rest) {
      this.#rested = number
      this.#sleeps = text !== ''
    } else this.#receivers.get(kind)?.deliver({ body: text, moved: buffers })
  }

  #end(reason: CloseReason): void {
    if (this.#ended) return
    this.#ended = true
    this.#closed = true
    for (const receiver of this.#receivers.values()) receiver.closed(reason)
    this.#port.close()
  }
}
