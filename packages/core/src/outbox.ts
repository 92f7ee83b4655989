/**
 * What is about to leave: every message queued in one microtask leaves as one batch.
 *
 * A call's flags say whether its answer is wanted and kept, which is known only when the caller has gone on:
 * `await` asks for the answer one microtask after the call was made. So a batch leaves a microtask later than
 * that, and the flags are written when it does.
 */
import type { PendingCall } from './calls.ts'
import type { Codec } from './codecs/codec.ts'
import type { Gate } from './gate.ts'
import { Flag, messageLength, Tag } from './protocol.ts'
import type { Quota } from './quota.ts'
import type { Batch } from './transport.ts'

/** That something failed, and how. */
export interface Failed {
  readonly error: unknown
}

/** What leaves as one batch. */
interface Load {
  readonly fields: unknown[]
  readonly moved: unknown[]
  readonly calls: PendingCall[]
  /** Where the flags of each call are among the fields. */
  readonly flagsAt: number[]
  readonly ahead?: true
}

interface Waiting {
  readonly gates: readonly Gate[]
  readonly leave: (failed: Failed | undefined) => void
  /** What moves with it. */
  readonly moved: readonly unknown[]
}

const NOTHING: readonly Gate[] = Object.freeze([])

/** How many microtasks an item waits for the next one: more than it takes a stream to give a chunk that is there. */
const PATIENCE = 8

function ignore(): void {}

export class Outbox {
  readonly #codec: Codec
  readonly #quota: Quota
  readonly #leave: () => void
  #fields: unknown[] = []
  #moved: unknown[] = []
  #calls: PendingCall[] = []
  #flagsAt: number[] = []
  /** What is as much as the peer takes in one batch, and leaves before what is queued now. */
  readonly #full: Load[] = []
  #scheduled = false
  /** How many more microtasks what is queued waits for company. */
  #patience = 0
  /** Is there nothing in it that is not to wait? */
  #isItemsOnly = false
  /** Messages that wait for a gate, and those that must not overtake them; see `inLine`. */
  #line: Waiting[] | undefined
  #repliesInLine = 0
  #beforeLeaving: (() => void)[] | undefined

  /** @param leave is called, in a microtask, when a batch is due; it takes it with `take` */
  constructor(codec: Codec, quota: Quota, leave: () => void) {
    this.#codec = codec
    this.#quota = quota
    this.#leave = leave
  }

  /** What will move with the batch that is being filled. */
  get moved(): unknown[] {
    return this.#moved
  }

