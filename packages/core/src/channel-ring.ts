/**
 * The items of a channel that threads share, as slots of fixed size in a ring in their memory: any of them puts and takes, first in first
 * out, without a lock and without a message.
 *
 * What a newcomer would get wrong: a thread can be terminated between any two lines of this file. So nothing here is taken in two
 * steps: one word of a slot says in which lap it is, what phase it has reached and by whom, and every change of owner is one
 * compareExchange of that word; `head` and `tail` only follow, and whoever finds one of them behind moves it on:
 *
 *     free(lap) -> claimed(lap, sender) -> full(lap, sender) -> taken(lap, receiver) -> free(lap + 1)
 *
 * What a dead thread had claimed or taken bears its number, so that {@link ChannelRing.repair} finds it. Until the slot that was taken first is
 * freed no later one is of use: the ring can be full with fewer items in it, and empty with slots that are taken. Laps are counted modulo
 * 2 ** 20 or less: a thread that stands still between reading a word and exchanging it for exactly that many laps could put or take one out
 * of order, once; nothing worse. `test/channels/ring-model.test.ts` stops and kills threads at every step.
 *
 * Anyone who has the memory may write anything into it at any time. So every loop has an end, every index is checked, and what cannot be
 * is {@link ASK}, or a ProtocolError for the hub (the context that made the channel, `head()` and below).
 */
import { ProtocolError } from './errors.ts'
import { isPlainContainer } from './plain-container.ts'
import { PlainReader, PlainWriter } from './plain-values.ts'

const MAGIC = 0x46_48_44_52
const VERSION = 1

/** The words of the header, by number. What many threads write to has a cache line of its own. */
const Header = {
  magic: 0,
  version: 1,
  capacity: 2,
  tail: 16,
  head: 32,
  sendersAsk: 48,
  receiversAsk: 49,
  hungry: 50,
  thirsty: 51,
} as const

const HEADER_WORDS = 64
/** The words of a slot: its state, the length and the sender of what is in it, and that. */
const SLOT_WORDS = 64
const CONTENT_WORD = 2
const CONTENT_BYTES = (SLOT_WORDS - CONTENT_WORD) * 4

const MOST_SLOTS = 2 ** 16
const MOST_LAPS = 2 ** 20

/** The lowest bits of a state; the participant is above, and the lap above that. */
const Phase = {
  free: 0,
  claimed: 1,
  full: 2,
  taken: 3,
  placeholder: 4,
  orphaned: 5,
  removed: 6,
} as const
const PHASE_MASK = 7
const PARTICIPANT_SHIFT = 3
const PARTICIPANT_MASK = 255
const LAP_SHIFT = 11

/** How often a sender or a receiver tries before it asks. Who tries in vain has met others that got on, or a lie. */
const ATTEMPTS = 100
/** The hub has no one to ask. */
const ATTEMPTS_OF_HUB = 1000

/** Nothing to take now. */
export const EMPTY = Symbol('empty')
/** The hub knows. */
export const ASK = Symbol('ask')

export type PutResult = 'done' | 'full' | 'not-plain' | 'ask'

/** What comes next. A `sender` is the number of a participant; an unpublished item is one that its sender has begun to put. */
export type Head =
  | { readonly kind: 'empty' }
  | { readonly kind: 'unpublished'; readonly sender: number }
  | { readonly kind: 'plain'; readonly sender: number }
  | {
      readonly kind: 'placeholder' | 'orphaned'
      readonly sender: number
      /** Where it is: what `putPlaceholder` gave, if it was one. */
      readonly position: number
    }

export type TakenHead =
  | Exclude<Head, { readonly kind: 'plain' }>
  | { readonly kind: 'plain'; readonly sender: number; readonly item: unknown }

/** What a dead receiver had taken and its code has not seen, or why it cannot be read. */
export type Returned =
  | { readonly sender: number; readonly item: unknown }
  | { readonly sender: number; readonly error: unknown }

/**
 * One thread's view of a ring. Participants have numbers from 0 to 255, one for each thread (the hub's own too); a number may be
 * given again after `repair` of the thread that had it.
 */
export class ChannelRing {
  /** The most that are in it: put, and not taken by anyone yet. */
  readonly capacity: number
  readonly memory: SharedArrayBuffer

