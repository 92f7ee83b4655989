/**
 * First in, first out, however many there are: taking the first costs the same of a few as of a million.
 */

/** From how many places at the front that are free on they are given back. */
const SLACK = 1024

export class Fifo<T> implements Iterable<T> {
  #items: (T | undefined)[] = []
  #first = 0

  get size(): number {
    return this.#items.length - this.#first
  }

  push(item: T): void {
    this.#items.push(item)
  }

  /** Puts an item before all others. */
  unshift(item: T): void {
    if (this.#first > 0) this.#items[--this.#first] = item
    else this.#items.unshift(item)
  }

  /** Puts an item before the first that it is to come before; last when there is none. */
  insert(item: T, isBefore: (other: T) => boolean): void {
    let index = this.#first
    while (index < this.#items.length && !isBefore(this.#items[index] as T)) index++ // none is free from the first on
    if (index === this.#first) this.unshift(item)
    else this.#items.splice(index, 0, item)
  }

  /** The first; `undefined` when there is none. */
  shift(): T | undefined {
    if (this.size === 0) return undefined
    const item = this.#items[this.#first]
    this.#items[this.#first++] = undefined
    if (this.#first === this.#items.length || this.#first >= SLACK) {
      this.#items.splice(0, this.#first)
      this.#first = 0
    }
    return item
  }

  /** The first, which stays. */
  get first(): T | undefined {
    return this.#items[this.#first]
  }

  /** Puts what `change` makes of each in its place; `undefined` takes it out. */
  rewrite(change: (item: T) => T | undefined): void {
    this.#items = [...this].map(change).filter((item) => item !== undefined)
    this.#first = 0
  }

  /** Takes one out, wherever it is. False when it is not there. */
  delete(item: T): boolean {
    const index = this.#items.indexOf(item, this.#first)
    if (index < 0) return false
    this.#items.splice(index, 1)
    return true
  }

  clear(): void {
    this.#items = []
    this.#first = 0
  }

  *[Symbol.iterator](): Iterator<T> {
    for (let index = this.#first; index < this.#items.length; index++) yield this.#items[index] as T // none is free from the first on
  }
}
