/**
 * What one peer uses of what it may: whoever meets a limit asks here, and every refusal is counted.
 *
 * Most limits are of this side, about what the peer sends. One is the peer's: how large a message it takes, which it says in its
 * `hello`. Until it has, it is taken to be our own.
 */
import { CallRate } from './call-rate.ts'
import { LimitExceededError } from './errors.ts'
import { LEAST_MESSAGE_SIZE, type Limits } from './limits.ts'
import type { Platform } from './platform.ts'
import type { WireKey } from './protocol.ts'
import { withoutFrames } from './stacks.ts'

/** A limit, and what became of it. */
export interface LimitUse {
  readonly limit: number
  /** What is used at this moment; `undefined` for a limit of each single message. */
  readonly used: number | undefined
  /** How often something was refused because of it. */
  readonly refused: number
}

/** What is used of the limits that are about more than one message, by name. */
export type Usage = Partial<Record<keyof Limits, number>>

/** The characters that one of a string may become in JSON, as U+0001 does. No number is longer than three times what it counts. */
const MOST_TEXT = 6

/** What a message needs beside its data, at most: it is not counted, and the wall leaves room for it. */
const ROOM = 1024

/** A symbol with a key of this length counts as one more. */
const LONG_SYMBOL = 256

export class Quota {
  readonly limits: Limits
  readonly rate: CallRate
  /** Objects of ours that the peer can name, and answers that it keeps. */
  pinned = 0
  /** What the messages count that are queued and have not left, as text at its longest. */
  queued = 0
  /** How often the text of a value may be as long as what was counted. */
  readonly #stretch: number
  #mostToSend: number
  readonly #refused: Partial<Record<keyof Limits, number>> = {}
  readonly #symbols = new Set<string>()
  #symbolsUsed = 0

  /** @param asText do messages leave as text, and not as the values they are? */
  constructor(limits: Limits, { performance }: Platform, asText: boolean) {
    this.limits = limits
    this.#stretch = asText ? MOST_TEXT : 1
    this.#mostToSend = limits.messageSize
    const now = performance === undefined ? () => Date.now() : () => performance.now()
    this.rate = new CallRate(limits.callRate, now)
  }

  /** The error of what goes past a limit. */
  past(limit: keyof Limits, what: string): LimitExceededError {
    this.#note(limit)
    return new LimitExceededError(limit, this.limits[limit], what)
  }

  #note(limit: keyof Limits): void {
    this.#refused[limit] = (this.#refused[limit] ?? 0) + 1
  }

  /** Every limit, with what is used of it. */
  report(usage: Usage): Readonly<Record<keyof Limits, LimitUse>> {
    const used: Usage = {
      callRate: this.rate.used,
      exports: this.pinned,
      symbols: this.#symbolsUsed,
      ...usage,
    }
    return Object.fromEntries(
      Object.entries(this.limits).map(([name, limit]: [string, number]) => {
        const key = name as keyof Limits // the keys of limits are their names
        return [key, { limit, used: used[key], refused: this.#refused[key] ?? 0 }]
      }),
    ) as Record<keyof Limits, LimitUse> // of all of them
  }

  // What leaves ---------------------------------------------------------------------------------------

  /** The peer has said how large a message it takes. */
  peerTakes(messageSize: number): void {
    this.#mostToSend = Math.max(LEAST_MESSAGE_SIZE, messageSize)
  }

  /** Must a value of this size be looked at more closely before it is sent? If not, it is counted as queued. Hot path. */
  isDoubtful(characters: number, bytes: number): boolean {
    const most = characters * this.#stretch + bytes
    if (most > this.#mostToSend) return true
    this.queued += most
    return false
  }

  /**
   * Counts a value that is to leave.
   * @throws {LimitExceededError} when the peer does not take so much.
   */
  send(size: number, what: string): void {
    if (size > this.#mostToSend) {
      this.#note('messageSize')
      // It must fit where what it speaks of does not.
      throw withoutFrames(
        () =>
          new LimitExceededError(
            'messageSize',
            this.#mostToSend,
            `the size ${size} of ${what.length > 100 ? `${what.slice(0, 100)}...` : what}`,
          ),
      )
    }
    this.queued += size
  }

  /** Is what is queued as much as the peer reads at once? What comes then leaves in a batch of its own. */
  isFull(fields: number): boolean {
    return this.#stretch > 1 && this.queued + 12 * fields > this.#mostToSend
  }

  // What comes ----------------------------------------------------------------------------------------

  /** The longest text of a batch that is read. A sender does not add to one that is full, so the last message may be beyond. */
  get mostText(): number {
    return 2 * this.limits.messageSize + ROOM
  }

  /** @throws {LimitExceededError} when it is longer than a path may be, or names too many symbols. */
  checkPath(path: readonly WireKey[]): void {
    if (path.length > this.limits.pathLength) throw this.past('pathLength', 'the length of a path')
    for (const key of path) if (typeof key === 'object') this.checkSymbol(key[1])
  }

  /** Notes the wire name of a symbol. @throws {LimitExceededError} when there were too many others. */
  checkSymbol(name: unknown): void {
    if (typeof name !== 'string' || !name.startsWith('#') || this.#symbols.has(name)) return
    const weight = 1 + Math.floor(name.length / LONG_SYMBOL)
    if (this.#symbolsUsed + weight > this.limits.symbols)
      throw this.past('symbols', 'the number of registered symbols')
    this.#symbols.add(name)
    this.#symbolsUsed += weight
  }
}