  readonly #cells: Int32Array
  readonly #laps: number
  readonly #positions: number
  readonly #reader: PlainReader
  /** Items become bytes in memory of our own: their getters run before anything is claimed, and what is not plain claims nothing. */
  readonly #bytes = new Int32Array(CONTENT_BYTES / 4)
  readonly #writer = new PlainWriter(this.#bytes.buffer, 0, isPlainContainer)
  #isWriting = false
  readonly #wake: () => void

  /** Memory for up to `capacity` items, at most 65536. */
  static create(capacity: number): SharedArrayBuffer {
    if (!isCapacity(capacity)) throw new RangeError(`no ring has ${capacity} slots`)
    const memory = new SharedArrayBuffer(bytesOf(capacity))
    const cells = new Int32Array(memory)
    cells[Header.magic] = MAGIC
    cells[Header.version] = VERSION
    cells[Header.capacity] = capacity
    // All zero otherwise: every slot is free in lap 0, and head and tail are at the first.
    return memory
  }

  /**
   * @param wake tells the hub to look again: called, after everything else, by an operation that found `hungry` or `thirsty` set
   * @throws {ProtocolError} when the memory is no ring.
   */
  constructor(memory: SharedArrayBuffer, wake: () => void) {
    if (!(memory instanceof SharedArrayBuffer) || memory.byteLength < HEADER_WORDS * 4)
      throw broken('no channel')
    const header = new Int32Array(memory, 0, HEADER_WORDS)
    const capacity = header[Header.capacity] as number // in range: checked above
    if (header[Header.magic] !== MAGIC || header[Header.version] !== VERSION)
      throw broken('no channel of this version')
    if (!isCapacity(capacity) || memory.byteLength !== bytesOf(capacity))
      throw broken('a channel of another size')
    this.memory = memory
    this.capacity = capacity
    this.#cells = new Int32Array(memory, 0, memory.byteLength / 4)
    this.#laps = Math.min(MOST_LAPS, Math.floor(2 ** 31 / capacity))
    this.#positions = this.#laps * capacity
    this.#reader = new PlainReader(memory, 0)
    this.#wake = wake
  }

  // Everyone ---------------------------------------------------------------------------------------------

