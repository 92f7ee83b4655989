/**
 * The object protocol on a Remote, one promise per operation, and copies of what a proxy stands for.
 */
import { prototypeNamed } from './built-in.ts'
import { Import } from './handle.ts'
import { Flag, Operation } from './protocol.ts'
import { standInOf } from './stand-in.ts'
import type { RemoteReference, SyncReference } from './types/brands.ts'
import type { Received, Sendable } from './types/remote.ts'
import type { SyncReceived } from './types/sync.ts'

function request(
  target: unknown,
  operation: Operation,
  key?: PropertyKey,
  args?: readonly unknown[],
  flags?: number,
): Promise<unknown> {
  const standIn = standInOf(target)
  if (standIn === undefined)
    throw new TypeError('RemoteReflect takes a Remote, as Reflect takes an object')
  const { handle, path, options } = standIn
  const whole = key === undefined ? path : [...path, key]
  return handle.session.request(operation, handle, whole, args, options, undefined, flags).promise()
}

/** The keys of a target: any, where its type says nothing. */
type KeyOf<T> = unknown extends T ? PropertyKey : keyof T

async function setProperty<T, K extends KeyOf<T>>(
  target: RemoteReference<T>,
  key: K,
  value: K extends keyof T ? Sendable<T[K]> : unknown,
): Promise<boolean> {
  return (await request(target, Operation.set, key as PropertyKey, [value])) === true // a key of an object type is one
}

/**
 * `Reflect` for an object of another context: the same operations with the same results, each as a promise.
 * Every one rejects with what the owner's access rules refuse (`AccessDeniedError`, `UnprotectedError`), and
 * throws a `TypeError` at once when its first argument is no proxy.
 *
 * @example
 * ```ts
 * if (await RemoteReflect.has(remote, 'discount')) console.log(await RemoteReflect.ownKeys(remote))
 * ```
 */
export const RemoteReflect = Object.freeze({
  /** Reads a property. */
  get: (target: object, key: PropertyKey): Promise<unknown> => request(target, Operation.get, key),

  /** Writes a property; true when it was written, false when no one can write it. */
  set: setProperty,

  /** Whether the object, or a class of it, has the property. */
  has: async (target: object, key: PropertyKey): Promise<boolean> =>
    (await request(target, Operation.has, key)) === true,

  /** Deletes an own property; true when it is gone. */
  deleteProperty: async (target: object, key: PropertyKey): Promise<boolean> =>
    (await request(target, Operation.deleteProperty, key)) === true,

  /** The own keys, strings and shared symbols. */
  ownKeys: async (target: object): Promise<PropertyKey[]> => {
    const keys = await request(target, Operation.ownKeys)
    return Array.isArray(keys) ? (keys as PropertyKey[]) : [] // the operation's result, see perform.ts
  },

  /** The descriptor of an own property; its value is a copy, its functions are proxies. */
  getOwnPropertyDescriptor: (
    target: object,
    key: PropertyKey,
  ): Promise<PropertyDescriptor | undefined> =>
    request(target, Operation.getOwnPropertyDescriptor, key) as Promise<
      PropertyDescriptor | undefined
    >, // see perform.ts

  /** Defines an own property; true when it was defined. */
  defineProperty: async (
    target: object,
    key: PropertyKey,
    descriptor: PropertyDescriptor,
  ): Promise<boolean> =>
    (await request(target, Operation.defineProperty, key, [descriptor])) === true,

  /** The prototype of the built-in class that the object is an instance of. Prototypes of other contexts never cross. */
  getPrototypeOf: async (target: object): Promise<object | null> =>
    prototypeNamed(await request(target, Operation.getPrototypeOf)),

  /** Whether properties can be added. */
  isExtensible: async (target: object): Promise<boolean> =>
    (await request(target, Operation.isExtensible)) === true,

  /** Makes the object not extensible; true when it is. */
  preventExtensions: async (target: object): Promise<boolean> =>
    (await request(target, Operation.preventExtensions)) === true,

  /**
   * Calls a function. Its `this` is the object that `self` is a proxy of, when both have the same owner; anything else is not
   * sent, and a function that was read from an object keeps that as its `this`.
   */
  apply: (target: object, self: unknown, args: readonly unknown[]): Promise<unknown> => {
    const owner = standInOf(self)
    const method = standInOf(target)
    return owner === undefined || owner.handle.session !== method?.handle.session
      ? request(target, Operation.call, undefined, [...args])
      : request(self, Operation.call, undefined, [target, ...args], Flag.live)
  },

  /** Constructs; the instance stays with the class's owner. */
  construct: (target: object, args: readonly unknown[]): Promise<object> =>
    request(target, Operation.construct, undefined, [...args]) as Promise<object>, // constructing gives a reference
})

/**
 * A copy of the data of what a proxy stands for, in one crossing: a promise of it for a Remote, the copy itself
 * for a Sync.
 *
 * @throws {NotShareableError} (or rejects with it) naming the first part that cannot be copied.
 */
export function snapshot<T>(proxy: RemoteReference<T>): Promise<Received<T>>
export function snapshot<T>(proxy: SyncReference<T>): SyncReceived<T>
export function snapshot(proxy: unknown): unknown {
  const standIn = standInOf(proxy)
  if (standIn === undefined) throw new TypeError('snapshot() takes a proxy of another context')
  const { handle, path, flavour, options } = standIn
  const { session } = handle
  return flavour === 'sync' && handle instanceof Import
    ? session.requestSync(Operation.snapshot, handle, path, undefined, 0, options)
    : session.request(Operation.snapshot, handle, path, undefined, options).promise()
}

/** True for a proxy of another context's object, of either kind. */
export function isProxy(value: unknown): boolean {
  return standInOf(value) !== undefined
}

/** The name of the context that owns what a proxy stands for. @throws {TypeError} when `proxy` is no proxy. */
export function contextOf(proxy: object): string {
  const standIn = standInOf(proxy)
  if (standIn === undefined) throw new TypeError('contextOf() takes a proxy of another context')
  return standIn.handle.session.peerName
}
