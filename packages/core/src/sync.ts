/**
 * The blocking proxy: every trap is one crossing, and the answer is here when it returns.
 *
 * Objects that are reached through it stay with their owner (the proxy is live); what a call returns is a
 * copy, as everywhere. A function is called with the object it was read from as its `this`, so methods run at home.
 */
import { isForbidden } from './access.ts'
import { ReleasedError, WouldBlockError } from './errors.ts'
import { Import, STAND_IN, type StandIn, standInOf } from './handle.ts'
import { describeStandIn, INSPECT, inspectable } from './inspection.ts'
import { markStandIn } from './marks.ts'
import { Flag, Operation } from './protocol.ts'
import { releaseStandIn } from './release.ts'

type SyncStandIn = StandIn & { readonly handle: Import }

interface SyncTarget {
  readonly [STAND_IN]: SyncStandIn
}

const NO_PATH: readonly PropertyKey[] = Object.freeze([])

/** The blocking proxy of an object of the peer; the same one while it is held. */
export function syncOf(imported: Import): object {
  imported.sync ??= createSync(imported)
  return imported.sync
}

function createSync(handle: Import): object {
  const standIn: SyncStandIn = { handle, path: NO_PATH, flavour: 'sync' }
  const proxy = new Proxy(targetFor(handle, standIn), HANDLER)
  markStandIn(proxy, standIn)
  return proxy
}

/** An object of the same kind as the owner's, so that `typeof` and `Array.isArray` are right. */
function targetFor(handle: Import, standIn: SyncStandIn): SyncTarget {
  switch (handle.kind) {
    case 'function': {
      // Bound, so that it can be constructed and has no property that a trap must report.
      const target = Object.assign(blank.bind(undefined), { [STAND_IN]: standIn })
      return Object.setPrototypeOf(target, inspectable) as typeof target
    }
    case 'array': {
      const target = Object.assign([], { [STAND_IN]: standIn })
      Object.defineProperty(target, INSPECT, {
        value: () => describeStandIn(standIn),
        configurable: true,
      })
      return target
    }
    case 'object':
      return Object.assign(Object.create(inspectable) as object, { [STAND_IN]: standIn })
  }
}

function blank(): void {}

function perform(
  standIn: SyncStandIn,
  operation: Operation,
  path: readonly PropertyKey[],
  args: unknown,
  flags = 0,
): unknown {
  const { handle } = standIn
  if (handle.released) throw new ReleasedError(describeStandIn(standIn))
  return handle.session.requestSync(operation, handle, path, args, flags)
}

/** Shared by all proxies; the state is in each one's target. Hot path, guarded by `bench/`, row `isolate sync`. */
const HANDLER: ProxyHandler<SyncTarget> = {
  get(target, key, receiver) {
    const standIn = target[STAND_IN]
    const { handle } = standIn
    const known = handle.methods.get(key)
    if (known !== undefined) return known
    if (typeof key === 'symbol') {
      if (key === INSPECT) return () => describeStandIn(standIn)
      if (key === Symbol.dispose && !hasRemote(standIn, key)) return () => releaseStandIn(standIn)
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
    const value = perform(standIn, Operation.get, [key], undefined, Flag.live)
    const found = typeof value === 'function' ? standInOf(value)?.handle : undefined
    if (found instanceof Import) {
      found.key = key
      if (found.stays && typeof value === 'function') handle.methods.set(key, value)
    }
    return value
  },

  set(target, key, value: unknown) {
    const standIn = target[STAND_IN]
    standIn.handle.methods.delete(key)
    perform(standIn, Operation.set, [key], [value])
    return true
  },

  has(target, key) {
    if (isForbidden(key)) return false
    return hasRemote(target[STAND_IN], key)
  },

  deleteProperty(target, key) {
    const standIn = target[STAND_IN]
    standIn.handle.methods.delete(key)
    return perform(standIn, Operation.deleteProperty, [key], undefined) === true
  },

  ownKeys(target) {
    const keys = perform(target[STAND_IN], Operation.ownKeys, NO_PATH, undefined)
    if (!Array.isArray(keys)) throw new TypeError('the owner gave no list of keys')
    return keys as (string | symbol)[] // the engine checks each of them
  },

  getOwnPropertyDescriptor(target, key) {
    const found = perform(
      target[STAND_IN],
      Operation.getOwnPropertyDescriptor,
      [key],
      undefined,
      Flag.live,
    )
    if (found === undefined || found === null || typeof found !== 'object') return undefined
    const fixed = Object.getOwnPropertyDescriptor(target, key)
    // A property that the target does not fix is reported as configurable, as the language demands of a proxy.
    if (fixed?.configurable === false) return { ...found, configurable: false, writable: true }
    return { ...found, configurable: true }
  },

  defineProperty(target, key, descriptor) {
    const standIn = target[STAND_IN]
    standIn.handle.methods.delete(key)
    return perform(standIn, Operation.defineProperty, [key], [descriptor]) === true
  },

  getPrototypeOf(target) {
    return prototypeNamed(perform(target[STAND_IN], Operation.getPrototypeOf, NO_PATH, undefined))
  },

  setPrototypeOf: () => false,
  isExtensible: (target) => Reflect.isExtensible(target),

  preventExtensions(target) {
    throw new TypeError(
      `${describeStandIn(target[STAND_IN])} cannot be made not extensible through a proxy`,
    )
  },

  apply(target, self: unknown, args: unknown[]) {
    const standIn = target[STAND_IN]
    const { handle } = standIn
    const owner = standInOf(self)
    if (
      handle.key !== undefined &&
      owner?.handle instanceof Import &&
      owner.handle.session === handle.session
    ) {
      const path = [...owner.path, handle.key]
      return owner.handle.session.requestSync(Operation.call, owner.handle, path, args)
    }
    return perform(standIn, Operation.call, NO_PATH, args)
  },

  construct(target, args: unknown[]) {
    return perform(target[STAND_IN], Operation.construct, NO_PATH, args) as object // constructing gives a reference
  },
}

function hasRemote(standIn: SyncStandIn, key: PropertyKey): boolean {
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
