/**
 * The immutable values that two contexts have sent each other, as one side of a session knows them.
 *
 * A content leaves in a message of its own, at once, ahead of whatever names it, and ids are never used again. So what becomes of a
 * message that names a value has nothing to do with the value: it may wait, fail, be refused, or never leave.
 *
 * The one who sent a value may name it while it exists there. When it is collected the peer is told (`forget`), lets go of its copy and says so
 * (`dropped`); until then the copy may be on its way home, and finds what stands for the value, see `substitute.ts`. A peer that cannot
 * take a content says `dropped` at once: the next time that the value is sent it is sent anew. What names it meanwhile fails with the reason.
 */
import { FarholdError, NotShareableError, ProtocolError } from './errors.ts'
import { markImmutable } from './marks.ts'
import { type Content, decodeContent, encodeContent } from './marshal/content.ts'
import type { ReferencePort } from './marshal/port.ts'
import { checkNatural, type Extra, type Slot, Tag } from './protocol.ts'
import { substituteOf } from './substitute.ts'

/** What this asks of the session around it. */
export interface ImmutablePort {
  readonly references: ReferencePort
  /** Sends a content ahead of everything that is not queued yet. */
  sendContent(fields: readonly unknown[], moved: readonly unknown[]): void
  /** Sends a message behind everything that was encoded before. */
  send(tag: Tag, id: number): void
}

/** A value of ours that the peer has. */
interface Given {
  readonly value: WeakRef<object>
  readonly substitute: object
}

/** A value of the peer's, which it may name. */
interface Received {
  readonly copy: object
  readonly weight: number
}

/** A content that was encoded with a value that is not queued yet. */
interface Fresh {
  readonly ids: readonly number[]
  readonly content: Content
}

/** Why there is no value of an id. */
interface Refusal {
  readonly error: FarholdError
  isTold: boolean
}

/** How many refusals are remembered: each is needed only until what named the value meanwhile has come. */
const MOST_REFUSALS = 1000

/** A content counts as one more object for each so many characters or bytes of it. */
const HEAVY = 1024

