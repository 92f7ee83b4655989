/**
 * The codec for a pipe that copies rich values itself (structured clone): values go as they are.
 */
import type { Batch } from '../transport.ts'
import type { Codec, Packed } from './codec.ts'

export const structuredCodec: Codec = {
  carriesBytes: true,
  carriesIdentity: true,
  pack: (value: unknown): Packed => ({ value, codecExtra: undefined }),
  unpack: (value: unknown): unknown => value,
  batch: (fields: unknown[], moved: readonly unknown[]): Batch => ({ body: fields, moved }),
  fields: (batch: Batch): unknown => batch.body,
  textLength: (): number => 0,
}
