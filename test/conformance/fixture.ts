/**
 * What the conformance suite exposes: an ordinary module, portable like the cases, whose exports the other context
 * uses. Everything that changes is made anew for whoever asks, because one context may serve the whole suite.
 */
import { proxy, sync as syncOf } from '@farhold/core'
import { differenceOf, show } from './assert.ts'
import { Money, Route, Temperature } from './registered.ts'
import { money, platformClass, samples } from './samples.ts'

export * from './channelled.ts'
export * from './guarded.ts'
export * from './lockable.ts'
export * from './stoppable.ts'
export * from './streaming.ts'
export * from './unchanging.ts'
export * from './viewable.ts'

// Data and paths -----------------------------------------------------------------------------------

export const answer = 42
export const nothing = undefined
export const minusZero = -0
export const nested = {
  a: {
    b: {
      c: 'deep',
      list: [1, 2, 3],
      double: (n: number) => n * 2,
      Inner: class Inner {
        value = 'inner'
      },
    },
  },
  empty: null,
}
export const frozen = Object.freeze({ a: 1, inner: Object.freeze({ b: 2 }) })
export const bySymbol = {
  [Symbol.for('farhold.test')]: 'registered',
  [Symbol.toStringTag]: 'Tagged',
  [Symbol('unique')]: 'hidden',
  plain: 'data',
}
export const withThen = { then: 'a name like any other', catch: 1, finally: 2 }

export const add = (a: number, b: number): number => a + b
export const echo = (value: unknown): unknown => value
export const count = (...values: readonly unknown[]): number => values.length
export const later = async (value: unknown): Promise<unknown> => value

/** Tells two contexts apart that share no globals; in one heap it is the same for both. */
export function kindOf(value: unknown): string {
  return typeof value
}

// Classes -----------------------------------------------------------------------------------------

export class Counter {
  static readonly unit = 'one'
  static limits = { most: 10 }
  static from(start: number): Counter {
    return proxy(new Counter(start))
  }

  /** A field of its own, beside the private one. */
  label = 'counter'
  #count: number

  constructor(start = 0) {
    if (start < 0) throw new RangeError('a counter starts at 0 or above')
    this.#count = start
  }

  get count(): number {
    return this.#count
  }

  set count(value: number) {
    if (!Number.isInteger(value)) throw new TypeError('a count is whole')
    this.#count = value
  }

  increment(by = 1): number {
    this.#count += by
    return this.#count
  }

  async incrementLater(by = 1): Promise<number> {
    await Promise.resolve()
    return this.increment(by)
  }

  /** `this`, as a chain returns it: an instance that cannot be copied. */
  plus(by: number): this {
    this.increment(by)
    return this
  }

  equals(other: Counter): boolean {
    return other.#count === this.#count
  }
}

export class NamedCounter extends Counter {
  readonly name: string

  constructor(name: string, start = 0) {
    super(start)
    this.name = name
  }

  override increment(by = 1): number {
    return super.increment(by * 10)
  }

  describe(): string {
    return `${this.name}: ${this.count}`
  }
}

export const makeCounter = (start = 0): Counter => proxy(new Counter(start))

/** An object to write to, with everything a property can be. */
export function makeBox() {
  const box = {
    value: 1 as unknown,
    inner: { value: 2 as unknown },
    list: ['a', 'b'],
    read(): unknown {
      return this.value
    },
    get twice(): number {
      return Number(this.value) * 2
    },
    set twice(value: number) {
      this.value = value / 2
    },
    get failing(): never {
      throw new RangeError('this getter fails')
    },
    set failing(_value: unknown) {
      throw new RangeError('this setter fails')
    },
  }
  Object.defineProperty(box, 'fixed', { value: 'fixed', enumerable: true })
  Object.defineProperty(box, 'hidden', { value: 'hidden', configurable: true, writable: true })
  Object.defineProperty(box, Symbol.for('box'), {
    value: 'symbol',
    configurable: true,
    writable: true,
  })
  Object.defineProperty(box, Symbol('unique'), { value: 'unique', configurable: true })
  return proxy(box)
}

