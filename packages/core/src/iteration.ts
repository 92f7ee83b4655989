/**
 * Iterating what another context owns: items come as they are made, as far ahead as credit allows.
 *
 * The owner's {@link ItemPump} sends one item for each unit of credit; the reader's {@link ItemReader}
 * gives credit back as items are taken. Nothing is asked of the source before the first `next`.
 */
import { ProtocolError } from './errors.ts'

/** How many items may be under way before the reader has asked for them, where no option says so. */
export const PREFETCH = 16

/** What a source gives when it is asked for an item. */
export type Step = IteratorResult<unknown> | Promise<IteratorResult<unknown>>

/** A source that is no code of the program: it is told why it is left, and of each item that it was sent. */
export abstract class FlowSource {
  abstract next(): Step

  /** No one reads on. */
  abstract cancel(reason: unknown): Promise<void>

  /** The item that `next` gave last is encoded, and will leave. */
  sent(): void {}

  async return(): Promise<IteratorResult<unknown>> {
    await this.cancel(undefined)
    return { value: undefined, done: true }
  }
}

/** What can be iterated by a pump. */
export type AnyIterator = Iterator<unknown> | AsyncIterator<unknown> | FlowSource

/** Sends the items of one iterator for one call. */
export class ItemPump {
  readonly #iterator: AnyIterator
  readonly #flow: FlowSource | undefined
  readonly #send: (value: unknown) => void
  readonly #done: (value: unknown) => void
  readonly #failed: (error: unknown) => void
  readonly #within: <R>(step: () => R) => R
  #credit = 0
  #running = false
  /** Is the source making an item? */
  #stepping = false
  #ended = false

  constructor(
    iterator: AnyIterator,
    on: {
      readonly item: (value: unknown) => void
      readonly done: (value: unknown) => void
      readonly failed: (error: unknown) => void
      /** Runs each step of the source as part of the call that iterates. */
      readonly within: <R>(step: () => R) => R
    },
  ) {
    this.#iterator = iterator
    this.#flow = iterator instanceof FlowSource ? iterator : undefined
    this.#send = on.item
    this.#done = on.done
    this.#failed = on.failed
    this.#within = on.within
  }

  /** Was the reader told that it is over, and the source goes on nevertheless? */
  get lingers(): boolean {
    return this.#ended && this.#stepping
  }

  /** How many items the reader takes that are not there yet. */
  get credit(): number {
    return this.#credit
  }

