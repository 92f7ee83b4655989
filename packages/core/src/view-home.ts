/**
 * What answers those who lease a view where it is at home: other contexts, which get a reference and, where they cannot share the memory, a copy of
 * the range; and its own.
 */
import { copyAtHome } from './copy-home.ts'
import { servedHere } from './current-call.ts'
import { LimitExceededError } from './errors.ts'
import { Import } from './handle.ts'
import { LeaseHome, leaseOf } from './lease-home.ts'
import { ByReference, proxy, transfer } from './marks.ts'
import type { PresenceSession } from './presence.ts'
import type { LeaseMode, RangeRequest } from './range-lock.ts'
import { type Later, Service } from './service.ts'
import { ServiceThere } from './service-port.ts'
import { standInOf } from './stand-in.ts'
import { checkRoom } from './typed-arrays.ts'
import type { LeaseWord, ViewMemory } from './view-memory.ts'

/** What a holder wants to have of a range. */
export type LeaseForm =
  /** The memory itself, which it shares. */
  | 'shared'
  /** A copy of what is there. */
  | 'copy'
  /** Nothing: it will give back what is to be there. */
  | 'blank'

/** What a lease is answered with: what it is at home, its word where the memory is shared, and its bytes where they are copied. */
export type LeaseAnswer = readonly [
  lease: object,
  word: LeaseWord | null,
  bytes: ArrayBuffer | null,
]

/** How a lease is asked for. */
export type LeaseArguments = readonly [
  mode: LeaseMode,
  start: number,
  end: number,
  form: LeaseForm,
  /** Hears of a lease that is taken back, by this. */
  listener: object | null,
  number: number,
]

export class ViewHome extends Service {
  readonly #memory: ViewMemory

  constructor(memory: ViewMemory) {
    super()
    this.#memory = memory
    proxy(this)
    Object.freeze(this)
  }

  static memoryOf(home: ViewHome): ViewMemory {
    return home.#memory
  }

  /** Asks for a range for another context. What comes in is checked: anyone may say anything. */
  lease(...args: readonly unknown[]): LeaseAnswer | Later {
    const [mode, start, end, form, listener, number] = args
    const memory = this.#memory
    const request = checkRequest(mode, start, end, memory.length)
    if (form !== 'shared' && form !== 'copy' && form !== 'blank')
      throw new TypeError('a lease is of memory, of a copy, or blank')
    const session = servedHere()?.session
    if (mode === 'exclusive' && form !== 'shared' && session !== undefined)
      checkReturn(memory.elementSize * (request.end - request.start), session)
    const tell = revocationTo(listener, number)
    return leaseOf(memory, request, (claim) => {
      const word = form === 'shared' ? memory.takeWord() : null
      const lease = new LeaseHome(memory, claim, tell)
      LeaseHome.atEnd(lease, () => word && memory.freeWord(word))
      if (session !== undefined) {
        LeaseHome.atEnd(lease, session.keepAlive())
        LeaseHome.atEnd(lease, session.holdOpen())
        // An answer that could not leave, or that no one wanted, leaves no one who could end it.
        void Promise.resolve().then(() => {
          if (!session.isHeld(lease)) lease.dropped()
        })
      }
      const bytes = form === 'copy' ? memory.read(request) : null
      if (bytes !== null) transfer(bytes, [bytes])
      return [new ByReference(lease) as object, word, bytes] as const
    })
  }

  /** Copies another view that is at home here to this one, for a context that has the memory of neither. */
  copyFrom(from: unknown): Later {
    if (!(from instanceof ViewHome)) throw new TypeError('a view that is at home elsewhere')
    checkRoom(from.#memory.length, this.#memory.length)
    return copyAtHome(from.#memory, this.#memory)
  }

  dropped(): void {
    // The memory lives as long as someone has its view.
  }
}

/** The same for the context that it is at home in, which no other one can ask. */
export class OwnViewHome extends Service {
  readonly #memory: ViewMemory

  constructor(memory: ViewMemory) {
    super()
    this.#memory = memory
  }

  lease(mode: LeaseMode, start: number, end: number): LeaseHome | Later {
    const memory = this.#memory
    const request = { mode, start, end }
    return leaseOf(memory, request, (claim) => new LeaseHome(memory, claim))
  }

  dropped(): void {
    // It is given to no one.
  }
}

/** @throws {TypeError | RangeError} when it is not one for a view of that length. */
function checkRequest(mode: unknown, start: unknown, end: unknown, length: number): RangeRequest {
  if (mode !== 'exclusive' && mode !== 'shared')
    throw new TypeError("a lease is 'exclusive' or 'shared'")
  checkRange([start, end], length)
  return { mode, start: start as number, end: end as number } // checked just above
}

/**
 * A range as a program gives it: `[start, end]`, the end exclusive.
 * @throws {TypeError} when it is none, and {@link RangeError} when it is not one of so many elements.
 */
export function checkRange(range: unknown, length: number): readonly [number, number] {
  if (!Array.isArray(range) || range.length !== 2 || !range.every(Number.isInteger))
    throw new TypeError('a range is [start, end], two whole numbers of elements')
  const [start, end] = range as [number, number] // whole numbers, checked just above
  if (start < 0 || end < start || end > length)
    throw new RangeError(
      `the range [${start}, ${end}] is not within the ${length} elements of the view`,
    )
  return [start, end]
}

/** What counts in a message beside the bytes in it, and a little more. */
const AROUND = 1024

/** Bytes that could not come back are not given out. @throws {LimitExceededError} */
function checkReturn(bytes: number, { limits }: PresenceSession): void {
  const { messageSize } = limits
  if (bytes + AROUND > messageSize)
    throw new LimitExceededError(
      'messageSize',
      messageSize,
      `what a lease of ${bytes} bytes would send back`,
    )
}

/** What tells a holder that shares no memory. */
function revocationTo(listener: unknown, number: unknown): () => void {
  const handle = standInOf(listener)?.handle
  if (!(handle instanceof Import)) return () => undefined
  const port = new ServiceThere(() => handle)
  return () => {
    port.ask('revoked', [number]).catch(() => undefined)
  }
}