export const makeFrozen = () => proxy(Object.freeze({ a: 1 }))
export const makeList = (items: readonly unknown[]): unknown[] => proxy([...items])
export const makeMap = (): Map<string, unknown> =>
  proxy(
    new Map<string, unknown>([
      ['a', 1],
      ['b', { c: 2 }],
    ]),
  )
export const makeSet = (): Set<unknown> => proxy(new Set<unknown>([1, 'two']))
export const makeDate = (): Date => proxy(new Date(0))

// A chain of instances that never leave ------------------------------------------------------------

class Profile {
  readonly user: User

  constructor(user: User) {
    this.user = user
  }

  get name(): string {
    return `user ${this.user.id}`
  }

  greet(greeting: string): string {
    return `${greeting}, ${this.name}`
  }
}

class User {
  readonly id: number
  readonly api: Api

  constructor(id: number, api: Api) {
    this.id = id
    this.api = api
  }

  profile(): Profile {
    this.api.calls.push(`profile ${this.id}`)
    return new Profile(this)
  }

  async profileLater(): Promise<Profile> {
    await Promise.resolve()
    return this.profile()
  }
}

/** Counts what was run, so that a case can tell once from twice. */
class Api {
  readonly calls: string[] = []

  user(id: number): User {
    this.calls.push(`user ${id}`)
    if (id < 0) throw new RangeError(`no user ${id}`)
    return new User(id, this)
  }

  isUser(value: unknown): boolean {
    return value instanceof User
  }

  total(order: { readonly users: readonly User[] }): number {
    return order.users.reduce((sum, user) => sum + user.id, 0)
  }

  note(text: string): string {
    this.calls.push(text)
    return text
  }

  data(): { value: number; list: number[] } {
    this.calls.push('data')
    return { value: 1, list: [1, 2] }
  }
}

export const makeApi = (): Api => proxy(new Api())

// Values ------------------------------------------------------------------------------------------

/** How a received value differs from the sample of that name: '' when it does not. */
export function receives(name: string, value: unknown): string {
  return differenceOf(value, sampleNamed(name), true) ?? ''
}

export const gives = (name: string): unknown => sampleNamed(name)

function sampleNamed(name: string): unknown {
  const make = samples[name]
  if (make === undefined) throw new RangeError(`there is no sample ${name}`)
  return make()
}

export const showReceived = (value: unknown): string => show(value)

/** What a view shows, and how much lies behind it. */
export function describeView(view: Uint8Array | DataView) {
  return {
    bytes: [...new Uint8Array(view.buffer, view.byteOffset, view.byteLength)],
    offset: view.byteOffset,
    behind: view.buffer.byteLength,
  }
}

export function partOfPool() {
  const pool = new Uint8Array(4096).fill(99)
  pool.set([1, 2, 3], 1024)
  return { view: pool.subarray(1024, 1027), data: new DataView(pool.buffer, 1025, 1) }
}

export const byteLengthOf = (buffer: ArrayBuffer): number => buffer.byteLength
export const giveBuffer = (): ArrayBuffer => new Uint8Array([1, 2, 3]).buffer
export const incrementShared = (buffer: SharedArrayBuffer): number =>
  Atomics.add(new Int32Array(buffer), 0, 1)
export const giveMoney = () => money()
export const receivesMoney = (value: unknown): string[] =>
  value instanceof Money ? [value.format(), ...Object.keys(value).sort()] : ['not money']
export const warmer = (value: unknown): unknown =>
  Temperature.is(value) ? new Temperature(value.kelvin + 1) : value
export const followRoute = async (route: unknown): Promise<unknown> => {
  if (!(route instanceof Route)) throw new TypeError('not a route')
  const choose = route.choose as (stops: readonly unknown[]) => unknown
  return choose(route.stops)
}
export const giveRoute = (): Route => new Route([new Money(1, 'EUR'), 'end'], (a: number) => a + 1)

/** Data in which something cannot cross. */
export class Invoice {
  total = 1
}
export const giveInvoice = (): Invoice => new Invoice()
export const giveInvoiceInside = () => ({ lines: [{}, { invoice: new Invoice() }] })
export const giveByKind = (kind: string): unknown => {
  if (kind === 'WeakMap') return { x: new WeakMap() }
  if (kind === 'symbol') return { x: [Symbol('mine')] }
  if (kind === 'Function') return { x: Function }
  return { x: Object(1) as unknown }
}

