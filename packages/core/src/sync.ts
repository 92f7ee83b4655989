/**
 * The blocking proxy: every trap is one crossing, and the answer is here when it returns.
 *
 * Objects that are reached through it stay with their owner (the proxy is live); what a call returns is a
 * copy, as everywhere. A function is called with the object it was read from as its `this`, so methods run at home.
 */
import { isForbidden } from './access.ts'
import type { CallOptions } from './call-options.ts'
import { ReleasedError, WouldBlockError } from './errors.ts'
import { Import } from './handle.ts'
import { describeStandIn, INSPECT, inspectable } from './inspection.ts'
import { Flag, Operation } from './protocol.ts'
import { releaseStandIn } from './release.ts'
import { keepStandIn, type StandIn, stampStandIn, standInOf } from './stand-in.ts'

const NO_PATH: readonly PropertyKey[] = Object.freeze([])

/** The blocking proxy of an object of the peer; the same one while it is held. */
export function syncOf(imported: Import): object {
  imported.sync ??= newSync(imported, undefined, keepStandIn)
  return imported.sync
}

/** A blocking proxy of an import; with options of its own it is not the one that others hold. */
export function createSync(handle: Import, options?: CallOptions): object {
  return newSync(handle, options, stampStandIn)
}

function newSync(
  handle: Import,
  options: CallOptions | undefined,
  makeKnown: (proxy: object, standIn: StandIn) => void,
): object {
  const traps = new SyncTraps(handle, options)
  const proxy = new Proxy(TARGETS[handle.kind], traps)
  makeKnown(proxy, traps)
  return proxy
}

/**
 * The targets of all proxies: nothing is ever written to them. Each is of the same kind as the owner's object, so that
 * `typeof` and `Array.isArray` are right. The function is bound, so that it can be constructed and has no property that a
 * trap must report.
 */
const TARGETS: Readonly<Record<Import['kind'], object>> = {
  function: Object.setPrototypeOf(function blank() {}.bind(undefined), inspectable) as object, // gives what it was given
  array: Object.defineProperty([], INSPECT, {
    ...Object.getOwnPropertyDescriptor(inspectable, INSPECT),
    configurable: true,
  }),
  object: Object.create(inspectable) as object,
}

function perform(
  standIn: SyncTraps,
  operation: Operation,
  path: readonly PropertyKey[],
  args: unknown,
  flags = 0,
): unknown {
  const { handle, options } = standIn
  return handle.session.requestSync(operation, handle, path, args, flags, options)
}

/** One proxy's traps, which are its state as well. Hot path, guarded by `bench/`, row `isolate, sync`. */
class SyncTraps implements ProxyHandler<object>, StandIn {
  readonly handle: Import
  readonly options: CallOptions | undefined

  constructor(handle: Import, options: CallOptions | undefined) {
    this.handle = handle
    this.options = options
  }

  get path(): readonly PropertyKey[] {
    return NO_PATH
  }

  get flavour(): 'sync' {
    return 'sync'
  }

  get(_target: unknown, key: PropertyKey, receiver: unknown): unknown {
    const { handle } = this
    const known = handle.methods?.get(key)
    if (known !== undefined) return known
    if (typeof key === 'symbol') {
      if (key === INSPECT) return () => describeStandIn(this)
      if (key === Symbol.dispose && !hasRemote(this, key)) return () => releaseStandIn(this)
    } else if (isForbidden(key)) {
      return undefined
    }
    if (handle.kind === 'array') {
      const method: unknown = Reflect.get(Array.prototype, key, receiver)
      // Array methods run here, on the live proxy: their callbacks are local and nothing is copied.
      if (typeof method === 'function') return method
    }
    if (handle.kind === 'function' && (key === 'call' || key === 'apply' || key === 'bind')) {
      return Reflect.get(Function.prototype, key)
    }
    const value = perform(this, Operation.get, [key], undefined, Flag.live)
    // What every object inherits works here, by the traps; what its class has in its place is the owner's.
    if (value === undefined && typeof key === 'string' && key in Object.prototype) {
      return Reflect.get(handle.kind === 'function' ? Function.prototype : Object.prototype, key)
    }
    const found = typeof value === 'function' ? standInOf(value)?.handle : undefined
    if (found instanceof Import) {
      found.key = key
      if (found.stays && typeof value === 'function') {
        handle.methods ??= new Map()
        handle.methods.set(key, value)
      }
    }
    return value
  }