export class ImmutableTable {
  readonly #port: ImmutablePort
  readonly #given = new Map<number, Given>()
  readonly #idOf = new WeakMap<object, number>()
  readonly #received = new Map<number, Received>()
  readonly #idOfCopy = new WeakMap<object, number>()
  readonly #refusals = new Map<number, Refusal>()
  #fresh: Fresh[] = []
  #next = 1
  readonly #collected = new FinalizationRegistry<number>((id) => {
    if (this.#given.has(id)) this.#port.send(Tag.forget, id)
  })

  constructor(port: ImmutablePort) {
    this.#port = port
  }

  /** How many values of ours the peer has. */
  get given(): number {
    return this.#given.size
  }

  /** How many of the peer's values are here. */
  get received(): number {
    return this.#received.size
  }

  // Out -----------------------------------------------------------------------------------------------

  /** See {@link ReferencePort.nameImmutable}. */
  name(value: object, roots: object[] | undefined, where: () => string): Slot | undefined {
    const home = this.#idOfCopy.get(value)
    if (home !== undefined) return ['immutable', home, 1]
    const known = this.#idOf.get(value)
    if (known !== undefined) return ['immutable', known]
    if (roots !== undefined) {
      roots.push(value)
      return undefined
    }
    const { references } = this.#port
    const content = encodeContent(value, references, where())
    const { quota } = references
    const count = content.roots.length
    if (quota.pinned + count > quota.limits.exports)
      throw quota.past('exports', 'the number of objects and answers this peer holds')
    const substitutes = content.roots.map(substituteOf)
    const first = this.#next
    this.#next += count
    const ids = content.roots.map((_, index) => first + index)
    // First of all: one that the engine cuts short after it leaves with the next value.
    this.#fresh.push({ ids, content })
    quota.pinned += count
    for (const [index, root] of content.roots.entries()) {
      const id = first + index
      const substitute = substitutes[index] as object // there is one for each
      this.#given.set(id, { value: new WeakRef(root), substitute })
      this.#idOf.set(root, id)
      this.#collected.register(root, id)
    }
    return ['immutable', first]
  }

  /** How many contents wait for the value that they are encoded with. */
  get fresh(): number {
    return this.#fresh.length
  }

  /** What was encoded will be sent: what is in it has to be there before. */
  commit(): void {
    if (this.#fresh.length === 0) return
    const fresh = this.#fresh
    this.#fresh = []
    for (const { ids, content } of fresh)
      this.#port.sendContent([Tag.content, ids, content.value, content.extra], content.moved)
  }

  /** What was encoded since there were so many will not be sent. */
  withdraw(fresh: number): void {
    for (const { ids } of this.#fresh.splice(fresh)) for (const id of ids) this.#drop(id)
  }

  /** The peer has let go of a value. @throws {ProtocolError} when it has none of that id. */
  dropped(id: number): void {
    if (!this.#drop(id)) throw new ProtocolError(`there is no immutable value ${id}`)
  }

  #drop(id: number): boolean {
    const given = this.#given.get(id)
    if (given === undefined) return false
    this.#given.delete(id)
    this.#port.references.quota.pinned--
    const value = given.value.deref()
    if (value !== undefined) this.#idOf.delete(value)
    return true
  }

  // In ------------------------------------------------------------------------------------------------

  /**
   * A content has come. One that cannot be made here is refused, which is no reason to end the session; one that is here was delivered twice.
   * @throws {ProtocolError} for what is malformed
   */
  receive(given: unknown, value: unknown, extra: Extra, moved: readonly unknown[]): void {
    const ids = this.#checkIds(given)
    if (ids.some((id) => this.#received.has(id))) return
    // Written down before, in case the engine cuts it short.
    this.#refuse(ids, new NotShareableError('an immutable value did not come through whole.', ''))
    const { references } = this.#port
    const { quota } = references
    try {
      const { roots, size } = decodeContent(value, extra, ids.length, references, moved)
      const extraWeight = Math.floor(size / HEAVY)
      if (quota.pinned + ids.length + extraWeight > quota.limits.exports)
        throw quota.past('exports', 'what this peer has us keep')
      for (const [index, id] of ids.entries()) {
        const copy = roots[index] as object // as many as ids
        const weight = index === 0 ? 1 + extraWeight : 1
        quota.pinned += weight
        this.#received.set(id, { copy, weight })
        this.#idOfCopy.set(copy, id)
        markImmutable(copy)
        this.#refusals.delete(id)
      }
    } catch (error) {
      if (error instanceof ProtocolError || !(error instanceof FarholdError)) throw error
      this.#refuse(ids, error)
      for (const id of ids) this.#tell(id)
    }
  }

  /** The peer will not name a value again. */
  forget(id: number): void {
    const received = this.#received.get(id)
    if (received !== undefined) {
      this.#received.delete(id)
      this.#idOfCopy.delete(received.copy)
      this.#port.references.quota.pinned -= received.weight
      this.#port.send(Tag.dropped, id)
      return
    }
    this.#tell(id)
    this.#refusals.delete(id)
  }

  /** The value of a slot. @throws {NotShareableError} or why it was refused, when it is not here; {@link ProtocolError} when it should be ours. */
  revive(slot: Slot): object {
    const found = this.find(slot)
    if (found !== undefined) return found
    const id = checkNatural(slot[1], 'id of an immutable value')
    if (slot[2] === 1) throw new ProtocolError(`there is no immutable value ${id}`)
    this.#tell(id)
    throw (
      this.#refusals.get(id)?.error ??
      new NotShareableError(
        'an immutable value whose content is not here: it was not taken, or was never sent.',
        '',
      )
    )
  }

  /** The value of a slot, if it is here. */
  find([, id, isHome]: Slot): object | undefined {
    const natural = checkNatural(id, 'id of an immutable value')
    if (isHome !== 1) return this.#received.get(natural)?.copy
    const given = this.#given.get(natural)
    return given?.value.deref() ?? given?.substitute
  }

  #checkIds(given: unknown): readonly number[] {
    const { keys } = this.#port.references.limits
    if (!Array.isArray(given) || given.length === 0 || given.length > keys)
      throw new ProtocolError('no list of ids')
    let last = 0
    for (const id of given as readonly unknown[]) {
      const natural = checkNatural(id, 'id of an immutable value')
      if (natural <= last) throw new ProtocolError('ids of immutable values that do not go up')
      last = natural
    }
    return given as readonly number[] // each was checked in the loop above
  }

  #refuse(ids: readonly number[], error: FarholdError): void {
    for (const id of ids) {
      const isTold = this.#refusals.get(id)?.isTold ?? false
      this.#refusals.set(id, { error, isTold })
    }
    for (const id of this.#refusals.keys()) {
      if (this.#refusals.size <= MOST_REFUSALS) break
      this.#tell(id)
      this.#refusals.delete(id)
    }
  }

  /** Lets the peer know, once, that a content is not here. */
  #tell(id: number): void {
    const refusal = this.#refusals.get(id)
    if (refusal === undefined || refusal.isTold) return
    refusal.isTold = true
    this.#port.send(Tag.dropped, id)
  }

  /** The peer is gone. Its values stay with whoever holds them here. */
  clear(): void {
    for (const [id, { copy }] of this.#received) {
      this.#received.delete(id)
      this.#idOfCopy.delete(copy)
    }
    for (const id of this.#given.keys()) this.#drop(id)
    this.#refusals.clear()
    this.#fresh = []
  }
}
