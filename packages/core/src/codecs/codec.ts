/**
 * How marshalled values are written on one kind of transport. Both codecs stand behind this interface,
 * and nothing outside this folder knows which one is in use.
 */
import type { Quota } from '../quota.ts'
import type { Batch } from '../transport.ts'

export interface Codec {
  /** True when the transport copies typed arrays and buffers itself, wherever they stand in the data. */
  readonly carriesBytes: boolean
  /** True when an object that stands in the data twice, or in itself, arrives as one object. */
  readonly carriesIdentity: boolean
  /** Makes a marshalled value fit for the transport. `rich` says that JSON would lose something of it. */
  pack(value: unknown, rich: boolean): Packed
  /** The inverse of `pack`. May throw on hostile input, and where it goes past a limit. */
  unpack(value: unknown, codecExtra: unknown, quota: Quota): unknown
  /** A batch of flat message fields, all of them packed. */
  batch(fields: unknown[], moved: readonly unknown[]): Batch
  /** The inverse of `batch`. May throw on hostile input. */
  fields(batch: Batch): unknown
  /** How much text of a received batch is still to be read; 0 where the pipe has read it. */
  textLength(batch: Batch): number
}

/** A value as the codec writes it, and what the codec needs to read it again (`undefined`: nothing). */
export interface Packed {
  readonly value: unknown
  readonly codecExtra: unknown
}
