/**
 * Messages from one thread to another through memory that both share: one writes, one reads, and neither ever waits for the
 * other. What is not plain, too long, or finds no room is refused, and goes another way.
 *
 * The memory is a ring of entries, each a header of two numbers and a list of values; an entry is never cut in two. Both ends
 * count the bytes that went through them, modulo 2 ** 32. The reader believes nothing that is in it.
 */
import { ProtocolError } from '@farhold/core'
import { NO_ROOM, PlainReader, PlainWriter } from '@farhold/core/adapter'

/** Where the counters are, by number. Each has a cache line of its own, so that the two threads do not fight over one. */
const Counter = { written: 0, read: 16, posted: 32 } as const

const HEADER_BYTES = 192
/** A power of two. */
const CAPACITY = 1 << 16
/** Entries begin at multiples of this, so that there is always room for the header of one. */
const GRAIN = 8
const ENTRY_HEADER = 8
/** In the place of a length: the next entry is where the ring begins. */
const WRAP = -1
/** An entry takes no more than this of the ring, in bytes. */
const LARGEST = CAPACITY / 4

/** Memory for one direction. */
export function createRingMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + CAPACITY)
}

/** The end that writes. */
export class RingWriter {
  readonly #counters: Int32Array
  readonly #headers: Int32Array
  readonly #values: PlainWriter
  #written = 0
  #posted = 0

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, HEADER_BYTES / 4)
    this.#headers = new Int32Array(memory, HEADER_BYTES)
    this.#values = new PlainWriter(memory, HEADER_BYTES)
  }

  /** Something was posted the other way; it comes before everything that is written from now on. */
  posted(): void {
    this.#posted = (this.#posted + 1) | 0
    Atomics.store(this.#counters, Counter.posted, this.#posted)
  }

  /** Writes a list of values. False when it cannot go this way, or not now. */
  write(values: readonly unknown[]): boolean {
    const free = CAPACITY - ((this.#written - Atomics.load(this.#counters, Counter.read)) | 0)
    const at = this.#written & (CAPACITY - 1)
    const ahead = CAPACITY - at
    let start = at
    let end = this.#fill(values, start, Math.min(ahead, free))
    if (end === NO_ROOM && ahead < free) {
      start = 0
      end = this.#fill(values, start, free - ahead)
      if (end >= 0) this.#headers[at / 4] = WRAP
    }
    if (end < 0) return false
    this.#headers[start / 4] = end - start - ENTRY_HEADER
    this.#headers[start / 4 + 1] = this.#posted
    const skipped = start === at ? 0 : ahead
    this.#written = (this.#written + skipped + roundUp(end - start)) | 0
    Atomics.store(this.#counters, Counter.written, this.#written)
    return true
  }

  /** Writes the values of an entry that begins at `start` and has so much room. Gives where it ends, or why it is not written. */
  #fill(values: readonly unknown[], start: number, room: number): number {
    const end = start + Math.min(room, LARGEST)
    return start + ENTRY_HEADER > end
      ? NO_ROOM
      : this.#values.writeAll(values, start + ENTRY_HEADER, end)
  }
}

/** The end that reads. */
export class RingReader {
  readonly #counters: Int32Array
  readonly #headers: Int32Array
  readonly #values: PlainReader
  #read = 0
  #taken = 0

  constructor(memory: SharedArrayBuffer) {
    this.#counters = new Int32Array(memory, 0, HEADER_BYTES / 4)
    this.#headers = new Int32Array(memory, HEADER_BYTES)
    this.#values = new PlainReader(memory, HEADER_BYTES)
  }

  /** Is there nothing to read, for now? */
  get isEmpty(): boolean {
    return Atomics.load(this.#counters, Counter.written) === this.#read
  }

  /** Was anything posted the other way that is not taken? */
  get isPosted(): boolean {
    return Atomics.load(this.#counters, Counter.posted) !== this.#taken
  }

  /** One of those that were posted the other way is taken. */
  took(): void {
    this.#taken = (this.#taken + 1) | 0
  }

  /**
   * The next list of values, when nothing that was posted before it waits to be taken; `undefined` when there is none.
   * @throws {ProtocolError} when what is in the ring is no entry. There is nothing to be read after that.
   */
  take(): readonly unknown[] | undefined {
    const unread = (Atomics.load(this.#counters, Counter.written) - this.#read) | 0
    if (unread === 0) return undefined
    if (unread < 0 || unread > CAPACITY) throw lies()
    let at = this.#read & (CAPACITY - 1)
    let room = Math.min(unread, CAPACITY - at)
    let length = this.#header(at, room)
    let skipped = 0
    if (length === WRAP) {
      skipped = room
      at = 0
      room = unread - skipped
      length = this.#header(at, room)
    }
    if (length < 0 || length > room - ENTRY_HEADER) throw lies()
    const postedBefore = this.#headers[at / 4 + 1] as number // in range, as the length
    const toBeTaken = (postedBefore - this.#taken) | 0
    const toBePosted = (postedBefore - Atomics.load(this.#counters, Counter.posted)) | 0
    if (toBeTaken < 0 || toBePosted > 0) throw lies()
    if (toBeTaken > 0) return undefined
    const start = at + ENTRY_HEADER
    const values = this.#values.read(start, start + length)
    if (!Array.isArray(values)) throw lies()
    this.#read = (this.#read + skipped + roundUp(ENTRY_HEADER + length)) | 0
    Atomics.store(this.#counters, Counter.read, this.#read)
    return values
  }

  /** The first number of an entry's header. */
  #header(at: number, room: number): number {
    if (room < ENTRY_HEADER || room % GRAIN !== 0) throw lies()
    return this.#headers[at / 4] as number // in range, as `at` is a multiple of the grain below the capacity
  }
}

function lies(): ProtocolError {
  return new ProtocolError('the counters or lengths of a ring in shared memory do not hold')
}

function roundUp(bytes: number): number {
  return (bytes + GRAIN - 1) & ~(GRAIN - 1)
}
