/**
 * The module of a context that is going to end, the same in a worker, in an isolate and at the other end of a port: what can be
 * left unfinished there, and the ways to end from inside. In an isolate the proxies it is given block.
 */

/** What a worker has and an isolate has not. */
declare const process: { exit(code: number): never }
declare const AbortController: new () => { readonly signal: unknown }
declare const setImmediate: (run: () => void) => void
declare const WritableStream: new (sink?: { write(): Promise<void> }) => Writable
declare const TransformStream: new () => { readonly readable: object; readonly writable: Writable }

interface Writable {
  /** Where there are no streams, it is what writes itself. */
  getWriter?(): { write(chunk: unknown): Promise<void> }
  write?(chunk: unknown): Promise<void>
}

const kept: unknown[] = []
let ticks = 0

export const counts = { live: 1 }

export const echo = (value: unknown): unknown => value

export const hang = (): Promise<never> => new Promise(() => undefined)

interface Account {
  owner(): { readonly name: string }
}

export const account = (): Promise<Account> => hang()

export class Ledger {
  readonly #opening: unknown

  constructor(opening: unknown) {
    this.#opening = opening
  }

  total(): number {
    return Number(this.#opening)
  }
}

/** Two items, and never a third. */
export async function* items(): AsyncGenerator<number> {
  yield 1
  yield 2
  await hang()
}

export const later = (): { readonly promise: Promise<never> } => ({ promise: hang() })

export const signal = (): unknown => new AbortController().signal

const caught: string[] = []

/** Calls whoever calls it, and gives what was said. */
export async function ask(question: () => unknown): Promise<unknown> {
  try {
    return await question()
  } catch (error) {
    caught.push(String(error))
    throw error
  }
}

/** What went through `ask` here instead of an answer. */
export const unwound = (): readonly string[] => caught

/** As `items`, and the third is what was said. */
export async function* itemsAndAnswer(question: () => unknown): AsyncGenerator<unknown> {
  yield 1
  yield await question()
}

/** Calls whoever calls it, and never answers. */
export async function askAndStay(question: () => unknown): Promise<never> {
  await question()
  return hang()
}

/** Reads until there is no more. */
export async function read(source: AsyncIterable<unknown>): Promise<void> {
  for await (const item of source) kept.push(item)
}

/** A stream that takes a chunk, and never another. */
export const sink = (): unknown => new WritableStream({ write: hang })

export const transform = (): unknown => new TransformStream()

/** Writes two chunks, and is never done. */
export async function writeTwo(stream: Writable): Promise<never> {
  const writer = stream.getWriter?.() ?? stream
  await writer.write?.(1)
  await writer.write?.(2)
  return hang()
}

export const keep = (thing: unknown): void => {
  kept.push(thing)
}

/** A function that this context owns. */
export const ticker = (): (() => number) => () => ++ticks

// Ways to end ---------------------------------------------------------------------------------------

export const exit = (code: number): never => process.exit(code)

export function crash(message: string): Promise<never> {
  setImmediate(() => {
    throw new RangeError(message)
  })
  return hang()
}

export function rejectUnhandled(message: string): Promise<never> {
  void Promise.reject(new RangeError(message))
  return hang()
}

/** Takes memory, a little at a time, until there is no more. */
export function exhaust(): never {
  const taken: string[] = []
  for (;;) taken.push('x'.repeat(1000) + taken.length)
}

/** Never gives its thread back. */
export function spin(): never {
  for (;;);
}
