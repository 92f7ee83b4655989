/**
 * Whose `then` the owner of a result may be made to wait for: its own, never one that a peer put on a value.
 */
import { Import } from './handle.ts'
import { passStyleOf } from './pass-style.ts'
import { standInOf } from './stand-in.ts'

/**
 * True for a promise, for an instance whose class makes it awaitable, and for a proxy of what is still on its way.
 * A `then` that is an own property is data: a peer may have put it there.
 */
export function isAwaitable(value: unknown): value is PromiseLike<unknown> {
  if (typeof value !== 'object' && typeof value !== 'function') return false
  if (value === null) return false
  if (value instanceof Promise) return true
  const standIn = standInOf(value)
  if (standIn !== undefined) return !(standIn.handle instanceof Import) || standIn.path.length > 0
  if (typeof value === 'function') return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === Object.prototype || prototype === null || Array.isArray(value)) return false
  if (passStyleOf(value) === 'promise') return true
  return 'then' in value && !Object.hasOwn(value, 'then') && typeof value.then === 'function'
}
