/** What the cases of views use: views of the owner, and what it does with those it is given. Portable. */
import { type Lease, type LeaseMode, proxy, type View, view } from '@farhold/core'
import type { Untyped } from './case.ts'

type Range = readonly [start: number, end: number]

export const makeBytes = (...content: readonly number[]): View<Uint8Array> =>
  view(new Uint8Array(content))

export const makeZeros = (length: number): View<Uint8Array> => view(length)

/** One view of each kind of typed array, with two elements: 1 and 2. */
export function makeKinds(): View<Untyped>[] {
  const numbers = [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
  ]
  const views: View<Untyped>[] = numbers.map((Kind) => view(new Kind([1, 2])))
  return [...views, view(new BigInt64Array([1n, 2n])), view(new BigUint64Array([1n, 2n]))]
}

const kept: { readonly bytes: View<Uint8Array> } = { bytes: view(new Uint8Array([1, 2, 3, 4])) }

export const keptView = (): View<Uint8Array> => kept.bytes
export const isKeptView = (value: unknown): boolean => value === kept.bytes

/** An object that has it, and data that has it. */
export const makeViewShelf = () => proxy({ view: kept.bytes, inner: { view: kept.bytes } })

const last: { view?: View<Uint8Array> } = {}

/** Is it the same object as the time before? */
export function isSameViewAgain(value: View<Uint8Array>): boolean {
  const isSame = last.view === value
  last.view = value
  return isSame
}

export const describeOfView = (value: View<Uint8Array>) => ({
  kind: value.kind,
  length: value.length,
  byteLength: value.byteLength,
})

/** Leases a range, and gives what is in it. */
export async function readRange(value: View<Uint8Array>, range?: Range): Promise<number[]> {
  using lease = await value.lease({ mode: 'shared', ...(range === undefined ? {} : { range }) })
  return [...lease.array]
}

export async function fillRange(
  value: View<Uint8Array>,
  range: Range,
  byte: number,
): Promise<number> {
  using lease = await value.lease({ range })
  lease.array.fill(byte)
  return lease.array.length
}

/** Leases that the owner of the fixture has, until it is told to give them back. */
const leases = new Map<number, Lease>()

export async function holdRange(
  value: View<Uint8Array>,
  mode: LeaseMode,
  range: Range,
): Promise<number> {
  const lease = await value.lease({ mode, range })
  const name = leases.size
  leases.set(name, lease)
  return name
}

export function letGoOf(name: number): void {
  leases.get(name)?.[Symbol.dispose]()
}

/** What is left of a lease: how many elements its array has. */
export const elementsOf = (name: number): number | undefined =>
  (leases.get(name)?.array as Uint8Array | undefined)?.length

export const revokeRange = (value: View<Uint8Array>, range?: Range): number => value.revoke(range)

export const failureOfLease = (value: View<Uint8Array>, options: object): Promise<string> =>
  value.lease(options).then(
    () => 'a lease',
    (error: Error) => error.name,
  )

/** An object with arrays in it. */
export const makeArrays = () =>
  proxy({
    bytes: new Uint8Array([1, 2, 3, 4]),
    more: new Uint8Array(6),
    floats: new Float32Array([1.5, 2.5]),
    list: [1, 2, 3],
  })
