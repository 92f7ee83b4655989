/**
 * Copying bytes between contexts: on the memory itself where it is shared, in one buffer that is moved where it is not, and by their owner where both are its
 * own. No byte becomes anything else on the way.
 */
import { ReleasedError, WouldBlockError } from './errors.ts'
import { Lease } from './lease.ts'
import { transfer } from './marks.ts'
import { copyBytes, newView, viewKind } from './marshal/bytes.ts'
import { Operation } from './protocol.ts'
import { excludes, type LeaseMode } from './range-lock.ts'
import type { ServicePort } from './service-port.ts'
import { type StandIn, standInOf } from './stand-in.ts'
import { checkRoom, kindOfArray, setElements, type TypedArray } from './typed-arrays.ts'
import type { RemoteReference, SyncReference } from './types/brands.ts'
import { type AnyView, homeOf, type Taken, take, View } from './view.ts'
import type { ViewName } from './view-memory.ts'

/** What has bytes that can be copied, and a place for them: in this context, or in another one. */
export type CopyEnd =
  | AnyView
  | Lease
  | TypedArray
  | RemoteReference<TypedArray>
  | SyncReference<TypedArray>

/**
 * Copies the elements of `from` to the beginning of `to`, as `to.set(from)` does, wherever the two are. `to` may be longer.
 *
 * Each is a view, a lease that the caller has, a typed array of this context, or a proxy of one in another. Of a view all that is copied is leased meanwhile:
 * shared where it comes from, exclusive where it goes to, in one order that is the same everywhere, so that copies in opposite directions do not wait for each
 * other. Memory that this context shares is read and written where it is; two arrays of one owner are copied by that owner, under its rules of who may write; in any other case
 * the bytes cross once from each end that is elsewhere, in a buffer that is moved.
 *
 * @throws {RangeError} when `from` is longer than `to`, and {@link TypeError} when one of them is nothing that has elements, or is a shared lease to be written
 * to.
 * @throws {ReleasedError} when a lease is over.
 * @throws {UnprotectedError} when the owner of `to` does not let this context write to it.
 * @example
 * ```ts
 * await copy(frame, pixels) // from an array of this context to a view
 * await copy(worker.remote.samples, lease) // from an array in a worker to the range that is leased
 * ```
 */
export async function copy(from: CopyEnd, to: CopyEnd): Promise<void> {
  const source = endOf(from, 'from')
  const target = endOf(to, 'to')
  if (source.kind === 'view' && target.kind === 'view' && source.view === target.view) return
  refuseCircle(source, target)
  if (source.kind === 'proxy' && target.kind === 'proxy' && isOfOneOwner(source, target)) {
    await setThere(target, from)
    return
  }
  if (source.kind === 'proxy') await put(await fetch(source), target, true)
  else if (source.kind === 'array') await put(source.array(), target, false)
  else if (target.kind === 'view') await between(source.view, target.view)
  else {
    const taken = await takeSource(source.view)
    try {
      await put(arrayOf(taken), target, isOwn(source.view))
    } finally {
      taken.holding.end()
    }
  }
}

type End =
  | { readonly kind: 'view'; readonly view: AnyView }
  | { readonly kind: 'proxy'; readonly standIn: StandIn }
  /** Memory that this context has, as long as it has it. */
  | { readonly kind: 'array'; readonly array: () => TypedArray; readonly lease: Lease | undefined }

function endOf(value: unknown, role: 'from' | 'to'): End {
  const standIn = standInOf(value)
  if (standIn !== undefined) return { kind: 'proxy', standIn }
  if (value instanceof View) return { kind: 'view', view: value }
  if (value instanceof Lease) {
    if (role === 'to' && value.mode === 'shared')
      throw new TypeError('copy() cannot write to a shared lease: take an exclusive one')
    const array = (): TypedArray => {
      if (value.isOver) throw new ReleasedError('a lease')
      return value.array
    }
    array()
    return { kind: 'array', array, lease: value }
  }
  if (kindOfArray(value) === undefined)
    throw new TypeError(
      'copy() takes views, leases, typed arrays, and proxies of typed arrays of other contexts',
    )
  const array = value as TypedArray // it has such a kind
  return { kind: 'array', array: () => array, lease: undefined }
}

/** Who copies between a view and a lease of it that is in the way would wait for itself. */
function refuseCircle(source: End, target: End): void {
  const isIn = (
    lease: Lease | undefined,
    view: AnyView,
    mode: LeaseMode,
    length: number,
  ): boolean =>
    lease !== undefined &&
    Lease.viewOf(lease) === view &&
    excludes(
      { mode: lease.mode, start: lease.range[0], end: lease.range[1] },
      { mode, start: 0, end: length },
    )
  const isCircle =
    source.kind === 'array' && target.kind === 'view'
      ? isIn(source.lease, target.view, 'exclusive', source.array().length)
      : source.kind === 'view' && target.kind === 'array'
        ? isIn(target.lease, source.view, 'shared', source.view.length)
        : false
  if (isCircle)
    throw new WouldBlockError(
      'copy()',
      'one end is a lease of the other, which it would have to wait for. Take one lease of both ranges, or two.',
    )
}

