/**
 * Views: memory that several contexts work on, each on the range that it has leased.
 */
import { checkTimeout, isSignal } from './call-options.ts'
import {
  CallTimeoutError,
  LockTimeoutError,
  ProtocolError,
  refuseOption,
  WouldBlockError,
} from './errors.ts'
import { Import } from './handle.ts'
import { type Grant, GrantHere, GrantThere, Holding, Lease } from './lease.ts'
import type { LeaseHome } from './lease-home.ts'
import { proxy } from './marks.ts'
import { isSharedBuffer, newView, viewOver } from './marshal/bytes.ts'
import type { AbortSignalLike } from './platform.ts'
import { type PresenceSession, present } from './presence.ts'
import { checkNatural } from './protocol.ts'
import { excludes, type LeaseMode, type RangeRequest } from './range-lock.ts'
import { Service } from './service.ts'
import { type AskingOptions, ServiceHere, type ServicePort, ServiceThere } from './service-port.ts'
import { standInOf } from './stand-in.ts'
import { elementSizeOf, type KindOf, kindOfArray, type TypedArray } from './typed-arrays.ts'
import type { wholeAs } from './types/brands.ts'
import {
  checkRange,
  type LeaseAnswer,
  type LeaseArguments,
  type LeaseForm,
  OwnViewHome,
  ViewHome,
} from './view-home.ts'
import { type LeaseWord, ViewMemory, type ViewName } from './view-memory.ts'

/** The elements from `start` up to, and without, `end`. */
export type ViewRange = readonly [start: number, end: number]

/** How a range is leased. */
export interface LeaseOptions {
  /** Alone, or side by side with others that only read. Default: `'exclusive'`. */
  readonly mode?: LeaseMode
  /** Default: all of the view. */
  readonly range?: ViewRange
  /** Gives up waiting when it fires; the promise rejects with its reason. A lease that is there already stays. */
  readonly signal?: AbortSignalLike
  /** How long to wait, in milliseconds. Default: as long as it takes. */
  readonly timeout?: number
}

/** Where a view is at home, as this context knows it. */
export interface Home {
  readonly kind: string
  readonly length: number
  readonly elementSize: number
  /** The memory, where this context has it. */
  readonly buffer: ArrayBufferLike | undefined
  readonly ledger: Int32Array | undefined
  readonly name: ViewName
  readonly port: ServicePort
  /** At home in this context? */
  readonly memory: ViewMemory | undefined
  /** What names it to others. */
  readonly part: object
}

/** Takes a range for `copy`, which has no use for a lease that can be given away. */
export let take: (
  view: AnyView,
  range: { readonly mode: LeaseMode; readonly range: ViewRange },
  form: LeaseForm,
) => Promise<Taken>
/** Where a view is at home. */
export let homeOf: (view: AnyView) => Home
let viewAt: (home: Home) => AnyView

/**
 * Memory that is at home in the context that made it, and that others lease ranges of. A view that is passed to another context is a view there,
 * also when it is passed on; sent home it is the owner's own.
 *
 * Contexts that share memory with its home work on the memory itself. Any other gets a copy of the range it leases, in one buffer that is moved;
 * an exclusive lease sends it back in the same way when it is disposed of.
 */
export class View<A extends TypedArray = Uint8Array> {
  declare readonly [wholeAs]: true
  readonly #home: Home
  /** Leases of this context that are out. */
  readonly #holdings = new Set<Holding>()
  #listener: LeaseListener | undefined

