import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeFrame, type Frame, FrameReader, Kind } from './frames.ts'

const frames = fc.array(
  fc.record({
    kind: fc.constantFrom(...Object.values(Kind)),
    number: fc.nat(2 ** 32 - 1),
    // What lies in a frame is well-formed, as JSON writes it.
    text: fc.string({ unit: 'grapheme' }),
    buffers: fc.array(fc.uint8Array().map((bytes) => new Uint8Array(bytes).buffer)),
  }),
)

/** Cuts bytes in pieces of these lengths, and a last one. */
function cut(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const pieces: Buffer[] = []
  let at = 0
  for (const length of lengths) {
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return [...pieces, bytes.subarray(at)]
}

test('what is written is read, however it was cut in pieces', () => {
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 40 })), (written, lengths) => {
      const reader = new FrameReader({ text: 2 ** 20, buffers: 2 ** 20 })
      const bytes = Buffer.concat(written.map(encodeFrame))
      const read = cut(bytes, lengths).flatMap((piece) => [...reader.read(piece)])
      expect(read).toEqual(written)
    }),
  )
})

describe('of someone who means harm', () => {
  const frame: Frame = { kind: Kind.guest, number: 1, text: 'text', buffers: [new ArrayBuffer(8)] }
  /** A frame with one of its lengths replaced. */
  const altered = (at: number, value: number): Buffer => {
    const bytes = encodeFrame(frame)
    bytes.writeUInt32LE(value, at)
    return bytes
  }
  const read = (bytes: Buffer): unknown => [
    ...new FrameReader({ text: 1000, buffers: 1000 }).read(bytes),
  ]

  test.each([
    ['a length past the limit', altered(0, 2 ** 32 - 1)],
    ['a length that is too short', altered(0, 3)],
    ['a text past the limit', encodeFrame({ ...frame, text: 'x'.repeat(1001) })],
    ['buffers past the limit', encodeFrame({ ...frame, buffers: [new ArrayBuffer(1001)] })],
    ['a text that is longer than its frame', altered(9, 2 ** 31)],
    ['a text that leaves no room for what follows', altered(9, 8)],
    ['more buffers than there are', altered(13, 2 ** 30)],
    ['a buffer that is longer than its frame', altered(17, 9)],
    ['a buffer that leaves something over', altered(17, 7)],
  ])('%s', (_what, bytes) => {
    expect(() => read(bytes)).toThrow(RangeError)
  })

  test('a kind that does not exist', () => {
    const bytes = encodeFrame(frame)
    bytes.writeUInt8(7, 4)
    expect(() => read(bytes)).toThrow(RangeError)
  })

  test('no byte of any value makes anything but frames or a RangeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        try {
          read(Buffer.from(bytes))
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError)
        }
      }),
    )
  })
})