/** Own keys named `__proto__`, which only a parser makes, and the two other names. */
export const giveForbiddenKeys = (): unknown =>
  JSON.parse(
    '{"a": 1, "__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "prototype": 2, "in": {"__proto__": null, "b": 2}}',
  )

export function lookFor(value: unknown, key: string) {
  return {
    keys: typeof value === 'object' && value !== null ? Reflect.ownKeys(value).map(String) : [],
    plain:
      typeof value === 'object' &&
      value !== null &&
      Object.getPrototypeOf(value) === Object.prototype,
    onAnyObject: key in {},
    onAnyFunction: key in Function.prototype,
  }
}

// Identity ----------------------------------------------------------------------------------------

const home = { is: 'home' }
export const giveHome = (): unknown => proxy(home)
export const isHome = (value: unknown): boolean => value === home
export const areHome = (values: unknown): boolean =>
  Array.isArray(values) && values.length > 0 && values.every((value: unknown) => value === home)
export const homeInMap = (map: Map<unknown, unknown>): boolean =>
  map.get('home') === home && map.has(home)
export const same = (a: unknown, b: unknown): boolean => a === b
export const sameInside = (a: { readonly x: unknown }, b: readonly unknown[]): boolean =>
  a.x === b[0]
export const homeThrough = async (callback: (value: unknown) => unknown): Promise<boolean> =>
  (await callback(proxy(home))) === home

/** Keeps what it is given, as an owner of a callback does. */
export function makeKeeper() {
  let kept: unknown
  return proxy({
    keep(value: unknown): void {
      kept = value
    },
    give: (): unknown => kept,
    isSame: (value: unknown): boolean => kept === value,
    call: async (...args: readonly unknown[]): Promise<unknown> =>
      (kept as (...args: readonly unknown[]) => unknown)(...args),
  })
}

/** An object that knows when nobody else holds it. */
export function makeWatched() {
  let released = 0
  const watched = { name: 'watched' }
  return proxy({
    give: (): unknown => proxy(watched, { released: () => released++ }),
    released: (): number => released,
  })
}

// Callbacks ---------------------------------------------------------------------------------------

type Callback = (...args: readonly unknown[]) => unknown

export const callBack = async (callback: Callback, ...args: readonly unknown[]): Promise<unknown> =>
  callback(...args)
export const callMethod = async (
  holder: { readonly method: Callback },
  arg: unknown,
): Promise<unknown> => holder.method(arg)
export const callNested = async (order: {
  readonly steps: readonly { readonly run: Callback }[]
}): Promise<unknown[]> => Promise.all(order.steps.map(async ({ run }, index) => run(index)))
export const adder =
  (a: number) =>
  (b: number): number =>
    a + b
export const compose =
  (f: Callback, g: Callback) =>
  async (value: unknown): Promise<unknown> =>
    f(await g(value))
export const pingPong = async (
  n: number,
  other: (n: number, back: unknown) => unknown,
): Promise<unknown> => (n === 0 ? 'end' : other(n - 1, pingPong))
export const construct = async (
  Class: new (arg: unknown) => unknown,
  arg: unknown,
): Promise<unknown> => {
  const made = (await new Class(arg)) as { read(): unknown }
  return made.read()
}
export const readFrom = async (holder: { readonly value: unknown }): Promise<unknown> =>
  holder.value

/** Calls back while the caller is blocked in this call. */
export function callNow(callback: Callback, ...args: readonly unknown[]): unknown {
  const blocking = syncOf(callback as never) as unknown as Callback // a callback arrives as a proxy
  return blocking(...args)
}

// Live values -------------------------------------------------------------------------------------

export const givePromises = () => ({
  soon: Promise.resolve({ value: 1 }),
  list: [Promise.resolve('a'), later('b')],
  bad: Promise.reject(new RangeError('nested rejection')),
  twice: Array(2).fill(Promise.resolve('same')) as unknown,
})
export const awaitInside = async (data: {
  readonly wait: PromiseLike<unknown>
}): Promise<unknown> => data.wait
export const isNativePromise = (value: unknown): boolean => value instanceof Promise

