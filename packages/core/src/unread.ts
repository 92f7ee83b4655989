/**
 * Batches that have come and are being read, one within the other: a message may block this thread, and what comes meanwhile
 * is read within it.
 *
 * What was sent before comes before, so nothing new is read until the rest of what stands still has been. Each keeps its place, so whoever
 * read it first goes on behind what was read in between; that also serves where the engine has cut a reader short.
 */
import type { BatchCursor, MessageHandler } from './protocol.ts'
import { readBatch } from './protocol.ts'

interface Reading {
  readonly cursor: BatchCursor
  /** What moved with the batch. */
  readonly moved: readonly unknown[]
}

const NOTHING: readonly unknown[] = Object.freeze([])

export class Unread {
  readonly #handler: MessageHandler
  readonly #readings: Reading[] = []

  constructor(handler: MessageHandler) {
    this.#handler = handler
  }

  /** How many are being read. */
  get depth(): number {
    return this.#readings.length
  }

  /** What moved with the batch that is being read. */
  get moved(): readonly unknown[] {
    return this.#readings.at(-1)?.moved ?? NOTHING
  }

  /** Is something left of those that are being read? */
  get isLeft(): boolean {
    return !this.#readings.every(isRead)
  }

  /** Reads a batch, after what is left of those before it. @throws {ProtocolError} at what is not well formed. */
  read(cursor: BatchCursor, moved: readonly unknown[]): void {
    if (this.#readings.length > 0) this.readOn()
    this.#read({ cursor, moved })
  }

  /** Reads what is left of those that are being read, the first first. */
  readOn(): void {
    for (const reading of [...this.#readings]) if (!isRead(reading)) this.#read(reading)
  }

  /** When the engine cuts execution short, the entry stays for `cut`. */
  #read(reading: Reading): void {
    const level = this.#readings.push(reading) - 1
    try {
      readBatch(reading.cursor, this.#handler)
    } finally {
      this.#readings.length = level
    }
  }

  /** Takes those out that were being read above `depth` when the engine cut execution short; each is read on by what this gives. */
  cut(depth: number): (() => void)[] {
    return this.#readings
      .splice(depth)
      .reverse()
      .map((reading) => () => this.#read(reading))
  }
}

function isRead({ cursor }: Reading): boolean {
  return cursor.at >= cursor.fields.length
}
