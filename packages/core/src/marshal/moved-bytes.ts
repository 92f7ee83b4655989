/**
 * Bytes on their way out: copied into a buffer of their own, or moved because their owner said so, or shared.
 */
import type { Codec } from '../codecs/codec.ts'
import type { Slot } from '../protocol.ts'
import { copyBytes, elementCount, newView, viewKind } from './bytes.ts'

/** Bytes from which on a copied buffer is moved instead of being copied once more by the pipe. */
const MOVE_FROM_BYTES = 4096

export class MovedBytes {
  readonly #codec: Codec
  readonly #moved: unknown[]
  readonly #slot: (slot: Slot) => string
  /** What the user moves with this value. */
  #marked: Set<object> | undefined

  /**
   * @param moved collects what must move with the batch
   * @param slot makes the marker of a slot
   */
  constructor(codec: Codec, moved: unknown[], slot: (slot: Slot) => string) {
    this.#codec = codec
    this.#moved = moved
    this.#slot = slot
  }

  /** Notes what the user moves; gives the first that cannot be moved on this transport. */
  mark(transferables: readonly object[]): object | undefined {
    this.#marked ??= new Set()
    for (const item of transferables) {
      if (item instanceof ArrayBuffer ? item.detached : !this.#codec.carriesBytes) return item
      this.#marked.add(item)
    }
    return undefined
  }

  /** Does the user move this very object? */
  isMoved(value: object): boolean {
    return this.#marked?.has(value) ?? false
  }

  /** Something that moves as a whole; a pipe that carries the data detaches it when the batch leaves. */
  moveWhole(value: object): unknown {
    if (value instanceof ArrayBuffer && !this.#codec.carriesBytes)
      return this.#carry(value, 'ArrayBuffer')
    this.#move(value)
    return value
  }

  buffer(buffer: ArrayBuffer): unknown {
    return this.#carry(copyBytes(new Uint8Array(buffer)), 'ArrayBuffer')
  }

  /** A view carries its own range and never the rest of its pool. `undefined` for one of shared memory. */
  view(view: ArrayBufferView): unknown {
    const { buffer } = view
    if (!(buffer instanceof ArrayBuffer)) return undefined
    const kind = viewKind(view)
    if (!this.isMoved(buffer)) {
      return this.#carry(copyBytes(new Uint8Array(buffer, view.byteOffset, view.byteLength)), kind)
    }
    const index = this.#move(buffer)
    if (this.#codec.carriesBytes) return newView(kind, buffer, view)
    return this.#slot(['bytes', kind, index, view.byteOffset, elementCount(view)])
  }

  /** A copy of what a view shows, of whatever kind its memory is. */
  copied(view: ArrayBufferView, kind = viewKind(view)): unknown {
    const { buffer, byteOffset, byteLength } = view
    return this.#carry(copyBytes(new Uint8Array(buffer, byteOffset, byteLength)), kind)
  }

  shared(buffer: SharedArrayBuffer): unknown {
    if (this.#codec.carriesBytes) return buffer
    return this.#slot(['bytes', 'SharedArrayBuffer', this.#move(buffer)])
  }

  /** Takes what the user moves out of the user's hands, where the pipe is given bytes and not the data they are in. */
  detach(from: number): void {
    if (this.#marked === undefined || this.#codec.carriesBytes) return
    for (let at = from; at < this.#moved.length; at++) {
      const item = this.#moved[at]
      if (item instanceof ArrayBuffer && this.#marked.has(item)) this.#moved[at] = item.transfer()
    }
  }

  /** Bytes that are ours already, as what the codec needs them to be. */
  #carry(bytes: ArrayBuffer, kind: string): unknown {
    if (!this.#codec.carriesBytes) return this.#slot(['bytes', kind, this.#move(bytes)])
    if (bytes.byteLength >= MOVE_FROM_BYTES) this.#move(bytes)
    return kind === 'ArrayBuffer' ? bytes : newView(kind, bytes)
  }

  /** Lists something to be moved with the batch, once; its place in the list. */
  #move(item: object): number {
    const index = this.#moved.indexOf(item)
    return index >= 0 ? index : this.#moved.push(item) - 1
  }
}
