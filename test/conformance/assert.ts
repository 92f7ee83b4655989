/**
 * Assertions that run in any context: ECMAScript only, and strict. `-0` is not `0`, a hole is not
 * `undefined`, and two objects are the same only when their prototypes are.
 *
 * `deepEqual` compares what there is to read; `sameGraph` also wants shared parts shared and separate parts
 * separate, which is what a marshaller must keep.
 */

class AssertionFailure extends Error {
  override readonly name = 'AssertionFailure'
}

/** What a failure must be like; each given part is compared. */
export interface Expected {
  readonly name?: string
  readonly code?: string
  readonly message?: string | RegExp
  readonly path?: string
}

export const assert = {
  ok(value: unknown, what = 'the value'): void {
    if (!value) throw new AssertionFailure(`${what} is ${show(value)}`)
  },

  equal(actual: unknown, expected: unknown, what = 'the value'): void {
    if (Object.is(actual, expected)) return
    throw new AssertionFailure(`${what} is ${show(actual)}, not ${show(expected)}`)
  },

  notEqual(actual: unknown, unexpected: unknown, what = 'the value'): void {
    if (Object.is(actual, unexpected)) throw new AssertionFailure(`${what} is ${show(actual)}`)
  },

  deepEqual(actual: unknown, expected: unknown, what = ''): void {
    const difference = differenceOf(actual, expected, false)
    if (difference !== undefined) throw new AssertionFailure(`${what}${difference}`)
  },

  sameGraph(actual: unknown, expected: unknown, what = ''): void {
    const difference = differenceOf(actual, expected, true)
    if (difference !== undefined) throw new AssertionFailure(`${what}${difference}`)
  },

  match(actual: unknown, expected: RegExp, what = 'the text'): void {
    if (typeof actual === 'string' && expected.test(actual)) return
    throw new AssertionFailure(`${what} is ${show(actual)}, which does not match ${expected}`)
  },

  async rejects(promise: unknown, expected: Expected = {}): Promise<unknown> {
    let value: unknown
    try {
      value = await promise
    } catch (error) {
      checkFailure(error, expected)
      return error
    }
    throw new AssertionFailure(`the promise is fulfilled with ${show(value)} instead of rejected`)
  },

  throws(run: () => unknown, expected: Expected = {}): unknown {
    let value: unknown
    try {
      value = run()
    } catch (error) {
      checkFailure(error, expected)
      return error
    }
    throw new AssertionFailure(`it gives ${show(value)} instead of throwing`)
  },
}

export type Assert = typeof assert

function checkFailure(error: unknown, expected: Expected): void {
  for (const key of ['name', 'code', 'path'] as const) {
    if (expected[key] === undefined) continue
    const actual: unknown = (error as { readonly [key]?: unknown } | null | undefined)?.[key]
    if (actual !== expected[key]) {
      throw new AssertionFailure(
        `the error's ${key} is ${show(actual)}, not ${show(expected[key])}: ${show(error)}`,
      )
    }
  }
  const { message } = expected
  if (message === undefined) return
  const actual = error instanceof Error ? error.message : undefined
  if (typeof message === 'string' ? actual === message : message.test(actual ?? '')) return
  throw new AssertionFailure(`the error's message is ${show(actual)}, not ${show(message)}`)
}

/** Where and how two values differ; `undefined` when they do not. */
export function differenceOf(
  actual: unknown,
  expected: unknown,
  identity: boolean,
): string | undefined {
  return new Comparison(identity).compare(actual, expected, '')
}

class Comparison {
  readonly #identity: boolean
  readonly #there = new Map<object, object>()
  readonly #back = new Map<object, object>()
  readonly #assumed = new Map<object, Set<object>>()

  constructor(identity: boolean) {
    this.#identity = identity
  }

  compare(actual: unknown, expected: unknown, path: string): string | undefined {
    if (Object.is(actual, expected) && !(this.#identity && isObject(actual))) return undefined
    if (!isObject(actual) || !isObject(expected)) return differ(path, actual, expected)
    if (typeof actual === 'function' || typeof expected === 'function') {
      return actual === expected ? undefined : differ(path, actual, expected)
    }
    if (this.#identity) {
      const there = this.#there.get(expected)
      const back = this.#back.get(actual)
      if (there !== undefined || back !== undefined) {
        return there === actual && back === expected
          ? undefined
          : `${path || 'it'}: what was shared is separate, or the reverse`
      }
      this.#there.set(expected, actual)
      this.#back.set(actual, expected)
    } else {
      const assumed = this.#assumed.get(actual) ?? new Set()
      if (assumed.has(expected)) return undefined
      this.#assumed.set(actual, assumed.add(expected))
    }
    return this.#objects(actual, expected, path)
  }

  #objects(actual: object, expected: object, path: string): string | undefined {
    if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) {
      return `${path || 'it'} has the class ${className(actual)}, not ${className(expected)}`
    }
    return this.#contents(actual, expected, path) ?? this.#properties(actual, expected, path)
  }

