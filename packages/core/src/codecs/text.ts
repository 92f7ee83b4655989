/**
 * The codec for a pipe that carries a string: JSON where JSON keeps everything, superjson for a value
 * that has more (undefined, BigInt, NaN, -0, Date, RegExp, Map, Set, shared and cyclic objects).
 *
 * Bytes are never text: the marshaller has put them beside the value, and they move as buffers.
 */
import SuperJSON, { type SuperJSONResult } from 'superjson'
import { ProtocolError } from '../errors.ts'
import type { Batch } from '../transport.ts'
import type { Codec, Packed } from './codec.ts'

/** An instance without registered classes: those the marshaller has already taken apart. */
const superjson = new SuperJSON()

/** Stands for `undefined` alone, the most common value that JSON cannot say. */
const VOID = 0

export const textCodec: Codec = {
  carriesBytes: false,

  pack(value: unknown, rich: boolean): Packed {
    if (!rich) return { value, codecExtra: undefined }
    if (value === undefined) return { value: null, codecExtra: VOID }
    const { json, meta } = superjson.serialize(value)
    return { value: json, codecExtra: meta }
  },

  unpack(value: unknown, codecExtra: unknown): unknown {
    if (codecExtra === undefined || codecExtra === null) return value
    if (codecExtra === VOID) return undefined
    if (typeof codecExtra !== 'object') throw new ProtocolError('bad superjson annotations')
    // What it says is checked by superjson as it reads it: an unknown annotation throws.
    return superjson.deserialize({ json: value, meta: codecExtra } as SuperJSONResult)
  },

  batch: (fields: unknown[], moved: readonly unknown[]): Batch => ({
    body: JSON.stringify(fields),
    moved,
  }),

  fields(batch: Batch): unknown {
    if (typeof batch.body !== 'string') throw new ProtocolError('a batch is not text')
    return JSON.parse(batch.body)
  },

  sizeOf: (batch: Batch): number => (typeof batch.body === 'string' ? batch.body.length : 0),
}
