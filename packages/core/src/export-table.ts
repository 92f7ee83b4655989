/**
 * The objects this context has let one peer name.
 *
 * An entry lives while the peer holds at least one introduction of it. Introductions are counted, not
 * flagged: a release that crosses a re-send on the wire gives back only what its sender had seen.
 */
import { ProtocolError } from './errors.ts'
import type { Dropped } from './holders.ts'
import { FIRST_ID, ObjectIds } from './object-ids.ts'
import type { Quota } from './quota.ts'
import { type Scope, scopeHere } from './scope.ts'

/** What few exports have. */
interface Particulars {
  /** Calls that wait and will need it. */
  pins: number
  /** Runs when the peer has given the last of them back. */
  readonly dropped: Dropped | undefined
  /** Where it was first introduced, for a function that is called with what belongs there. */
  readonly scope: Scope | undefined
}

export class ExportTable {
  readonly #values: (object | undefined)[] = []
  /** How often each was introduced: a list of numbers beside the other, which costs less than an entry each. */
  readonly #introductions: number[] = []
  readonly #particulars = new Map<number, Particulars>()
  readonly #ids: ObjectIds
  readonly #quota: Pick<Quota, 'limits' | 'pinned' | 'past'>
  #size = 0

  /**
   * @param quota counts what the peer may name at one time (`Limits.exports`); the fixed ids are not of that
   * @param ids names the objects; shared with the tables of other peers that may hear of an object from one another
   */
  constructor(quota: Pick<Quota, 'limits' | 'pinned' | 'past'>, ids: ObjectIds = new ObjectIds()) {
    this.#quota = quota
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
      this.#introductions[known] = this.#introducedSoFar(known) + 1
      return known
    }
    const quota = this.#quota
    if (quota.pinned >= quota.limits.exports)
      throw quota.past('exports', 'the number of objects and answers this peer holds')
    const id = this.#ids.take(value)
    const dropped = begin?.()
    const scope = scopeHere()
    this.#put(id, value)
    quota.pinned++
    if (dropped !== undefined || scope !== undefined)
      this.#particulars.set(id, { pins: 0, dropped, scope })
    return id
  }

  /** The object of an id. @throws {ProtocolError} when the peer was given no such id. */
  get(id: number): object {
    const value = this.#values[id]
    if (value === undefined) throw new ProtocolError(`there is no object ${id}`)
    return value
  }

  /** The object of an id that the peer was given. */
  find(id: number): object | undefined {
    return this.#values[id]
  }

  /** The id of `value` while the peer holds it. */
  idOf(value: object): number | undefined {
    const id = this.#ids.of(value)
    return id !== undefined && this.#values[id] === value ? id : undefined
  }

  /** Puts another object at one of the fixed ids, which are never given back. */
  replace(id: number, value: object): void {
    const before = this.#values[id]
    if (before !== undefined) {
      this.#ids.drop(before)
      this.#size--
    }
    this.#ids.fix(value, id)
    this.#put(id, value)
  }

  #put(id: number, value: object): void {
    this.#values[id] = value
    this.#introductions[id] = 1
    this.#size++
  }

  #introducedSoFar(id: number): number {
    return this.#introductions[id] ?? 0
  }

  /** Every object that was introduced and is held. */
  *held(): Iterable<object> {
    for (const [id, value] of this.#values.entries())
      if (value !== undefined && id >= FIRST_ID) yield value
  }

  /** The scope that an object was introduced in, or what is left of those around it. */
  scopeOf(id: number): Scope | undefined {
    return this.#particulars.get(id)?.scope?.living
  }

  /**
   * Gives back `count` introductions. The last one drops the entry and runs what follows from that.
   * @param atOnce false when it is not the peer that does, and other code runs around this
   * @throws {ProtocolError} when the peer gives back more than it was given.
   */
  release(id: number, count: number, atOnce = true): void {
    const value = this.#values[id]
    const introductions = this.#introducedSoFar(id)
    if (value === undefined || count > introductions) {
      throw new ProtocolError(`object ${id} was released more often than it was introduced`)
    }
    this.#introductions[id] = introductions - count
    this.#dropUnheld(id, value, atOnce)
  }

  /**
   * Keeps the object of an id, and the id for this object, until `unpin`, whatever the peer gives back meanwhile.
   * @throws {ProtocolError} when the peer was given no such id.
   */
  pin(id: number): void {
    if (this.#values[id] === undefined) throw new ProtocolError(`there is no object ${id}`)
    const particulars = this.#particulars.get(id)
    if (particulars !== undefined) particulars.pins++
    else this.#particulars.set(id, { pins: 1, dropped: undefined, scope: undefined })
  }

  /** Ends one `pin`. Does nothing when everything was dropped meanwhile. */
  unpin(id: number): void {
    const value = this.#values[id]
    const particulars = this.#particulars.get(id)
    if (value === undefined || particulars === undefined) return
    particulars.pins--
    const { pins, dropped, scope } = particulars
    if (pins === 0 && dropped === undefined && scope === undefined) this.#particulars.delete(id)
    this.#dropUnheld(id, value, false)
  }

  #dropUnheld(id: number, value: object, atOnce: boolean): void {
    if (this.#introducedSoFar(id) > 0) return
    const particulars = this.#particulars.get(id)
    if (particulars !== undefined) {
      if (particulars.pins > 0) return
      this.#particulars.delete(id)
    }
    this.#values[id] = undefined
    this.#size--
    this.#quota.pinned--
    this.#ids.drop(value)
    particulars?.dropped?.(atOnce)
  }

  /** Drops everything, as when the peer is gone; what follows from that runs. */
  clear(): void {
    this.#quota.pinned -= this.#values.reduce(
      (sum: number, value, id) => sum + (value !== undefined && id >= FIRST_ID ? 1 : 0),
      0,
    )
    const values = this.#values.splice(0)
    const particulars = [...this.#particulars.values()]
    this.#introductions.length = 0
    this.#particulars.clear()
    this.#size = 0
    for (const value of values) if (value !== undefined) this.#ids.drop(value)
    for (const { dropped } of particulars) dropped?.(false)
  }
}
