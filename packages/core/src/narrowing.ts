/**
 * What an owner lets peers have of one object, less than all of it: some of its names, some of its methods, its methods behind
 * validators. What is left out does not exist for a peer, by whatever operation it asks; `access.ts` asks here each time.
 *
 * A narrowing belongs to one object and goes no deeper: what a property leads to is another object, with a narrowing of its own
 * if it has one.
 */
import { refuseOption } from './errors.ts'
import { classNameOf } from './pass-style.ts'
import { type Checks, checkedMethod, checksFrom, type MethodName, type Schema } from './schema.ts'
import type { AnyClass, AnyFunction } from './types/pass-kind.ts'

/** How the owner of an object narrows what peers have of it. */
export interface NarrowingOptions<T = object> {
  /** The names that exist for peers, own or of a class. Nothing else does. Default: all that `access.ts` lets pass. */
  readonly only?: readonly (keyof T)[]
  /**
   * The functions that exist for peers. No other function does; what is no function stays, unless `only` leaves it out. Every name here must be
   * in `only` if there is one.
   */
  readonly methods?: readonly MethodName<T>[]
  /** Validators of what methods take and give; a method that is not named is not checked. */
  readonly schema?: Schema<T>
}

/** What peers have of an object, as the operations of `access.ts` ask for it. */
export interface Narrowing {
  /** May there be a property of that name for a peer? */
  admits(key: PropertyKey): boolean
  /** Is a property that the object has there for a peer? */
  shows(key: PropertyKey, property: PropertyDescriptor): boolean
  /** What a peer gets of the value of a property: `undefined` where there is nothing for it. */
  show(key: PropertyKey, value: unknown): unknown
  /** What is called when a peer calls, or constructs, the object itself. */
  callable<F extends AnyFunction | AnyClass>(target: F): F
  /** May a peer write only what is there for it already? */
  readonly isClosed: boolean
  /** Did the owner name this method as one that peers may call? */
  names(key: PropertyKey): boolean
}

const NARROWED = new WeakMap<object, Narrowing>()

/** Is any object narrowed for every peer? Until then no operation looks for it. */
const state = { any: false }

/** Is any object of this heap narrowed for every peer? */
export function hasNarrowed(): boolean {
  return state.any
}

/** How `proxy()` has narrowed an object, for every peer. */
export function narrowingOf(target: object): Narrowing | undefined {
  return state.any ? NARROWED.get(target) : undefined
}

/** Narrows an object for every peer, from now on. */
export function narrow(target: object, narrowing: Narrowing): void {
  state.any = true
  NARROWED.set(target, narrowing)
}

/**
 * The narrowing that options ask for; `undefined` when they ask for none.
 * @param forbidden tells the names that no peer has in any case.
 * @throws {TypeError} when an option is wrong, or names what it cannot be about.
 */
export function narrowingFrom(
  target: object,
  { only, methods, schema }: { readonly [Option in keyof NarrowingOptions]?: unknown },
  forbidden: (key: PropertyKey) => boolean,
): Narrowing | undefined {
  if (only === undefined && methods === undefined && schema === undefined) return undefined
  const names = only === undefined ? undefined : namesFrom('only', only, forbidden)
  const called = methods === undefined ? undefined : namesFrom('methods', methods, forbidden)
  for (const key of called ?? []) {
    if (names?.has(key) === false) refuseOption('methods', 'names that are in "only"', key)
  }
  const isShown = (key: PropertyKey): boolean =>
    !forbidden(key) && names?.has(key) !== false && called?.has(key) !== false
  const { own, checks } =
    schema === undefined
      ? { own: undefined, checks: undefined }
      : schemaFrom(target, schema, isShown)
  return new NamedParts(names, called, checks, own)
}

/** Two narrowings of one object at once: what either leaves out is left out. */
export function bothOf(outer: Narrowing, inner: Narrowing): Narrowing {
  return {
    admits: (key) => outer.admits(key) && inner.admits(key),
    shows: (key, property) => outer.shows(key, property) && inner.shows(key, property),
    show: (key, value) => outer.show(key, inner.show(key, value)),
    callable: (target) => outer.callable(inner.callable(target)),
    isClosed: outer.isClosed || inner.isClosed,
    names: (key) => outer.names(key) || inner.names(key),
  }
}

class NamedParts implements Narrowing {
  readonly #only: ReadonlySet<PropertyKey> | undefined
  readonly #methods: ReadonlySet<PropertyKey> | undefined
  readonly #checks: ReadonlyMap<PropertyKey, Checks> | undefined
  readonly #own: Checks | undefined
  /** The checked forms of functions, one for each name they are found under: identity is kept. */
  readonly #checked = new WeakMap<object, Map<PropertyKey | undefined, AnyFunction | AnyClass>>()

