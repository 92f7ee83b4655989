/** What the cases of locks hold: objects with and without a lock of their own, that say who was inside with whom. Portable. */
import { protect, proxy } from '@farhold/core'

/** Remembers what happened in it, and lets whoever comes wait for each other inside. */
class Shelf {
  value = 0
  readonly log: string[] = []
  #inside = 0
  #most = 0
  readonly #awaited = Promise.withResolvers<void>()

  get(): number {
    return this.value
  }

  set(value: number): void {
    this.value = value
  }

  note(text: string): void {
    this.log.push(text)
  }

  notes(): readonly string[] {
    return [...this.log]
  }

  /** Adds one in two turns: whoever comes in between makes it wrong. */
  async addSlowly(): Promise<void> {
    const before = this.value
    await undefined
    await undefined
    this.value = before + 1
  }

  /** Reads that are inside at once wait for each other until there are `many`. */
  async meet(many: number): Promise<number> {
    this.#inside++
    this.#most = Math.max(this.#most, this.#inside)
    if (this.#inside >= many) this.#awaited.resolve()
    await this.#awaited.promise
    this.#inside--
    return this.#most
  }

  /** Calls back while it is inside. */
  async around(inner: () => unknown): Promise<unknown> {
    return inner()
  }
}

export const makeShelf = (): Shelf =>
  protect(new Shelf(), { read: ['get', 'notes', 'meet', 'around'] })

export const makePlainShelf = (): Shelf => proxy(new Shelf())
