/**
 * Data that a promise would take for a promise: a copy with a function of its own under the name `then`. To resolve
 * with it would call into the peer that made it, which may never answer.
 */
import { NotShareableError } from './errors.ts'
import { standInOf } from './stand-in.ts'

/** The error in the place of a value that may not be the value of a promise; `undefined` when it may. */
export function refusalOfThenable(value: unknown, peerName: string): NotShareableError | undefined {
  // A proxy first: to ask a blocking one anything else is to ask its owner, and to throw when it was released.
  if (typeof value !== 'object' || value === null || standInOf(value) !== undefined)
    return undefined
  if (value instanceof Promise) return undefined
  const then: unknown = Object.getOwnPropertyDescriptor(value, 'then')?.value
  if (typeof then !== 'function') return undefined
  return new NotShareableError(
    `the object with a function "then" that context "${peerName}" gave cannot be awaited: a promise would call it. Name the function otherwise, or give the object within another.`,
    'result.then',
  )
}