  /** Made by `view()`, or of what came from another context. */
  private constructor(home: Home) {
    this.#home = home
    present(this, { kind: 'view', parts: (session) => this.#parts(session) })
  }

  /** How many elements it has. */
  get length(): number {
    return this.#home.length
  }

  get byteLength(): number {
    return this.#home.length * this.#home.elementSize
  }

  /** The name of the class of its arrays, as `'Uint8ClampedArray'`. */
  get kind(): A[typeof Symbol.toStringTag] {
    return this.#home.kind as A[typeof Symbol.toStringTag] // checked where it came in
  }

  /**
   * Waits until no one else's lease is in the way, and gives one. An exclusive lease is in the way of all that overlap it, a shared one of exclusive ones;
   * those that do not overlap never wait for each other. Who waits is let in in the order of asking.
   *
   * Leases are no locks: two that wait for each other's wait for ever, unless one has a `timeout` or a `signal`. Take what you need in one lease, or in the
   * order of the ranges.
   *
   * @throws {RangeError} when the range is not within the view, and {@link TypeError} when an option is wrong.
   * @throws {LockTimeoutError} after `timeout`.
   * @throws {ContextClosedError} when the context it is at home in is gone.
   * @example
   * ```ts
   * using lease = await pixels.lease({ mode: 'exclusive', range: [0, 4 * width] })
   * lease.array.fill(255)
   * ```
   */
  async lease(options: LeaseOptions = {}): Promise<Lease<A>> {
    const { request, asking } = this.#check(options)
    return this.#leaseOf(await this.#take(request, this.#form, asking))
  }

  /**
   * As `lease`, but blocks this thread.
   *
   * @throws {WouldBlockError} when this thread cannot wait for it, or what is in the way is a lease of this very context.
   */
  leaseSync(options: LeaseOptions = {}): Lease<A> {
    const { request, asking } = this.#check(options)
    this.#refuseOwn(request)
    const args = this.#arguments(request, this.#form)
    try {
      return this.#leaseOf(this.#granted(args, this.#home.port.askSync('lease', args, asking)))
    } catch (error) {
      throw this.#failed(args, asking, error)
    }
  }

  /**
   * Takes back every lease that has an element of the range, and gives how many those were. Their `array` is `undefined` from then on: at once where the memory is
   * shared, and elsewhere when that context hears of it; what they would have sent home does not count. Only for the context that it is at home in.
   *
   * @throws {TypeError} in any other context.
   */
  revoke(range: ViewRange = [0, this.length]): number {
    const { memory } = this.#home
    if (memory === undefined)
      throw new TypeError('a view is revoked by the context that it is at home in')
    const [start, end] = checkRange(range, this.length)
    return memory.revoke(start, end)
  }

  #parts(session: PresenceSession): readonly unknown[] {
    const { part, kind, length, name, buffer, ledger } = this.#home
    const isShared = session.sharedMemory && buffer !== undefined && ledger !== undefined
    return [part, kind, length, ...name, isShared ? buffer : null, isShared ? ledger.buffer : null]
  }

  static {
    viewAt = (home) => new View(home)
    take = (view, { mode, range: [start, end] }, form) =>
      view.#take({ mode, start, end }, form, { timeout: Infinity })
    homeOf = (view) => view.#home
  }

  get #form(): LeaseForm {
    return this.#home.buffer === undefined ? 'copy' : 'shared'
  }

