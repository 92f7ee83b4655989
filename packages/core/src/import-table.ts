/**
 * The objects of one peer that this side holds.
 *
 * The table never keeps anything alive: it finds the import of an id while some proxy of it is held, so that
 * the same object is the same proxy, and counts what was introduced, so that it can be given back. When the
 * last proxy is collected, all that was counted is given back at once.
 *
 * What a newcomer gets wrong: an id may be introduced again after its import was collected and before
 * the finalizer ran. The new import takes over the old count, and the late finalizer finds that the entry is no
 * longer its own.
 */

interface ImportEntry<Import extends object> {
  readonly id: number
  readonly held: WeakRef<Import>
  introductions: number
}

export class ImportTable<Import extends object> {
  readonly #entries = new Map<number, ImportEntry<Import>>()
  readonly #giveBack: (id: number, count: number, collected: boolean) => void
  readonly #collected: FinalizationRegistry<ImportEntry<Import>>

  /** @param giveBack sends a release; it is called from a finalizer (`collected`), or from `release` */
  constructor(giveBack: (id: number, count: number, collected: boolean) => void) {
    this.#giveBack = giveBack
    this.#collected = new FinalizationRegistry((entry) => this.#drop(entry, true))
  }

  /** How many objects of the peer are held here. */
  get size(): number {
    return this.#entries.size
  }

  /**
   * Gives the import of `id`, made by `create` when none is held, and counts an introduction; or none, when another
   * peer has named it and its owner's own word is to come.
   */
  receive(id: number, create: () => Import, introductions = 1): Import {
    const entry = this.#entries.get(id)
    const held = entry?.held.deref()
    if (entry !== undefined && held !== undefined) {
      entry.introductions += introductions
      return held
    }
    const made = create()
    const fresh = {
      id,
      held: new WeakRef(made),
      introductions: (entry?.introductions ?? 0) + introductions,
    }
    this.#entries.set(id, fresh)
    this.#collected.register(made, fresh)
    return made
  }

  /** The import of an id while one is held. */
  find(id: number): Import | undefined {
    return this.#entries.get(id)?.held.deref()
  }

  /** How often the peer has introduced an object that is held. */
  introductions(id: number): number {
    return this.#entries.get(id)?.introductions ?? 0
  }

  /** Every import that is held. */
  *held(): Iterable<Import> {
    for (const entry of this.#entries.values()) {
      const held = entry.held.deref()
      if (held !== undefined) yield held
    }
  }

  /**
   * Gives up an object now: its introductions go back, and a later one makes a new import. Does nothing for an import
   * that was given up before, whose id may be another's by now.
   */
  release(id: number, held: Import): void {
    const entry = this.#entries.get(id)
    if (entry?.held.deref() === held) this.#drop(entry, false)
  }

  /** Forgets everything without giving anything back, as when the peer is gone. */
  clear(): void {
    this.#entries.clear()
  }

  #drop(entry: ImportEntry<Import>, collected: boolean): void {
    if (this.#entries.get(entry.id) !== entry) return
    this.#entries.delete(entry.id)
    if (entry.introductions > 0) this.#giveBack(entry.id, entry.introductions, collected)
  }
}