  /**
   * Puts an item at the end. `not-plain` is also one that is too long for a slot. Throws what a getter of the item throws, and then
   * has put nothing.
   *
   * Hot: `bench/`, rows `channel`.
   */
  put(participant: number, item: unknown): PutResult {
    if (this.#cells[Header.sendersAsk] !== 0) return 'ask'
    return this.putAnyway(participant, item)
  }

  /**
   * Takes the item that is first, which may be `undefined`; or gives {@link EMPTY}, also while the first is not published, or
   * {@link ASK}.
   *
   * Hot: `bench/`, rows `channel`.
   * @throws {ProtocolError} when what is there is no item; it is gone.
   */
  take(participant: number): unknown {
    if (this.#cells[Header.receiversAsk] !== 0) return ASK
    const cells = this.#cells
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const head = cells[Header.head] as number
      if (!this.#isPosition(head)) return ASK
      const lap = (head / this.capacity) | 0
      const slot = this.#slotAt(head, lap)
      let state = cells[slot] as number
      if (lapOf(state) !== lap || (state & PHASE_MASK) !== Phase.full)
        state = Atomics.load(cells, slot)
      if (lapOf(state) !== lap || (state & PHASE_MASK) === Phase.taken) {
        if (this.#passHead(head, lap, state)) continue
        return EMPTY
      }
      switch (state & PHASE_MASK) {
        case Phase.full:
          if (this.#exchange(slot, state, stateOf(lap, Phase.taken, participant))) {
            this.#advance(Header.head, head)
            return this.#readAndFree(slot, lap, stateOf(lap, Phase.taken, participant))
          }
          break
        case Phase.free:
        case Phase.claimed:
          return EMPTY
        case Phase.removed:
          this.#discard(slot, state, head, lap)
          break
        default:
          return ASK
      }
    }
    return ASK
  }

  // The hub ----------------------------------------------------------------------------------------------

  /** While it is set, who wants to put asks. One that had begun before may still be done: set `hungry` too, to be told of it. */
  set sendersAsk(ask: boolean) {
    Atomics.store(this.#cells, Header.sendersAsk, ask ? 1 : 0)
  }

  /** Is it set? Whoever has put an item and finds it so may have been too late. */
  get sendersAsk(): boolean {
    return Atomics.load(this.#cells, Header.sendersAsk) !== 0
  }

  /** While it is set, who wants to take asks. One that had begun before may still be done. */
  set receiversAsk(ask: boolean) {
    Atomics.store(this.#cells, Header.receiversAsk, ask ? 1 : 0)
  }

  /**
   * Once an item is published, the hub is to be woken; that clears it. Set it, then look once more before you wait. The thread that
   * has cleared it may die before it calls: look again, and set it again, after each `repair`.
   */
  set hungry(hungry: boolean) {
    Atomics.store(this.#cells, Header.hungry, hungry ? 1 : 0)
  }

  /** The same for when a slot is freed. */
  set thirsty(thirsty: boolean) {
    Atomics.store(this.#cells, Header.thirsty, thirsty ? 1 : 0)
  }

  /** `put`, whether or not senders are to ask. */
  putAnyway(participant: number, item: unknown): PutResult {
    // A getter of an item that is being written puts another one.
    if (this.#isWriting) return 'not-plain'
    const cells = this.#cells
    let length = -1
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const tail = cells[Header.tail] as number
      if (!this.#isPosition(tail)) return 'ask'
      const lap = (tail / this.capacity) | 0
      const slot = this.#slotAt(tail, lap)
      let state = cells[slot] as number
      if (state !== stateOf(lap, Phase.free, 0)) state = Atomics.load(cells, slot)
      if (state !== stateOf(lap, Phase.free, 0)) {
        if (this.#passTail(tail, lap, slot, state)) continue
        return 'full'
      }
      if (length < 0) {
        length = this.#write(item)
        if (length < 0) return 'not-plain'
      }
      const claimed = stateOf(lap, Phase.claimed, participant)
      if (!this.#exchange(slot, state, claimed)) continue
      this.#advance(Header.tail, tail)
      const words = (length + 3) >> 2
      for (let word = 0; word < words; word++)
        cells[slot + CONTENT_WORD + word] = this.#bytes[word] as number // in range: a slot's content
      cells[slot + 1] = (participant << 16) | length
      // A thread that is thought dead may live for a moment: what was repaired is not its own any more.
      if (!this.#exchange(slot, claimed, stateOf(lap, Phase.full, participant))) return 'ask'
      this.#wakeIf(Header.hungry)
      return 'done'
    }
    return 'ask'
  }

  /**
   * Keeps a place in the line for an item of `sender` that is in the hub's own heap. Gives its position, a number that no other item
   * in the ring has. Does not wake the hub.
   * @throws {ProtocolError} when the ring is broken.
   */
  putPlaceholder(sender: number): number | 'full' {
    for (let attempt = 0; attempt < ATTEMPTS_OF_HUB; attempt++) {
      const tail = Atomics.load(this.#cells, Header.tail)
      if (!this.#isPosition(tail)) break
      const lap = (tail / this.capacity) | 0
      const slot = this.#slotAt(tail, lap)
      const state = Atomics.load(this.#cells, slot)
      if (state !== stateOf(lap, Phase.free, 0)) {
        if (this.#passTail(tail, lap, slot, state)) continue
        return 'full'
      }
      if (!this.#exchange(slot, state, stateOf(lap, Phase.placeholder, sender))) continue
      this.#advance(Header.tail, tail)
      return tail
    }
    throw broken('a channel that has no end')
  }

  /** What comes next. @throws {ProtocolError} when the ring is broken. */
  head(): Head {
    const { kind, sender, position } = this.#first()
    return kind === 'empty' ? { kind } : { kind, sender, position }
  }

  /**
   * Takes what comes next, whatever it is, and whether or not receivers are to ask.
   * @throws {ProtocolError} when the ring is broken, or what is there is no item; it is gone.
   */
  takeHead(participant: number): TakenHead {
    for (let attempt = 0; attempt < ATTEMPTS_OF_HUB; attempt++) {
      const { kind, sender, position, slot, state } = this.#first()
      if (kind === 'empty') return { kind }
      if (kind === 'unpublished') return { kind, sender }
      const lap = lapOf(state)
      if (kind === 'plain') {
        if (!this.#exchange(slot, state, stateOf(lap, Phase.taken, participant))) continue
        this.#advance(Header.head, position)
        return {
          kind,
          sender,
          item: this.#readAndFree(slot, lap, stateOf(lap, Phase.taken, participant)),
        }
      }
      if (this.#discard(slot, state, position, lap)) return { kind, sender, position }
    }
    throw broken('a channel that has no beginning')
  }

  /** How many items are in it, at about this moment: also those that are not published, without those that were removed. */
  get count(): number {
    let { position } = this.#first()
    let count = 0
    for (let passed = 0; passed < this.capacity; passed++) {
      const lap = (position / this.capacity) | 0
      const state = Atomics.load(this.#cells, this.#slotAt(position, lap))
      const phase = state & PHASE_MASK
      if (lapOf(state) === lap) {
        if (phase === Phase.free) break
        if (phase !== Phase.taken && phase !== Phase.removed) count++
      }
      position = this.#next(position)
    }
    return count
  }

  /**
   * A participant is dead: its thread runs no more. What it had claimed is removed, so that those behind it come through; what it had
   * taken, one item at most, is given back. Look again afterwards, whatever you wait for.
   */
  repair(participant: number): readonly Returned[] {
    const returned: Returned[] = []
    this.#eachOf(participant, (slot, state, lap) => {
      const phase = state & PHASE_MASK
      if (phase === Phase.claimed)
        this.#exchange(slot, state, stateOf(lap, Phase.removed, participant))
      if (phase !== Phase.taken) return
      const sender = this.#senderOf(slot)
      try {
        returned.push({ sender, item: this.#readAndFree(slot, lap, state) })
      } catch (error) {
        returned.push({ sender, error })
      }
    })
    return returned
  }

  /**
   * Everything that is in the ring and was sent by a participant is removed, or orphaned: whoever meets it asks. Gives how many there
   * were. Those that it has not published are the business of `repair`.
   */
  markSent(sender: number, as: 'removed' | 'orphaned'): number {
    let count = 0
    this.#eachOf(sender, (slot, state, lap) => {
      const phase = state & PHASE_MASK
      const isSent = phase === Phase.full || phase === Phase.placeholder
      if (isSent && this.#exchange(slot, state, stateOf(lap, Phase[as], sender))) count++
    })
    return count
  }

  #eachOf(participant: number, visit: (slot: number, state: number, lap: number) => void): void {
    for (let index = 0; index < this.capacity; index++) {
      const slot = HEADER_WORDS + index * SLOT_WORDS
      const state = Atomics.load(this.#cells, slot)
      const lap = lapOf(state)
      if (lap < this.#laps && participantOf(state) === participant) visit(slot, state, lap)
    }
  }

  /** What comes next, after all that is done with or removed. */
  #first(): {
    readonly kind: Head['kind']
    readonly sender: number
    readonly position: number
    readonly slot: number
    readonly state: number
  } {
    for (let attempt = 0; attempt < ATTEMPTS_OF_HUB; attempt++) {
      const position = Atomics.load(this.#cells, Header.head)
      if (!this.#isPosition(position)) break
      const lap = (position / this.capacity) | 0
      const slot = this.#slotAt(position, lap)
      const state = Atomics.load(this.#cells, slot)
      const phase = state & PHASE_MASK
      const isPast = lapOf(state) !== lap || phase === Phase.taken
      if (isPast && this.#passHead(position, lap, state)) continue
      if (!isPast && phase === Phase.removed) this.#discard(slot, state, position, lap)
      else {
        const kind = isPast ? 'empty' : KINDS[phase]
        if (kind === undefined) break
        return { kind, sender: participantOf(state), position, slot, state }
      }
    }
    throw broken('a channel that has no beginning')
  }

  // Steps ------------------------------------------------------------------------------------------------

  /** In the memory there may be any number. */
  #isPosition(number: number): boolean {
    return number >= 0 && number < this.#positions
  }

  #next(position: number): number {
    return position + 1 === this.#positions ? 0 : position + 1
  }

  #nextLap(lap: number): number {
    return lap + 1 === this.#laps ? 0 : lap + 1
  }

  /** The word that a slot begins with. */
  #slotAt(position: number, lap: number): number {
    return HEADER_WORDS + (position - lap * this.capacity) * SLOT_WORDS
  }

  #exchange(word: number, from: number, to: number): boolean {
    return Atomics.compareExchange(this.#cells, word, from, to) === from
  }

  /** Head or tail goes on, if no one else has moved it. */
  #advance(counter: typeof Header.head | typeof Header.tail, position: number): void {
    Atomics.compareExchange(this.#cells, counter, position, this.#next(position))
  }

  /** The slot at the head is not of its lap, or taken. False when that is because nothing was put after what was last taken. */
  #passHead(head: number, lap: number, state: number): boolean {
    const found = lapOf(state)
    // It is done with, and whoever has done it has not got on to move the head.
    if (found === lap || found === this.#nextLap(lap)) this.#advance(Header.head, head)
    // A whole lap was taken, and the first one of it not freed yet.
    else if (this.#nextLap(found) === lap) return (state & PHASE_MASK) !== Phase.taken
    // Otherwise it was a head of long ago, or is a lie.
    return true
  }

  /** The slot at the tail is not free. False when that is because the ring is full. */
  #passTail(tail: number, lap: number, slot: number, state: number): boolean {
    const found = lapOf(state)
    // Someone has put one there and not got on to move the tail.
    if (found === lap || found === this.#nextLap(lap)) this.#advance(Header.tail, tail)
    else if (this.#nextLap(found) === lap) {
      const phase = state & PHASE_MASK
      if (phase === Phase.removed)
        // What is a lap behind the tail is at the head.
        this.#discard(slot, state, tail - this.capacity + (lap === 0 ? this.#positions : 0), found)
      else return phase === Phase.free
    }
    return true
  }

  /** Frees a slot at the head that no one has to read. */
  #discard(slot: number, state: number, head: number, lap: number): boolean {
    if (!this.#exchange(slot, state, stateOf(this.#nextLap(lap), Phase.free, 0))) return false
    this.#advance(Header.head, head)
    this.#wakeIf(Header.thirsty)
    return true
  }

  /** Gives the item of a slot that is taken. */
  #readAndFree(slot: number, lap: number, taken: number): unknown {
    const start = (slot + CONTENT_WORD) * 4
    const length = (this.#cells[slot + 1] as number) & 0xffff // in range: a slot's word
    try {
      if (length > CONTENT_BYTES) throw broken('an item that goes past its end')
      return this.#reader.read(start, start + length)
    } finally {
      this.#exchange(slot, taken, stateOf(this.#nextLap(lap), Phase.free, 0)) // or it was repaired
      this.#wakeIf(Header.thirsty)
    }
  }

  #senderOf(slot: number): number {
    return ((this.#cells[slot + 1] as number) >> 16) & PARTICIPANT_MASK // in range: a slot's word
  }

  /** Gives how long it is; negative when it does not go. */
  #write(item: unknown): number {
    this.#isWriting = true
    try {
      return this.#writer.write(item, 0, CONTENT_BYTES)
    } finally {
      this.#isWriting = false
    }
  }

  #wakeIf(flag: typeof Header.hungry | typeof Header.thirsty): void {
    if (Atomics.load(this.#cells, flag) === 0) return
    if (Atomics.exchange(this.#cells, flag, 0) !== 0) this.#wake()
  }
}

/** By phase. */
const KINDS: readonly (Head['kind'] | undefined)[] = [
  'empty',
  'unpublished',
  'plain',
  undefined,
  'placeholder',
  'orphaned',
]

function stateOf(lap: number, phase: number, participant: number): number {
  return (lap << LAP_SHIFT) | (participant << PARTICIPANT_SHIFT) | phase
}

function lapOf(state: number): number {
  return state >>> LAP_SHIFT
}

function participantOf(state: number): number {
  return (state >> PARTICIPANT_SHIFT) & PARTICIPANT_MASK
}

function isCapacity(number: number): boolean {
  return Number.isInteger(number) && number >= 1 && number <= MOST_SLOTS
}

function bytesOf(capacity: number): number {
  return (HEADER_WORDS + capacity * SLOT_WORDS) * 4
}

function broken(what: string): ProtocolError {
  return new ProtocolError(`shared memory holds ${what}`)
}
