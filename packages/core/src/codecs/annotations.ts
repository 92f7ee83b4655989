/**
 * What superjson notes beside JSON, put into effect: where in the value something stands that JSON cannot say, and what it is.
 *
 * The notes come from the peer. Each is followed from where the one around it ended, so that all of them together take no more
 * time than it took to read them, and only what this library has superjson carry is made.
 */
import { ProtocolError } from '../errors.ts'
import type { Quota } from '../quota.ts'

/** The value that JSON and notes stand for. The received JSON is changed in place. @throws {ProtocolError} when they do not fit it. */
export function applyAnnotations(json: unknown, annotations: unknown, quota: Quota): unknown {
  return new Annotations(quota).apply(json, annotations, 0)
}

class Annotations {
  readonly #quota: Quota
  #count = 0

  constructor(quota: Quota) {
    this.#quota = quota
  }

  /** @param node what a part is, `[kind]`, or what its parts are, by the paths to them */
  apply(value: unknown, node: unknown, depth: number): unknown {
    if (node === undefined) return value
    this.#count++
    const { limits } = this.#quota
    if (this.#count > limits.keys)
      throw this.#quota.past('keys', 'the number of annotated parts of a received value')
    if (depth > limits.depth) throw this.#quota.past('depth', 'the nesting of annotations')
    if (typeof node !== 'object' || node === null) throw bad()
    if (Array.isArray(node)) {
      if (node.length !== 1) throw bad()
      return this.#made(value, node[0])
    }
    for (const [path, child] of Object.entries(node)) this.#at(value, path, child, depth)
    return value
  }

  #at(value: unknown, path: string, node: unknown, depth: number): void {
    const steps = stepsOf(path)
    const last = steps.pop() as string // a path has a step at least
    let holder = value
    for (const step of steps) holder = own(holder, step)
    const changed = this.apply(own(holder, last), node, depth + 1)
    // Defined, as a name like `__proto__` must not be set.
    Object.defineProperty(holder, last, {
      value: changed,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  }

  #made(value: unknown, kind: unknown): unknown {
    switch (kind) {
      case 'undefined':
        return undefined
      case 'number':
        return Number(textOf(value))
      case 'Date':
        return new Date(textOf(value))
      case 'bigint': {
        const text = textOf(value)
        if (!/^-?\d+$/.test(text)) throw bad()
        if (text.length - (text.startsWith('-') ? 1 : 0) > this.#quota.limits.digits)
          throw this.#quota.past('digits', 'the number of digits of a BigInt')
        return BigInt(text)
      }
      case 'regexp': {
        const text = textOf(value)
        const end = text.lastIndexOf('/')
        return new RegExp(text.slice(1, end), text.slice(end + 1))
      }
      default:
        throw bad()
    }
  }
}

/** The steps of a path, which dots part; a backslash stands before a dot, or a backslash, that is part of a name. */
function stepsOf(path: string): string[] {
  if (!path.includes('\\')) return path.split('.')
  const steps: string[] = []
  let step = ''
  for (let at = 0; at < path.length; at++) {
    const character = path.charAt(at)
    if (character === '.') {
      steps.push(step)
      step = ''
    } else if (character === '\\') {
      at++
      step += path.charAt(at)
    } else step += character
  }
  steps.push(step)
  return steps
}

function own(holder: unknown, name: string): unknown {
  if (typeof holder !== 'object' || holder === null || !Object.hasOwn(holder, name)) throw bad()
  return (holder as Record<string, unknown>)[name]
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw bad()
  return value
}

function bad(): ProtocolError {
  return new ProtocolError('bad superjson annotations')
}
