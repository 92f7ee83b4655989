/**
 * An operation on an answer that is already on this side: on the value itself, by the language's own rules.
 */
import type { PendingCall } from './calls.ts'
import { Operation } from './protocol.ts'
import { standInOf } from './stand-in.ts'

/**
 * What `answer.path` or `answer.path(...args)` gives once the answer is here. If the answer is a proxy, or the path meets
 * one, that proxy's own traps carry the operation on.
 */
export async function localOperation(
  answer: PendingCall,
  operation: Operation,
  path: readonly PropertyKey[],
  args: unknown,
): Promise<unknown> {
  let holder: unknown
  let value: unknown = await answer.promise()
  for (const key of path) {
    if (value === undefined || value === null)
      throw new TypeError(`cannot read ${String(key)} of ${String(value)}`)
    holder = value
    value = Reflect.get(Object(value) as object, key)
  }
  const list = Array.isArray(args) ? (args as unknown[]) : []
  switch (operation) {
    case Operation.get:
      return value
    case Operation.snapshot: {
      const standIn = standInOf(value)
      if (standIn === undefined) return value
      const { handle, options } = standIn
      return handle.session.request(operation, handle, standIn.path, undefined, options).promise()
    }
    case Operation.call:
      // `await using` of data that has arrived, which has nothing to dispose of.
      if (value === undefined && path.at(-1) === Symbol.asyncDispose) return undefined
      if (typeof value !== 'function')
        throw new TypeError(`${path.map(String).join('.')} is not a function`)
      return Reflect.apply(value, holder, list)
    case Operation.construct:
      if (typeof value !== 'function')
        throw new TypeError(`${path.map(String).join('.')} is not a constructor`)
      return Reflect.construct(value, list) as unknown
    default:
      throw new TypeError('the result has arrived: await it first, and use what it gives')
  }
}
