/**
 * The host's end of the pipe into an isolate: batches in by entries, batches out by callbacks and by what an
 * entry answers.
 *
 * An asynchronous entry runs on a pool thread, one at a time, so that guest code runs to completion even when it
 * is suspended in a callback to the host. A synchronous entry runs on this thread. It may overtake an
 * asynchronous one that has not begun, so it offers that one's batch again first; the runtime takes each batch once.
 */
import type { Batch, BatchReceiver, CloseReason, Transport } from '@farhold/core'
import { CallTimeoutError, MemoryLimitError, ProtocolError, WouldBlockError } from '@farhold/core'
import ivm from 'isolated-vm'
import { Arrivals } from './arrivals.ts'
import { Answer, Ask, Boot, UNNUMBERED } from './entry.ts'
import { OverdueWatch } from './overdue-watch.ts'
import { Sweeps } from './sweeps.ts'
import { type Offer, WaitingGuest } from './waiting-guest.ts'

export interface IsolateTransportOptions {
  readonly isolate: ivm.Isolate
  readonly context: ivm.Context
  readonly name: string
  /** Megabytes. */
  readonly memoryLimit: number
  /** How long one stretch of guest execution may take, in milliseconds; `undefined` for no bound. */
  readonly timeout: number | undefined
  /** How long past that an entry on a pool thread may go on before the isolate is ended, in milliseconds. */
  readonly overdue: number
  /** A thread of the isolate does not end. What this gives is called when it has ended after all. */
  readonly onStuck: () => () => void
}

/** What takes the batches of a guest: a session, or what carries them to one. */
type IsolateReceiver = Pick<BatchReceiver, 'deliver' | 'serve' | 'closed'>

/** What an entry can be given: primitives, and buffers on their way in. */
type EntryArgument = number | string | ivm.Copy<unknown>

type Dispatch = ivm.Reference<(...args: EntryArgument[]) => string>

/** A batch that is not known to have been taken by the guest; or, in its place, a sweep. */
interface Waiting extends Offer {
  readonly ask: typeof Ask.deliver | typeof Ask.sweep
  /** Data that an answer must not overtake. It has no number, as it is not in line; what is known to be there is not brought again. */
  readonly ahead?: { isBrought: boolean }
}

/** What isolated-vm says of an entry that its timer ended. Guest code cannot throw it to us: see `entry.ts`. */
const TIMED_OUT = 'Script execution timed out.'

/** How long an entry may take at least that says what was cut short, in milliseconds. */
const RESUMPTION = 50

export class IsolateTransport implements Transport {
  readonly codec = 'text'
  readonly #options: IsolateTransportOptions
  #dispatch: Dispatch | undefined
  #receiver: IsolateReceiver | undefined
  #sequence = 0
  readonly #arrivals = new Arrivals()
  #queue: Waiting[] = []
  /** The batch of the entry that is under way on a pool thread. */
  #running: Waiting | undefined
  #runningEnded: Promise<void> = Promise.resolve()
  /** Resolves when a thread does not end, so that no one waits for it any more. */
  readonly #givenUp = Promise.withResolvers<void>()
  /** Synchronous entries on this thread, one within the other, and what is left of their time. */
  #depth = 0
  #left = Infinity
  /** How long it was at first, in milliseconds, for the error of one that takes longer. */
  #bound = Infinity
  /** Callbacks of a guest that are being served. */
  #callbacks = 0
  readonly #waiter = new WaitingGuest((taken) => this.#after(taken))
  /** Entries that return, see {@link returning}. */
  #returning = 0
  readonly #overdue: OverdueWatch
  #closed = false
  readonly #sweeps = new Sweeps({ pulse: () => this.#pulse(), sweep: () => this.#sweep() })
  #sweepDue = false
  /** Pulses that are not known to be over. */
  #pulses = 0
  /** Called after each entry; spawning watches for a module that fails late. */
  onEntryEnd: (() => void) | undefined
  /** Called when the guest has run as far as it can: nothing is left to be entered, or it sleeps until there is. */
  onRest: ((sleeps: boolean) => void) | undefined

