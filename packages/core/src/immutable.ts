/**
 * Values that never change, and so need no second copy: the content of one crosses a session once, and afterwards its id does.
 */
import { NotShareableError } from './errors.ts'
import { freezeAll, partsOf } from './freezing.ts'
import { markImmutable, markOf } from './marks.ts'
import { passStyleOf } from './pass-style.ts'
import { sharedCopies } from './shared-bytes.ts'
import type { Immutable } from './types/immutable.ts'

/**
 * Makes a value immutable, with everything in it, and gives it back. It crosses as data whose content is copied to another context
 * once; from then on it is named, and is the same frozen object there each time. The caller keeps owning it: while it is held here, the
 * contexts it was sent to keep their copies.
 *
 * Plain data of any shape can be made immutable, instances of registered classes, regular expressions and errors. Buffers and typed arrays
 * in it are replaced by ones over a copy in shared memory, where there is any, which all threads have without a copy; bytes that are given
 * by themselves are left as they are, and what this returns is to be used. No platform has bytes that cannot be written: who writes to those
 * breaks the promise for every thread.
 *
 * @throws {NotShareableError} naming the path of the first part that freezing does not make immutable: a Map, Set or Date, a function,
 * a proxy, a stream, a getter, an instance of a class that is not registered. Nothing is frozen then.
 * @example
 * ```ts
 * const config = immutable({ currency: 'EUR', rates: new Float64Array(1000) })
 * for (const order of orders) await worker.remote.price(order, config)
 * ```
 */
export function immutable<T>(value: T): Immutable<T> {
  // What the type says holds from the last line on; a primitive is immutable as it is.
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return value as Immutable<T>
  if (markOf(value)?.kind === 'immutable') return value as Immutable<T>
  const parts = partsOf(value)
  const copies = sharedCopies([...parts.bytes.map(({ bytes }) => bytes), ...bytesAlone(value)])
  for (const { bytes, isReplaceable, path } of parts.bytes) {
    if (copies.has(bytes) && !isReplaceable) {
      throw new NotShareableError(
        `bytes at ${path()} cannot be made immutable: they are in an object that is frozen already, and must be replaced. Leave the freezing to immutable().`,
        path(),
      )
    }
  }
  for (const { holder, key, bytes } of parts.bytes) {
    const copy = copies.get(bytes)
    if (copy !== undefined) Object.defineProperty(holder, key, { value: copy })
  }
  freezeAll(parts)
  const made = copies.get(value) ?? value
  markImmutable(made)
  return made as Immutable<T>
}

/** A value that is nothing but bytes. */
function bytesAlone(value: object): object[] {
  const style = passStyleOf(value)
  return style === 'view' || style === 'buffer' ? [value] : []
}