/** A promise that is settled from outside. */
export function makeGate() {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  promise.catch(() => undefined)
  return proxy({
    wait: () => promise,
    inside: () => ({ promise }),
    open: (value: unknown): void => resolve(value),
    fail: (message: string): void => reject(new RangeError(message)),
  })
}

/** An iteration that says what happened to it. */
export function makeSource(length: number, failAt = -1) {
  const log = { made: 0, ended: '' }
  async function* items() {
    try {
      for (let n = 0; n < length; n++) {
        if (n === failAt) throw new RangeError(`item ${n} fails`)
        log.made++
        yield { n }
      }
      log.ended = 'finished'
      return 'all of them'
    } finally {
      log.ended ||= 'left'
    }
  }
  return proxy({ items, log: () => log })
}

export function* upTo(n: number): Generator<number, string> {
  for (let i = 1; i <= n; i++) yield i
  return 'done'
}
export async function* upToLater(n: number): AsyncGenerator<number> {
  for (let i = 1; i <= n; i++) {
    await Promise.resolve()
    yield i
  }
}
export const iterables = {
  list: [1, 2, 3],
  map: new Map([['a', 1]]),
  set: new Set(['x', 'y']),
  asynchronous: {
    async *[Symbol.asyncIterator]() {
      yield 'a'
      yield 'b'
    },
  },
  synchronous: {
    *[Symbol.iterator]() {
      yield 1
      yield 2
    },
  },
}
export async function* functionsAndProxies() {
  yield () => 'from a function'
  yield proxy({ value: 'from a proxy' })
}
export async function drain(items: AsyncIterable<unknown>): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const item of items) all.push(item)
  return all
}
export async function take(items: AsyncIterable<unknown>, n: number): Promise<unknown[]> {
  const all: unknown[] = []
  for await (const item of items) {
    all.push(item)
    if (all.length === n) break
  }
  return all
}
export const drainInside = (data: { readonly items: AsyncIterable<unknown> }): Promise<unknown[]> =>
  drain(data.items)

interface SignalLike {
  readonly aborted: boolean
  readonly reason: unknown
  addEventListener(type: 'abort', listener: () => void): void
}

/** Resolves with the reason when the signal is aborted. */
export const untilAborted = (signal: SignalLike): Promise<unknown> => {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  if (signal.aborted) resolve(signal.reason)
  else signal.addEventListener('abort', () => resolve(signal.reason))
  return promise
}
export const watchSignal = (signal: SignalLike) =>
  proxy({ aborted: () => signal.aborted, reason: () => signal.reason })
export const makeAbort = () => {
  const controller = new (platformClass('AbortController'))() as {
    signal: object
    abort(reason: unknown): void
  }
  return { signal: controller.signal, abort: (reason: unknown) => controller.abort(reason) }
}

interface StreamLike extends AsyncIterable<unknown> {
  getWriter(): { write(chunk: unknown): Promise<void>; close(): Promise<void> }
}

export const readStream = (stream: StreamLike): Promise<unknown[]> => drain(stream)
export const makeReadable = (length: number): object => {
  let n = 0
  return new (platformClass('ReadableStream'))({
    pull(controller: { enqueue(chunk: unknown): void; close(): void }) {
      if (n === length) controller.close()
      else controller.enqueue({ chunk: n++ })
    },
  })
}
export const writeTo = async (stream: StreamLike, chunks: readonly unknown[]): Promise<void> => {
  const writer = stream.getWriter()
  for (const chunk of chunks) await writer.write(chunk)
  await writer.close()
}
export const makeWritable = () => {
  const chunks: unknown[] = []
  const stream = new (platformClass('WritableStream'))({
    write: (chunk: unknown): void => void chunks.push(chunk),
    close: (): void => void chunks.push('closed'),
  })
  return { stream, chunks: () => chunks }
}

// Errors ------------------------------------------------------------------------------------------

export class CustomError extends TypeError {
  detail = { why: ['because', undefined] }
}

