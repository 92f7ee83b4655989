/**
 * What a proxy stands for: an object of the peer, or the answer of a call that has not arrived.
 *
 * Both can be the target of an operation, which is what makes a result usable before it is here.
 */
import type { CallParticulars } from './call-options.ts'
import type { CloseReason } from './errors.ts'
import type { Membership } from './family.ts'
import type { Gate } from './gate.ts'
import type { Flavour } from './marshal/port.ts'
import type { PeerLocks } from './peer-locks.ts'
import type { Operation } from './protocol.ts'
import type { Scope } from './scope.ts'
import type { AbortSource } from './signal.ts'

/** What handles and proxies ask of the session they belong to. */
export interface Connection {
  /** The name of the context at the other end, for messages. */
  readonly peerName: string
  /** What names the heap at the other end; see `this-heap.ts`. */
  readonly peerHeap: number
  /** Sends an operation; its answer can be awaited and used as a target at once. */
  request(
    operation: Operation,
    handle: Handle,
    path: readonly PropertyKey[],
    args: unknown,
    options?: CallParticulars,
    flavour?: Flavour,
    flags?: number,
  ): Answer
  /** Performs an operation and blocks until its answer is here. */
  requestSync(
    operation: Operation,
    handle: Handle,
    path: readonly PropertyKey[],
    args: unknown,
    flags?: number,
    options?: CallParticulars,
  ): unknown
  /** Can this thread wait for the peer? */
  readonly blocks: boolean
  /** Iterates an iterable of the peer. */
  iterate(
    handle: Handle,
    path: readonly PropertyKey[],
    options?: CallParticulars,
  ): AsyncIterator<unknown, unknown, unknown>
  /** Does a thread that blocks on the peer sleep, and not run the peer's code itself? */
  readonly waits: boolean
  /** Does a thread of the peer that blocks on us stay blocked until it has its answer? */
  readonly isWaitedFor: boolean
  /** Heaps wait for a call of ours as well, which blocks this thread. */
  joined(call: Answer, heaps: readonly number[]): void
  /** The peer's locks, and those who hold them here. */
  readonly locks: PeerLocks
  /** Gives an import back. */
  giveUp(imported: Import): void
  /** Gives up the hold on an answer that is here. */
  finished(answer: Answer): void
  /** Something is awaited from the peer, and the process must not end by itself, until what this gives is called. */
  keepAlive(): () => void
  /** Something is lent between the two, and one that closes the session and drains waits, until what this gives is called. */
  holdOpen(): () => void
  /** Reports a failure that no caller waits for. */
  report(error: unknown): void
  /** Why the session ended; `undefined` while it lives. */
  readonly ended: CloseReason | undefined
  /** The family it belongs to, if it belongs to one. */
  readonly membership: Membership | undefined
}

/** The answer of a call: a target before it is here, a promise for it, and the record of the pending call. */
export interface Answer {
  readonly session: Connection
  readonly description: string
  /** Did its user give it up? */
  readonly released: boolean
  /** A native promise of the answer. Asking for it marks the answer as awaited. */
  promise(): Promise<unknown>
  /** Gives up the answer, and what it brings when it is here. */
  giveUp(): void
}

/** What an imported object is, as far as its proxy must know. */
export type ImportKind = 'object' | 'array' | 'function'

/**
 * What few imports have. The others share {@link NONE}, so that an object that is merely held costs little: `bench/`,
 * row `memory`.
 */
class Rare {
  stays = false
  key: PropertyKey | undefined
  /** The object as it is known to peers we passed it to: their hold, which outlives ours. */
  lent: Import | undefined
  origin: Import | undefined
  borrowers = 0
  signalSource: AbortSource | undefined
  gate: Gate | undefined
  isProtected = false
  scope: Scope | undefined
  methods: Map<PropertyKey, object> | undefined
}

const NONE = new Rare()

/** One object of a peer that is held here. All proxies of it share this one. */
export class Import {
  readonly session: Connection
  readonly id: number
  readonly kind: ImportKind
  /** What its owner calls it, for messages and inspection. */
  readonly label: string
  released = false
  /** Its proxies; each keeps this handle alive, and this keeps them while one is held. */
  remote: object | undefined
  sync: object | undefined
  #rare: Readonly<Rare> = NONE

  constructor(session: Connection, id: number, kind: ImportKind, label: string, origin?: Import) {
    this.session = session
    this.id = id
    this.kind = kind
    this.label = label
    if (origin !== undefined) this.#ownRare().origin = origin
  }

  get description(): string {
    return this.label
  }

  /** Did its owner say, when it was last read from a property, that it stays there? */
  get stays(): boolean {
    return this.#rare.stays
  }

  set stays(stays: boolean) {
    if (stays !== this.#rare.stays) this.#ownRare().stays = stays
  }

  /** The name it was last read by, for calling it as a method. */
  get key(): PropertyKey | undefined {
    return this.#rare.key
  }

  set key(key: PropertyKey | undefined) {
    if (key !== this.#rare.key) this.#ownRare().key = key
  }

  /** How many peers have it. */
  get borrowers(): number {
    return this.#rare.borrowers
  }

  set borrowers(borrowers: number) {
    if (borrowers !== this.#rare.borrowers) this.#ownRare().borrowers = borrowers
  }

  /** Aborts this side's signal, when the object is a signal. */
  get signalSource(): AbortSource | undefined {
    return this.#rare.signalSource
  }

  set signalSource(signalSource: AbortSource | undefined) {
    if (signalSource !== this.#rare.signalSource) this.#ownRare().signalSource = signalSource
  }

  /** What whatever names it to its owner waits for, when it was passed on to us and the owner has not granted it yet. */
  get gate(): Gate | undefined {
    return this.#rare.gate
  }

  set gate(gate: Gate | undefined) {
    if (gate !== this.#rare.gate) this.#ownRare().gate = gate
  }

  /** May it be under another lock than that of the context which gave it? */
  get isProtected(): boolean {
    return this.#rare.isProtected
  }

  set isProtected(isProtected: boolean) {
    if (isProtected !== this.#rare.isProtected) this.#ownRare().isProtected = isProtected
  }

  /** What gives it up at its end, unless the program holds it from elsewhere too. */
  get scope(): Scope | undefined {
    return this.#rare.scope
  }

  set scope(scope: Scope | undefined) {
    if (scope !== this.#rare.scope) this.#ownRare().scope = scope
  }

  /** Methods that stay, by name, so that a call on one is one crossing. Made when there is one to keep. */
  get methods(): Map<PropertyKey, object> | undefined {
    return this.#rare.methods
  }

  set methods(methods: Map<PropertyKey, object> | undefined) {
    if (methods !== this.#rare.methods) this.#ownRare().methods = methods
  }

  /** What was lent, when this is the hold of peers. */
  get origin(): Import | undefined {
    return this.#rare.origin
  }

  /** The hold that peers share. It keeps this one alive, so that the object is not given back before they are done. */
  lend(): Import {
    const rare = this.#ownRare()
    rare.lent ??= new Import(this.session, this.id, this.kind, this.label, this)
    return rare.lent
  }

  /** To be written to. */
  #ownRare(): Rare {
    if (this.#rare === NONE) this.#rare = new Rare()
    return this.#rare
  }
}

export type Handle = Import | Answer

/** A property path from a handle, as messages write it. */
export function describePath(root: string, path: readonly PropertyKey[]): string {
  let text = root
  for (const key of path) {
    if (typeof key === 'symbol') text += `[${String(key)}]`
    else text += text === '' ? String(key) : `.${String(key)}`
  }
  return text
}
