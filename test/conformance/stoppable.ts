/**
 * What the cases of cancelling and of lifetimes use in the other context: services whose methods wait until they are let go,
 * and that note what becomes of them. Part of the fixture, and portable like it.
 */
import {
  contextOf,
  currentCall,
  proxy,
  release,
  released,
  remote,
  withOptions,
} from '@farhold/core'
import { platformClass } from './samples.ts'

type Callback = (...args: readonly unknown[]) => unknown

/** What there is to tell of a reason, wherever it arrived. */
export function describeReason(reason: unknown) {
  return reason instanceof Error
    ? { name: reason.name, message: reason.message }
    : { type: reason === null ? 'null' : typeof reason, text: String(reason) }
}

class Service {
  readonly #notes: string[] = []
  readonly #reasons: unknown[] = []
  readonly #gates = new Map<string, PromiseWithResolvers<unknown>>()
  #registered: Callback | undefined
  #released = 0
  readonly #precious = proxy({ is: 'precious' }, { released: () => this.#released++ })

  #gate(name: string): PromiseWithResolvers<unknown> {
    const known = this.#gates.get(name)
    if (known !== undefined) return known
    const made = Promise.withResolvers<unknown>()
    this.#gates.set(name, made)
    return made
  }

  #listen(name: string): void {
    this.#notes.push(`${name} began`)
    const signal = currentCall()?.signal
    signal?.addEventListener('abort', () => {
      this.#notes.push(`${name} aborted`)
      this.#reasons.push(signal.reason)
    })
  }

  /** What has happened, in order. */
  notes(): string[] {
    return this.#notes
  }

  /** What the signals of its calls were aborted with. */
  reasons() {
    return this.#reasons.map(describeReason)
  }

  /** Waits until it is let go; says what it was let go with. */
  wait(name: string): Promise<unknown> {
    this.#listen(name)
    return this.#gate(name).promise
  }

  open(name: string, value?: unknown): void {
    this.#gate(name).resolve(value)
  }

  /** A chain whose every step waits. */
  async link(name: string): Promise<this> {
    this.#notes.push(name)
    await this.#gate(name).promise
    return this
  }

  /** An object that counts how often it was given up, and what became of that. */
  give(): unknown {
    return this.#precious
  }

  released(): number {
    return this.#released
  }

  /** The callback's call leaves right before the answer. */
  giveAfter(tell: Callback): unknown {
    void (remote(tell as never) as unknown as Callback)()
    return this.#precious
  }

  /** The callback's call leaves right before the item. */
  *itemsAfter(tell: Callback): Generator<unknown> {
    try {
      void (remote(tell as never) as unknown as Callback)()
      yield this.#precious
      yield 'another'
    } finally {
      this.#notes.push('items left')
    }
  }

  async callWith(callback: Callback): Promise<unknown> {
    return await callback(this.#precious)
  }

  /** An object that takes a callback for the service. */
  registry(): object {
    return proxy({
      register: (callback: Callback): void => {
        this.#registered = callback
      },
    })
  }

  async callRegistered(): Promise<unknown> {
    return this.#registered?.()
  }

  /** Hands its own signal on to a call of its own. */
  relay(callback: Callback): unknown {
    const signal = currentCall()?.signal
    return withOptions(
      remote(callback as never) as unknown as Callback,
      signal === undefined ? {} : { signal },
    )('relayed')
  }

  callers(callback: Callback): unknown {
    return { caller: currentCall()?.caller, context: contextOf(callback) }
  }

  /** Is the call known, at first and after an await? Awaiting a call of the caller's as well. */
  async isKnown(callback: Callback): Promise<boolean[]> {
    const first = currentCall()
    await Promise.resolve()
    const second = currentCall()
    await callback()
    return [first !== undefined, first === second, first === currentCall()]
  }

  signalOf(name: string): boolean | undefined {
    this.#notes.push(name)
    return currentCall()?.signal.aborted
  }

  /** An iteration that never gives an item, and ends when its reader has given up. */
  async *stuck(): AsyncGenerator<never> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const signal = currentCall()?.signal
    signal?.addEventListener('abort', () => {
      this.#reasons.push(signal.reason)
      resolve()
    })
    await promise
  }

  /** An iteration that waits before each of its items. */
  async *gated(name: string): AsyncGenerator<number> {
    try {
      for (let n = 0; ; n++) {
        await this.#gate(`${name} ${n}`).promise
        yield n
      }
    } finally {
      this.#notes.push(`${name} left`)
    }
  }
}

export const makeService = (): Service => proxy(new Service())

/** Can be iterated, and is no iterator. */
export const giveIterable = () => ({
  *[Symbol.iterator]() {
    yield 1
    yield 2
  },
  async *[Symbol.asyncIterator]() {
    yield 'a'
    yield 'b'
  },
})

/** Keeps what it is given until it is told to give it up. */
export function makeHolder() {
  let held: unknown
  return proxy({
    hold(value: unknown): void {
      held = value
    },
    use: async (): Promise<unknown> => (held as Callback)(),
    read: async (key: string): Promise<unknown> => Reflect.get(held as object, key) as unknown,
    drop(): void {
      if (held !== undefined) release(held as never)
      held = undefined
    },
  })
}

/** An instance whose class wants to know when no one holds it any more. */
export function makeKnowing() {
  let told = 0
  class Knowing {
    readonly label = 'knowing';
    [released](): void {
      told++
    }
  }
  const knowing = proxy(new Knowing())
  return proxy({ give: (): unknown => knowing, told: () => told })
}

/** A readable stream that counts, and knows what it was cancelled with. */
export function makeCountedReadable(bad = -1) {
  let pulled = 0
  let reason: unknown
  let cancelled = false
  const stream = new (platformClass('ReadableStream'))({
    pull(controller: { enqueue(chunk: unknown): void }) {
      controller.enqueue(pulled === bad ? new WeakMap() : pulled)
      pulled++
    },
    cancel(given: unknown) {
      cancelled = true
      reason = given
    },
  })
  return proxy({
    stream: () => stream,
    pulled: () => pulled,
    ended: () => (cancelled ? describeReason(reason) : undefined),
  })
}

/** A writable stream whose sink takes each chunk when it is let go. */
export function makeGatedWritable() {
  const notes: unknown[] = []
  let gate = Promise.withResolvers<void>()
  const stream = new (platformClass('WritableStream'))({
    async write(chunk: unknown) {
      notes.push(chunk)
      await gate.promise
      gate = Promise.withResolvers<void>()
    },
    close() {
      notes.push('closed')
    },
    abort(reason: unknown) {
      notes.push(describeReason(reason))
    },
  })
  return proxy({ stream: () => stream, notes: () => notes, open: () => gate.resolve() })
}

interface Readable extends AsyncIterable<unknown> {
  cancel(reason: unknown): Promise<void>
}

/** Reads so many chunks, and no more until it is told to stop. */
export function makeReader() {
  let iterator: AsyncIterator<unknown> | undefined
  return proxy({
    async read(stream: Readable, count: number): Promise<unknown[]> {
      iterator = stream[Symbol.asyncIterator]()
      const chunks: unknown[] = []
      while (chunks.length < count) chunks.push((await iterator.next()).value)
      return chunks
    },
    leave: async (): Promise<void> => void (await iterator?.return?.()),
    cancel: (stream: Readable, reason: unknown): Promise<void> => stream.cancel(reason),
  })
}