  #check(options: LeaseOptions): { request: RangeRequest; asking: AskingOptions } {
    if (typeof options !== 'object' || options === null)
      refuseOption('options', 'an object', options)
    const { mode = 'exclusive', range = [0, this.length], signal, timeout } = options
    if (mode !== 'exclusive' && mode !== 'shared')
      refuseOption('mode', "'exclusive' or 'shared'", mode)
    if (signal !== undefined && !isSignal(signal)) refuseOption('signal', 'an AbortSignal', signal)
    if (timeout !== undefined) checkTimeout('timeout', timeout)
    const [start, end] = checkRange(range, this.length)
    const asking = { timeout: timeout ?? Infinity, ...(signal === undefined ? {} : { signal }) }
    return { request: { mode, start, end }, asking }
  }

  #arguments({ mode, start, end }: RangeRequest, form: LeaseForm): LeaseArguments {
    if (this.#home.memory !== undefined || form === 'shared')
      return [mode, start, end, form, null, 0]
    this.#listener ??= new LeaseListener()
    return [mode, start, end, form, this.#listener, this.#listener.expect()]
  }

  async #take(request: RangeRequest, form: LeaseForm, asking: AskingOptions): Promise<Taken> {
    const args = this.#arguments(request, form)
    try {
      return this.#granted(args, await this.#home.port.ask('lease', args, asking))
    } catch (error) {
      throw this.#failed(args, asking, error)
    }
  }

  /** A lease was not to be had. */
  #failed(args: LeaseArguments, { timeout }: AskingOptions, error: unknown): unknown {
    this.#listener?.forget(args[5])
    if (!(error instanceof CallTimeoutError) || timeout === undefined) return error
    return new LockTimeoutError(`elements ${args[1]} to ${args[2]} of a view`, timeout)
  }

  /** Makes what this context has of a lease. @throws {ProtocolError} when another context has answered what is none. */
  #granted([mode, start, end, form, , number]: LeaseArguments, answer: unknown): Taken {
    const { memory } = this.#home
    const request = { mode, start, end }
    const grant =
      memory === undefined
        ? this.#grantThere(request, form, answer as LeaseAnswer)
        : new GrantHere(answer as LeaseHome) // what `OwnViewHome` gives
    const array = form === 'blank' ? undefined : this.#over(request, grant)
    const holding = new Holding(request, grant, () => {
      this.#holdings.delete(holding)
      this.#listener?.forget(number)
    })
    this.#holdings.add(holding)
    if (grant instanceof GrantThere) this.#listener?.granted(number, grant)
    return { holding, array }
  }

  #grantThere(
    { mode, start, end }: RangeRequest,
    form: LeaseForm,
    answer: LeaseAnswer,
  ): GrantThere {
    const [lease, word, bytes] = Array.isArray(answer) ? answer : []
    const standIn = standInOf(lease)
    const handle = standIn?.handle
    if (!(handle instanceof Import) || standIn?.path.length !== 0)
      throw new ProtocolError('a lease that no one keeps')
    const { ledger, elementSize } = this.#home
    let found: { words: Int32Array; word: LeaseWord } | undefined
    if (form === 'shared') {
      const [slot, number] = Array.isArray(word) ? (word as readonly unknown[]) : []
      if (ledger === undefined || checkNatural(slot, 'slot') >= ledger.length)
        throw new ProtocolError('a lease without its word')
      found = { words: ledger, word: [slot as number, checkNatural(number, 'lease')] } // checked on the lines above
    }
    if (form === 'copy') {
      if (!(bytes instanceof ArrayBuffer) || bytes.byteLength !== (end - start) * elementSize)
        throw new ProtocolError('a lease without its bytes')
    }
    return new GrantThere(handle, mode === 'exclusive', found, bytes ?? undefined)
  }

  /** The array that a lease gives. */
  #over({ start, end }: RangeRequest, grant: Grant): A {
    const { buffer, kind, elementSize } = this.#home
    const array =
      grant instanceof GrantThere && grant.bytes !== undefined
        ? newView(kind, grant.bytes)
        : viewOver(kind, buffer, start * elementSize, end - start)
    return array as A // the kind of this view
  }

  #leaseOf({ holding, array }: Taken): Lease<A> {
    return new Lease(holding, array as A, this) // not blank: see `#form`
  }

  /** This thread would wait for itself. */
  #refuseOwn(request: RangeRequest): void {
    for (const holding of this.#holdings) {
      if (!holding.isLive || !excludes(holding.request, request)) continue
      throw new WouldBlockError(
        'leaseSync()',
        'this context has a lease itself that overlaps it. Dispose of that first.',
      )
    }
  }
}

/** A view of whatever kind. */
export type AnyView = View<TypedArray>

/** A range that was taken. */
export interface Taken {
  readonly holding: Holding
  /** Of a lease that is not blank. */
  readonly array: TypedArray | undefined
}

/** Hears of leases that are taken back while their bytes are here as a copy. */
class LeaseListener extends Service {
  readonly #leases = new Map<number, GrantThere | 'asked' | 'revoked'>()
  #asked = 0

  constructor() {
    super()
    proxy(this)
    Object.freeze(this)
  }

  /** A lease is asked for: the number that it will be known by. */
  expect(): number {
    this.#asked++
    this.#leases.set(this.#asked, 'asked')
    return this.#asked
  }