  /** The reader asks for too much: it is told so, and the source that no one reads on. */
  refuse(error: unknown): void {
    if (this.#ended) return
    this.#fail(error)
    void this.#close(error)
  }

  /** The reader takes `count` items more. */
  allow(count: number): void {
    this.#credit += count
    if (!this.#running && !this.#ended) void this.#run()
  }

  /**
   * The reader has left: the source is told by its `return`, or with the reason when it is a stream. A generator hears of that
   * when what it waits for is there, and may wait for ever: the reader, who did not ask for that item, is not kept.
   */
  async stop(reason?: unknown): Promise<void> {
    if (this.#ended) return
    this.#ended = true
    if (this.#stepping && this.#flow === undefined) {
      this.#done(undefined)
      await this.#close(reason)
      this.#stepping = false
      // Once more, now that nothing of it runs.
      this.#done(undefined)
      return
    }
    try {
      this.#done(await this.#leave(reason))
    } catch (error) {
      this.#failed(error)
    }
  }

  async #leave(reason: unknown): Promise<unknown> {
    if (this.#flow === undefined) return (await this.#iterator.return?.())?.value
    await this.#flow.cancel(reason)
    return undefined
  }

  /** Waits only for a source that makes it wait: a thread that is blocked can still send what is here. */
  async #run(): Promise<void> {
    this.#running = true
    while (this.#credit > 0 && !this.#ended) {
      this.#credit--
      let result: IteratorResult<unknown>
      try {
        this.#stepping = true
        const step = this.#within(() => this.#iterator.next())
        result = step instanceof Promise ? await step : (step as IteratorResult<unknown>)
        this.#stepping = false
      } catch (error) {
        this.#fail(error)
        break
      }
      if (!this.#take(result)) break
    }
    this.#running = false
  }

  /** Sends one item; false when it was the last. */
  #take(result: IteratorResult<unknown>): boolean {
    if (this.#ended) return false
    if (result.done === true) {
      this.#ended = true
      this.#done(result.value)
      return false
    }
    try {
      this.#send(result.value)
      this.#flow?.sent()
      return true
    } catch (error) {
      // The item cannot cross. Its source goes no further, and is told so.
      this.#fail(error)
      void this.#close(error)
      return false
    }
  }

  #fail(error: unknown): void {
    if (this.#ended) return
    this.#ended = true
    this.#failed(error)
  }

  /** Tells the source that no one reads on. What it makes of that comes after the failure that was told. */
  async #close(reason: unknown): Promise<void> {
    try {
      await this.#leave(reason)
    } catch {
      // The reader has its answer already, the one that came first.
    }
  }
}

/** What a reader asks of its session. */
export interface ItemSource {
  /**
   * Starts the iteration: gives its final answer, and hands each item to `onItem`.
   * @param isIdle nothing here waits for its items: it keeps no process alive, and takes as long as its source does
   */
  start(onItem: (value: unknown) => void, isIdle: boolean): Promise<unknown>
  credit(count: number): void
  stop(): void
  /** Was the iteration given up on, so that not even what came before is wanted? */
  isCut(): boolean
  /** The reader begins to wait for an item, or has it. */
  awaits(waiting: boolean): void
  /** Gives back what is iterated. */
  release(): void
}

type Waiter = {
  readonly resolve: (result: IteratorResult<unknown, unknown>) => void
  readonly reject: (error: unknown) => void
}

/** The reader's end: an async iterator that is also iterable, as generators are. */
export class ItemReader implements AsyncIterableIterator<unknown, unknown, unknown> {
  readonly #source: ItemSource
  readonly #prefetch: number
  readonly #buffer: unknown[] = []
  readonly #waiters: Waiter[] = []
  #taken = 0
  /** Items that were asked for and have not come. */
  #owed = 0
  #state: 'idle' | 'running' | 'done' | 'failed' = 'idle'
  #final: unknown
  #finished: Promise<unknown> | undefined
  #isIdle = false

  /** @param prefetch how many items may be under way before they are asked for */
  constructor(source: ItemSource, prefetch: number) {
    this.#source = source
    this.#prefetch = prefetch
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  next(): Promise<IteratorResult<unknown, unknown>> {
    if (this.#state === 'idle') this.#start()
    // It was given up on, and that is about to be heard of here.
    if (this.#state === 'running' && this.#source.isCut()) this.#buffer.length = 0
    if (this.#buffer.length > 0) {
      const value = this.#buffer.shift()
      this.#give()
      return Promise.resolve({ value, done: false })
    }
    if (this.#state === 'failed') {
      this.#state = 'done'
      const error = this.#final
      this.#final = undefined
      return Promise.reject(error)
    }
    if (this.#state === 'done') {
      const value = this.#final
      this.#final = undefined
      return Promise.resolve({ value, done: true })
    }
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
      if (this.#waiters.length === 1) this.#source.awaits(true)
    })
  }

  async return(value?: unknown): Promise<IteratorResult<unknown, unknown>> {
    const wasRunning = this.#state === 'running'
    this.#state = 'done'
    this.#final = undefined
    this.#buffer.length = 0
    for (const waiter of this.#waiters.splice(0)) waiter.resolve({ value: undefined, done: true })
    if (wasRunning) {
      this.#source.stop()
      await this.#finished
    }
    return { value, done: true }
  }

  async throw(error?: unknown): Promise<IteratorResult<unknown, unknown>> {
    await this.return()
    throw error
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  /** Reads for a stream of this context: no code here waits for the items. Before the first is asked for. */
  static makeIdle(reader: ItemReader): void {
    reader.#makeIdle()
  }

  /** Gives back what is iterated, when it has been. */
  static release(reader: ItemReader): void {
    reader.#source.release()
  }

  #makeIdle(): void {
    this.#isIdle = true
  }

  #start(): void {
    this.#state = 'running'
    this.#finished = this.#source
      .start((value) => {
        // Also when the reader has left: who sends on without end is no peer to go on with.
        if (this.#owed === 0) throw new ProtocolError('an item that was not asked for')
        this.#owed--
        if (this.#state !== 'running') return
        const waiter = this.#waiters.shift()
        if (waiter === undefined) this.#buffer.push(value)
        else {
          this.#source.awaits(false)
          if (this.#waiters.length > 0) this.#source.awaits(true)
          waiter.resolve({ value, done: false })
          this.#give()
        }
      }, this.#isIdle)
      .then(
        (value) => this.#end('done', value),
        (error: unknown) => this.#end('failed', error),
      )
    this.#ask(this.#prefetch)
  }

  #end(state: 'done' | 'failed', final: unknown): void {
    if (this.#state !== 'running') return
    if (this.#source.isCut()) this.#buffer.length = 0
    const waiter = this.#waiters.shift()
    this.#state = 'done'
    if (waiter === undefined) {
      this.#state = state
      this.#final = final
    } else if (state === 'failed') waiter.reject(final)
    else waiter.resolve({ value: final, done: true })
    for (const other of this.#waiters.splice(0)) other.resolve({ value: undefined, done: true })
  }

  #give(): void {
    if (++this.#taken < this.#prefetch / 2 || this.#state !== 'running') return
    this.#ask(this.#taken)
    this.#taken = 0
  }

  #ask(count: number): void {
    this.#owed += count
    this.#source.credit(count)
  }
}
