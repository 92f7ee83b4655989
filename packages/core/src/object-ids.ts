/**
 * The ids of a heap's objects, one for each however many peers hold it: what a peer holds under an id can be named to another
 * peer by the same id. Ids below {@link FIRST_ID} are fixed by the session; the others are free again when no table has the object.
 */

/** The ids of the two objects that every session begins with. */
export const ROOT = 0
export const CONTROL = 1

/** The first id of an object that is given out. */
export const FIRST_ID = 2

interface Named {
  readonly id: number
  /** How many tables have it. */
  tables: number
}

export class ObjectIds {
  readonly #named = new Map<object, Named>()
  readonly #free: number[] = []
  #next = FIRST_ID

  /** The id of an object that has one. */
  of(value: object): number | undefined {
    return this.#named.get(value)?.id
  }

  /** Says which of the fixed ids an object has. */
  fix(value: object, id: number): void {
    this.#named.set(value, { id, tables: 1 })
  }

  /** One more table has the object. */
  take(value: object): number {
    const known = this.#named.get(value)
    if (known !== undefined) {
      known.tables++
      return known.id
    }
    const id = this.#free.pop() ?? this.#next++
    this.#named.set(value, { id, tables: 1 })
    return id
  }

  /** One table less has it. */
  drop(value: object): void {
    const known = this.#named.get(value)
    if (known === undefined) return
    known.tables--
    if (known.tables > 0) return
    this.#named.delete(value)
    if (known.id >= FIRST_ID) this.#free.push(known.id)
  }
}
