/**
 * Typed arrays, views and buffers as kinds and ranges, by intrinsics only: no species, no subclass, and
 * never more of a pool than the view shows.
 */
import { ProtocolError } from '../errors.ts'

/** Copies bytes into a buffer of their own. Intrinsics only: no species, no subclass. */
export function copyBytes(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.byteLength)
  copy.set(bytes)
  return copy.buffer
}

type ViewConstructor = new (
  buffer: ArrayBufferLike,
  offset?: number,
  length?: number,
) => ArrayBufferView

/** The view classes of this engine by name; `Float16Array` is not in all of them. */
const VIEWS = new Map<string, ViewConstructor>()
for (const name of [
  'Int8Array',
  'Uint8Array',
  'Uint8ClampedArray',
  'Int16Array',
  'Uint16Array',
  'Int32Array',
  'Uint32Array',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
  'DataView',
]) {
  const View: unknown = Reflect.get(globalThis, name)
  if (typeof View === 'function') VIEWS.set(name, View as ViewConstructor) // each of these names is such a class
}

const typedArrayKind = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)?.get

export function viewKind(view: ArrayBufferView): string {
  const kind: unknown =
    typedArrayKind === undefined ? undefined : Reflect.apply(typedArrayKind, view, [])
  return typeof kind === 'string' ? kind : 'DataView'
}

export function elementCount(view: ArrayBufferView): number {
  return 'length' in view && typeof view.length === 'number' ? view.length : view.byteLength
}

export function newView(
  kind: string,
  buffer: ArrayBufferLike,
  range?: ArrayBufferView,
): ArrayBufferView {
  const View = VIEWS.get(kind)
  if (View === undefined) throw new TypeError(`this engine has no ${kind}`)
  return range === undefined
    ? new View(buffer)
    : new View(buffer, range.byteOffset, elementCount(range))
}

export function viewOver(
  kind: unknown,
  buffer: unknown,
  offset: number,
  length: number | undefined,
): ArrayBufferView {
  const View = typeof kind === 'string' ? VIEWS.get(kind) : undefined
  if (View === undefined) throw new ProtocolError('a view of an unknown kind')
  // Of anything else a constructor makes a view as long as it is told to.
  if (!(buffer instanceof ArrayBuffer || isSharedBuffer(buffer))) {
    throw new ProtocolError('a view of no buffer')
  }
  try {
    return new View(buffer, offset, length)
  } catch {
    throw new ProtocolError('a view outside of its buffer')
  }
}

/** By brand: a context may have shared memory and not its class. */
export function isSharedBuffer(value: unknown): value is SharedArrayBuffer {
  return Object.prototype.toString.call(value) === '[object SharedArrayBuffer]'
}