const ERRORS: Readonly<Record<string, () => unknown>> = {
  Error: () => new Error('of Error'),
  TypeError: () => new TypeError('of TypeError'),
  RangeError: () => new RangeError('of RangeError'),
  SyntaxError: () => new SyntaxError('of SyntaxError'),
  ReferenceError: () => new ReferenceError('of ReferenceError'),
  EvalError: () => new EvalError('of EvalError'),
  URIError: () => new URIError('of URIError'),
  AggregateError: () =>
    new AggregateError([new RangeError('first'), 'second'], 'of AggregateError'),
  SuppressedError: () =>
    new SuppressedError(new RangeError('second'), new TypeError('first'), 'of SuppressedError'),
  custom: () => new CustomError('of CustomError', { cause: { data: 1 } }),
  properties: () =>
    Object.assign(new Error('with more'), {
      code: 'E_MORE',
      errno: -2,
      list: [1, undefined],
      when: new Date(0),
    }),
  unshareable: () =>
    Object.assign(new Error('with a part that cannot cross'), {
      request: new WeakMap(),
      status: 500,
    }),
  causes: () => new Error('outer', { cause: new RangeError('middle', { cause: 'inner' }) }),
  'no cause': () => new Error('outer', { cause: undefined }),
  DOMException: () => new (platformClass('DOMException'))('of DOMException', 'DataCloneError'),
  string: () => 'a string',
  undefined: () => undefined,
  null: () => null,
  number: () => -0,
  object: () => ({ code: 1, nested: [new Date(0)] }),
  symbol: () => Symbol.for('thrown'),
  invoice: () => new Invoice(),
  'unshareable twice': () => {
    const part = Object.assign(Object.create(null) as object, {
      bad: new WeakMap(),
      bytes: new Uint8Array(9),
      run: () => 1,
    })
    return Object.assign(new Error('with the same part twice', { cause: part }), {
      first: { part },
      second: [part],
      good: { a: [1] },
    })
  },
  'hostile getter': () => ({
    get x() {
      throw new RangeError('in a getter')
    },
  }),
  'hostile getter that throws what cannot cross': () => ({
    get x() {
      throw {
        get y() {
          throw new WeakMap()
        },
      }
    },
  }),
  'hostile message': () =>
    Object.defineProperty(new Error(), 'message', {
      get() {
        throw new RangeError('in a message')
      },
    }),
  proxy: () => proxy({ thrown: 'by reference' }),
}

export function throwKind(kind: string): never {
  const make = ERRORS[kind]
  if (make === undefined) throw new Error(`there is no error ${kind}`)
  throw make()
}
export const rejectKind = async (kind: string): Promise<never> => throwKind(kind)
export class FailingConstructor {
  constructor() {
    throw new RangeError('the constructor fails')
  }
}

// Access ------------------------------------------------------------------------------------------

class Base {
  inherited(): string {
    return 'inherited'
  }
}

export class Guarded extends Base {
  static create = (): Guarded => proxy(new Guarded())
  own = 'own'
  data = { a: 1 }
  method(): string {
    return 'method'
  }
}

/** One of each kind of target that a peer may try. */
export const makeTargets = () => ({
  object: proxy({ own: 'own', method: () => 'method' }),
  instance: proxy(new Guarded()),
  list: proxy(['own']),
  arrow: () => 'arrow',
  method: function named(this: unknown): unknown {
    return this === undefined ? 'no this' : 'some this'
  },
  Class: Guarded,
  map: proxy(new Map([['own', 1]])),
  error: proxy(new Error('an error')),
})
export const evaluators = {
  Function,
  indirectEval: globalThis.eval,
  AsyncFunction: Object.getPrototypeOf(async () => {}).constructor as unknown,
  GeneratorFunction: Object.getPrototypeOf(function* () {}).constructor as unknown,
}
export const giveEvaluator = (name: keyof typeof evaluators): unknown => evaluators[name]
export const prototypes = {
  object: Object.prototype as object,
  function: Function.prototype as object,
}
export const isUnharmed = (): boolean =>
  Object.keys(Object.prototype).length === 0 &&
  !('polluted' in Object.prototype) &&
  !('polluted' in Function.prototype) &&
  !('polluted' in Array.prototype) &&
  Object.getPrototypeOf(Object.prototype) === null &&
  new Guarded().method() === 'method'

