/**
 * A lease of a range of a view, as whoever has it sees it: a typed array while it lasts, and nothing afterwards.
 *
 * What a newcomer gets wrong: the array is the program's, and a lease can only take back its own `array`. Where the memory is shared, an array
 * that was put aside goes on showing it after the lease; where it was lent as a copy, it is detached.
 */
import type { Import } from './handle.ts'
import { LeaseHome } from './lease-home.ts'
import { transfer } from './marks.ts'
import { ambientPlatform } from './platform.ts'
import type { LeaseMode, RangeRequest } from './range-lock.ts'
import { ServiceThere } from './service-port.ts'
import type { TypedArray } from './typed-arrays.ts'
import type { LeaseWord } from './view-memory.ts'

/** What a lease has of the one at home. It must not lead to the lease itself, which is to be collected when no one uses it. */
export interface Grant {
  /** Does it last, as far as can be known here? */
  readonly isLive: boolean
  /** The holder is done: what it has written counts. */
  end(): void
  /** The holder is gone: what it has as a copy does not count. */
  drop(): void
}

/** A lease of a view of this context. */
export class GrantHere implements Grant {
  readonly #lease: LeaseHome

  constructor(lease: LeaseHome) {
    this.#lease = lease
  }

  get isLive(): boolean {
    return !LeaseHome.isOver(this.#lease)
  }

  end(): void {
    this.#lease.end()
  }

  drop(): void {
    this.#lease.dropped()
  }
}

/** A lease of another context's view. */
export class GrantThere implements Grant {
  readonly #handle: Import
  readonly #port: ServiceThere
  readonly #isWritten: boolean
  readonly #word: { readonly words: Int32Array; readonly word: LeaseWord } | undefined
  #bytes: ArrayBuffer | undefined
  readonly #close: () => void
  #isRevoked = false

  /**
   * @param handle names the lease at home
   * @param isWritten do the bytes go back?
   * @param word where the memory is shared
   * @param bytes where they are copied
   */
  constructor(
    handle: Import,
    isWritten: boolean,
    word: { readonly words: Int32Array; readonly word: LeaseWord } | undefined,
    bytes: ArrayBuffer | undefined,
  ) {
    this.#handle = handle
    this.#port = new ServiceThere(() => handle)
    this.#isWritten = isWritten
    this.#word = word
    this.#bytes = bytes
    this.#close = handle.session.holdOpen()
  }

  /** The bytes of one that is a copy. */
  get bytes(): ArrayBuffer | undefined {
    return this.#bytes
  }

