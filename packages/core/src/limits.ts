/**
 * How much one peer may cost. Each session has its own; a peer that goes past one gets a
 * `LimitExceededError` for that call, and everything else goes on.
 */
import { refuseOption } from './errors.ts'

export interface Limits {
  /** Characters of text, or elements of a flat batch, in one batch of the peer. */
  readonly messageSize: number
  /** How deep data may be nested. */
  readonly depth: number
  /** Calls of the peer that have not been answered yet. */
  readonly pendingCalls: number
  /** Objects of ours that the peer may name at one time. */
  readonly exports: number
  /** Steps of one property path. */
  readonly pathLength: number
  /** Synchronous calls of the peer within one another. */
  readonly callDepth: number
  /** Calls and requests of the peer that wait for a lock. */
  readonly lockRequests: number
}

/** Between threads of one program. */
export const OPEN_LIMITS: Limits = Object.freeze({
  messageSize: 2 ** 29,
  depth: 1000,
  pendingCalls: 1_000_000,
  exports: 4_000_000,
  pathLength: 64,
  callDepth: 200,
  lockRequests: 100_000,
})

/** Towards code that is not trusted. */
export const GUEST_LIMITS: Limits = Object.freeze({
  messageSize: 2 ** 25,
  depth: 200,
  pendingCalls: 10_000,
  exports: 100_000,
  pathLength: 16,
  callDepth: 64,
  lockRequests: 1_000,
})

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
  }
  return { ...defaults, ...changes }
}
