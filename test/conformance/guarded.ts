/**
 * Objects of which other contexts have only a part, and methods behind validators. Part of the fixture, and portable like it: the
 * validators are written by hand after the Standard Schema specification.
 */
import { currentCall, proxy, type StandardIssue, type StandardSchema } from '@farhold/core'

/** A validator that gives what `check` gives, or what is wrong. */
function validator<Output>(
  check: (value: unknown) => Output | StandardIssue[],
): StandardSchema<unknown, Output> {
  return {
    '~standard': {
      version: 1,
      vendor: 'farhold-test',
      validate: (value) => {
        const said = check(value)
        return Array.isArray(said) && said.some(isIssue)
          ? { issues: said as StandardIssue[] }
          : { value: said as Output } // by the line above
      },
    },
  }
}

function isIssue(value: unknown): value is StandardIssue {
  return typeof value === 'object' && value !== null && 'message' in value
}

/** The same, a moment later. */
function later<Output>(schema: StandardSchema<unknown, Output>): StandardSchema<unknown, Output> {
  const { validate } = schema['~standard']
  return {
    '~standard': {
      version: 1,
      vendor: 'farhold-test',
      validate: async (value) => {
        await Promise.resolve()
        return validate(value)
      },
    },
  }
}

const issue = (message: string, ...path: PropertyKey[]): StandardIssue[] => [{ message, path }]

const whole = validator((value) =>
  typeof value === 'number' && Number.isInteger(value)
    ? value
    : issue(`a whole number, not ${typeof value}`),
)

/** Takes text too, and gives the number that it says. */
const numeric = validator((value) => {
  const number = typeof value === 'string' ? Number(value) : value
  return typeof number === 'number' && !Number.isNaN(number) ? number : issue('a number')
})

const someText = validator((value) => (typeof value === 'string' ? value : issue('a text')))

const optionalText = validator((value) =>
  value === undefined ? 'none' : typeof value === 'string' ? value : issue('a text'),
)

const named = validator((value) => {
  const { name } = (value ?? {}) as { readonly name?: unknown }
  if (typeof name === 'string') return { name }
  return [
    { message: 'a text', path: [{ key: 'name' }] },
    { message: 'and more', path: ['name', Symbol.for('deep')] },
  ]
})

const sum = validator((value) =>
  Array.isArray(value) && value.every((item) => typeof item === 'number')
    ? value.map((item: number) => item * 2)
    : issue('numbers', 1),
)

class Vault {
  label = 'a vault'
  secret = 'the secret'
  readonly list = [1, 2]
  #sum = 0

  get sum(): number {
    return this.#sum
  }

  set sum(value: number) {
    this.#sum = value
  }

  deposit(amount: number): number {
    this.#sum += amount
    return this.#sum
  }

  reveal(): string {
    return this.secret
  }

  self(): this {
    return this
  }

  /** Gives the function itself, away from its object. */
  revealing(): () => string {
    return this.reveal
  }

  toJSON(): unknown {
    return { secret: this.secret }
  }

  *[Symbol.iterator](): Generator<string> {
    yield this.secret
  }

  [Symbol.dispose](): void {
    this.secret = 'disposed'
  }
}

/** What became of a guarded object, asked by one who is not a peer of it. */
const inside = (vault: Vault) => () => [vault.label, vault.secret, vault.sum, [...vault.list]]

export const makeNarrowed = () => {
  const vault = new Vault()
  return {
    vault: proxy(vault, { only: ['label', 'sum', 'deposit', 'self', 'list'] }),
    inside: inside(vault),
    other: proxy(new Vault()),
  }
}

export const makeCallable = () => {
  const vault = new Vault()
  return {
    vault: proxy(vault, { methods: ['deposit', 'self'] }),
    inside: inside(vault),
    other: proxy(new Vault()),
  }
}

/** Plain data in which something is hidden, and which leads back to itself. */
export const makeNarrowedData = () => {
  const data = {
    shown: { a: 1 },
    secret: 'the secret',
    reveal: () => 'the secret',
    show: () => 'shown',
    again: undefined as unknown,
    toJSON: () => 'the secret',
  }
  data.again = { data }
  return proxy({
    data: proxy(data, { only: ['shown', 'show', 'again'] }),
    /** In a copy of something else. */
    within: () => [data, { data }],
    list: proxy(['shown', 'the secret'], { only: [0, 'length'] }),
    map: proxy(new Map([['a', 'the secret']]), { only: ['size', 'has'] }),
  })
}

export const makeMethodsOnly = () => {
  const data = { count: 1, reveal: () => 'the secret', show: () => 'shown' }
  // A property as far as anyone can tell who does not read it.
  Object.defineProperty(data, 'getter', { get: () => data.reveal, configurable: true })
  return proxy(data, { methods: ['show'] })
}

/** A class of which other contexts have a part. */
export const makeNarrowedClass = () => {
  class Guarded {
    static readonly unit = 'one'
    static secret(): string {
      return 'the secret'
    }
    static create(): Guarded {
      return proxy(new Guarded('created'))
    }
    static [Symbol.hasInstance](): boolean {
      return true
    }
    readonly name: string
    constructor(name: string) {
      this.name = name
    }
  }
  return proxy({
    Guarded: proxy(Guarded, { only: ['unit', 'create'], schema: { args: [someText] } }),
    instance: proxy(new Guarded('instance')),
    space: proxy({ Guarded, Open: class Open {} }, { methods: ['Open'] }),
  })
}

export const makeChecked = () => {
  const ran: unknown[][] = []
  const api = {
    add(a: number, b: number): number {
      ran.push(['add', a, b])
      return a + b
    },
    sum(...values: number[]): number {
      ran.push(['sum', ...values])
      return values.reduce((a, b) => a + b, 0)
    },
    greet(whom: { name: string }, text?: string): string {
      ran.push(['greet', whom, text])
      return `${text} ${whom.name}`
    },
    addLater(a: number, b: number): number {
      ran.push(['addLater', a, b])
      return a + b
    },
    find(name: string): { name: string; password: string } {
      ran.push(['find', name])
      return { name, password: 'the secret' }
    },
    async findLater(name: string): Promise<{ name?: string }> {
      ran.push(['findLater', name])
      return name === 'none' ? {} : { name, ...{ password: 'the secret' } }
    },
    /** Is it known whose call this is, after a wait? */
    isServingLater: (_n: number): boolean => currentCall() !== undefined,
    free: (...values: unknown[]): number => values.length,
    /** Is what came back the function that others have, and is it checked? */
    callBack: (fn: (...args: unknown[]) => unknown, ...args: unknown[]): unknown => fn(...args),
  }
  const { add } = api
  class Point {
    readonly x: number
    constructor(x: number) {
      ran.push(['Point', x])
      this.x = x
    }
  }
  return proxy({
    ran: () => ran,
    api: proxy(api, {
      schema: {
        add: { args: [whole, numeric] },
        sum: { args: sum },
        greet: { args: [named, optionalText] },
        addLater: { args: [later(whole), numeric], result: later(whole) },
        isServingLater: { args: [later(whole)] },
        find: { result: named },
        findLater: { result: named },
      },
    }),
    /** The same function, as something else has it. */
    open: proxy({ add }),
    double: proxy((n: number): number => n * 2, { schema: { args: [whole], result: whole } }),
    Point: proxy(Point, { schema: { args: [whole] } }),
    PointLater: proxy(class PointLater extends Point {}, { schema: { args: [later(whole)] } }),
  })
}

/** A text that its methods can be called on at home. */
export const text = (value: string): string => value
