/**
 * Objects with a lock of their own, which others may write to.
 */
import { refuseOption } from './errors.ts'
import { proxy } from './marks.ts'
import { classNameOf } from './pass-style.ts'
import { RwLock } from './rw-lock.ts'
import type { Proxied } from './types/remote.ts'

/** The lock of one object, and the methods that only read it. */
interface Protection {
  readonly lock: RwLock
  readonly reads: ReadonlySet<PropertyKey>
}

const PROTECTED = new WeakMap<object, Protection>()

/** Is any object protected? Until then no call looks for it. */
const state = { any: false }

/**
 * Gives one object a reader-writer lock of its own: calls of the methods in `read`, and reading properties, run side by side; everything else that
 * other contexts ask of it runs alone, until the promise it gives has settled. Other contexts may write to it where they may only write to what is protected, and
 * it crosses by reference.
 *
 * The lock is for other contexts: the owner's own code calls the object as before, and holds its lock with `lock(object, callback)`. What the object
 * leads to is not under its lock, unless it is protected, too. Protect an object before others have it.
 *
 * @throws {TypeError} when `object` is no object, or `read` is no list of names.
 * @example
 * ```ts
 * const stock = protect(new Stock(), { read: ['count', 'list'] })
 * ```
 */
export function protect<T extends object>(
  object: T,
  options: { readonly read?: readonly (keyof T)[] } = {},
): Proxied<T> {
  const marked = proxy(object)
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  const { read = [] } = options
  if (!Array.isArray(read)) refuseOption('read', 'a list of the names of methods', read)
  state.any = true
  const lock = PROTECTED.get(object)?.lock ?? newLock(object)
  PROTECTED.set(object, { lock, reads: new Set<PropertyKey>(read) })
  return marked
}

function newLock(object: object): RwLock {
  const label = classNameOf(object)
  const lock: RwLock = new RwLock(() => `${label}#${lock.number}`)
  return lock
}

/** Is there any such object in this heap? */
export function hasProtected(): boolean {
  return state.any
}

/** May others write to it where they may write only to what is protected? */
export function isProtected(object: object): boolean {
  return state.any && PROTECTED.has(object)
}

/** The lock and the readers of a protected object. */
export function protectionOf(object: unknown): Protection | undefined {
  if (!state.any || typeof object !== 'object' || object === null) {
    if (!state.any || typeof object !== 'function') return undefined
  }
  return PROTECTED.get(object as object) // an object, by the lines above
}