// What a blocking proxy sees ------------------------------------------------------------------------

export const makeLive = () =>
  proxy({
    number: 1,
    text: 'text',
    object: { a: 1, b: { c: 2 } },
    list: [3, 1, 2],
    map: new Map([['k', 'v']]),
    add: (a: number, b: number) => a + b,
    copy: () => ({ fresh: true }),
  })

// The whole object ----------------------------------------------------------------------------------

/** Objects of the classes of the language, by reference. */
const INSTANCES: Readonly<Record<string, () => object>> = {
  Array: () => [1],
  Map: () => new Map(),
  Set: () => new Set(),
  WeakMap: () => new WeakMap(),
  Date: () => new Date(0),
  RegExp: () => /x/,
  Promise: () => Promise.resolve(),
  Error: () => new Error('an error'),
  TypeError: () => new TypeError('a type error'),
  RangeError: () => new CustomRangeError('an error of a class of ours'),
  ArrayBuffer: () => new ArrayBuffer(1),
  Uint8Array: () => new Uint8Array(1),
  Object: () => ({}),
  null: () => Object.create(null) as object,
}

class CustomRangeError extends RangeError {}

export function makeInstance(name: string): object {
  const make = INSTANCES[name]
  if (make === undefined) throw new RangeError(`there is no instance ${name}`)
  const made = make()
  // In a box that is read live: a promise in answer would be waited for.
  return proxy({ made })
}

/** Says by itself what its instances are. */
export class Even {
  readonly is = 'never made'
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'number' && value % 2 === 0
  }
}

/** Methods of its own beside those of arrays, one of them in the place of one. */
class Stack extends Array<unknown> {
  get top(): unknown {
    return this.at(-1)
  }

  override push(...items: unknown[]): number {
    return super.push(...items.map((item) => `pushed ${String(item)}`))
  }
}
export const makeStack = (): unknown[] => proxy(Stack.from(['first']))

/** An object that is changed at home between the operations of a peer. */
export function makeClay() {
  const clay: Record<PropertyKey, unknown> = { a: 1, list: [1, 2], inner: { b: 2 } }
  return proxy({
    clay: proxy(clay),
    freeze: () => void Object.freeze(clay),
    seal: () => void Object.seal(clay),
    preventExtensions: () => void Object.preventExtensions(clay),
    set: (key: string, value: unknown) => Reflect.set(clay, key, value),
    remove: (key: string) => Reflect.deleteProperty(clay, key),
    define: (key: string, descriptor: PropertyDescriptor) =>
      Reflect.defineProperty(clay, key, descriptor),
    /** Accessors that say which object they were called on. */
    addAccessors(): void {
      Object.defineProperty(clay, 'own', {
        get(this: unknown) {
          return this === clay ? 'clay' : 'another'
        },
        set(this: unknown, value: unknown) {
          clay.written = [value, this === clay]
        },
      })
      Object.defineProperty(clay, 'writeOnly', { set: () => undefined })
      Object.defineProperty(clay, 'readOnly', { get: () => 'read' })
    },
    isFrozen: () => Object.isFrozen(clay),
    keys: () => Object.keys(clay),
  })
}

/** Accessors under the names that a library is tempted to look at. */
export function makeTempting() {
  let looked = 0
  const look = () => `looked ${++looked} times`
  class Tempting {
    static get name(): string {
      return look()
    }
    own = () => 'own'
    method(): string {
      return 'method'
    }
  }
  const tempting = Object.defineProperties(new Tempting(), {
    [Symbol.toStringTag]: { get: look, configurable: true },
    raw: { get: look, configurable: true },
    toJSON: { get: look, configurable: true },
    then: { get: look, configurable: true },
  }) as Tempting
  return proxy({ tempting: proxy(tempting), Tempting, looked: () => looked })
}

/** Methods that say what they are called on. */
export function makeNamed(name: string) {
  return proxy({
    name,
    whoAmI(this: { readonly name: string } | undefined): unknown {
      return this?.name
    },
    arrow: () => 'an arrow',
  })
}