  get isLive(): boolean {
    if (this.#isRevoked || this.#handle.released || this.#handle.session.ended !== undefined)
      return false
    if (this.#word === undefined) return true
    const [slot, lease] = this.#word.word
    return Atomics.load(this.#word.words, slot) === lease
  }

  end(): void {
    // Out of the program's hands at once, and not when the message leaves.
    const bytes = take(this.#bytes)
    this.#bytes = undefined
    const { session } = this.#handle
    if (this.#handle.released || session.ended !== undefined) this.#close()
    else {
      this.write(this.#isWritten ? bytes : undefined).catch((error: unknown) => {
        // No one waits for it, and what was written has not come home.
        if (session.ended === undefined) session.report(error)
      })
    }
  }

  /** Ends it with these bytes in its place, which are moved. Resolves when they are there. */
  async write(bytes: ArrayBuffer | undefined): Promise<void> {
    const args = bytes === undefined ? [] : [transfer(bytes, [bytes])]
    try {
      // The reference is given up when the answer is here, because a call can be held up, and a release overtakes it.
      await this.#port.ask('end', args)
    } finally {
      this.#giveUp()
    }
  }

  drop(): void {
    take(this.#bytes)
    this.#bytes = undefined
    this.#giveUp()
  }

  revoked(): void {
    this.#isRevoked = true
    this.drop()
  }

  #giveUp(): void {
    this.#close()
    this.#handle.session.giveUp(this.#handle)
  }
}

/** Takes bytes out of the program's hands, unless it has moved them itself. */
function take(bytes: ArrayBuffer | undefined): ArrayBuffer | undefined {
  return bytes?.detached === false ? bytes.transfer() : undefined
}

/** A lease that is out, as its view knows it. */
export class Holding {
  readonly request: RangeRequest
  readonly #grant: Grant
  readonly #over: (holding: Holding) => void
  #isOver = false

  /** @param over is called when nothing is left to end */
  constructor(request: RangeRequest, grant: Grant, over: (holding: Holding) => void) {
    this.request = request
    this.#grant = grant
    this.#over = over
  }

  get isLive(): boolean {
    return !this.#isOver && this.#grant.isLive
  }

  end(): void {
    if (this.#leave()) this.#grant.end()
  }

  drop(): void {
    if (this.#leave()) this.#grant.drop()
  }

  /** Ends it with other bytes in its place, where it has none. Resolves when they are there. */
  async write(bytes: ArrayBuffer): Promise<void> {
    if (this.#leave() && this.#grant instanceof GrantThere) await this.#grant.write(bytes)
  }

  /** From now on it is over. False when it was before. */
  #leave(): boolean {
    if (this.#isOver) return false
    this.#isOver = true
    this.#over(this)
    return true
  }
}

/** Those that are collected and were not disposed of. */
let collected: FinalizationRegistry<Holding> | undefined

/**
 * Leases are looked after from now on. Each session says so when it begins: in a guest the language's registry, whose functions run outside of every time
 * limit, is another one until then, and none at all afterwards.
 */
export function watchLeases(): void {
  const Registry = Reflect.get(globalThis, 'FinalizationRegistry') as
    | FinalizationRegistryConstructor
    | undefined
  if (collected !== undefined || Registry === undefined) return
  collected = new Registry<Holding>((holding) => {
    if (holding.isLive) warnOfLeak(holding.request)
    holding.drop()
  })
}

/** An array that is in use keeps its lease. */
const LEASE_OF = new WeakMap<object, object>()

/**
 * A range of a view, for the one who has leased it, until it is disposed of, its owner revokes it, or one of the two contexts is gone.
 *
 * Give it back with `using`, or by its disposer; a lease that is left to the garbage collector is given back when that finds it, and warns in
 * development. It stays in the context that has taken it.
 */
export class Lease<A extends TypedArray = TypedArray> {
  readonly mode: LeaseMode
  /** The elements it is of, the end exclusive. */
  readonly range: readonly [start: number, end: number]
  readonly #holding: Holding
  #array: A | undefined
  /** Keeps the view, and with it what is at home. */
  readonly #view: object

  /** Made by a view. */
  constructor(holding: Holding, array: A, view: object) {
    const { mode, start, end } = holding.request
    this.mode = mode
    this.range = Object.freeze([start, end] as const)
    this.#holding = holding
    this.#array = array
    this.#view = view
    LEASE_OF.set(array, this)
    watchLeases()
    collected?.register(this, holding)
  }

  /**
   * A typed array over exactly the range. `undefined` from when the lease is over: reading an element of it then throws a `TypeError`, and nothing is torn. Its
   * type does not say so, because no program looks before each element. Read it from the lease each time, and put no copy of it aside.
   */
  get array(): A {
    if (this.#array !== undefined && !this.#holding.isLive) this.#array = undefined
    return this.#array as A // see above
  }

  /** The view that a lease is of. */
  static viewOf(lease: Lease): object {
    return lease.#view
  }

  /** Is it over? */
  get isOver(): boolean {
    return !this.#holding.isLive
  }

  /** Gives the range back. What was written to a copy goes home first. Does nothing for a lease that is over. */
  [Symbol.dispose](): void {
    this.#array = undefined
    this.#holding.end()
  }
}

const warned = { ofLeak: false }

function warnOfLeak({ mode, start, end }: RangeRequest): void {
  if (warned.ofLeak || ambientPlatform.development !== true) return
  warned.ofLeak = true
  ambientPlatform.console?.warn(
    `farhold: a lease (${mode}, elements ${start} to ${end} of a view) was left to the garbage collector, and kept others out until now. ` +
      'Give it back with using, or by its [Symbol.dispose](). Others may follow; this is said once.',
  )
}
