/**
 * The memory of a view where it is at home: who has leased which range of it, and the word by which those who share it see at once that a
 * lease is over.
 */
import { LimitExceededError } from './errors.ts'
import { copyBytes, viewOver } from './marshal/bytes.ts'
import { overlaps, type RangeClaim, RangeLock, type RangeRequest } from './range-lock.ts'
import { thisHeap } from './this-heap.ts'
import { elementSizeOf, type TypedArray } from './typed-arrays.ts'

/** Whoever has a range is told when its owner takes it back. */
export interface LeaseHolder {
  revoke(): void
}

/** So many leases of one view can be out at once to those who share its memory. */
const MOST_LEASES = 1024

/** What names a view to those who take several in one order. */
export type ViewName = readonly [heap: number, serial: number]

/** The word of a lease, and the number that it has while the lease lasts. */
export type LeaseWord = readonly [slot: number, lease: number]

const counted = { views: 0 }

export class ViewMemory {
  readonly kind: string
  /** In elements. */
  readonly length: number
  readonly elementSize: number
  /** Shared, where the platform has that. */
  readonly buffer: ArrayBufferLike
  /** The words of leases; `undefined` where no one shares the memory. */
  readonly ledger: SharedArrayBuffer | undefined
  readonly name: ViewName = [thisHeap.id, ++counted.views]
  readonly lock = new RangeLock()
  readonly #holders = new Map<RangeClaim, LeaseHolder>()
  readonly #words: Int32Array | undefined
  readonly #freeSlots: number[] = []
  #slots = 0
  #leases = 0

  /** @param content is copied; of a number, it is so many zero bytes */
  constructor(kind: string, content: TypedArray | number) {
    this.kind = kind
    this.elementSize = elementSizeOf(kind) ?? 1
    this.length = typeof content === 'number' ? content : content.length
    // Asked for now: where a guest must not share memory, it is gone when this module has been loaded.
    const Shared = Reflect.get(globalThis, 'SharedArrayBuffer') as
      | typeof SharedArrayBuffer
      | undefined
    const size = this.length * this.elementSize
    this.buffer = Shared === undefined ? new ArrayBuffer(size) : new Shared(size)
    if (typeof content !== 'number') {
      const bytes = new Uint8Array(content.buffer, content.byteOffset, content.byteLength)
      new Uint8Array(this.buffer).set(bytes)
    }
    if (Shared === undefined) return
    this.ledger = new Shared(MOST_LEASES * Int32Array.BYTES_PER_ELEMENT)
    this.#words = new Int32Array(this.ledger)
  }

  /** From when a claim holds its range until `leave`, this is whom the owner takes it back from. */
  enter(claim: RangeClaim, holder: LeaseHolder): void {
    this.#holders.set(claim, holder)
  }

  leave(claim: RangeClaim): void {
    this.#holders.delete(claim)
    this.lock.end(claim)
  }

  /** Takes back every lease that has an element of a range. Gives how many those were. */
  revoke(start: number, end: number): number {
    const range: RangeRequest = { start, end, mode: 'exclusive' }
    const met = [...this.#holders].filter(([{ request }]) => overlaps(request, range))
    for (const [, holder] of met) holder.revoke()
    return met.length
  }

  /** A word for a lease, with its number in it. @throws {LimitExceededError} when there is none left. */
  takeWord(): LeaseWord {
    const slot = this.#freeSlots.pop() ?? this.#slots++
    if (slot >= MOST_LEASES) {
      this.#slots = MOST_LEASES
      throw new LimitExceededError('leases', MOST_LEASES, 'the number of leases of a view')
    }
    // Not 0, and not a negative number either: thirty-one bits are used again after two thousand million leases.
    this.#leases = (this.#leases % 0x7fffffff) + 1
    if (this.#words !== undefined) Atomics.store(this.#words, slot, this.#leases)
    return [slot, this.#leases]
  }

  /** The lease of a word is over. */
  freeWord([slot]: LeaseWord): void {
    if (this.#words !== undefined) Atomics.store(this.#words, slot, 0)
    this.#freeSlots.push(slot)
  }

  /** The bytes of a range, copied. */
  read({ start, end }: RangeRequest): ArrayBuffer {
    return copyBytes(this.#bytes(start, end))
  }

  /** Puts bytes where a range begins. @throws {RangeError} when they are more than the range has. */
  write({ start, end }: RangeRequest, bytes: ArrayBuffer): void {
    this.#bytes(start, end).set(new Uint8Array(bytes))
  }

  /** A typed array over a range. */
  over({ start, end }: RangeRequest): ArrayBufferView {
    return viewOver(this.kind, this.buffer, start * this.elementSize, end - start)
  }

  #bytes(start: number, end: number): Uint8Array {
    const { buffer, elementSize } = this
    return new Uint8Array(buffer, start * elementSize, (end - start) * elementSize)
  }
}