  #contents(actual: object, expected: object, path: string): string | undefined {
    if (expected instanceof Map) return this.#maps(actual as Map<unknown, unknown>, expected, path)
    if (expected instanceof Set)
      return this.#lists([...(actual as Set<unknown>)], [...expected], path)
    if (expected instanceof Date) {
      return this.compare((actual as Date).getTime(), expected.getTime(), `${path}.getTime()`)
    }
    if (expected instanceof RegExp) return this.compare(String(actual), String(expected), path)
    if (expected instanceof Error) {
      const error = actual as Error
      return (
        this.compare(error.name, expected.name, `${path}.name`) ??
        this.compare(error.message, expected.message, `${path}.message`) ??
        this.compare(error.cause, expected.cause, `${path}.cause`) ??
        this.compare(own(error, 'errors'), own(expected, 'errors'), `${path}.errors`) ??
        this.compare(own(error, 'error'), own(expected, 'error'), `${path}.error`) ??
        this.compare(own(error, 'suppressed'), own(expected, 'suppressed'), `${path}.suppressed`)
      )
    }
    if (ArrayBuffer.isView(expected)) {
      const view = actual as ArrayBufferView
      return this.#bytes(bytesOf(view), bytesOf(expected), path)
    }
    if (expected instanceof ArrayBuffer) {
      return this.#bytes(new Uint8Array(actual as ArrayBuffer), new Uint8Array(expected), path)
    }
    if (Array.isArray(expected)) {
      return this.compare((actual as unknown[]).length, expected.length, `${path}.length`)
    }
    if (Object.prototype.toString.call(expected) === '[object URL]') {
      return this.compare(String(actual), String(expected), path)
    }
    return undefined
  }

  #properties(actual: object, expected: object, path: string): string | undefined {
    if (ArrayBuffer.isView(expected)) return undefined
    const keys = keysOf(expected)
    const found = keysOf(actual)
    for (const key of keys) {
      if (!found.includes(key)) return `${path || 'it'} has no property ${String(key)}`
    }
    for (const key of found) {
      if (!keys.includes(key)) return `${path || 'it'} has a property ${String(key)} too many`
    }
    for (const key of keys) {
      const difference = this.compare(
        Reflect.get(actual, key),
        Reflect.get(expected, key),
        `${path}[${String(key)}]`,
      )
      if (difference !== undefined) return difference
    }
    return undefined
  }

  #maps(actual: Map<unknown, unknown>, expected: Map<unknown, unknown>, path: string) {
    return (
      this.#lists([...actual.keys()], [...expected.keys()], `${path}.keys()`) ??
      this.#lists([...actual.values()], [...expected.values()], `${path}.values()`)
    )
  }

  #lists(actual: readonly unknown[], expected: readonly unknown[], path: string) {
    if (actual.length !== expected.length) {
      return `${path || 'it'} has ${actual.length} items, not ${expected.length}`
    }
    for (const [index, item] of expected.entries()) {
      const difference = this.compare(actual[index], item, `${path}{${index}}`)
      if (difference !== undefined) return difference
    }
    return undefined
  }

  #bytes(actual: Uint8Array, expected: Uint8Array, path: string): string | undefined {
    if (actual.length !== expected.length) {
      return `${path || 'it'} has ${actual.length} bytes, not ${expected.length}`
    }
    const at = expected.findIndex((byte, index) => byte !== actual[index])
    return at < 0 ? undefined : differ(`${path}.byte ${at}`, actual[at], expected[at])
  }
}

/** What of an object is its data: an error's stack differs by nature. */
function keysOf(value: object): PropertyKey[] {
  const keys = Reflect.ownKeys(value)
  const isError = value instanceof Error
  return keys.filter((key) => {
    if (Array.isArray(value) && key === 'length') return false
    if (isError && ['stack', 'message', 'cause', 'errors'].includes(String(key))) return false
    return Object.getOwnPropertyDescriptor(value, key)?.enumerable === true
  })
}

function own(value: object, key: string): unknown {
  return Object.getOwnPropertyDescriptor(value, key)?.value
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function'
}

function differ(path: string, actual: unknown, expected: unknown): string {
  return `${path || 'it'} is ${show(actual)}, not ${show(expected)}`
}

function className(value: object): string {
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: unknown } } | null
  return prototype === null ? 'null' : String(prototype.constructor?.name)
}

/** A value in a message, without running its own code. */
export function show(value: unknown): string {
  if (Object.is(value, -0)) return '-0'
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value !== 'object' || value === null) return String(value)
  if (value instanceof RegExp) return String(value)
  if (value instanceof Error) return `${value.name}: ${value.message}`
  return `an object of the class ${className(value)}`
}
