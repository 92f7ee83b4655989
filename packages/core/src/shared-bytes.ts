/**
 * Bytes of this heap as bytes in shared memory, which every thread of the program has without a copy: the same kinds, over a copy
 * of exactly what they show. Views of one buffer stay views of one buffer.
 */
import { elementCount, isSharedBuffer, viewKind, viewOver } from './marshal/bytes.ts'

/** The part of a buffer that is shown, and what shows it. */
interface Shown {
  from: number
  to: number
  readonly views: ArrayBufferView[]
  isWhole: boolean
}

/** As far from the start of a buffer as any kind of view may be asked to begin. */
const ALIGNMENT = 8

/**
 * What stands in shared memory for each buffer and view that is not there yet. Empty where there is no shared memory. It is looked up
 * each time: a guest's is taken away after this module was loaded.
 */
export function sharedCopies(all: Iterable<object>): ReadonlyMap<object, object> {
  const copies = new Map<object, object>()
  const Shared: unknown = Reflect.get(globalThis, 'SharedArrayBuffer')
  if (typeof Shared !== 'function') return copies
  const buffers = new Map<ArrayBufferLike, Shown>()
  for (const bytes of new Set(all)) note(bytes as ArrayBufferLike | ArrayBufferView, buffers) // by their style
  for (const [buffer, { from, to, views, isWhole }] of buffers) {
    const start = from - (from % ALIGNMENT)
    const shared = new (Shared as SharedArrayBufferConstructor)(to - start) // a function of that name
    const target = new Uint8Array(shared)
    const copy = (offset: number, length: number): void =>
      target.set(new Uint8Array(buffer, offset, length), offset - start)
    if (isWhole) {
      copy(0, to)
      copies.set(buffer, shared)
    }
    // Range by range: what lies between belongs to others.
    for (const view of views) {
      if (!isWhole) copy(view.byteOffset, view.byteLength)
      const offset = view.byteOffset - start
      copies.set(view, viewOver(viewKind(view), shared, offset, elementCount(view)))
    }
  }
  return copies
}

function note(
  bytes: ArrayBufferLike | ArrayBufferView,
  buffers: Map<ArrayBufferLike, Shown>,
): void {
  const view = ArrayBuffer.isView(bytes) ? bytes : undefined
  const buffer = view?.buffer ?? (bytes as ArrayBufferLike)
  if (isSharedBuffer(buffer)) return
  let shown = buffers.get(buffer)
  if (shown === undefined) {
    shown = { from: Number.POSITIVE_INFINITY, to: 0, views: [], isWhole: false }
    buffers.set(buffer, shown)
  }
  const from = view?.byteOffset ?? 0
  shown.from = Math.min(shown.from, from)
  shown.to = Math.max(shown.to, from + bytes.byteLength)
  if (view === undefined) shown.isWhole = true
  else shown.views.push(view)
}