  /** It is here. Word that it was taken back may have come in the same message. */
  granted(number: number, grant: GrantThere): void {
    const before = this.#leases.get(number)
    if (before === 'revoked') grant.revoked()
    else if (before === 'asked') this.#leases.set(number, grant)
  }

  forget(number: number): void {
    this.#leases.delete(number)
  }

  /** Its home says so. */
  revoked(number: unknown): void {
    const lease = this.#leases.get(number as number) // any other key finds nothing
    if (lease === 'asked') this.#leases.set(number as number, 'revoked')
    else if (lease instanceof GrantThere) lease.revoked()
  }

  dropped(): void {
    // No lease is out that it could hear of.
  }
}

/** The view of each home that is known here: of a `ViewHome`, or the import of one. */
const FORMS = new WeakMap<object, AnyView>()

/**
 * Makes a view: memory that is at home in this context and that others lease ranges of. Of a number it has so many zero bytes, as a `Uint8Array`; of a typed
 * array it has a copy of the content, and gives arrays of its kind.
 *
 * The memory is shared where the platform has shared memory, and with the contexts that may share it (see the option `sharedMemory`). It lives as long as
 * any context has the view or a lease.
 *
 * @throws {TypeError} for anything else, and {@link RangeError} for a length that no memory can have.
 * @example
 * ```ts
 * const pixels = view(new Uint8ClampedArray(width * height * 4))
 * await Promise.all(stripes.map((range, i) => workers[i].remote.blur(pixels, range)))
 * ```
 */
export function view(length: number): View<Uint8Array>
export function view<A extends TypedArray>(content: A): View<KindOf<A>>
export function view(content: number | TypedArray): AnyView {
  const kind = typeof content === 'number' ? 'Uint8Array' : kindOfArray(content)
  if (kind === undefined) throw new TypeError('view() takes a length or a typed array')
  if (typeof content === 'number' && !(Number.isInteger(content) && content >= 0))
    throw new RangeError(`a view cannot have ${content} elements`)
  const memory = new ViewMemory(kind, content)
  const home = new ViewHome(memory)
  const { length, elementSize, buffer, ledger, name } = memory
  const made = viewAt({
    kind,
    length,
    elementSize,
    buffer,
    ledger: ledger === undefined ? undefined : new Int32Array(ledger),
    name,
    port: new ServiceHere(new OwnViewHome(memory), 'view'),
    memory,
    part: home,
  })
  FORMS.set(home, made)
  return made
}

/**
 * The view of the parts that came: the owner's own, or what stands for another context's.
 * @throws {ProtocolError} when they are not those of a view.
 */
export function viewOfParts(parts: readonly unknown[]): AnyView {
  const [part, kind, length, heap, serial, buffer, ledger] = parts
  const standIn = standInOf(part)
  const key = standIn === undefined ? part : standIn.handle
  const isHome = part instanceof ViewHome || (key instanceof Import && standIn?.path.length === 0)
  if (!isHome) throw new ProtocolError('a view that is at home nowhere')
  const known = FORMS.get(key as object) // a home or an import, by the line above
  if (known !== undefined) return known
  const elementSize = elementSizeOf(kind)
  if (elementSize === undefined) throw new ProtocolError('a view of an unknown kind')
  const size = checkNatural(length, 'length') * elementSize
  if (buffer !== null && (!isSharedBuffer(buffer) || buffer.byteLength !== size))
    throw new ProtocolError('a view of memory that is not its own')
  if ((buffer === null) !== (ledger === null) || (ledger !== null && !isSharedBuffer(ledger)))
    throw new ProtocolError('a view without its ledger')
  const handle = key as Import // a home in this context is known, so this is not one
  const made = viewAt({
    kind: kind as string, // it has a size
    length: length as number, // checked above
    elementSize,
    buffer: buffer ?? undefined,
    ledger: ledger === null ? undefined : new Int32Array(ledger as SharedArrayBuffer), // checked above
    name: [checkNatural(heap, 'heap'), checkNatural(serial, 'serial')],
    port: new ServiceThere(() => handle),
    memory: undefined,
    part: part as object, // a proxy
  })
  FORMS.set(handle, made)
  return made
}
