/**
 * What every hostile guest is granted: an object of the host with one of each thing that can cross. Its methods are as careless as a host's
 * methods may be: they merge what they get, coerce it, call it back and keep it.
 */
import { readFileSync } from 'node:fs'
import { channel, immutable, proxy, type Receiver, type View, view } from '@farhold/core'

/** What must never come back: as a string of this module, in the environment, and in a file. */
const SECRET = process.env.HOSTILE_SECRET ?? 'no secret was set'

type Callback = (...args: readonly unknown[]) => unknown

class Ledger {
  #total = 0
  readonly owner = 'host'
  readonly lines: readonly number[] = [1, 2]

  static open(): Ledger {
    return proxy(new Ledger())
  }

  add(amount: number): number {
    this.#total += Number(amount)
    return this.#total
  }

  get total(): number {
    return this.#total
  }

  set total(_value: number) {
    throw new RangeError('the total is the sum of what was added')
  }

  /** A method that looks at who calls it. */
  self(): this {
    return this
  }
}

/** A merge as it is often written: it trusts the keys of what it is given. */
function merge(target: Record<string, unknown>, from: unknown): Record<string, unknown> {
  if (typeof from !== 'object' || from === null) return target
  for (const key in from) {
    const value = (from as Record<string, unknown>)[key]
    const before = target[key]
    if (
      typeof value === 'object' &&
      value !== null &&
      typeof before === 'object' &&
      before !== null
    )
      merge(before as Record<string, unknown>, value)
    else if (typeof value === 'object' && value !== null && typeof before === 'function')
      merge(before as unknown as Record<string, unknown>, value)
    else target[key] = value
  }
  return target
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

async function first(source: AsyncIterable<unknown> | Iterable<unknown>): Promise<unknown[]> {
  const items: unknown[] = []
  for await (const item of source) {
    items.push(item)
    if (items.length === 5) break
  }
  return items
}

export interface Fixture {
  readonly root: object
  /** Strings that the guest gave to methods that listen. */
  readonly heard: string[]
  /** Functions of the guest that the host has kept. */
  readonly kept: Callback[]
  /** Asked for by `host.temporary()`, and taken back by this. */
  readonly revoke: () => void
}

export function createFixture(): Fixture {
  const heard: string[] = []
  const kept: Callback[] = []
  let granted = true
  const temporary = {
    use(): string {
      if (!granted) throw new RangeError('the grant was taken back')
      return 'used'
    },
  }

  const abort = new AbortController()
  const failure = new RangeError('closed today', { cause: new TypeError('no key') })
  const settings = { theme: 'dark', limits: { calls: 3 } }

  const root = {
    /** Queues and memory, of which the guest has its ends and its view. */
    post: channel({ capacity: 8 }),
    memory: view(new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8])),
    frozen: immutable({ theme: 'dark', list: [1], bytes: new Uint8Array([1, 2, 3]) }),
    receiveFrom: (receiver: Receiver) => receiver.receive(),
    leaseOf: async (memory: View) => {
      using lease = await memory.lease()
      return lease.array.length
    },

    name: 'host',
    number: 7,
    date: new Date(0),
    pattern: /a+/g,
    list: [1, { deep: true }, [2, 3]],
    map: new Map<unknown, unknown>([['key', { inside: 1 }]]),
    set: new Set([1]),
    bytes: new Uint8Array([1, 2, 3]),
    settings,
    nested: proxy({ deep: { value: 1, read: () => settings.theme } }),
    ledger: proxy(new Ledger()),
    Ledger,
    failure,
    signal: abort.signal,
    promise: Promise.resolve({ settled: true }),

    ping: () => 'pong',
    /** Its source says what no one else may know. */
    hasKey: (key: unknown) => key === 'hard-coded-key',
    echo: (value: unknown) => value,
    later: async (value: unknown) => {
      await turn()
      return value
    },
    never: () => new Promise(() => undefined),
    give: () =>
      proxy({ run: () => settings.theme, ledger: proxy(new Ledger()), list: [1], at: new Date(0) }),
    temporary: () => proxy(temporary),
    fail: (message: unknown): never => {
      throw new RangeError(String(message))
    },
    failLater: async (message: unknown): Promise<never> => {
      await turn()
      throw Object.assign(new RangeError(String(message)), {
        cause: new Error(`for ${SECRET.length}`),
      })
    },
    /** Fails as the platform does, with a path in the message. */
    readMissing: () => String(readFileSync(new URL('./no-such-file', import.meta.url))),
    throwIt: (value: unknown): never => {
      throw value
    },
    overflow: (): number => root.overflow() + 1,
    rejections: () => Promise.all([Promise.reject(failure), Promise.reject(proxy(new Ledger()))]),
    many: () => Promise.any([Promise.reject(failure), Promise.reject(new TypeError('two'))]),

    say: (...lines: readonly unknown[]) =>
      void heard.push(...lines.map((line) => `${line as string}`)),
    text: (value: unknown) => String(value),
    template: (value: unknown) => `${value as string}`,
    add: (a: unknown, b: unknown) => (a as number) + (b as number),
    json: (value: unknown) => JSON.stringify(value),
    compare: (a: unknown, b: unknown) => (a as number) < (b as number),
    isSame: (a: unknown, b: unknown) => a === b,
    kindOf: (value: unknown) => Object.prototype.toString.call(value),
    isLedger: (value: unknown) => value instanceof Ledger,
    at: (key: unknown) => (settings as Record<string, unknown>)[key as string],
    keysOf: (value: unknown) => Object.keys(value as object),
    sort: (list: unknown[], comparator: (a: unknown, b: unknown) => number) =>
      [...list].sort(comparator),
    slice: (list: unknown[]) => list.slice(0, 2).concat(list.map((item) => item)),
    find: (text: unknown) => /^(\w+\s?)+$/.test(String(text).slice(0, 20)),

    configure: (options: unknown) => merge({ theme: 'light', nested: { a: 1 } }, options),
    assign: (options: unknown) => Object.assign({}, options),
    spread: (options: object) => ({ ...options }),
    fromEntries: (entries: Iterable<readonly [PropertyKey, unknown]>) =>
      Object.fromEntries(entries),
    optionsOf: ({ isAdmin = false }: { isAdmin?: boolean } = {}) => ({ isAdmin }),

    call: (callback: Callback, ...args: readonly unknown[]) => callback(...args),
    callLater: async (callback: Callback, ...args: readonly unknown[]) => {
      await turn()
      return callback(...args)
    },
    callWith: (callback: Callback) =>
      Reflect.apply(callback, root.nested, [root, root.ledger, failure]),
    construct: (Class: new (...args: readonly unknown[]) => unknown) => new Class(root.list),
    keep: (callback: Callback) => void kept.push(callback),
    each: async (list: readonly unknown[], callback: Callback) => {
      const results: unknown[] = []
      for (const item of list) results.push(await callback(item))
      return results
    },
    catching: async (callback: Callback) => {
      try {
        return await callback()
      } catch (error) {
        return error instanceof Error ? `${error.name}: ${error.message}` : typeof error
      }
    },
    take: first,
    awaitIt: async (value: unknown) => await value,
    onAbort: (signal: AbortSignal) => {
      signal.addEventListener('abort', () => heard.push(`aborted ${String(signal.reason)}`))
    },

    *count() {
      for (let n = 0; n < 1000; n++) yield n
    },
    async *countLater() {
      for (let n = 0; n < 1000; n++) yield { n, read: () => n }
    },
    stream: () =>
      new ReadableStream({
        pull: (controller) => controller.enqueue('part'),
      }),
    sink: () => new WritableStream({ write: (part) => void heard.push(String(part)) }),
    small: () => Buffer.from('four'),
    read: async (stream: ReadableStream<unknown>) => first(stream),
  }

  return {
    root: proxy(root),
    heard,
    kept,
    revoke: () => {
      granted = false
      abort.abort('taken back')
    },
  }
}