  constructor(
    only: ReadonlySet<PropertyKey> | undefined,
    methods: ReadonlySet<PropertyKey> | undefined,
    checks: ReadonlyMap<PropertyKey, Checks> | undefined,
    own: Checks | undefined,
  ) {
    this.#only = only
    this.#methods = methods
    this.#checks = checks
    this.#own = own
  }

  get isClosed(): boolean {
    return this.#methods !== undefined
  }

  names(key: PropertyKey): boolean {
    return this.#methods?.has(nameOf(key)) === true
  }

  admits(key: PropertyKey): boolean {
    return this.#only === undefined || this.#only.has(nameOf(key))
  }

  shows(key: PropertyKey, { value }: PropertyDescriptor): boolean {
    return this.admits(key) && (typeof value !== 'function' || this.#hasMethod(key))
  }

  show(key: PropertyKey, value: unknown): unknown {
    if (!isFunction(value)) return value
    if (!this.#hasMethod(key)) return undefined
    const checks = this.#checks?.get(nameOf(key))
    return checks === undefined
      ? value
      : this.#checkedForm(value, nameOf(key), describe(key), checks)
  }

  callable<F extends AnyFunction | AnyClass>(target: F): F {
    if (this.#own === undefined) return target
    return this.#checkedForm(target, undefined, classNameOf(target), this.#own) as F // a proxy of it
  }

  #hasMethod(key: PropertyKey): boolean {
    return this.#methods === undefined || this.#methods.has(nameOf(key))
  }

  #checkedForm(
    fn: AnyFunction | AnyClass,
    key: PropertyKey | undefined,
    name: string,
    checks: Checks,
  ): AnyFunction | AnyClass {
    let forms = this.#checked.get(fn)
    if (forms === undefined) {
      forms = new Map()
      this.#checked.set(fn, forms)
    }
    let form = forms.get(key)
    if (form === undefined) {
      form = checkedMethod(fn, name, checks)
      // What the function's own owner says of it holds for the form that peers have of it.
      const own = NARROWED.get(fn)
      if (own !== undefined) NARROWED.set(form, own)
      forms.set(key, form)
    }
    return form
  }
}

function isFunction(value: unknown): value is AnyFunction {
  return typeof value === 'function'
}

/** A key as it names a property: an index is its digits. */
function nameOf(key: PropertyKey): string | symbol {
  return typeof key === 'number' ? String(key) : key
}

function describe(key: PropertyKey): string {
  return typeof key === 'symbol' ? String(key) : JSON.stringify(String(key))
}

function namesFrom(
  option: 'only' | 'methods',
  given: unknown,
  forbidden: (key: PropertyKey) => boolean,
): ReadonlySet<PropertyKey> {
  const names = new Set<PropertyKey>()
  if (!Array.isArray(given)) refuseOption(option, 'a list of names', given)
  for (const key of given as readonly unknown[]) {
    if (typeof key !== 'string' && typeof key !== 'symbol' && typeof key !== 'number')
      refuseOption(option, 'a list of names', given)
    if (forbidden(key)) refuseOption(option, 'names that peers may have', key)
    names.add(nameOf(key))
  }
  return names
}

function schemaFrom(
  target: object,
  schema: unknown,
  isShown: (key: PropertyKey) => boolean,
): { own: Checks | undefined; checks: ReadonlyMap<PropertyKey, Checks> } {
  if (typeof schema !== 'object' || schema === null)
    refuseOption('schema', 'an object of method names and validators', schema)
  const checks = new Map<PropertyKey, Checks>()
  const ofItself = typeof target === 'function' && ('args' in schema || 'result' in schema)
  for (const key of Reflect.ownKeys(schema)) {
    if (ofItself && (key === 'args' || key === 'result')) continue
    const name = typeof key === 'symbol' ? `schema[${String(key)}]` : `schema.${key}`
    // A name that is wrong would leave a method unchecked.
    if (!isShown(key) || !mayBeMethod(target, key))
      refuseOption('schema', `about methods that peers have of ${classNameOf(target)}`, key)
    checks.set(key, checksFrom(Reflect.get(schema, key), name))
  }
  return { own: ofItself ? checksFrom(schema, 'schema') : undefined, checks }
}

/** Is there a function of that name, or an accessor that may give one? No getter runs. */
function mayBeMethod(target: object, key: PropertyKey): boolean {
  let holder: object | null = target
  for (; holder !== null; holder = Object.getPrototypeOf(holder) as object | null) {
    const found = Object.getOwnPropertyDescriptor(holder, key)
    if (found !== undefined) return found.get !== undefined || typeof found.value === 'function'
  }
  return false
}
