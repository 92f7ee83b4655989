/**
 * Calling a function of ours on an object of ours, as a peer wants it: only what the object has is called on it, and what is called is what the peer
 * has of it, with its arguments checked where the owner wants that.
 */
import { type Access, isRootPrototype, namedKeys, shownGetter, visibleAbove } from './access.ts'
import { AccessDeniedError } from './errors.ts'
import {
  isMutator,
  isOfLanguage,
  keepsWhole,
  opensItems,
  takesThis,
  writesToFirst,
} from './language-methods.ts'
import type { Narrowing } from './narrowing.ts'
import { Operation } from './protocol.ts'
import { uncheckedOf } from './schema.ts'
import { standInOf } from './stand-in.ts'
import type { AnyFunction } from './types/pass-kind.ts'
import { checkWritable, isWritable, refuseWrite } from './writing.ts'

/**
 * Calls a method of `target` that a peer has named, on `target`.
 * @throws {UnprotectedError} when it is one of the language's that would write to what the peer may not write to.
 * @throws {AccessDeniedError} when one of the language's would be a way around what the peer has of an object.
 */
export function callMethod(
  target: unknown,
  key: PropertyKey,
  method: AnyFunction,
  args: readonly unknown[],
  access: Access,
): unknown {
  // Hot path, guarded by `bench/`, row `isolate, sync`: what no one needs to look at is not looked at.
  const { isWhole } = access
  if (access.writes !== 'open') refuseWriter(method, args, access)
  if (isWhole && access.writes === 'open') return Reflect.apply(method, target, args)
  const itself = isWhole ? method : uncheckedOf(method)
  if (!isOfLanguage(itself)) return Reflect.apply(access.callable(method), target, args)
  if (access.writes !== 'open' && isObject(target) && isMutator(itself))
    checkMutation(target, key, access)
  if (opensItems(itself) && Array.isArray(target)) refuseParts(target, access)
  const given = args.some(isObject) ? forLanguage(itself, args, access) : args
  return Reflect.apply(access.callable(method), target, given)
}

/**
 * Calls a function of ours with an object of ours as its `this`, as a peer wants it.
 *
 * A peer that may write to the object could put any function there and call it. Any other may call what the object has: that its `this`
 * is of the kind a method was written for is what keeps the method's promises.
 *
 * @throws {AccessDeniedError} when the object has no such method.
 * @throws {UnprotectedError} when that writes to what the peer may not write to.
 */
export function callAsMethod(
  target: object,
  method: AnyFunction,
  args: readonly unknown[],
  access: Access,
): unknown {
  const found = borrow(target, method, access)
  if (found === undefined) return Reflect.apply(access.callable(method), target, args)
  access.policy?.check(Operation.call, target, [found.key], true)
  return callMethod(target, found.key, found.run, args, access)
}

/** The method of `target` that a function is; `undefined` when it need not be one. Throws as {@link callAsMethod} does. */
function borrow(target: object, method: AnyFunction, access: Access): FoundMethod | undefined {
  const isTrusted = access.policy === undefined && access.narrowingOf(target) === undefined
  if (isTrusted && isWritable(target, access)) return undefined
  const found = methodOf(target, method, access)
  if (found === undefined)
    throw new AccessDeniedError(
      'calling a function as a method of an object that has no such method',
    )
  if (found.isSetter) checkWritable(target, found.key, access)
  return found
}

/**
 * Refuses a peer a function that writes to what it is given, if that is an object of ours which the peer may not write to.
 * @throws {UnprotectedError}
 */
export function refuseWriter(method: unknown, args: readonly unknown[], access: Access): void {
  if (access.writes === 'open' || !writesToFirst(method)) return
  const [target] = args
  if (isObject(target) && standInOf(target) === undefined && !isWritable(target, access))
    refuseWrite(target, 'what it has')
}

function checkMutation(target: object, key: PropertyKey, access: Access): void {
  if (isWritable(target, access) || access.narrowingOf(target)?.names(key) === true) return
  refuseWrite(
    target,
    `what ${typeof key === 'symbol' ? `[${String(key)}]` : String(key)}() changes`,
  )
}

/**
 * The arguments of a method of the language, which is to have no more of them than the peer has. A function of ours is called as the peer
 * would call it, on a `this` of ours only if that has such a method.
 */
function forLanguage(
  method: AnyFunction,
  args: readonly unknown[],
  access: Access,
): readonly unknown[] {
  const hasThis = takesThis(method)
  return args.map((arg, index) => {
    if (hasThis && index === 1) return arg
    if (isFunction(arg))
      return asCallback(arg, hasThis && index === 0 ? args[1] : undefined, access)
    if (isObject(arg) && !keepsWhole(method)) refuseParts([arg], access)
    return arg
  })
}

function asCallback(callback: AnyFunction, self: unknown, access: Access): AnyFunction {
  if (standInOf(callback) !== undefined) return callback
  const found =
    isObject(self) && standInOf(self) === undefined ? borrow(self, callback, access) : undefined
  if (found === undefined) return access.callable(callback)
  access.policy?.check(Operation.call, self, [found.key], true)
  return function (this: object, ...items: readonly unknown[]): unknown {
    return callMethod(this, found.key, found.run, items, access)
  }
}

/** @throws {AccessDeniedError} when an item is an object of which the peer has only a part, also in lists of lists. */
function refuseParts(items: readonly unknown[], access: Access, around = new Set<unknown>()): void {
  if (around.has(items)) return
  around.add(items)
  for (const item of items) {
    if (!isObject(item) || standInOf(item) !== undefined) continue
    if (access.narrowingOf(item) !== undefined)
      throw new AccessDeniedError('what is in an object of which there is only a part')
    if (Array.isArray(item)) refuseParts(item, access, around)
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

/** A function that a peer has found on one of our objects. */
interface FoundMethod {
  readonly key: PropertyKey
  readonly run: AnyFunction
  readonly isSetter: boolean
}

/**
 * A function that a peer could call on `target` by a name, or as an accessor of it, and what it then calls. One that is shadowed counts.
 */
export function methodOf(target: object, method: unknown, access: Access): FoundMethod | undefined {
  if (isRootPrototype(target)) return undefined
  const narrowing = access.narrowingOf(target)
  for (let holder: object | null = target; holder !== null; holder = visibleAbove(holder)) {
    for (const key of namedKeys(holder)) {
      const found = Object.getOwnPropertyDescriptor(holder, key)
      if (found === undefined || narrowing?.shows(key, found) === false) continue
      for (const part of [found.value, found.get, found.set] as readonly unknown[]) {
        if (!isFunction(part)) continue
        const shown = narrowing === undefined ? part : shownPart(narrowing, key, part, found)
        const run = access.of(shown)
        if (method === part || method === shown || method === run)
          return { key, run, isSetter: part === found.set }
      }
    }
  }
  return undefined
}

/** A function in a descriptor as a peer has it: what is checked is so here too, and what an accessor gives is narrowed. */
function shownPart(
  narrowing: Narrowing,
  key: PropertyKey,
  part: AnyFunction,
  { get, set }: PropertyDescriptor,
): AnyFunction {
  if (part === set) return part
  if (part === get) return shownGetter(narrowing, key, part)
  return narrowing.show(key, part) as AnyFunction // it shows the property, so there is a function
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}
