/**
 * Owners who want to know that no one else holds their object any more: counted over every session of this heap.
 *
 * The hook runs between calls, as the message that gave the last hold up comes in; or in a turn of its own where there is no such
 * message, as when a peer dies.
 */
import { markOf } from './marks.ts'
import { Service } from './service.ts'

/**
 * The name of the method that an object's owner is told by when no other context holds the object any more. Other contexts
 * cannot call it. `proxy(value, { released })` does the same for an object whose class is not yours.
 *
 * @example
 * ```ts
 * class Cursor {
 *   [released]() {
 *     this.close()
 *   }
 * }
 * ```
 */
export const released: unique symbol = Symbol.for('farhold.released') as never // a unique symbol's type, a shared symbol's value: two copies of this module agree

type Hook = () => unknown

/** How many peers hold each object that has a hook. */
const HOLDERS = new WeakMap<object, number>()

/** What an owner has said is to run when no one holds `value` any more. */
function hookOf(value: object): Hook | undefined {
  const mark = markOf(value)
  if (mark?.kind === 'reference' && mark.released !== undefined) return mark.released
  const method: unknown = Reflect.get(value, released)
  return typeof method === 'function'
    ? () => Reflect.apply(method, value, []) as unknown
    : undefined
}

/** Called when a peer holds an object no longer: in a turn of its own, or, when this is one, at once. */
export type Dropped = (atOnce: boolean) => void

/**
 * One more peer holds `value`. Gives what to call when it does no longer; `undefined` when the owner does not want to know.
 * @param report hears of what the hook throws.
 */
export function holderOf(value: object, report: (error: unknown) => void): Dropped | undefined {
  if (Service.is(value)) return holderOfService(value)
  const hook = hookOf(value)
  if (hook === undefined) return undefined
  HOLDERS.set(value, (HOLDERS.get(value) ?? 0) + 1)
  const run = async (): Promise<void> => {
    // Given out again meanwhile, it is held; and the hook runs once, whoever comes here first.
    if (HOLDERS.get(value) !== 0) return
    HOLDERS.delete(value)
    await hook()
  }
  return (atOnce) => {
    const left = (HOLDERS.get(value) ?? 1) - 1
    HOLDERS.set(value, left)
    if (left > 0) return
    const ran = atOnce ? run() : Promise.resolve().then(run)
    ran.catch(report)
  }
}

/** A service is told at once: a thread that is blocked runs nothing later, and what others wait for may be of the service. */
function holderOfService(service: Service): Dropped {
  HOLDERS.set(service, (HOLDERS.get(service) ?? 0) + 1)
  return (atOnce) => {
    const left = (HOLDERS.get(service) ?? 1) - 1
    HOLDERS.set(service, left)
    if (left === 0) service.dropped(atOnce)
  }
}
