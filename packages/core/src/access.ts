/**
 * What a peer may touch: the one place that decides, for every operation and every transport.
 *
 * A peer reaches the own properties of what it was given and what that object's classes define, up to
 * but never including `Object.prototype` and `Function.prototype`, less what a {@link Narrowing} of the object leaves out. A name on the
 * list below does not exist for it at all. `writing.ts` decides what it may change, `calling.ts` on what it may call a function. What is refused here is caught by `test/conformance/cases/access.ts` and `narrowing.ts`.
 */
import { AccessDeniedError } from './errors.ts'
import { bothOf, hasNarrowed, type Narrowing, narrowingOf } from './narrowing.ts'
import { isEvaluator } from './pass-style.ts'
import type { PeerPolicy } from './policy.ts'
import { nameOfSymbol, Operation } from './protocol.ts'
import type { AnyClass, AnyFunction } from './types/pass-kind.ts'

/** Which of our objects a peer may change. */
export type Writes = 'open' | 'protected' | 'none'

/** What decides for one peer. */
export class Access {
  readonly writes: Writes
  /** `undefined` when the host has none, which is what each operation looks at first. */
  readonly policy: PeerPolicy | undefined
  readonly #hidesStacks: boolean
  readonly #root: object | undefined
  readonly #narrowing: Narrowing | undefined
  /** The root's two narrowings as one, and the second of them, which its owner may change. */
  #both: { readonly own: Narrowing; readonly narrowing: Narrowing } | undefined

  /**
   * @param hidesStacks are the stacks of our errors kept from this peer, also where it reads one that it holds?
   * @param root what `narrowing` is about, for this peer only
   */
  constructor(
    writes: Writes,
    policy?: PeerPolicy,
    hidesStacks = false,
    root?: object,
    narrowing?: Narrowing,
  ) {
    this.#hidesStacks = hidesStacks
    this.writes = writes
    this.policy = policy
    this.#root = narrowing === undefined ? undefined : root
    this.#narrowing = narrowing
  }

