/**
 * What the guest's garbage collector has found, put off until an entry of the host.
 *
 * The engine runs finalizers before an asynchronous entry begins: outside of every time limit, with nothing to answer to.
 * So there they only note what is gone, touching no built-in that guest code could have replaced; what is to be done
 * about it is done inside an entry, a bounded part in each, and leaves with that entry's answer.
 */

/** What is done at least in one entry, if there is as much. About 0.1 ms. */
const PART = 100

/** An object that is gone. A list of these, and no array: to write an element may run a setter of the guest's. */
interface Gone {
  readonly run: (held: unknown) => void
  readonly held: unknown
  next: Gone | undefined
}

export class Finalizers {
  #first: Gone | undefined
  #last: Gone | undefined
  #waiting = 0

  /**
   * A `FinalizationRegistry` as the language has it, except that what it calls is put off.
   * @param Native the engine's own
   */
  registry(Native: FinalizationRegistryConstructor): FinalizationRegistryConstructor {
    const note = (run: Gone['run'], held: unknown): void => this.#note(run, held)
    class PutOff<Held> extends Native<Held> {
      constructor(run: (held: Held) => void) {
        super((held) => note(run as Gone['run'], held)) // what a registry holds, it gives to its own function
      }
    }
    return PutOff as FinalizationRegistryConstructor
  }

  /** Runs a part of what was put off: more of it the more there is, so that it never piles up. */
  runSome(): void {
    let left = this.#waiting >> 4
    if (left < PART) left = PART
    while (left-- > 0) {
      const gone = this.#first
      if (gone === undefined) return
      this.#first = gone.next
      if (gone.next === undefined) this.#last = undefined
      this.#waiting--
      const { run, held } = gone
      run(held)
    }
  }

  #note(run: Gone['run'], held: unknown): void {
    const gone: Gone = { run, held, next: undefined }
    if (this.#last === undefined) this.#first = gone
    else this.#last.next = gone
    this.#last = gone
    this.#waiting++
  }
}
