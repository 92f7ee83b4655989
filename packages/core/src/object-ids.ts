/**
 * The ids of a heap's objects, one for each however many peers hold it: what a peer holds under an id can be named to another
 * peer by the same id. Ids below {@link FIRST_ID} are fixed by the session; the others are free again when no table has the object.
 */

/** The ids of the two objects that every session begins with. */
export const ROOT = 0
export const CONTROL = 1

/** The first id of an object that is given out. */
export const FIRST_ID = 2

export class ObjectIds {
  readonly #ids = new Map<object, number>()
  /** How many tables have an object beside the first, of the few that more than one has. */
  readonly #more = new Map<object, number>()
  readonly #free: number[] = []
  #next = FIRST_ID

  /** The id of an object that has one. */
  of(value: object): number | undefined {
    return this.#ids.get(value)
  }

  /** Says which of the fixed ids an object has. */
  fix(value: object, id: number): void {
    this.#ids.set(value, id)
    this.#more.delete(value)
  }

  /** One more table has the object. */
  take(value: object): number {
    const known = this.#ids.get(value)
    if (known !== undefined) {
      this.#more.set(value, (this.#more.get(value) ?? 0) + 1)
      return known
    }
    const id = this.#free.pop() ?? this.#next++
    this.#ids.set(value, id)
    return id
  }

  /** One table less has it. */
  drop(value: object): void {
    const id = this.#ids.get(value)
    if (id === undefined) return
    const more = this.#more.get(value)
    if (more === undefined) {
      this.#ids.delete(value)
      if (id >= FIRST_ID) this.#free.push(id)
    } else if (more === 1) this.#more.delete(value)
    else this.#more.set(value, more - 1)
  }
}
