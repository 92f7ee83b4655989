/**
 * The codec for a pipe that carries a string: JSON where JSON keeps everything, superjson for a value
 * that has more (undefined, BigInt, NaN, -0, Date, RegExp).
 *
 * Bytes are never text: the marshaller has put them beside the value, and they move as buffers.
 */
import SuperJSON from 'superjson'
import { ProtocolError } from '../errors.ts'
import type { Quota } from '../quota.ts'
import type { Batch } from '../transport.ts'
import { applyAnnotations } from './annotations.ts'
import type { Codec, Packed } from './codec.ts'

/** An instance without registered classes: those the marshaller has already taken apart. */
const superjson = new SuperJSON()

/** Stands for `undefined` alone, the most common value that JSON cannot say. */
const VOID = 0

export const textCodec: Codec = {
  carriesBytes: false,
  // superjson loses one of two cycles that meet.
  carriesIdentity: false,

  pack(value: unknown, rich: boolean): Packed {
    if (!rich) return { value, codecExtra: undefined }
    if (value === undefined) return { value: null, codecExtra: VOID }
    const { json, meta } = superjson.serialize(value)
    // What superjson says of shared objects is left out: the marshaller has named them, and it takes NaN for one.
    return { value: json, codecExtra: meta && { values: meta.values, v: meta.v } }
  },

  unpack(value: unknown, codecExtra: unknown, quota: Quota): unknown {
    if (codecExtra === undefined || codecExtra === null) return value
    if (codecExtra === VOID) return undefined
    if (typeof codecExtra !== 'object') throw new ProtocolError('bad superjson annotations')
    return applyAnnotations(value, (codecExtra as { values?: unknown }).values, quota)
  },

  batch: (fields: unknown[], moved: readonly unknown[]): Batch => ({
    body: JSON.stringify(fields),
    moved,
  }),

  fields(batch: Batch): unknown {
    if (typeof batch.body !== 'string') throw new ProtocolError('a batch is not text')
    return JSON.parse(batch.body)
  },

  textLength: (batch: Batch): number => (typeof batch.body === 'string' ? batch.body.length : 0),
}