  constructor(options: IsolateTransportOptions) {
    this.#options = options
    this.#overdue = new OverdueWatch(options.timeout, options.overdue, () => this.#isOutside)
    const { global } = options.context
    global.setSync(
      Boot.post,
      new ivm.Callback((number: unknown, text: unknown, ...buffers: unknown[]) =>
        this.#posted(number, text, buffers),
      ),
    )
    global.setSync(
      Boot.call,
      new ivm.Callback((number: unknown, text: unknown, ...buffers: unknown[]) =>
        this.#called(number, text, buffers),
      ),
    )
    global.setSync(
      Boot.wait,
      new ivm.Reference((want: unknown, number: unknown, extra: unknown) =>
        this.#waited(want, number, extra),
      ),
    )
  }

  /** Does a guest on a pool thread wait for us? Then it has a thread of its own. */
  get waits(): boolean {
    return this.#depth === 0 && (this.#isOutside || this.#waiter.handed.length > 0)
  }

  /** Is a guest on a pool thread in a callback, or asleep until it has an answer? */
  get #isOutside(): boolean {
    return this.#callbacks > 0 || this.#waiter.sleeps
  }

  /** What the guest sleeps for cannot be had while the host's thread is blocked: it is told so. */
  refuseSleeper(): void {
    this.#waiter.refuse()
  }

  /** Takes the runtime's entry point out of the isolate's global scope. Before any guest code has run. */
  attach(): void {
    const { global } = this.#options.context
    this.#dispatch = global.getSync(Boot.dispatch, { reference: true }) as Dispatch // the runtime put its function there
    global.deleteSync(Boot.dispatch)
  }

  open(receiver: IsolateReceiver): void {
    this.#receiver = receiver
  }

  post(batch: Batch): void {
    const waiting = this.#wrap(batch)
    const last = this.#queue.at(-1)
    const isAhead = waiting.ahead !== undefined || last?.ahead !== undefined
    if (last?.buffers.length === 0 && waiting.buffers.length === 0 && !isAhead) {
      // Two lists of messages become one, and one entry carries both. The later number names both.
      this.#queue[this.#queue.length - 1] = {
        ask: Ask.deliver,
        sequence: waiting.sequence,
        text: `${last.text.slice(0, -1)},${waiting.text.slice(1)}`,
        buffers: [],
      }
    } else {
      this.#queue.push(waiting)
    }
    if (this.#waiter.sleeps) this.#waiter.wake()
    else if (this.#running === undefined) this.#next()
  }

  enter(batch: Batch, _done: () => boolean, deadline = Infinity): void {
    if (this.#returning > 0) {
      this.post(batch)
      throw new WouldBlockError(
        `context "${this.#options.name}"`,
        'a module is being loaded there. Use its remote.',
      )
    }
    const running = this.#running
    const earlier = running?.ask !== Ask.deliver ? [] : [running]
    const handed = this.#waiter.handed.map(delivery)
    const all = [...earlier, ...handed, ...this.#queue.splice(0), this.#wrap(batch)]
    const outer = { left: this.#left, bound: this.#bound }
    const began = performance.now()
    if (this.#depth === 0) this.#left = this.#bound = this.#options.timeout ?? Infinity
    if (deadline < this.#left) this.#left = this.#bound = deadline
    for (const waiting of all) {
      if (this.#closed) return
      this.#enterNow(waiting)
    }
    this.#left = outer.left - (performance.now() - began)
    this.#bound = outer.bound
    if (this.#depth > 0) return
    this.#sweeps.entered()
    this.#waiter.wake() // what it waits for may have come by this entry
  }

  /**
   * The engine has lost control of the isolate, as when a guest fills its memory faster than it can be stopped. Its thread
   * sleeps for ever and cannot be ended, so nothing waits for it.
   */
  lost(): void {
    const { name, memoryLimit, onStuck } = this.#options
    onStuck()
    this.#end()
    this.#running = undefined
    this.#givenUp.resolve()
    this.#receiver?.closed({ kind: 'memory', error: new MemoryLimitError(name, memoryLimit) })
  }

  /** Ends the isolate. What it was doing on a pool thread ends within a moment; {@link ended} says when. */
  close(): void {
    if (this.#closed) return
    this.#end()
    try {
      this.#options.isolate.dispose()
    } catch {
      // It was disposed of already, by running out of memory.
    }
    this.#receiver?.closed({ kind: 'disposed' })
  }

  /** Resolves when nothing of the guest runs any more. */
  ended(): Promise<void> {
    return Promise.race([this.#runningEnded, this.#givenUp.promise])
  }

  /**
   * Runs something in the isolate that returns instead of throwing, as compiling and evaluating modules does. Such an
   * entry may get stuck in guest code that no time limit covers; then the isolate is ended. Until it is over, this
   * thread must not wait for the isolate.
   * @throws {CallTimeoutError} when it took longer than the time limit.
   */
  async returning<Result>(run: () => Promise<Result>): Promise<Result> {
    const { timeout, name } = this.#options
    this.#returning++
    const stuck = Promise.withResolvers<never>()
    const unwatch = this.#overdue.watch((limit) => {
      const error = new CallTimeoutError(`a module of context "${name}"`, limit)
      stuck.reject(error)
      this.#giveUp(error)
    })
    try {
      return await Promise.race([run(), stuck.promise])
    } catch (error) {
      if (error instanceof Error && error.message === TIMED_OUT && timeout !== undefined) {
        throw new CallTimeoutError(`a module of context "${name}"`, timeout)
      }
      throw error
    } finally {
      unwatch()
      this.#waiter.taken()
      this.#returning--
    }
  }

  /** Throws the first rejection in the guest that no one has handled, if there is one. */
  async probe(): Promise<void> {
    const { timeout } = this.#options
    await this.returning(async () => {
      await this.#dispatch?.apply(
        undefined,
        [Ask.probe, Answer.byReturn, 0, 0, ''],
        timeout === undefined ? {} : { timeout },
      )
    })
  }

  /** Is an entry under way on a pool thread, or a module being loaded there? */
  get busy(): boolean {
    return this.#running !== undefined || this.#returning > 0 || this.#pulses > 0
  }

  /** Nothing is entered any more. */
  #end(): void {
    this.#closed = true
    this.#queue = []
    this.#sweeps.stop()
    this.#waiter.end()
  }

  // Entries -------------------------------------------------------------------------------------------

  #next(): void {
    if (this.#closed || this.#dispatch === undefined) return
    let waiting = this.#queue.shift()
    if (waiting !== undefined) this.#sweeps.enters()
    else if (this.#sweepDue) {
      this.#sweepDue = false
      waiting = { ask: Ask.sweep, sequence: 0, text: '', buffers: [] }
    }
    if (waiting === undefined) return
    this.#running = waiting
    const unwatch = this.#overdue.watch(() => {
      void this.#runningEnded.then(this.#options.onStuck())
      this.#givenUp.resolve()
      this.#giveUp(new Error('it went on past its time limit in a call that cannot be stopped'))
    })
    this.#runningEnded = this.#apply(this.#arguments(Answer.byThrow, 0, waiting))
      .then((failure) => this.#ended(failure))
      .finally(() => {
        unwatch()
        this.#running = undefined
        this.#waiter.taken()
        this.onEntryEnd?.()
        this.#next()
        this.#rest()
      })
  }

  #rest(): void {
    const { sleeps } = this.#waiter
    if (this.#running !== undefined && !sleeps) return
    if (this.#queue.length === 0 && this.#returning === 0) this.onRest?.(sleeps)
  }

  /** Nothing has been entered for a while: the guest gives back what it has dropped meanwhile. */
  #sweep(): void {
    this.#sweepDue = true
    if (this.#running === undefined) this.#next()
  }

  /**
   * An entry that does nothing, but before which the engine runs the guest's finalizers. It needs no turn of its own: it
   * changes nothing, and what it waits behind may be entered meanwhile.
   */
  #pulse(): void {
    if (this.#returning > 0 || this.#dispatch === undefined) return
    this.#pulses++
    this.#dispatch
      .apply(undefined, [Ask.pulse, Answer.byThrow, 0, 0, ''])
      .catch((failure: unknown) => {
        if (typeof failure !== 'string' && !this.#closed) this.#endedBy(failure)
      })
      .finally(() => this.#pulses--)
  }

  /** One entry on a pool thread. Resolves with the engine's own error when it was cut short. */
  async #apply(args: EntryArgument[]): Promise<unknown> {
    const { timeout } = this.#options
    try {
      await this.#dispatch?.apply(undefined, args, timeout === undefined ? {} : { timeout })
    } catch (thrown) {
      if (typeof thrown !== 'string') return thrown
      // As long as a sweep brings something, there may be more.
      if (this.#running?.ask === Ask.sweep && thrown !== '') this.#sweepDue = true
      this.#answered(thrown)
    }
    return undefined
  }

  async #ended(failure: unknown): Promise<void> {
    if (failure === undefined || this.#endedBy(failure)) return
    const again = await this.#apply(
      this.#resumption(Answer.byThrow, 0, failure, this.#options.timeout),
    )
    if (again !== undefined && !this.#endedBy(again)) this.#giveUp(again)
  }

  #enterNow(waiting: Waiting): void {
    const nested = this.#depth > 0
    const answer = nested ? Answer.byReturn : Answer.byThrow
    // Entries that have begun and not ended, as the guest counts them.
    const level = this.#depth + (this.#running === undefined ? 0 : 1)
    const failure = this.#applySync(this.#arguments(answer, level, waiting))
    if (failure === undefined || this.#endedBy(failure)) return
    this.#left = Math.max(this.#left, RESUMPTION)
    const again = this.#applySync(this.#resumption(answer, level, failure, this.#bound))
    if (again !== undefined && !this.#endedBy(again)) this.#giveUp(again)
  }

  /** One entry on this thread. Gives the engine's own error when it was cut short. */
  #applySync(args: EntryArgument[]): unknown {
    // An outer entry's timer does not run inside an inner one, so what is left of its time is handed down.
    const limit = this.#left === Infinity ? {} : { timeout: Math.max(1, Math.ceil(this.#left)) }
    const began = performance.now()
    this.#depth++
    let text: unknown
    try {
      text = this.#dispatch?.applySync(undefined, args, limit)
    } catch (thrown) {
      if (typeof thrown !== 'string') return thrown
      text = thrown
    } finally {
      this.#depth--
      if (this.#depth > 0) this.#left -= performance.now() - began
    }
    if (typeof text === 'string') this.#answered(text)
    return undefined
  }

  #arguments(answer: number, level: number, waiting: Waiting): EntryArgument[] {
    return [
      waiting.ask,
      answer,
      level,
      waiting.sequence,
      waiting.text,
      ...waiting.buffers.map((buffer) => buffer.copyInto()),
    ]
  }

  /** @param bound how many milliseconds what was cut short may have taken */
  #resumption(
    answer: number,
    level: number,
    failure: unknown,
    bound: number | undefined,
  ): EntryArgument[] {
    const message = failure instanceof Error ? failure.message : 'the engine stopped'
    const why = message === TIMED_OUT ? String(bound) : message
    return [Ask.resume, answer, level, 0, why]
  }

  /** Was it the end of the isolate that cut an entry short? Then the session hears of it. */
  #endedBy(failure: unknown): boolean {
    const { isolate, name, memoryLimit } = this.#options
    if (!isolate.isDisposed) return false
    const message = failure instanceof Error ? failure.message : ''
    const reason: CloseReason = message.includes('memory limit')
      ? { kind: 'memory', error: new MemoryLimitError(name, memoryLimit) }
      : { kind: 'disposed' }
    this.#end()
    this.#receiver?.closed(reason)
    return true
  }

  /** The runtime itself could not go on: the isolate is of no use any more. */
  #giveUp(error: unknown, kind: 'error' | 'protocol' = 'error'): void {
    const why =
      error instanceof Error && error.message === TIMED_OUT
        ? new Error('it did not stop when its time was over')
        : error
    this.#receiver?.closed({ kind, error: why })
    this.close()
  }

  // Batches -------------------------------------------------------------------------------------------

  #wrap({ body, moved, ahead = false }: Batch): Waiting {
    const text = body as string // the text codec's batches are text
    this.#sweeps.sent(text.length)
    return {
      ask: Ask.deliver,
      sequence: ahead ? UNNUMBERED : ++this.#sequence,
      ...(ahead && { ahead: { isBrought: false } }),
      text,
      buffers: moved.map(
        (item) =>
          new ivm.ExternalCopy(item, item instanceof ArrayBuffer ? { transferOut: true } : {}),
      ),
    }
  }

  /** An entry's answer: a line for each batch. */
  #answered(lines: string): void {
    if (lines === '') return
    for (const line of lines.split('\n')) {
      const colon = line.indexOf(':')
      const number = Number(line.slice(0, colon))
      if (colon < 1 || !Number.isSafeInteger(number)) {
        this.#giveUp(new ProtocolError('an answer of the isolate is no batch'), 'protocol')
        return
      }
      this.#deliver(number, line.slice(colon + 1), [])
    }
  }

  #deliver(number: unknown, text: string, buffers: readonly unknown[]): void {
    if (this.#closed || !this.#arrivals.isNew(number)) return
    this.#receiver?.deliver({ body: text, moved: buffers })
  }

  #posted(number: unknown, text: unknown, buffers: readonly unknown[]): void {
    if (this.#closed || typeof text !== 'string') return
    this.#during(() => this.#deliver(number, text, buffers))
  }

  #called(number: unknown, text: unknown, buffers: readonly unknown[]): unknown {
    if (this.#closed || typeof text !== 'string' || !this.#arrivals.isNew(number)) return ''
    const isAcross = this.#depth === 0
    if (isAcross) this.#waiter.taken() // or its thread would not be here
    return this.#during(() => {
      const answer = this.#receiver?.serve({ body: text, moved: buffers })
      if (answer === undefined) return ''
      this.#bringAhead()
      if (isAcross) return this.#acrossThreads(answer)
      this.#sweeps.sent((answer.body as string).length) // as in #wrap
      if (answer.moved.length === 0) return answer.body
      return [answer.body, ...answer.moved]
    })
  }

  /** What the guest has to have before an answer that overtakes the queue. Reading it runs no code of the guest's. */
  #bringAhead(): void {
    // The entry that is under way may not have begun.
    const running = this.#running?.ahead?.isBrought === false ? [this.#running] : []
    const queued = this.#queue.filter((waiting) => waiting.ahead !== undefined)
    if (running.length + queued.length === 0 || this.#returning > 0) return
    const all = [...running, ...queued]
    this.#queue = this.#queue.filter((waiting) => waiting.ahead === undefined)
    if (this.#depth === 0) this.#left = this.#bound = this.#options.timeout ?? Infinity
    for (const waiting of all) {
      if (this.#closed) return
      if (waiting.ahead !== undefined) waiting.ahead.isBrought = true
      this.#enterNow(waiting)
    }
  }

  /**
   * An answer for a pool thread. Until that goes on, this one may enter the isolate with a later batch, so the answer has a number as all that
   * is sent. It has none when something is queued, which it overtakes, because guest code runs to completion.
   */
  #acrossThreads(answer: Batch): unknown {
    // While a module is being loaded, the entry that is under way may not have begun.
    const isNext =
      this.#queue.length === 0 && (this.#returning === 0 || this.#running === undefined)
    if (isNext) return this.#waiter.hand(this.#wrap(answer))
    const text = `:${answer.body as string}` // as in #wrap
    this.#sweeps.sent(text.length)
    return answer.moved.length === 0 ? text : [text, ...answer.moved]
  }

  /** A guest on a pool thread waits for what its callback did not answer. */
  #waited(want: unknown, number: unknown, extra: unknown): unknown {
    const answer = this.#waiter.asked(want, number, extra)
    if (answer instanceof Promise) {
      void answer.then(() => this.#overdue.resumed())
      this.#rest()
    }
    return answer
  }

  /** The first batch behind the one of a number, which is the last that the guest has taken. */
  #after(taken: number): Waiting | undefined {
    const running = this.#running
    // An entry that has not begun cannot while another thread is in the isolate, and is needed first.
    const isBrought = running?.ahead?.isBrought ?? (running?.sequence ?? 0) <= taken
    if (running?.ask === Ask.deliver && !isBrought) {
      if (running.ahead !== undefined) running.ahead.isBrought = true
      return running
    }
    return this.#queue.shift()
  }

  /** Serves a callback. */
  #during<Result>(serve: () => Result): Result {
    this.#callbacks++
    try {
      return serve()
    } finally {
      this.#callbacks--
      // While something is entered from this thread, only that can call back.
      if (this.#depth === 0) this.#overdue.resumed()
    }
  }
}

function delivery(offer: Offer): Waiting {
  return { ask: Ask.deliver, ...offer }
}
