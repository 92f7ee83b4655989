/**
 * The blocking proxy: every trap is one crossing, and the answer is here when it returns.
 *
 * Objects that are reached through it stay with their owner (the proxy is live); what a call returns is a
 * copy, as everywhere. A function is called with the object it was read from as its `this`, so methods run at home.
 */
import { isForbidden } from './access.ts'
import { prototypeNamed } from './built-in.ts'
import type { CallParticulars } from './call-options.ts'
import { NotShareableError, ReleasedError, WouldBlockError } from './errors.ts'
import { refuseToExtend } from './extending.ts'
import { Import } from './handle.ts'
import { describeStandIn, INSPECT } from './inspection.ts'
import { markOf } from './marks.ts'
import { Flag, Operation } from './protocol.ts'
import { releaseStandIn } from './release.ts'
import { closeShadow, createShadow, isHidden, noteKeys, noteProperty } from './shadow.ts'
import { keepStandIn, type StandIn, stampStandIn, standInOf } from './stand-in.ts'

const NO_PATH: readonly PropertyKey[] = Object.freeze([])

/** The blocking proxy of an object of the peer; the same one while it is held. */
export function syncOf(imported: Import): object {
  imported.sync ??= newSync(imported, undefined, keepStandIn)
  return imported.sync
}

/** A blocking proxy of an import; with options of its own it is not the one that others hold. */
export function createSync(handle: Import, options?: CallParticulars): object {
  return newSync(handle, options, stampStandIn)
}

