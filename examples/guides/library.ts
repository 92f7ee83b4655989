/** The module that the samples of the guides run in a worker: a library whose searches take their time. */
import { currentCall, type Proxied, proxy, released } from '@farhold/core'

const TITLES = ['Emma', 'Ulysses', 'Middlemarch', 'Dracula', 'Walden']

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** What was given up and stopped, and which cursors were closed. */
const log: string[] = []

class Cursor {
  readonly #titles: Iterator<string>
  readonly name: string

  constructor(name: string) {
    this.name = name
    this.#titles = TITLES.values()
  }

  next(): string | undefined {
    return this.#titles.next().value
  }

  [released](): void {
    log.push(`closed ${this.name}`)
  }
}

export const library = {
  titles: () => TITLES.values(),

  async search(word: string): Promise<string[]> {
    const signal = currentCall()?.signal
    const found: string[] = []
    for (const title of TITLES) {
      if (signal?.aborted) {
        log.push(`stopped at ${title}`)
        throw signal.reason
      }
      await pause(100)
      if (title.includes(word)) found.push(title)
    }
    return found
  },

  open: (name: string) => proxy(new Cursor(name)),

  async visit(each: (cursor: Proxied<Cursor>) => unknown): Promise<void> {
    for (const name of ['north', 'south']) await each(proxy(new Cursor(name)))
  },

  log: (): string[] => log,
}

export class Shelf {
  static readonly most = 100
  readonly place: string
  readonly books: string[] = []
  readonly since = new Date(0)
  #reader = 'nobody'

  constructor(place: string) {
    this.place = place
  }

  get reader(): string {
    return this.#reader
  }

  set reader(name: string) {
    if (name === '') throw new RangeError('a reader has a name')
    this.#reader = name
  }

  toJSON(key: string): unknown {
    return { [key]: this.books, since: this.since }
  }

  [Symbol.dispose](): void {
    log.push(`closed the shelf ${this.place}`)
  }
}

export const label = (strings: TemplateStringsArray, ...titles: string[]): string =>
  String.raw(strings, ...titles.map((title) => title.toUpperCase()))