  set(_target: unknown, key: PropertyKey, value: unknown): boolean {
    this.handle.methods?.delete(key)
    perform(this, Operation.set, [key], [value])
    return true
  }

  has(_target: unknown, key: PropertyKey): boolean {
    if (isForbidden(key)) return false
    return hasRemote(this, key)
  }

  deleteProperty(_target: unknown, key: PropertyKey): boolean {
    this.handle.methods?.delete(key)
    return perform(this, Operation.deleteProperty, [key], undefined) === true
  }

  ownKeys(): (string | symbol)[] {
    const keys = perform(this, Operation.ownKeys, NO_PATH, undefined)
    if (!Array.isArray(keys)) throw new TypeError('the owner gave no list of keys')
    return keys as (string | symbol)[] // the engine checks each of them
  }

  getOwnPropertyDescriptor(target: object, key: PropertyKey): PropertyDescriptor | undefined {
    const found = perform(this, Operation.getOwnPropertyDescriptor, [key], undefined, Flag.live)
    if (found === undefined || found === null || typeof found !== 'object') return undefined
    const fixed = Object.getOwnPropertyDescriptor(target, key)
    // A property that the target does not fix is reported as configurable, as the language demands of a proxy.
    if (fixed?.configurable === false) return { ...found, configurable: false, writable: true }
    return { ...found, configurable: true }
  }

  defineProperty(_target: unknown, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    this.handle.methods?.delete(key)
    return perform(this, Operation.defineProperty, [key], [descriptor]) === true
  }

  getPrototypeOf(): object | null {
    return prototypeNamed(perform(this, Operation.getPrototypeOf, NO_PATH, undefined))
  }

  setPrototypeOf(): boolean {
    return false
  }

  isExtensible(target: object): boolean {
    return Reflect.isExtensible(target)
  }

  preventExtensions(): never {
    throw new TypeError(`${describeStandIn(this)} cannot be made not extensible through a proxy`)
  }

  apply(_target: unknown, self: unknown, args: unknown[]): unknown {
    const { handle } = this
    const owner = standInOf(self)
    if (
      handle.key !== undefined &&
      owner?.handle instanceof Import &&
      owner.handle.session === handle.session
    ) {
      const path = [...owner.path, handle.key]
      return owner.handle.session.requestSync(
        Operation.call,
        owner.handle,
        path,
        args,
        0,
        owner.options,
      )
    }
    return perform(this, Operation.call, NO_PATH, args)
  }

  construct(_target: unknown, args: unknown[]): object {
    return perform(this, Operation.construct, NO_PATH, args) as object // constructing gives a reference
  }
}

function hasRemote(standIn: SyncTraps, key: PropertyKey): boolean {
  return perform(standIn, Operation.has, [key], undefined) === true
}

const PROTOTYPES = new Map<unknown, object | null>([
  [null, null],
  ...[Object, Array, Map, Set, Date, RegExp, Promise, Error, ArrayBuffer, Function].map(
    (Class): [string, object] => [Class.name, Class.prototype as object],
  ),
])

/** The prototype of a built-in class by name; the owner's own classes look like plain objects. */
export function prototypeNamed(name: unknown): object | null {
  const found = PROTOTYPES.get(name)
  return found === undefined ? Object.prototype : found
}

/** The blocking proxy of what another proxy stands for. */
export function syncFrom(value: object): object {
  const standIn = standInOf(value)
  if (standIn === undefined) throw new TypeError('sync() takes a proxy of another context')
  if (standIn.flavour === 'sync') return value
  const { handle, path } = standIn
  if (!handle.session.blocks) {
    throw new WouldBlockError(
      describeStandIn(standIn),
      'its transport cannot block this thread. Use it as a Remote.',
    )
  }
  if (!(handle instanceof Import)) {
    throw new TypeError('sync() takes a proxy whose object is here: await the result first')
  }
  if (handle.released) throw new ReleasedError(describeStandIn(standIn))
  if (path.length === 0) return syncOf(handle)
  const found = handle.session.requestSync(Operation.get, handle, path, undefined, Flag.live)
  if (typeof found === 'object' && found !== null) return found
  if (typeof found === 'function') return found
  throw new TypeError(
    `${describeStandIn(standIn)} is not an object but ${typeof found}: read it with await`,
  )
}