function newSync(
  handle: Import,
  options: CallParticulars | undefined,
  makeKnown: (proxy: object, standIn: StandIn) => void,
): object {
  const traps = new SyncTraps(handle, options)
  const proxy = new Proxy(createShadow(handle.kind), traps)
  makeKnown(proxy, traps)
  return proxy
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
  readonly options: CallParticulars | undefined

  constructor(handle: Import, options: CallParticulars | undefined) {
    this.handle = handle
    this.options = options
  }

  get path(): readonly PropertyKey[] {
    return NO_PATH
  }

  get flavour(): 'sync' {
    return 'sync'
  }

  get(shadow: object, key: PropertyKey, receiver: unknown): unknown {
    const { handle } = this
    const known = handle.methods?.get(key)
    if (known !== undefined) return known
    if (typeof key === 'symbol') {
      if (key === INSPECT) return () => describeStandIn(this)
      if (isHidden(key)) return undefined
      if (key === Symbol.hasInstance && handle.kind === 'function' && !isFixed(shadow, key))
        return (value: unknown) => isInstance(this, value)
      if ((key === Symbol.dispose || key === Symbol.asyncDispose) && !isFixed(shadow, key))
        return disposer(this, key)
    } else if (key === 'toJSON') {
      if (!isFixed(shadow, key)) return (name: unknown) => jsonForm(this, name)
    } else if (isForbidden(key)) {
      // A class that could not even be named in `extends` would fail before it says why it cannot be extended.
      return key === 'prototype' && handle.kind === 'function' ? null : undefined
    }
    if (handle.kind === 'array' && handle.label === 'Array' && !isFixed(shadow, key)) {
      const method: unknown = Reflect.get(Array.prototype, key, receiver)
      // Array methods run here, on the live proxy: their callbacks are local and nothing is copied.
      if (typeof method === 'function') return method
    }
    const value = perform(this, Operation.get, [key], undefined, Flag.live)
    if (value === undefined) return this.#inherited(key)
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

  /** What every object of the kind inherits works here, by the traps, unless the owner's has it otherwise. */
  #inherited(key: PropertyKey): unknown {
    const { kind } = this.handle
    const above = PROTOTYPE_OF[kind]
    if (kind === 'array') {
      const method: unknown = Reflect.get(above, key)
      if (typeof method === 'function') return method
    }
    if (!(key in above) || hasRemote(this, key) || !this.#inherits()) return undefined
    return Reflect.get(above, key)
  }

  /** Has its owner's object any prototype? */
  #inherits(): boolean {
    return perform(this, Operation.getPrototypeOf, NO_PATH, undefined) !== null
  }

  set(_shadow: unknown, key: PropertyKey, value: unknown, receiver: unknown): boolean {
    if (standInOf(receiver)?.handle !== this.handle) return setOnHeir(this, key, value, receiver)
    this.handle.methods?.delete(key)
    return perform(this, Operation.set, [key], [value]) === true
  }

  has(shadow: object, key: PropertyKey): boolean {
    if (isHidden(key)) return false
    if (hasRemote(this, key)) return true
    noteProperty(shadow, key, undefined)
    return key in PROTOTYPE_OF[this.handle.kind] && this.#inherits()
  }

  deleteProperty(shadow: object, key: PropertyKey): boolean {
    if (typeof key === 'symbol' && isHidden(key)) return true
    this.handle.methods?.delete(key)
    if (perform(this, Operation.deleteProperty, [key], undefined) !== true) return false
    noteProperty(shadow, key, undefined)
    return true
  }

  ownKeys(shadow: object): (string | symbol)[] {
    return noteKeys(shadow, perform(this, Operation.ownKeys, NO_PATH, undefined))
  }

  getOwnPropertyDescriptor(shadow: object, key: PropertyKey): PropertyDescriptor | undefined {
    if (isHidden(key)) return undefined
    const { handle } = this
    const path = [key]
    const said = perform(this, Operation.getOwnPropertyDescriptor, path, undefined, Flag.live)
    const property = noteProperty(shadow, key, said)
    // What is fixed is that method's place no more.
    if (property?.configurable === false) handle.methods?.delete(key)
    return property
  }

  defineProperty(shadow: object, key: PropertyKey, descriptor: PropertyDescriptor): boolean {
    const fixed = Object.getOwnPropertyDescriptor(shadow, key)?.configurable === false
    const fixes = descriptor.configurable === false || (fixed && descriptor.writable === false)
    if (fixes && descriptor.writable !== true && 'value' in descriptor)
      refuseToFix(descriptor.value, key === 'length' && this.handle.kind === 'array')
    this.handle.methods?.delete(key)
    if (perform(this, Operation.defineProperty, [key], [descriptor]) !== true) return false
    // The language lets a proxy say that a property was fixed when that of its target is.
    if (fixes) this.getOwnPropertyDescriptor(shadow, key)
    return true
  }

  getPrototypeOf(shadow: object): object | null {
    const name = perform(this, Operation.getPrototypeOf, NO_PATH, undefined)
    return Reflect.isExtensible(shadow) ? prototypeNamed(name) : Reflect.getPrototypeOf(shadow)
  }

  setPrototypeOf(shadow: object, prototype: object | null): boolean {
    return prototype === this.getPrototypeOf(shadow)
  }

  isExtensible(shadow: object): boolean {
    if (perform(this, Operation.isExtensible, NO_PATH, undefined) === true) return true
    this.#close(shadow)
    return false
  }

  preventExtensions(shadow: object): boolean {
    if (perform(this, Operation.preventExtensions, NO_PATH, undefined) !== true) return false
    this.#close(shadow)
    return true
  }

  #close(shadow: object): void {
    if (Reflect.isExtensible(shadow))
      closeShadow(shadow, this.ownKeys(shadow), this.getPrototypeOf(shadow))
  }

  apply(_shadow: unknown, self: unknown, args: unknown[]): unknown {
    const { handle } = this
    const owner = standInOf(self)
    if (
      !(owner?.handle instanceof Import) ||
      owner.handle.session !== handle.session ||
      owner.path.length > 0
    )
      return perform(this, Operation.call, NO_PATH, args)
    const { handle: holder, options } = owner
    const { key } = handle
    const { session } = holder
    // By its name where that still leads to this function, which is the shorter way to say it.
    if (key !== undefined && holder.methods?.get(key) === handle.sync)
      return session.requestSync(Operation.call, holder, [key], args, 0, options)
    const asMethod = [handle.sync, ...args]
    return session.requestSync(Operation.call, holder, NO_PATH, asMethod, Flag.live, options)
  }

  construct(_shadow: unknown, args: unknown[], newTarget: unknown): object {
    if (standInOf(newTarget)?.handle !== this.handle) refuseToExtend(this)
    return perform(this, Operation.construct, NO_PATH, args) as object // constructing gives a reference
  }
}

