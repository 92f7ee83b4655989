/**
 * A transport over anything that posts messages: a worker, a MessagePort, a worker's own scope.
 */

import type { Batch, BatchReceiver, Transport } from '@farhold/core'
import { refuseOption } from '@farhold/core/adapter'
import { endOf, type Thread } from './thread-end.ts'

/** What a transport can be made of; Node's and the web's ways to listen are both known. */
export interface MessageEndpoint {
  postMessage(message: unknown, transfer?: readonly never[]): void
  on?(event: string, listener: (value: unknown) => void): unknown
  addEventListener?(type: string, listener: (event: object) => void): void
  start?(): void
  close?(): void
  terminate?(): unknown
  ref?(): void
  unref?(): void
}

export interface WorkerTransportOptions {
  /**
   * Does listening alone keep this thread alive, as it must in a worker that only serves? Without it the thread
   * ends when it has nothing else to do and awaits nothing from the peer. Default: false.
   */
  readonly keepAlive?: boolean
}

/**
 * The last message over an endpoint that cannot be closed, as a worker seen from outside: without it the thread would wait
 * for answers for ever. It is no batch, which is an array.
 */
const GOODBYE = 'farhold:goodbye'

/**
 * A transport over a worker, a port, or a scope that has `postMessage`. The session that opens it owns the
 * endpoint: when the session ends a port is closed, and a worker is told and left to whoever made it.
 *
 * @throws {TypeError} when `endpoint` can neither post nor listen, or an option is wrong.
 * @example
 * ```ts
 * const { port1, port2 } = new MessageChannel()
 * expose(api, workerTransport(port1))
 * const session = connect<Api>(workerTransport(port2))
 * ```
 */
export function workerTransport(
  endpoint: MessageEndpoint,
  options: WorkerTransportOptions = {},
): Transport {
  if (typeof endpoint?.postMessage !== 'function')
    refuseOption('endpoint', 'a worker or a MessagePort', endpoint)
  if (typeof endpoint.on !== 'function' && typeof endpoint.addEventListener !== 'function') {
    refuseOption('endpoint', 'something that messages can be heard from', endpoint)
  }
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  const { keepAlive = false } = options
  if (typeof keepAlive !== 'boolean') refuseOption('keepAlive', 'true or false', keepAlive)
  return new MessageTransport(endpoint, { keepAlive, closed: 'ends' })
}

/** Is it Node's `Worker`, which says why it ended? A port only closes, and the web's `Worker` never says. */
function isThread(endpoint: MessageEndpoint): endpoint is MessageEndpoint & Thread {
  return typeof endpoint.terminate === 'function' && typeof endpoint.on === 'function'
}

export interface MessageTransportOptions {
  readonly keepAlive: boolean
  /** When the endpoint closes: does that end the session, or does someone else know better why it did? */
  readonly closed: 'ends' | (() => void)
  /** What else must stay alive while something is awaited, as the worker behind a port. */
  readonly behind?: { ref(): void; unref(): void }
}

export class MessageTransport implements Transport {
  readonly codec = 'structured'
  readonly #endpoint: MessageEndpoint
  readonly #options: MessageTransportOptions
  #receiver: BatchReceiver | undefined
  #closed = false

  constructor(endpoint: MessageEndpoint, options: MessageTransportOptions) {
    this.#endpoint = endpoint
    this.#options = options
  }

  open(receiver: BatchReceiver): void {
    const endpoint = this.#endpoint
    const isNode = typeof endpoint.on === 'function'
    const listen = (event: string, listener: (value: unknown) => void): void => {
      if (isNode) endpoint.on?.(event, listener)
      else endpoint.addEventListener?.(event, (message) => listener(Reflect.get(message, 'data')))
    }
    this.#receiver = receiver
    listen('message', (body) => this.heard(body))
    listen('messageerror', (error) => receiver.closed({ kind: 'transport', error }))
    const { closed } = this.#options
    if (closed !== 'ends') listen('close', closed)
    else {
      listen('close', () => receiver.closed({ kind: 'transport' }))
      if (isThread(endpoint)) void endOf(endpoint).then((reason) => receiver.closed(reason))
    }
    endpoint.start?.()
    // Listening keeps a thread alive; without keepAlive, from here on only what is awaited does.
    this.letGo()
  }

  /** The event loop has a message of the peer. */
  protected heard(body: unknown): void {
    this.deliver(body)
  }

  /** Takes one message of the peer. */
  deliver(body: unknown): void {
    if (body === GOODBYE) this.#receiver?.closed({ kind: 'transport' })
    else this.#receiver?.deliver({ body, moved: [] })
  }

  post(batch: Batch): void {
    // The list holds what the marshaller found movable; the platform checks each of them again.
    this.#endpoint.postMessage(batch.body, batch.moved as readonly never[])
  }

  hold(): void {
    if (this.#options.keepAlive) return
    this.#endpoint.ref?.()
    this.#options.behind?.ref()
  }

  letGo(): void {
    if (this.#options.keepAlive) return
    this.#endpoint.unref?.()
    this.#options.behind?.unref()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    const endpoint = this.#endpoint
    if (endpoint.close !== undefined) {
      endpoint.close()
      return
    }
    try {
      endpoint.postMessage(GOODBYE)
    } catch {
      // Whatever carried messages is gone, and whoever would read this one with it.
    }
  }
}
