/**
 * Contexts that reach each other directly: one that spawns, and those it spawned. An object of one that is passed by a
 * second to a third is held there over a session of the first and the third, and outlives the second's own hold.
 *
 * How a hand-over travels: the second tells the owner to *introduce* its object to the third, and names it, by the owner's id, in
 * the value it sends to the third. The owner tells the third that it *granted* the object. Which of the two comes first does
 * not matter; what the third asks of the object waits for both, so it arrives after what the second had asked of it before.
 */
import { type CloseReason, ContextClosedError } from './errors.ts'
import type { Import } from './handle.ts'
import { ByReference } from './marks.ts'
import type { Flavour } from './marshal/port.ts'
import { ObjectIds } from './object-ids.ts'
import { checkNatural } from './protocol.ts'
import type { Scope } from './scope.ts'

/** The number of a member: the one that spawned the others is 0. */
export const PARENT = 0

/** What a family asks of the session with one of its members. */
export interface Relation {
  readonly peerName: string
  readonly closedPromise: Promise<CloseReason>
  /** Calls what answers for the member, in order with all other calls. */
  ask(method: string, args: readonly unknown[]): Promise<unknown>
  /** The same, ahead of calls that wait for something to be granted: those may wait for this one. */
  askAhead(method: string, args: readonly unknown[]): Promise<unknown>
  /** The session is over. */
  closed(reason: CloseReason): void
  /** The proxy of an object of the member that another one, `introducer`, has passed on, in what belongs to `scope`. */
  receive(
    slot: HandOverSlot,
    introducer: number,
    flavour: Flavour,
    scope: Scope | undefined,
  ): object
  /** Grants the member an object of ours that `introducer` passes, or has passed, on to it. */
  grant(object: object, introducer: number): void
  /** The member has granted an object that `introducer` passes, or has passed, on. */
  granted(id: number, introducer: number): void
  /** The member cannot grant it. */
  refused(id: number, introducer: number, error: unknown): void
  /** Does anything wait to be granted, or to be passed on, by `introducer`? */
  expects(introducer: number): boolean
  /** What `introducer` passed on and the member has not granted will never be, nor the other way round. */
  abandon(introducer: number, error: Error): void
}

/** An object of a member, as another one names it: its id and what a proxy of it must know. */
export interface HandOverSlot {
  readonly id: number
  readonly kind: string
  readonly label: string
}

/** Which session of which family this is. */
export interface Membership {
  readonly family: Family
  /** The number of the member at the other end. */
  readonly member: number
}

export interface FamilyOptions {
  /** Which member this heap is. */
  readonly self: number
  /** Begins a session with a member that is not known yet; its pipe may come later. */
  readonly open: (member: number, name: string) => Relation
  /** Sees to it that two other members have a pipe to each other. */
  readonly acquaint: (one: number, other: number) => void
}

export class Family {
  /** Names the objects of this heap for all of its relations. */
  readonly ids = new ObjectIds()
  readonly self: number
  readonly #options: FamilyOptions
  readonly #relations = new Map<number, Relation>()
  readonly #acquainted = new Set<string>()
  /** Why those that are gone ended. */
  readonly #gone = new Map<number, CloseReason>()

  constructor(options: FamilyOptions) {
    this.#options = options
    this.self = options.self
  }

  /** A session with a member has begun. */
  join(member: number, relation: Relation): void {
    this.#relations.set(member, relation)
  }

  /**
   * The session with a member, begun when it is first needed.
   * @param name what the member is called, where that is known
   */
  relation(member: number, name = ''): Relation {
    const known = this.#relations.get(member)
    if (known !== undefined) return known
    const relation = this.#options.open(member, name)
    const gone = this.#gone.get(member)
    if (gone === undefined) this.#relations.set(member, relation)
    else relation.closed(gone)
    return relation
  }

  /** The session with a member, if there is one. */
  find(member: number): Relation | undefined {
    return this.#relations.get(member)
  }

  /** Why a member that is gone has ended. */
  fateOf(member: number): CloseReason | undefined {
    return this.#gone.get(member)
  }

  /** A member is gone: what it passed on and its owner has not granted by then will never be. */
  left(member: number, reason: CloseReason): void {
    if (this.#gone.has(member)) return
    this.#gone.set(member, reason)
    const lost = this.#relations.get(member)
    this.#relations.delete(member)
    lost?.closed(reason)
    const error = new ContextClosedError(lost?.peerName ?? '', reason, 'a hand-over')
    for (const relation of this.#relations.values()) {
      if (!relation.expects(member)) continue
      relation.askAhead('settled', [member]).then(
        () => relation.abandon(member, error),
        // The owner is gone as well, which its own session tells.
        () => undefined,
      )
    }
  }

  /** Has the owner of an object introduce it to another member. */
  handOver(owner: number, receiver: number, imported: Import): void {
    const key = `${Math.min(owner, receiver)} ${Math.max(owner, receiver)}`
    // Whoever spawned the others knows them all.
    if (owner !== PARENT && receiver !== PARENT && !this.#acquainted.has(key)) {
      this.#acquainted.add(key)
      this.#options.acquaint(owner, receiver)
    }
    this.relation(owner)
      .ask('introduce', [receiver, new ByReference(imported)])
      // The owner is gone; who holds its object hears of that by the owner's own session.
      .catch(() => undefined)
  }
}

/** What answers for a member towards its relations. */
export interface RelationAgent {
  /** Lets another member have an object of ours. */
  introduce(receiver: number, object: object): void
  /** An owner has let us have an object that `introducer` passes, or has passed, on to us. */
  granted(id: number, introducer: number): void
  /** An owner cannot let us have it. */
  refused(id: number, introducer: number, error: unknown): void
  /** Resolves when nothing comes any more of a member that is gone. */
  settled(member: number): Promise<void>
}

/**
 * What answers for this heap in one session of its family.
 * @param member who is at the other end
 */
export function createRelationAgent({ family, member }: Membership): RelationAgent {
  return {
    introduce(receiver, object) {
      family.relation(receiver).grant(object, member)
    },
    granted(id, introducer) {
      family.relation(member).granted(checkNatural(id, 'export id'), introducer)
    },
    refused(id, introducer, error) {
      family.relation(member).refused(checkNatural(id, 'export id'), introducer, error)
    },
    async settled(gone) {
      await family.find(gone)?.closedPromise
    },
  }
}