/** What `JSON.stringify` makes of it here, and what it has called. */
export function makeReport() {
  const calls: string[] = []
  class Line {
    readonly price: number
    readonly #secret = 'not JSON'
    constructor(price: number) {
      this.price = price
    }
    get tax(): string {
      return this.#secret
    }
  }
  const report = {
    title: 'report',
    at: new Date(0),
    lines: [new Line(1), new Line(2)],
    none: undefined,
    list: [undefined, () => 1, Symbol.iterator, null, -0, Number.NaN],
    total: {
      sum: 3,
      toJSON(key: string): unknown {
        calls.push(`toJSON of ${key}`)
        return { sum: `${this.sum} EUR` }
      },
    },
    boxed: [Object('text'), Object(1), Object(false)] as unknown[],
    map: new Map([['a', 1]]),
    run: () => 1,
    [Symbol.for('no JSON')]: 1,
    get computed(): string {
      return `computed ${this.title}`
    },
    deep: { deeper: { deepest: [{ list: [[1], [{}]] }] } },
  }
  Object.assign(report, { same: report.total })
  return proxy({ report: proxy(report), text: () => JSON.stringify(report), calls: () => calls })
}

export const makeUnwritable = () => {
  const cycle: Record<string, unknown> = {}
  cycle.itself = cycle
  return proxy({ cycle, big: { n: 10n }, failing: { toJSON: () => throwKind('RangeError') } })
}

const templates: unknown[] = []

/** A tag that says what it was given. */
export function tag(strings: TemplateStringsArray, ...values: readonly unknown[]) {
  let known = templates.indexOf(strings)
  if (known < 0) known = templates.push(strings) - 1
  return {
    strings: [...strings],
    raw: [...strings.raw],
    values,
    known,
    frozen: Object.isFrozen(strings) && Object.isFrozen(strings.raw),
  }
}

/** Objects with a disposer of each kind, and what of them has run. */
export function makeDisposables() {
  const log: string[] = []
  return proxy({
    log: () => log,
    open: (name: string) =>
      proxy({
        name,
        [Symbol.dispose](): void {
          log.push(`closed ${this.name}`)
        },
      }),
    openLater: (name: string) =>
      proxy({
        name,
        async [Symbol.asyncDispose](): Promise<void> {
          await Promise.resolve()
          log.push(`closed ${this.name} later`)
        },
      }),
    plain: () => proxy({ name: 'plain' }),
  })
}

/** A generator that is asked step by step, and hears what it is told. */
export const makeGenerator = () => {
  const heard: unknown[] = []
  function* generate(): Generator<number, string, unknown> {
    try {
      heard.push(yield 1)
      heard.push(yield 2)
      return 'over'
    } finally {
      heard.push('left')
    }
  }
  return proxy({ generate, heard: () => heard })
}

// What goes past limits -----------------------------------------------------------------------------

/** An object that is found again at every step of a path. */
export const ring = { name: 'ring', next: undefined as unknown }
ring.next = proxy(ring)

export function giveNested(levels: number): unknown {
  let value: unknown = 'deepest'
  for (let level = 0; level < levels; level++) value = [value]
  return value
}
export const giveItems = (length: number): number[] => Array.from({ length }, (_, n) => n)
export const giveText = (length: number): string => 'x'.repeat(length)
/** In a list, so that who awaits it asks the counter for no `then`. */
export const giveCounter = (): Counter[] => [makeCounter()]
export const giveCounters = (count: number): Counter[] =>
  Array.from({ length: count }, () => makeCounter())
export const sumOf = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum + byte, 0)
export async function* texts(length: number): AsyncGenerator<string> {
  yield giveText(length)
  yield giveText(length)
}
export const failWith = (length: number): never => {
  throw new RangeError(giveText(length))
}
export const promiseText = (length: number): object => ({ text: later(giveText(length)) })
export const givePending = (count: number): unknown[] =>
  Array.from({ length: count }, () => new Promise(() => undefined))

/** Calls back, which calls it again, until there is no more to go. */
export const bounce = (n: number, back: Callback): unknown =>
  n === 0 ? 'end' : callNow(back, n - 1)
