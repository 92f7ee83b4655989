/**
 * The relay of this thread: started with its first contained isolate, ended with its last.
 */
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { Alarm } from './alarm.ts'
import type { FrameLimits } from './frames.ts'
import type { ChildCommand, StartChild } from './relay-messages.ts'

const current: { relay: Relay | undefined } = { relay: undefined }

export class Relay {
  /** Rings whenever there is something in one of the ports. */
  readonly alarm = new Alarm()
  readonly #worker: Worker
  readonly #children = new Set<MessagePort>()

  private constructor() {
    this.#worker = new Worker(new URL(import.meta.resolve('#contained-relay')), {
      name: 'farhold relay',
      workerData: this.alarm.memory,
      // It needs nothing of what this thread was started with.
      env: {},
      execArgv: [],
    })
    // What is awaited of a child holds its port.
    this.#worker.unref()
    // Whoever waits for a child learns from its port that the relay has closed it.
    this.#worker.on('error', () => this.alarm.end())
    this.#worker.on('exit', () => {
      if (current.relay === this) current.relay = undefined
    })
  }

  /** The relay of this thread. */
  static get(): Relay {
    if (current.relay === undefined || current.relay.alarm.isOver) current.relay = new Relay()
    return current.relay
  }

  /** Starts a child process and gives the port that its frames come by. */
  start(command: ChildCommand, limits: FrameLimits): MessagePort {
    const { port1, port2 } = new MessageChannel()
    const start: StartChild = { port: port2, command, limits }
    this.#children.add(port1)
    this.#worker.postMessage(start, [port2])
    return port1
  }

  /** A child has ended. Resolves when what this relay has is gone, if it was the last. */
  async left(port: MessagePort): Promise<void> {
    this.#children.delete(port)
    if (this.#children.size > 0) return
    if (current.relay === this) current.relay = undefined
    await this.#worker.terminate()
  }
}
