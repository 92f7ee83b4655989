/**
 * The objects this context has let one peer name.
 *
 * An entry lives while the peer holds at least one introduction of it. Introductions are counted, not
 * flagged: a release that crosses a re-send on the wire gives back only what its sender had seen.
 */
import { LimitExceededError, ProtocolError } from './errors.ts'
import type { Dropped } from './holders.ts'
import { FIRST_ID, ObjectIds } from './object-ids.ts'
import { type Scope, scopeHere } from './scope.ts'

interface ExportEntry {
  readonly value: object
  introductions: number
  /** Calls that wait and will need it. */
  pins: number
  /** Runs when the peer has given the last of them back. */
  readonly dropped: Dropped | undefined
  /** Where it was first introduced, for a function that is called with what belongs there. */
  readonly scope: Scope | undefined
}

export class ExportTable {
  readonly #entries: (ExportEntry | undefined)[] = []
  readonly #ids: ObjectIds
  readonly #maximum: number
  #size = 0

  /**
   * @param maximum how many objects the peer may name at one time (`Limits.exports`)
   * @param ids names the objects; shared with the tables of other peers that may hear of an object from one another
   */
  constructor(maximum: number, ids: ObjectIds = new ObjectIds()) {
    this.#maximum = maximum
    this.#ids = ids
  }

  /** How many objects the peer can name now. */
  get size(): number {
    return this.#size
  }

  /**
   * Introduces `value` to the peer once more; the same value keeps its id while any introduction is out.
   * `begin` is called for the first one, and what it gives when the last is given back.
   * @throws {LimitExceededError} when the table is full.
   */
  introduce(value: object, begin?: () => Dropped | undefined): number {
    const known = this.idOf(value)
    if (known !== undefined) {
      const entry = this.#entries[known]
      if (entry !== undefined) entry.introductions++
      return known
    }
    if (this.#size >= this.#maximum) {
      throw new LimitExceededError(
        'exports',
        this.#maximum,
        'the number of objects this peer holds',
      )
    }
    const id = this.#ids.take(value)
    this.#put(id, value, begin?.(), scopeHere())
    return id
  }

  /** The object of an id. @throws {ProtocolError} when the peer was given no such id. */
  get(id: number): object {
    const entry = this.#entries[id]
    if (entry === undefined) throw new ProtocolError(`there is no object ${id}`)
    return entry.value
  }

  /** The id of `value` while the peer holds it. */
  idOf(value: object): number | undefined {
    const id = this.#ids.of(value)
    return id !== undefined && this.#entries[id]?.value === value ? id : undefined
  }

  /** Puts another object at one of the fixed ids, which are never given back. */
  replace(id: number, value: object): void {
    const before = this.#entries[id]
    if (before === undefined) this.#size++
    else this.#ids.drop(before.value)
    this.#ids.fix(value, id)
    this.#entries[id] = { value, introductions: 1, pins: 0, dropped: undefined, scope: undefined }
  }

  #put(id: number, value: object, dropped: Dropped | undefined, scope: Scope | undefined): void {
    this.#entries[id] = { value, introductions: 1, pins: 0, dropped, scope }
    this.#size++
  }

  /** Every object that was introduced and is held. */
  *held(): Iterable<object> {
    for (const [id, entry] of this.#entries.entries())
      if (entry !== undefined && id >= FIRST_ID) yield entry.value
  }

  /** The scope that an object was introduced in, or what is left of those around it. */
  scopeOf(id: number): Scope | undefined {
    return this.#entries[id]?.scope?.living
  }

  /**
   * Gives back `count` introductions. The last one drops the entry and runs what follows from that.
   * @param atOnce false when it is not the peer that does, and other code runs around this
   * @throws {ProtocolError} when the peer gives back more than it was given.
   */
  release(id: number, count: number, atOnce = true): void {
    const entry = this.#entries[id]
    if (entry === undefined || count > entry.introductions) {
      throw new ProtocolError(`object ${id} was released more often than it was introduced`)
    }
    entry.introductions -= count
    this.#dropUnheld(id, entry, atOnce)
  }

  /**
   * Keeps the object of an id, and the id for this object, until `unpin`, whatever the peer gives back meanwhile.
   * @throws {ProtocolError} when the peer was given no such id.
   */
  pin(id: number): void {
    const entry = this.#entries[id]
    if (entry === undefined) throw new ProtocolError(`there is no object ${id}`)
    entry.pins++
  }

  /** Ends one `pin`. Does nothing when everything was dropped meanwhile. */
  unpin(id: number): void {
    const entry = this.#entries[id]
    if (entry === undefined) return
    entry.pins--
    this.#dropUnheld(id, entry, false)
  }

  #dropUnheld(id: number, entry: ExportEntry, atOnce: boolean): void {
    if (entry.introductions > 0 || entry.pins > 0) return
    this.#entries[id] = undefined
    this.#size--
    this.#ids.drop(entry.value)
    entry.dropped?.(atOnce)
  }

  /** Drops everything, as when the peer is gone; what follows from that runs. */
  clear(): void {
    const entries = this.#entries.splice(0)
    this.#size = 0
    for (const entry of entries) if (entry !== undefined) this.#ids.drop(entry.value)
    for (const entry of entries) entry?.dropped?.(false)
  }
}
