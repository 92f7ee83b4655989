/**
 * How batches lie in the pipes between a process and the child that holds an isolate: length, kind, number, text, buffers.
 *
 * What is read here comes from a process that runs what nobody vouches for. Every length is checked against what is there, and
 * the whole against a limit, before any memory is taken for it.
 */

/** What a frame carries, by its kind. */
export const Kind = {
  /** A batch of the session with the guest. To the child, its number is not 0 when someone blocks until it is dealt with. */
  guest: 0,
  /** A batch of the session with the child itself. */
  control: 1,
  /**
   * From the child: the guest has run as far as it can, having taken as many batches as the number says; with a text when it sleeps until it
   * has an answer. To the child: that answer cannot come, because the thread it needs is blocked.
   */
  rest: 2,
} as const

export type Kind = (typeof Kind)[keyof typeof Kind]

export interface Frame {
  readonly kind: Kind
  readonly number: number
  readonly text: string
  readonly buffers: readonly ArrayBuffer[]
}

/** Bytes ahead of the text: the length of what follows it, kind, number, length of the text, how many buffers. */
const LENGTH = 4
const HEAD = LENGTH + 1 + 4 + 4 + 4

/** The most bytes of one frame, as its length is written. */
const MOST = 2 ** 32 - 1

/** A frame as bytes. @throws {RangeError} when it is too long to be written. */
export function encodeFrame({ kind, number, text, buffers }: Frame): Buffer {
  const textBytes = Buffer.byteLength(text)
  let total = HEAD + textBytes + 4 * buffers.length
  for (const { byteLength } of buffers) total += byteLength
  if (total > MOST) throw new RangeError('a batch for another process is too large')
  const bytes = Buffer.allocUnsafe(total)
  let at = bytes.writeUInt32LE(total - LENGTH, 0)
  at = bytes.writeUInt8(kind, at)
  at = bytes.writeUInt32LE(number, at)
  at = bytes.writeUInt32LE(textBytes, at)
  at = bytes.writeUInt32LE(buffers.length, at)
  for (const { byteLength } of buffers) at = bytes.writeUInt32LE(byteLength, at)
  at += bytes.write(text, at)
  for (const buffer of buffers) {
    bytes.set(new Uint8Array(buffer), at)
    at += buffer.byteLength
  }
  return bytes
}

/** The most bytes of a frame's text, and of its buffers. */
export interface FrameLimits {
  readonly text: number
  readonly buffers: number
}

/** Puts together what came in pieces. */
export class FrameReader {
  readonly #limits: FrameLimits
  #pieces: Buffer[] = []
  #size = 0
  /** Bytes of the frame that comes next, when it has begun. */
  #wanted = HEAD

  constructor(limits: FrameLimits) {
    this.#limits = limits
  }

  /**
   * Takes a piece and gives the frames that are complete with it.
   * @throws {RangeError} when it is no frame, or is past the limit
   */
  *read(piece: Buffer): Generator<Frame> {
    this.#pieces.push(piece)
    this.#size += piece.length
    while (this.#size >= this.#wanted) {
      const bytes =
        this.#pieces.length === 1 ? (this.#pieces[0] as Buffer) : Buffer.concat(this.#pieces)
      const end = this.#endOf(bytes)
      const isWhole = bytes.length >= end
      const rest = isWhole ? bytes.subarray(end) : bytes
      this.#pieces = rest.length === 0 ? [] : [rest]
      this.#size = rest.length
      this.#wanted = isWhole ? HEAD : end
      if (isWhole) yield decodeFrame(bytes.subarray(0, end))
    }
  }

  /** Where the frame that these bytes begin with ends, as it says itself. */
  #endOf(bytes: Buffer): number {
    const { text, buffers } = this.#limits
    const end = LENGTH + bytes.readUInt32LE(0)
    const textBytes = bytes.readUInt32LE(LENGTH + 5)
    if (end < HEAD + textBytes) throw new RangeError('a frame that ends too early')
    if (textBytes > text) throw new RangeError(`a text of ${textBytes} bytes`)
    if (end - textBytes > HEAD + buffers)
      throw new RangeError(`buffers of ${end - textBytes} bytes`)
    return end
  }
}

function decodeFrame(bytes: Buffer): Frame {
  const kind = bytes.readUInt8(LENGTH)
  if (kind !== Kind.guest && kind !== Kind.control && kind !== Kind.rest)
    throw new RangeError(`a frame of kind ${kind}`)
  const number = bytes.readUInt32LE(LENGTH + 1)
  const textBytes = bytes.readUInt32LE(LENGTH + 5)
  const count = bytes.readUInt32LE(LENGTH + 9)
  const text = HEAD + 4 * count
  let at = text + textBytes
  if (at > bytes.length) throw new RangeError('a frame that ends too early')
  const buffers: ArrayBuffer[] = []
  for (let index = 0; index < count; index++) {
    const end = at + bytes.readUInt32LE(HEAD + 4 * index)
    if (end > bytes.length) throw new RangeError('a frame that ends too early')
    const buffer = new ArrayBuffer(end - at)
    new Uint8Array(buffer).set(bytes.subarray(at, end))
    buffers.push(buffer)
    at = end
  }
  if (at !== bytes.length) throw new RangeError('a frame that does not end')
  return { kind, number, text: bytes.toString('utf8', text, text + textBytes), buffers }
}