/** Objects of each kind inherit from these, whatever else. */
const PROTOTYPE_OF: Readonly<Record<Import['kind'], object>> = {
  object: Object.prototype,
  array: Array.prototype,
  function: Function.prototype,
}

function isFixed(shadow: object, key: PropertyKey): boolean {
  return Object.hasOwn(shadow, key)
}

function hasRemote(standIn: SyncTraps, key: PropertyKey): boolean {
  return perform(standIn, Operation.has, [key], undefined) === true
}

/**
 * What `using` calls: the disposer of the owner's object, or what gives the reference up. A function of this context either way, for
 * V8's `using` takes no proxy of one.
 */
function disposer(standIn: SyncTraps, key: symbol): (() => unknown) | undefined {
  if (hasRemote(standIn, key)) return () => perform(standIn, Operation.call, [key], [])
  return key === Symbol.dispose ? () => releaseStandIn(standIn) : undefined
}

/** What `JSON.stringify` asks a blocking proxy for: all of it in one crossing, with every `toJSON` called at home. */
function jsonForm(standIn: SyncTraps, key: unknown): unknown {
  const name = typeof key === 'string' ? key : ''
  return perform(standIn, Operation.call, ['toJSON'], [name], Flag.live)
}

/** `value instanceof Class`. What is no object of the owner's is an instance only where the class itself says so. */
function isInstance(Class: SyncTraps, value: unknown): boolean {
  const isTheirs = standInOf(value)?.handle.session === Class.handle.session
  if (!isTheirs && !hasRemote(Class, Symbol.hasInstance)) return false
  return Boolean(perform(Class, Operation.call, [Symbol.hasInstance], [value]))
}

/**
 * A local object has a proxy as its prototype and is written to. As for any object, a setter runs (at home, where it belongs to
 * the owner's object), and anything else becomes a property of the local one.
 */
function setOnHeir(
  standIn: SyncTraps,
  key: PropertyKey,
  value: unknown,
  receiver: unknown,
): boolean {
  const taken = isHidden(key) ? null : perform(standIn, Operation.set, [key], [value], Flag.live)
  if (taken !== null) return taken === true
  if ((typeof receiver !== 'object' && typeof receiver !== 'function') || receiver === null)
    return false
  const local = Reflect.getOwnPropertyDescriptor(receiver, key)
  if (local === undefined) {
    const property = { value, writable: true, enumerable: true, configurable: true }
    return Reflect.defineProperty(receiver, key, property)
  }
  return local.writable === true && Reflect.defineProperty(receiver, key, { value })
}

/**
 * A property that is fixed keeps its value, and the language compares that with what it was given. A copy of it, or the number that
 * the length of an array becomes, is something else.
 * @throws {NotShareableError} for a value that would be copied.
 * @throws {TypeError} for the length of an array that is no number.
 */
function refuseToFix(value: unknown, isLength: boolean): void {
  if (isLength && (typeof value !== 'number' || Object.is(value, -0)))
    throw new TypeError('the length of an array is fixed to a number')
  if (typeof value !== 'object' || value === null) return
  if (standInOf(value)?.flavour === 'sync' || markOf(value)?.kind === 'reference') return
  throw new NotShareableError(
    'a property cannot be fixed to an object that its owner would get a copy of. Assign it first and fix the property then, or mark it with proxy().',
    'arguments[0].value',
  )
}

/** The blocking proxy of what another proxy stands for. */
export function syncFrom(value: object): object {
  const standIn = standInOf(value)
  if (standIn === undefined) throw new TypeError('sync() takes a proxy of another context')
  if (standIn.flavour === 'sync') return value
  const { handle, path, options } = standIn
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
  if (path.length === 0) return options === undefined ? syncOf(handle) : createSync(handle, options)
  const { session } = handle
  const found = session.requestSync(Operation.get, handle, path, undefined, Flag.live, options)
  if (typeof found === 'object' && found !== null) return found
  if (typeof found === 'function') return found
  throw new TypeError(
    `${describeStandIn(standIn)} is not an object but ${typeof found}: read it with await`,
  )
}
