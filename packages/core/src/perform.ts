/**
 * One operation of a peer on one of our objects: the path is walked under the access rules, and the real
 * object does the rest.
 *
 * Where the path meets a proxy of a third context, the rest of the operation is handed on to it as it is; its
 * owner decides by its own rules.
 */
import { type Access, hasProperty, readProperty, visibleDescriptor, visibleKeys } from './access.ts'
import { nameOfBuiltIn } from './built-in.ts'
import { callAsMethod, callMethod, refuseWriter } from './calling.ts'
import { AccessDeniedError, WouldBlockError } from './errors.ts'
import { describePath, type Handle, Import } from './handle.ts'
import { jsonFormOf } from './json-form.ts'
import { ByReference } from './marks.ts'
import { isEvaluator, passStyleOf } from './pass-style.ts'
import type { PeerPolicy } from './policy.ts'
import { Flag, Operation } from './protocol.ts'
import { createRemote } from './remote.ts'
import { isDelayed } from './schema.ts'
import { LockTarget } from './served-locks.ts'
import { Service } from './service.ts'
import { standInOf } from './stand-in.ts'
import type { AnyFunction } from './types/pass-kind.ts'
import {
  defineOwnProperty,
  deleteOwnProperty,
  preventExtensions,
  writeInherited,
  writeProperty,
} from './writing.ts'

/** What an operation may rely on. */
export interface PerformOptions {
  /** What decides for the peer that asks. */
  readonly access: Access
  /** The call's flags; `live` and `blocking` matter here. A live operation is one that only a blocking proxy asks for. */
  readonly flags: number
  /** Has the operation enter an object that may have a lock of its own; see `entrance.ts`. Left out while none has. */
  readonly enter: ((object: unknown, operation: Operation, key?: PropertyKey) => void) | undefined
}

/**
 * Performs an operation and gives its result, which may be a promise.
 * @throws whatever the real object throws, and what the access rules refuse.
 */
export function perform(
  operation: Operation,
  target: unknown,
  path: readonly PropertyKey[],
  args: readonly unknown[],
  options: PerformOptions,
): unknown {
  const { access } = options
  const last = path.length - 1
  let holder = access.of(target)
  if (last === 0 && operation === Operation.call && Service.is(holder))
    return callService(holder, key(path, 0), args, access)
  for (let step = 0; step < last; step++) {
    const next = handOver(holder)
    if (next !== undefined) {
      access.policy?.check(operation, holder, path, !ON_ITSELF.has(operation))
      return handOn(next, operation, path.slice(step), args, options)
    }
    access.policy?.check(Operation.get, holder, path.slice(0, step + 1), true)
    options.enter?.(holder, Operation.get)
    holder = access.of(readProperty(holder, key(path, step), access))
  }
  if (access.policy !== undefined) askPolicy(access.policy, operation, holder, path, options.flags)
  const next = handOver(holder)
  if (next !== undefined)
    return handOn(next, operation, path.slice(Math.max(last, 0)), args, options)
  if (last < 0) return onObject(operation, holder, args, path, options)
  const name = key(path, last)
  options.enter?.(holder, ON_ITSELF.has(operation) ? Operation.get : operation, name)
  switch (operation) {
    case Operation.get:
      return options.flags & Flag.live
        ? readLive(holder, name, access)
        : readProperty(holder, name, access)
    case Operation.set:
      return (options.flags & Flag.live ? writeInherited : writeProperty)(
        asObject(holder, path, last),
        name,
        args[0],
        access,
      )
    case Operation.deleteProperty:
      return deleteOwnProperty(asObject(holder, path, last), name, access)
    case Operation.has:
      return hasProperty(asObject(holder, path, last), name, access)
    case Operation.getOwnPropertyDescriptor:
      return describeProperty(asObject(holder, path, last), name, options)
    case Operation.defineProperty:
      return defineOwnProperty(asObject(holder, path, last), name, checkDescriptor(args[0]), access)
    case Operation.call: {
      if (name === 'toJSON' && options.flags & Flag.live) return formOf(holder, args[0], access)
      const method = access.of(readProperty(holder, name, access))
      const beyond = handOver(method)
      if (beyond !== undefined) return handOn(beyond, operation, [], args, options)
      if (method === undefined && typeof holder === 'function' && name === Symbol.hasInstance)
        return isInstance(args[0], holder)
      if (method === undefined && name === Symbol.asyncDispose) return dispose(holder, access)
      if (!isFunction(method)) throw new TypeError(`${describePath('', path)} is not a function`)
      return callMethod(holder, name, method, args, access)
    }
    default: {
      const found = access.of(readProperty(holder, name, access))
      access.policy?.check(operation, found, path, false)
      const beyond = handOver(found)
      if (beyond !== undefined) return handOn(beyond, operation, [], args, options)
      return onObject(operation, found, args, path, options)
    }
  }
}