  /** Queues a message, in order with the calls. */
  send(tag: Tag, ...fields: readonly unknown[]): void {
    if (this.#line === undefined) this.#queue(tag, fields)
    else this.inLine(NOTHING, () => this.#queue(tag, fields))
  }

  /** Queues a message that the peer may be waiting for, which nothing holds up but what a reply before it names. */
  reply(tag: Tag, fields: readonly unknown[]): void {
    if (this.#repliesInLine === 0) this.#queue(tag, fields)
    else this.#lineUp(NOTHING, tag, fields, this.#moved.length, ignore)
  }

  /**
   * Queues an item of an iteration. It waits a moment for those that are there already, and a message for all costs hardly more than one for
   * each: `bench/`, row `stream, items`.
   */
  item(fields: readonly unknown[]): void {
    if (this.#repliesInLine > 0) {
      this.reply(Tag.item, fields)
      return
    }
    const isItemsOnly = !this.#scheduled || this.#isItemsOnly
    this.#queue(Tag.item, fields)
    this.#isItemsOnly = isItemsOnly
    if (isItemsOnly) this.#patience = PATIENCE
  }

  /**
   * Queues a reply whose value names what its owner has not granted yet.
   * @param movedFrom where in `moved` that begins which moves with it
   * @param failed says so when it cannot be granted
   */
  replyBehind(
    gates: readonly Gate[],
    tag: Tag,
    fields: readonly unknown[],
    movedFrom: number = this.#moved.length,
    failed: (error: unknown) => void = ignore,
  ): void {
    if (gates.length === 0) this.reply(tag, fields)
    else this.#lineUp(gates, tag, fields, movedFrom, failed)
  }

  #lineUp(
    gates: readonly Gate[],
    tag: Tag,
    fields: readonly unknown[],
    movedFrom: number,
    failed: (error: unknown) => void,
  ): void {
    this.#repliesInLine++
    const leave = (failure: Failed | undefined): void => {
      this.#repliesInLine--
      if (failure === undefined) this.#queue(tag, fields)
      else failed(failure.error)
    }
    this.inLine(gates, leave, movedFrom)
  }

  /** Queues the outcome of a promise or signal; it must not overtake the message that introduces that. Takes what `reply` takes. */
  settle(
    fields: readonly unknown[],
    gates: readonly Gate[] = NOTHING,
    movedFrom: number = this.#moved.length,
    failed: (error: unknown) => void = ignore,
  ): void {
    if (gates.length === 0 && this.#line === undefined) {
      this.#queue(Tag.settle, fields)
      return
    }
    const leave = (failure: Failed | undefined): void => {
      if (failure === undefined) this.#queue(Tag.settle, fields)
      else failed(failure.error)
    }
    this.inLine(gates, leave, movedFrom)
  }

  /** Does anything wait in line? */
  get hasLine(): boolean {
    return this.#line !== undefined
  }

  /**
   * Has a message leave when some gates are open, and everything after it that must not overtake it.
   * @param leave queues it; it is given the error of a gate that failed, if one did
   * @param movedFrom where in `moved` that begins which moves with it
   */
  inLine(
    gates: readonly Gate[],
    leave: (failed: Failed | undefined) => void,
    movedFrom: number = this.#moved.length,
  ): void {
    const isFirst = this.#line === undefined
    this.#line ??= []
    this.#line.push({ gates, leave, moved: this.#moved.splice(movedFrom) })
    if (isFirst) this.#advance()
  }

  /** Lets those leave whose gates are open, in the order of the line. */
  #advance(): void {
    for (
      let waiting = this.#line?.[0];
      waiting !== undefined;
      this.#line?.shift(), waiting = this.#line?.[0]
    ) {
      const shut = waiting.gates.find((gate) => gate.isShut)
      if (shut !== undefined) {
        shut.whenSettled(() => this.#advance())
        return
      }
      this.#moved.push(...waiting.moved)
      waiting.leave(waiting.gates.find((gate) => gate.failure !== undefined)?.failure)
    }
    this.#line = undefined
  }

  #queue(tag: Tag, fields: readonly unknown[]): void {
    this.#fields.push(tag, ...fields)
    this.#schedule()
  }

  /**
   * Queues a message that has all it needs with it, ahead of whatever is encoded and not queued yet. As text it is a batch of
   * its own: what is encoded with it has its place among what moves with the next.
   */
  ahead(fields: readonly unknown[], moved: readonly unknown[]): void {
    if (this.#codec.carriesBytes) {
      this.#fields.push(...fields)
      this.#moved.push(...moved)
    } else {
      const none = { moved: [], calls: [], flagsAt: [] }
      const hello = this.#takeHello()
      if (hello.length > 0) this.#full.push({ ...none, fields: hello })
      this.#full.push({ ...none, fields: [...fields], moved: [...moved], ahead: true })
    }
    this.#wake()
  }

  /** What is to be said before anything else, if it has not been. */
  #takeHello(): unknown[] {
    if (this.#fields[0] !== Tag.hello) return []
    const length = messageLength(Tag.hello)
    this.#flagsAt = this.#flagsAt.map((at) => at - length)
    return this.#fields.splice(0, length)
  }

  /** Queues a message that need not leave before another does. */
  append(tag: Tag, ...fields: readonly unknown[]): void {
    this.#fields.push(tag, ...fields)
  }

  /**
   * Queues a call. Hot path: seven fields, no object.
   * @param waiting the heaps whose threads wait for what it is part of
   * @param carried the holds that it may enter with
   */
  call(
    call: PendingCall,
    flags: number,
    target: number,
    path: unknown,
    args: unknown,
    extra: unknown,
    waiting: readonly number[],
    carried: readonly number[],
  ): void {
    if (carried.length > 0) this.#fields.push(Tag.held, carried)
    if (waiting.length > 0) this.#fields.push(Tag.within, waiting)
    this.#calls.push(call)
    this.#flagsAt.push(this.#fields.length + 2)
    this.#fields.push(Tag.call, call.id, flags, target, path, args, extra)
    this.#schedule()
  }

  /** Runs when what is being encoded has been queued, and before it leaves. */
  beforeLeaving(run: () => void): void {
    this.#beforeLeaving ??= []
    this.#beforeLeaving.push(run)
  }

  /** Is anything queued? What is more than the peer takes at once leaves as several batches. */
  get hasMore(): boolean {
    return this.#full.length > 0 || this.#fields.length > 0
  }

  /** What is queued, as one batch, or the first of several. */
  take(): Batch | undefined {
    if (this.#beforeLeaving !== undefined) {
      const due = this.#beforeLeaving
      this.#beforeLeaving = undefined
      for (const run of due) run()
    }
    if (!this.hasMore) return undefined
    const { fields, moved, calls, flagsAt, ahead } = this.#full.shift() ?? this.#load()
    for (let index = 0; index < calls.length; index++) {
      const call = calls[index] as PendingCall // the two lists have the same length
      const at = flagsAt[index] as number
      call.sent = true
      call.held = call.used || !call.awaited
      call.wanted = call.awaited || !call.used
      fields[at] =
        (fields[at] as number) | (call.wanted ? Flag.reply : 0) | (call.held ? Flag.hold : 0)
    }
    const batch = this.#codec.batch(fields, moved)
    return ahead === undefined ? batch : { ...batch, ahead }
  }

  /** What is queued since there was as much as the peer takes. The next begins anew, so that it names its own buffers. */
  #load(): Load {
    const load = {
      fields: this.#fields,
      moved: this.#moved,
      calls: this.#calls,
      flagsAt: this.#flagsAt,
    }
    this.#fields = []
    this.#moved = []
    this.#calls = []
    this.#flagsAt = []
    this.#quota.queued = 0
    return load
  }

  /** The engine cut execution short, and dropped every microtask with it: the next message is due anew. */
  interrupted(): void {
    this.#scheduled = false
    this.#patience = 0
  }

  #schedule(): void {
    if (this.#quota.isFull(this.#fields.length)) this.#full.push(this.#load())
    this.#wake()
  }

  #wake(): void {
    // Whoever awaits has a microtask to say so.
    if (this.#patience > 1) this.#patience = 1
    this.#isItemsOnly = false
    if (this.#scheduled) return
    this.#scheduled = true
    Promise.resolve().then(this.#wait)
  }

  /** One microtask on, those who await have said so. */
  readonly #wait = (): void => {
    Promise.resolve().then(this.#due)
  }

  readonly #due = (): void => {
    if (this.#patience > 0) {
      this.#patience--
      Promise.resolve().then(this.#due)
      return
    }
    this.#scheduled = false
    this.#leave()
  }
}
