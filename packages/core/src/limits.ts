/**
 * How much one peer may cost. Each session has its own; a peer that goes past one gets a
 * `LimitExceededError` for that call, and everything else goes on. What is used of them is in `quota.ts`.
 */
import { refuseOption } from './errors.ts'

export interface Limits {
  /**
   * How large one call, reply or item may be: the characters of its text and the bytes of its buffers. What crosses
   * without becoming text is counted as the text it would be, a number as 8. At least 1024, so that a refusal fits.
   */
  readonly messageSize: number
  /** How deep data may be nested. */
  readonly depth: number
  /** Properties, elements and entries in the data of one message. An array counts its length, holes included. */
  readonly keys: number
  /** Digits of one BigInt that comes as text, which take a time to read that grows faster than their number. */
  readonly digits: number
  /** Steps of one property path. */
  readonly pathLength: number
  /** Calls of the peer that have not been answered, or still run. */
  readonly pendingCalls: number
  /** Calls of the peer per second. As many may come at once, when none came for a second. */
  readonly callRate: number
  /** Synchronous calls of the peer within one another. */
  readonly callDepth: number
  /** Items that the peer may have asked for in one iteration before they are there. */
  readonly credit: number
  /**
   * Objects of ours that the peer may name at one time, answers that it keeps included. What it has us keep of immutable values counts as well, one for each
   * and one for each 1024 characters or bytes of it.
   */
  readonly exports: number
  /** Promises of the peer that have not settled. */
  readonly promises: number
  /** Registered symbols that the peer may name in all: an engine keeps each key for ever. */
  readonly symbols: number
  /** Calls and requests of the peer that wait for a lock. */
  readonly lockRequests: number
}

/** Between threads of one program. */
export const OPEN_LIMITS: Limits = Object.freeze({
  messageSize: 2 ** 29,
  depth: 1000,
  keys: 2 ** 40,
  digits: 1_000_000,
  pathLength: 64,
  pendingCalls: 1_000_000,
  callRate: 1_000_000_000,
  callDepth: 200,
  credit: 1_000_000,
  exports: 4_000_000,
  promises: 1_000_000,
  symbols: 100_000,
  lockRequests: 100_000,
})

/** Towards code that is not trusted. */
export const GUEST_LIMITS: Limits = Object.freeze({
  messageSize: 2 ** 25,
  depth: 200,
  keys: 1_000_000,
  digits: 10_000,
  pathLength: 16,
  pendingCalls: 10_000,
  callRate: 1_000_000,
  callDepth: 64,
  credit: 10_000,
  exports: 100_000,
  promises: 10_000,
  symbols: 1000,
  lockRequests: 1000,
})

/** The least that a message may be allowed to be: what a refusal needs. */
export const LEAST_MESSAGE_SIZE = 1024

/**
 * The limits of a session: the defaults with what its options change.
 * @throws {TypeError} for a name that is no limit, or a value that is not a positive whole number.
 */
export function limitsFrom(defaults: Limits, changes: Partial<Limits> | undefined): Limits {
  if (changes === undefined) return defaults
  if (typeof changes !== 'object' || changes === null)
    refuseOption('limits', 'an object of limits', changes)
  for (const [name, value] of Object.entries(changes)) {
    if (!(name in defaults))
      refuseOption(`limits.${name}`, `one of ${Object.keys(defaults).join(', ')}`, name)
    if (!Number.isSafeInteger(value) || value < 1)
      refuseOption(`limits.${name}`, 'a positive whole number', value)
    if (name === 'messageSize' && value < LEAST_MESSAGE_SIZE)
      refuseOption(`limits.${name}`, `a whole number from ${LEAST_MESSAGE_SIZE} up`, value)
  }
  return { ...defaults, ...changes }
}