/** A method of a service of this library is called by whoever was given that, and no policy is asked; see `policy.ts`. */
function callService(
  service: Service,
  name: PropertyKey,
  args: readonly unknown[],
  access: Access,
): unknown {
  const method = name === 'dropped' ? undefined : readProperty(service, name, access)
  if (!isFunction(method)) throw new AccessDeniedError(`method ${String(name)}`)
  return Reflect.apply(method, service, args)
}

/** Operations that are on what a path leads to, and only read the property that is its end. */
const ON_ITSELF: ReadonlySet<Operation> = new Set([
  Operation.construct,
  Operation.snapshot,
  Operation.ownKeys,
  Operation.getPrototypeOf,
  Operation.isExtensible,
  Operation.preventExtensions,
  Operation.iterate,
  Operation.lock,
])

/** Asks the host about the last step of an operation: a property, or the object itself. */
function askPolicy(
  policy: PeerPolicy,
  operation: Operation,
  holder: unknown,
  path: readonly PropertyKey[],
  flags: number,
): void {
  if (path.length > 0)
    policy.check(ON_ITSELF.has(operation) ? Operation.get : operation, holder, path, true)
  // A live call of an object is one of a method, which is asked for when it is known.
  else if (operation !== Operation.call || !(flags & Flag.live))
    policy.check(operation, holder, path, false)
}

/** An operation on the object itself. */
function onObject(
  operation: Operation,
  target: unknown,
  args: readonly unknown[],
  path: readonly PropertyKey[],
  options: PerformOptions,
): unknown {
  const { access } = options
  if (operation === Operation.lock) return new LockTarget(asObject(target, path))
  options.enter?.(target, operation)
  switch (operation) {
    case Operation.get:
    case Operation.snapshot:
      return target
    case Operation.call:
      if (options.flags & Flag.live) return asMethod(asObject(target, path), args, access)
      if (!isFunction(target)) throw new TypeError(`${subject(path)} is not a function`)
      refuseEvaluator(target)
      refuseWriter(target, args, access)
      return Reflect.apply(access.callable(target), undefined, args)
    case Operation.construct: {
      if (!isConstructor(target)) throw new TypeError(`${subject(path)} is not a constructor`)
      refuseEvaluator(target)
      const made: unknown = Reflect.construct(access.callable(target), args)
      return isDelayed(made)
        ? made.then((instance) => new ByReference(instance))
        : new ByReference(made as object) // what constructing gives
    }
    case Operation.ownKeys:
      return visibleKeys(asObject(target, path), access)
    case Operation.getPrototypeOf:
      return builtInOf(asObject(target, path))
    case Operation.isExtensible:
      return Object.isExtensible(asObject(target, path))
    case Operation.preventExtensions:
      return preventExtensions(asObject(target, path), access)
    case Operation.iterate:
      return iteratorOf(target, path, access)
    default:
      throw new AccessDeniedError('the operation')
  }
}

/** A result that turns text into code never crosses, but a peer can name it before it would. */
export function refuseEvaluator(value: unknown): void {
  if (isEvaluator(value)) throw new AccessDeniedError('what evaluates text')
}

/** Can it be constructed? The engine's own message about one that cannot would quote its source to the peer. */
function isConstructor(value: unknown): value is new (...args: unknown[]) => object {
  if (typeof value !== 'function') return false
  try {
    // Constructs an Object, and asks `value` for no more than a prototype.
    Reflect.construct(Object, [], value)
    return true
  } catch {
    return false
  }
}

/** A live call of an object itself: the first argument is called with the object as its `this`. */
function asMethod(target: object, [method, ...args]: readonly unknown[], access: Access): unknown {
  if (!isFunction(method)) throw new TypeError('what is called is not a function')
  refuseEvaluator(method)
  return callAsMethod(target, method, args, access)
}

/** The JSON form of an object as its proxy asks for it. @throws {AccessDeniedError} when it evaluates text. */
function formOf(holder: unknown, key: unknown, access: Access): unknown {
  refuseEvaluator(holder)
  return jsonFormOf(holder, typeof key === 'string' ? key : '', access)
}

const hasInstance = Function.prototype[Symbol.hasInstance]

/** What `instanceof` says where the class does not say it itself. */
function isInstance(value: unknown, Class: object): boolean {
  return Reflect.apply(hasInstance, Class, [value])
}

/** Disposes of an object that has no asynchronous disposer, as `await using` does. One that has none is left as it is. */
function dispose(holder: unknown, access: Access): unknown {
  const disposer = readProperty(holder, Symbol.dispose, access)
  return isFunction(disposer) ? callMethod(holder, Symbol.dispose, disposer, [], access) : undefined
}

/** An own property as a peer sees it; for a blocking proxy an object in it is live, as one that is read. */
function describeProperty(
  holder: object,
  name: PropertyKey,
  { access, flags }: PerformOptions,
): PropertyDescriptor | undefined {
  const found = visibleDescriptor(holder, name, access)
  if (found === undefined || !(flags & Flag.live)) return found
  const value: unknown = found.value
  const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function'
  return isObject ? { ...found, value: new ByReference(value) } : found
}

