/**
 * The objects of one peer that this side holds.
 *
 * The table never keeps anything alive: it finds the import of an id while some proxy of it is held, so that
 * the same object is the same proxy, and counts what was introduced, so that it can be given back. When the
 * last proxy is collected, all that was counted is given back at once.
 *
 * What a newcomer gets wrong: an id may be introduced again after its import was collected and before
 * the finalizer ran. The new import takes over the old count, and the late finalizer finds that the id has an import again.
 */
export class ImportTable<Import extends object> {
  readonly #held = new Map<number, WeakRef<Import>>()
  /** How often an object was introduced, where that is not once: so most cost no more than the weak reference. */
  readonly #introductions = new Map<number, number>()
  readonly #giveBack: (id: number, count: number, collected: boolean) => void
  readonly #collected: FinalizationRegistry<number>

  /** @param giveBack sends a release; it is called from a finalizer (`collected`), or from `release` */
  constructor(giveBack: (id: number, count: number, collected: boolean) => void) {
    this.#giveBack = giveBack
    this.#collected = new FinalizationRegistry((id) => {
      // It may be another's by now. If that one was collected too, what was counted for both goes back here.
      if (this.find(id) === undefined) this.#drop(id, true)
    })
  }

  /** How many objects of the peer are held here. */
  get size(): number {
    return this.#held.size
  }

  /**
   * Gives the import of `id`, made by `create` when none is held, and counts an introduction; or none, when another
   * peer has named it and its owner's own word is to come.
   */
  receive(id: number, create: () => Import, introductions = 1): Import {
    const held = this.find(id)
    if (held !== undefined) {
      if (introductions > 0) this.#introductions.set(id, this.introductions(id) + introductions)
      return held
    }
    const made = create()
    const count = this.introductions(id) + introductions
    this.#held.set(id, new WeakRef(made))
    if (count === 1) this.#introductions.delete(id)
    else this.#introductions.set(id, count)
    this.#collected.register(made, id)
    return made
  }

  /** The import of an id while one is held. */
  find(id: number): Import | undefined {
    return this.#held.get(id)?.deref()
  }

  /** How often the peer has introduced an object that is held. */
  introductions(id: number): number {
    return this.#held.has(id) ? (this.#introductions.get(id) ?? 1) : 0
  }

  /** Counts an introduction of an object that is held: its owner's own word for what another peer has named. */
  count(id: number): void {
    if (this.#held.has(id)) this.#introductions.set(id, this.introductions(id) + 1)
  }

  /** Every import that is held. */
  *held(): Iterable<Import> {
    for (const reference of this.#held.values()) {
      const held = reference.deref()
      if (held !== undefined) yield held
    }
  }

  /**
   * Gives up an object now: its introductions go back, and a later one makes a new import. Does nothing for an import
   * that was given up before, whose id may be another's by now.
   */
  release(id: number, held: Import): void {
    if (this.find(id) === held) this.#drop(id, false)
  }

  /** Forgets everything without giving anything back, as when the peer is gone. */
  clear(): void {
    this.#held.clear()
    this.#introductions.clear()
  }

  #drop(id: number, collected: boolean): void {
    const count = this.introductions(id)
    this.#held.delete(id)
    this.#introductions.delete(id)
    if (count > 0) this.#giveBack(id, count, collected)
  }
}