type ProxyEnd = Extract<End, { kind: 'proxy' }>

function isOfOneOwner(source: ProxyEnd, target: ProxyEnd): boolean {
  return source.standIn.handle.session === target.standIn.handle.session
}

/** Has its owner set it. @param given a proxy of the same owner's, or an array that is moved */
async function setThere({ standIn }: ProxyEnd, given: unknown): Promise<void> {
  const { handle, path, options } = standIn
  await handle.session
    .request(Operation.call, handle, [...path, 'set'], [given], options, 'remote')
    .promise()
}

/** What another context's array has in it. */
async function fetch({ standIn }: ProxyEnd): Promise<TypedArray> {
  const { handle, path, options } = standIn
  const found = await handle.session
    .request(Operation.snapshot, handle, path, undefined, options, 'remote')
    .promise()
  if (kindOfArray(found) === undefined)
    throw new TypeError('copy() takes proxies of typed arrays, and this is one of something else')
  return found as TypedArray // it has such a kind
}

/**
 * Puts elements where they belong.
 * @param isOurs may the memory they are in be moved?
 */
async function put(elements: TypedArray, target: End, isOurs: boolean): Promise<void> {
  if (target.kind === 'array') setElements(target.array(), elements)
  else if (target.kind === 'proxy') {
    const moved = isOurs ? elements : duplicate(elements)
    await setThere(target, transfer(moved, [moved.buffer]))
  } else {
    const taken = await takeTarget(target.view, elements.length)
    await write(elements, target.view, taken, isOurs)
  }
}

async function between(source: AnyView, target: AnyView): Promise<void> {
  checkRoom(source.length, target.length)
  const home = sharedHome(source, target)
  if (home !== undefined) {
    await home.ask('copyFrom', [homeOf(source).part], { timeout: Infinity })
    return
  }
  let from: Taken | undefined
  let to: Taken | undefined
  try {
    if (isBefore(nameOf(source), nameOf(target))) {
      from = await takeSource(source)
      to = await takeTarget(target, source.length)
    } else {
      to = await takeTarget(target, source.length)
      from = await takeSource(source)
    }
    await write(arrayOf(from), target, to, isOwn(source))
  } finally {
    from?.holding.end()
    to?.holding.drop()
  }
}

/** What to ask of two views whose memory is not here, when it is in one other context: that can copy what would have to come here and go back. */
function sharedHome(source: AnyView, target: AnyView): ServicePort | undefined {
  const [from, to] = [homeOf(source), homeOf(target)]
  if (from.buffer !== undefined || to.buffer !== undefined) return undefined
  const sessions = [from, to].map(({ part }) => standInOf(part)?.handle.session)
  return from.name[0] === to.name[0] && sessions[0] === sessions[1] ? to.port : undefined
}

function takeSource(view: AnyView): Promise<Taken> {
  const form = homeOf(view).buffer === undefined ? 'copy' : 'shared'
  return take(view, { mode: 'shared', range: [0, view.length] }, form)
}

/** As much of it as is written. Where its memory is not here, nothing of what is there has to come. */
async function takeTarget(view: AnyView, length: number): Promise<Taken> {
  checkRoom(length, view.length)
  const form = homeOf(view).buffer === undefined ? 'blank' : 'shared'
  return take(view, { mode: 'exclusive', range: [0, length] }, form)
}

/** Writes to a range that was taken, and ends that. */
async function write(
  elements: TypedArray,
  view: AnyView,
  { holding, array }: Taken,
  isOurs: boolean,
): Promise<void> {
  try {
    if (!holding.isLive) throw new ReleasedError('a lease')
    if (array !== undefined) {
      setElements(array, elements)
      return
    }
    const isAsIs =
      isOurs &&
      kindOfArray(elements) === view.kind &&
      elements.buffer instanceof ArrayBuffer &&
      elements.buffer.byteLength === elements.byteLength
    const made = isAsIs
      ? elements
      : (newView(view.kind, new ArrayBuffer(elements.length * elementSizeOf(view))) as TypedArray)
    if (!isAsIs) setElements(made, elements)
    await holding.write(made.buffer as ArrayBuffer) // made just above, or looked at
  } finally {
    holding.end()
  }
}

/** In memory of their own. */
function duplicate(elements: TypedArray): TypedArray {
  const { buffer, byteOffset, byteLength } = elements
  const bytes = copyBytes(new Uint8Array(buffer, byteOffset, byteLength))
  return newView(viewKind(elements), bytes) as TypedArray // it is one
}

function elementSizeOf(view: AnyView): number {
  return homeOf(view).elementSize
}

/** Is what was taken of a view a copy, that may be moved on? */
function isOwn(view: AnyView): boolean {
  return homeOf(view).buffer === undefined
}

function nameOf(view: AnyView): ViewName {
  return homeOf(view).name
}

function isBefore([heap, serial]: ViewName, [otherHeap, otherSerial]: ViewName): boolean {
  return heap === otherHeap ? serial < otherSerial : heap < otherHeap
}

function arrayOf({ holding, array }: Taken): TypedArray {
  if (array === undefined || !holding.isLive) throw new ReleasedError('a lease')
  return array
}