  /** What this peer has of an object; `undefined` when that is not narrowed. Hot path, guarded by `bench/`, row `isolate, sync`. */
  narrowingOf(target: object): Narrowing | undefined {
    const own = narrowingOf(target)
    if (this.#narrowing === undefined || !this.#isRoot(target)) return own
    if (own === undefined) return this.#narrowing
    if (this.#both?.own !== own) this.#both = { own, narrowing: bothOf(this.#narrowing, own) }
    return this.#both.narrowing
  }

  /** Is there no more to know of any object than what it is? Then this peer has all of each. */
  get isWhole(): boolean {
    return this.policy === undefined && this.#narrowing === undefined && !hasNarrowed()
  }

  #isRoot(target: object): boolean {
    return target === this.#root || (this.#root !== undefined && target === this.of(this.#root))
  }

  /** Is a property of an object kept from this peer because it would show files of ours? */
  hides(target: object, key: PropertyKey): boolean {
    return key === 'stack' && this.#hidesStacks && target instanceof Error
  }

  /** What stands for an object of ours towards this peer. */
  of<Value>(value: Value): Value {
    return this.policy === undefined ? value : this.policy.inPlaceOf(value)
  }

  /** What is called, or constructed, when this peer asks it of a function. */
  callable<F extends AnyFunction | AnyClass>(fn: F): F {
    return this.narrowingOf(fn)?.callable(fn) ?? fn
  }
}

/** Names that lead from an object to its class, its prototype, its caller, or into the engine's old accessors; and what only we call. */
const FORBIDDEN: ReadonlySet<PropertyKey> = new Set([
  'constructor',
  '__proto__',
  'prototype',
  'caller',
  'callee',
  'arguments',
  '__defineGetter__',
  '__defineSetter__',
  '__lookupGetter__',
  '__lookupSetter__',
  // What `holders.ts` calls on an object of ours.
  Symbol.for('farhold.released'),
])

/** True for a name that does not exist for a peer. */
export function isForbidden(key: PropertyKey): boolean {
  return FORBIDDEN.has(key)
}

/**
 * Keys that copied data may not carry: with them a careless merge on the other side changes a prototype.
 * `caller`, `callee` and `arguments` are harmless as data, and syntax trees have them.
 */
export function isForbiddenInData(key: string): boolean {
  return key === '__proto__' || key === 'constructor' || key === 'prototype'
}

const getPrototypeOf = Object.getPrototypeOf as (value: object) => object | null
const getOwnPropertyDescriptor = Object.getOwnPropertyDescriptor

/** True for `Object.prototype`, `Function.prototype` and their kin, of any realm. */
export function isRootPrototype(value: object): boolean {
  if (value === Object.prototype || value === Function.prototype) return true
  const above = getPrototypeOf(value)
  if (above === null) return Object.hasOwn(value, '__lookupGetter__')
  return typeof value === 'function' && Object.hasOwn(value, 'bind') && Object.hasOwn(value, 'call')
}

/** The next object up that a peer may see, or `null`. A function's classes are functions themselves. */
export function visibleAbove(value: object): object | null {
  const above = getPrototypeOf(value)
  if (above === null || isRootPrototype(above)) return null
  return typeof value === 'function' && typeof above !== 'function' ? null : above
}

/** The property a peer means by `key`, own or of a class; `undefined` when it has none. */
export function findProperty(target: object, key: PropertyKey): PropertyDescriptor | undefined {
  if (isRootPrototype(target)) return undefined
  for (let holder: object | null = target; holder !== null; holder = visibleAbove(holder)) {
    const found = getOwnPropertyDescriptor(holder, key)
    if (found !== undefined) return found
  }
  return undefined
}

/** An operation of a peer on one of our objects, as messages name it. */
export function asked(key: PropertyKey): string {
  return `property ${typeof key === 'symbol' ? String(key) : JSON.stringify(key)}`
}

export function refuseForbidden(key: PropertyKey): void {
  if (FORBIDDEN.has(key)) throw new AccessDeniedError(asked(key))
}

/**
 * Reads a property as a peer sees it: `undefined` where it has none.
 * @throws {AccessDeniedError} for a name that does not exist for peers, and for a value that evaluates text.
 */
export function readProperty(target: unknown, key: PropertyKey, access: Access): unknown {
  refuseForbidden(key)
  if (target === null || target === undefined) {
    throw new TypeError(`cannot read ${asked(key)} of ${target === null ? 'null' : 'undefined'}`)
  }
  const holder = Object(target) as object
  const narrowing = access.narrowingOf(holder)
  if (narrowing?.admits(key) === false || access.hides(holder, key)) return undefined
  const property = findProperty(holder, key)
  if (property === undefined) return undefined
  const value: unknown =
    'value' in property ? property.value : property.get && Reflect.apply(property.get, target, [])
  const shown = narrowing === undefined ? value : narrowing.show(key, value)
  if (isEvaluator(value) && shown !== undefined) throw new AccessDeniedError(asked(key))
  return shown
}

/** What a peer comes to from one of our objects by a path, which it names in the place of the object. Throws as {@link readProperty} does. */
export function readPath(target: unknown, path: readonly PropertyKey[], access: Access): unknown {
  let value = access.of(target)
  for (const [step, key] of path.entries()) {
    access.policy?.check(Operation.get, value, path.slice(0, step + 1), true)
    value = access.of(readProperty(value, key, access))
  }
  return value
}

/** Whether a peer sees a property of that name. */
export function hasProperty(target: object, key: PropertyKey, access: Access): boolean {
  if (FORBIDDEN.has(key) || access.hides(target, key)) return false
  const property = findProperty(target, key)
  if (property === undefined) return false
  return access.narrowingOf(target)?.shows(key, property) ?? true
}

/** Getters whose functions are narrowed, by the getters they stand for: identity is kept. */
const GETTERS = new WeakMap<Narrowing, Map<PropertyKey, { of: AnyFunction; shown: AnyFunction }>>()

export function shownGetter(narrowing: Narrowing, key: PropertyKey, get: AnyFunction): AnyFunction {
  const known = GETTERS.get(narrowing) ?? new Map<PropertyKey, never>()
  GETTERS.set(narrowing, known)
  const before = known.get(key)
  if (before?.of === get) return before.shown
  const shown = new Proxy(get, {
    apply: (getter, self, args) => narrowing.show(key, Reflect.apply(getter, self, args)),
  })
  known.set(key, { of: get, shown })
  return shown
}

/** The own keys that a peer could name. */
export function namedKeys(target: object): PropertyKey[] {
  return Reflect.ownKeys(target).filter(
    (key) => !FORBIDDEN.has(key) && (typeof key === 'string' || nameOfSymbol(key) !== undefined),
  )
}

/** The own keys a peer sees: none of the forbidden ones, and no symbol that it could not name. */
export function visibleKeys(target: object, access: Access): PropertyKey[] {
  const keys = namedKeys(target).filter((key) => !access.hides(target, key))
  const narrowing = access.narrowingOf(target)
  if (narrowing === undefined) return keys
  return keys.filter((key) => {
    const property = getOwnPropertyDescriptor(target, key)
    return property !== undefined && narrowing.shows(key, property)
  })
}

/** The own property descriptor a peer sees. @throws {AccessDeniedError} when its value evaluates text. */
export function visibleDescriptor(
  target: object,
  key: PropertyKey,
  access: Access,
): PropertyDescriptor | undefined {
  if (FORBIDDEN.has(key) || access.hides(target, key)) return undefined
  const found = getOwnPropertyDescriptor(target, key)
  if (found === undefined) return undefined
  const narrowing = access.narrowingOf(target)
  if (narrowing?.shows(key, found) === false) return undefined
  if (isEvaluator(found.value)) throw new AccessDeniedError(asked(key))
  if (narrowing === undefined) return found
  if (found.get !== undefined) return { ...found, get: shownGetter(narrowing, key, found.get) }
  return 'value' in found ? { ...found, value: narrowing.show(key, found.value) } : found
}

/**
 * The data of a narrowed object, as a copy of it may show it: an object of the same class that has only what the peer sees.
 * Getters run. Throws as {@link readProperty} does.
 */
export function visibleData(target: object, access: Access): object {
  const data: object = Array.isArray(target)
    ? []
    : (Object.create(getPrototypeOf(target)) as object)
  for (const key of visibleKeys(target, access)) {
    const { enumerable } = getOwnPropertyDescriptor(target, key) ?? {}
    if (enumerable !== true && key !== 'length') continue
    const value = readProperty(target, key, access)
    Reflect.defineProperty(data, key, {
      value,
      writable: true,
      enumerable: enumerable === true,
      configurable: key !== 'length',
    })
  }
  return data
}
