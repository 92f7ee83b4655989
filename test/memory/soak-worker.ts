/** What a worker of the soak offers: something of each kind that can cross, and what it has left when all is let go of. */
import { currentCall, isProxy, proxy, type Remote, release } from '@farhold/core'
import { leftHere } from '../worker/observed-sessions.ts'

export class Item {
  readonly #number: number

  constructor(number: number) {
    this.#number = number
    proxy(this)
  }

  number(): number {
    return this.#number
  }

  next(): Item {
    return new Item(this.#number + 1)
  }

  async *upTo(count: number): AsyncGenerator<number> {
    for (let n = 0; n < count; n++) yield this.#number + n
  }

  /** Ends when its caller gives up. */
  untilGivenUp(): Promise<unknown> {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    currentCall()?.signal.addEventListener('abort', () => resolve('given up'))
    return promise
  }
}

type Held = Remote<Item>

const kept: Held[] = []

export const add = (a: number, b: number): number => a + b
export const item = (number: number): Item => new Item(number)
export const echo = (value: unknown): unknown => value
export const fail = (message: string): never => {
  throw Object.assign(new RangeError(message), { item: new Item(0) })
}
export const callBack = async (callback: (n: number) => unknown, n: number): Promise<unknown> =>
  callback(n)
export const later = (value: unknown): { readonly soon: Promise<unknown> } => ({
  soon: Promise.resolve(value),
})
export const awaitAll = async (values: Promise<number>[]): Promise<number> =>
  (await Promise.all(values)).reduce((sum, value) => sum + value, 0)

export function aborted(signal: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>()
  if (signal.aborted) resolve('aborted')
  signal.addEventListener('abort', () => resolve('aborted'))
  return promise
}

export function* numbers(count: number): Generator<number> {
  for (let n = 0; n < count; n++) yield n
}

export function stream(count: number): ReadableStream<number> {
  let n = 0
  return new ReadableStream({
    pull(controller) {
      if (n === count) controller.close()
      else controller.enqueue(n++)
    },
  })
}

export async function readAll(given: ReadableStream<number>): Promise<number> {
  let sum = 0
  for await (const n of given) sum += n
  return sum
}

/** Keeps what it is given for some calls, and asks it. */
export async function keep(given: Held): Promise<number> {
  kept.push(given)
  if (kept.length > 8) kept.shift()
  return given.number()
}

export async function passOn(to: { keep(given: Held): PromiseLike<number> }): Promise<number> {
  const given = kept.at(-1)
  return given === undefined ? -1 : to.keep(given)
}

export function letGoOfOne(): void {
  const given = kept.pop()
  // It may be kept twice, and then both are released.
  if (given !== undefined && isProxy(given) && !kept.includes(given)) release(given)
}

export function clear(): void {
  kept.length = 0
}

export function collect(): void {
  globalThis.gc?.()
}

export function report(): { left: ReturnType<typeof leftHere>; heap: number } {
  return { left: leftHere(), heap: process.memoryUsage().heapUsed }
}