/** What a live read gives: objects by reference, functions with word of whether they stay where they are. */
function readLive(holder: unknown, name: PropertyKey, access: Access): unknown {
  const value = readProperty(holder, name, access)
  if (typeof value === 'function' && Array.isArray(holder) && isArrayMethod(name, value))
    return undefined // It runs where it is called.
  if (typeof value === 'function')
    return new ByReference(value, staysAt(Object(holder) as object, name))
  if (typeof value !== 'object' || value === null) return value
  // A signal is heard where it is: a listener of a peer is no function that the platform could call.
  const style = passStyleOf(value)
  return style === 'signal' || style === 'presence' ? value : new ByReference(value)
}

/** Is it the language's own method of arrays, and not one that a class has in its place? */
function isArrayMethod(name: PropertyKey, value: unknown): boolean {
  return Object.getOwnPropertyDescriptor(Array.prototype, name)?.value === value
}

/** A method that a class defines, or a module exports, is taken to stay; an own property may change. */
function staysAt(holder: object, name: PropertyKey): boolean {
  const own = Object.getOwnPropertyDescriptor(holder, name)
  if (own === undefined) return true
  return (
    (!own.writable && !own.configurable) ||
    Object.getOwnPropertyDescriptor(holder, Symbol.toStringTag)?.value === 'Module'
  )
}

/** What an operation is about, as messages name it. */
function subject(path: readonly PropertyKey[]): string {
  return path.length === 0 ? 'it' : describePath('', path)
}

/** The iterator of anything that can be iterated, the asynchronous one first. */
function iteratorOf(
  target: unknown,
  path: readonly PropertyKey[],
  access: Access,
): Iterator<unknown> | AsyncIterator<unknown> {
  for (const name of [Symbol.asyncIterator, Symbol.iterator]) {
    const method = readProperty(target, name, access) ?? undefined
    if (method === undefined) continue
    if (!isFunction(method)) break
    return callMethod(target, name, method, [], access) as
      | Iterator<unknown>
      | AsyncIterator<unknown> // what such a method gives
  }
  throw new TypeError(`${subject(path)} is not iterable`)
}

/** The built-in class an object is an instance of, by name: all that a peer learns of its prototype. */
function builtInOf(target: object): string | null {
  let above = Object.getPrototypeOf(target) as object | null
  if (above === null) return null
  for (; above !== null; above = Object.getPrototypeOf(above) as object | null) {
    const name = nameOfBuiltIn(above)
    if (name !== undefined) return name
  }
  return 'Object'
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}

function asObject(value: unknown, path: readonly PropertyKey[], end = path.length): object {
  if ((typeof value === 'object' && value !== null) || typeof value === 'function') return value
  throw new TypeError(`${describePath('the target', path.slice(0, end))} is not an object`)
}

/** A descriptor as a peer sent it: data, but its `get` and `set` may be functions of the peer. */
function checkDescriptor(value: unknown): PropertyDescriptor {
  if (typeof value !== 'object' || value === null)
    throw new TypeError('a property descriptor must be an object')
  return value
}

function key(path: readonly PropertyKey[], step: number): PropertyKey {
  const found = path[step]
  if (found === undefined) throw new TypeError('a path ended early')
  return found
}

/** The third context's handle that a value stands for. An import in our tables stands for itself. */
function handOver(
  value: unknown,
): { readonly handle: Handle; readonly path: readonly PropertyKey[] } | undefined {
  if (value instanceof Import) return { handle: value, path: [] }
  return standInOf(value)
}

function handOn(
  to: { readonly handle: Handle; readonly path: readonly PropertyKey[] },
  operation: Operation,
  path: readonly PropertyKey[],
  args: readonly unknown[],
  options: PerformOptions,
): unknown {
  const { session } = to.handle
  const whole = [...to.path, ...path]
  // Whoever asks holds it through this context, which gives it back as soon as that is given back.
  if (operation === Operation.lock) return new LockTarget(createRemote(to.handle, whole))
  const sent =
    args.length === 0 && operation !== Operation.call && operation !== Operation.construct
      ? undefined
      : args
  if (options.flags & Flag.blocking) {
    if (session.blocks)
      return session.requestSync(operation, to.handle, whole, sent, options.flags & Flag.live)
    if (operation !== Operation.call || options.flags & Flag.live) {
      throw new WouldBlockError(
        `"${describePath(to.handle.description, whole)}" of context "${session.peerName}"`,
        'the thread between cannot wait for it. Use remote(proxy), which gives promises.',
      )
    }
  }
  if (operation === Operation.iterate) return session.iterate(to.handle, whole)
  return session.request(operation, to.handle, whole, sent).promise()
}
