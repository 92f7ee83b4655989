/**
 * What a session's values refer to: both tables, and the slots that name their entries.
 *
 * `export` introduces an object of the sender; `home` names one of the receiver; `answer` names the answer of an earlier
 * call of the sender; the rest are live values.
 */
import { Access, readPath } from './access.ts'
import { PendingCall } from './calls.ts'
import type { Codec } from './codecs/codec.ts'
import { ProtocolError, ReleasedError } from './errors.ts'
import { ExportTable } from './export-table.ts'
import type { HandOverSlot, Membership } from './family.ts'
import type { Gate } from './gate.ts'
import { HandedOver } from './handed-over.ts'
import { type Connection, type Handle, Import, type ImportKind } from './handle.ts'
import { holderOf } from './holders.ts'
import { ImmutableTable } from './immutable-table.ts'
import { ImportTable } from './import-table.ts'
import { describeStandIn } from './inspection.ts'
import { LeakWatch } from './leak-watch.ts'
import { describeOccasion, type Leak, leaksOf, type Occasion, Sites } from './leaks.ts'
import { watchLeases } from './lease.ts'
import type { Limits } from './limits.ts'
import { LiveValues } from './live.ts'
import type { EncodingMark, Flavour, LiveStyle, ReferencePort } from './marshal/port.ts'
import { CONTROL, ROOT } from './object-ids.ts'
import { classNameOf } from './pass-style.ts'
import type { Platform } from './platform.ts'
import { revivePresence } from './presences.ts'
import { isProtected } from './protected.ts'
import {
  checkNatural,
  checkPath,
  propertyKey,
  type Slot,
  shortened,
  type Tag,
  type WireKey,
  wireKey,
} from './protocol.ts'
import type { Quota } from './quota.ts'
import { createRemote, remoteOf } from './remote.ts'
import type { Scope } from './scope.ts'
import { standInOf } from './stand-in.ts'
import { syncOf } from './sync.ts'

/** What references ask of the session around them. */
export interface ReferenceOptions {
  readonly codec: Codec
  readonly limits: Limits
  readonly quota: Quota
  readonly platform: Platform
  readonly name: string
  readonly sharedMemory: boolean
  readonly exposeStacks: boolean
  readonly connection: Connection
  readonly access: Access
  /** Is it noted where objects are introduced? */
  readonly trace: boolean
  /** Hears of a table that only grows; `undefined` when no one wants to. */
  readonly warn: ((message: string) => void) | undefined
  /** The family it belongs to, if it belongs to one. */
  readonly membership: Membership | undefined
  settle(id: number, fulfilled: boolean, value: unknown): void
  beforeLeaving(run: () => void): void
  giveBack(id: number, count: number): void
  /** Sends the content of an immutable value ahead of what names it. */
  sendContent(fields: readonly unknown[], moved: readonly unknown[]): void
  /** Sends a message behind all that was encoded before. */
  send(tag: Tag, id: number): void
}

export class References implements ReferencePort {
  readonly isHere = false
  readonly codec: Codec
  readonly limits: Limits
  readonly quota: Quota
  readonly platform: Platform
  readonly name: string
  readonly sharedMemory: boolean
  readonly exposeStacks: boolean
  readonly access: Access
  readonly exports: ExportTable
  readonly imports: ImportTable<Import>
  readonly live: LiveValues
  readonly immutables: ImmutableTable
  readonly root: Import
  readonly control: Import
  /** The call whose arguments or answer are being read or written. */
  occasion: Occasion | undefined
  readonly #sites: Sites | undefined
  readonly #watch: LeakWatch | undefined
  /** The scope that what is being decoded belongs to. */
  receiving: Scope | undefined
  readonly handedOver: HandedOver
  readonly #membership: Membership | undefined
  /** Is each root there from the start, and never given back? Between others of a family it comes as any other object. */
  readonly #hasRoots: boolean
  /** What is to be done for third contexts when the value that is being encoded is complete. */
  readonly #handOvers: (() => void)[] = []
  /** What the value that is being encoded waits for. */
  readonly #gates: Gate[] = []
  readonly #connection: Connection
  /** The label of the object that was received last. */
  #label = ''
  readonly #giveBack: (id: number, count: number) => void

  constructor(options: ReferenceOptions, root: object | undefined, control: object) {
    this.codec = options.codec
    this.limits = options.limits
    this.quota = options.quota
    this.platform = options.platform
    this.name = options.name
    this.sharedMemory = options.sharedMemory
    this.exposeStacks = options.exposeStacks
    this.access = options.access
    this.#connection = options.connection
    this.#giveBack = (id, count) => options.giveBack(id, count)
    this.#membership = options.membership
    this.exports = new ExportTable(options.quota, options.membership?.family.ids)
    this.#hasRoots = root !== undefined
    if (root !== undefined) this.exports.replace(ROOT, root)
    this.exports.replace(CONTROL, control)
    watchLeases()
    this.#sites = options.trace ? new Sites() : undefined
    this.#watch =
      options.warn === undefined
        ? undefined
        : new LeakWatch(options.limits, () => this.peerName, options.warn)
    this.imports = new ImportTable((id, count, collected) => {
      this.#watch?.gaveBack(this.imports.size, collected)
      options.giveBack(id, count)
    })
    this.handedOver = new HandedOver({
      imports: this.imports,
      giveBack: (id, count) => options.giveBack(id, count),
      isGone: (member) => options.membership?.family.fateOf(member) !== undefined,
    })
    this.root = new Import(options.connection, ROOT, 'object', '')
    this.root.isProtected = true // It may be: nothing says so.
    this.control = new Import(options.connection, CONTROL, 'object', '')
    this.immutables = new ImmutableTable({
      references: this,
      sendContent: (fields, moved) => options.sendContent(fields, moved),
      send: (tag, id) => options.send(tag, id),
    })
    this.live = new LiveValues({
      exports: this.exports,
      imports: this.imports,
      platform: options.platform,
      connection: options.connection,
      quota: options.quota,
      settle: (id, fulfilled, value) => options.settle(id, fulfilled, value),
      beforeLeaving: (run) => options.beforeLeaving(run),
      giveBack: (id, count) => options.giveBack(id, count),
      receive: (id) => this.#receive(id, 'object', ''),
    })
  }

  get peerName(): string {
    return this.#connection.peerName
  }

  get peerHeap(): number {
    return this.#connection.peerHeap
  }

  get isOver(): boolean {
    return this.#connection.ended !== undefined
  }

  keepAlive(): () => void {
    return this.#connection.keepAlive()
  }

  holdOpen(): () => void {
    return this.#connection.holdOpen()
  }

  revivePresence(kind: unknown, parts: readonly unknown[]): object {
    return revivePresence(kind, parts)
  }

  describe(): string | undefined {
    return describeOccasion(this.occasion)
  }

  /** The property keys of a path that came in, as long as a path may be. */
  pathOf(path: unknown): PropertyKey[] {
    const steps = checkPath(path)
    this.quota.checkPath(steps)
    return steps.map(propertyKey)
  }

  isHeld(value: object): boolean {
    return this.exports.idOf(this.access.of(value)) !== undefined
  }

  introduce(given: object, style: LiveStyle, introduced: number[], stays: boolean): Slot {
    if (style !== 'reference') return this.live.introduce(given, style, introduced)
    const value = this.access.of(given)
    if (value instanceof Import) {
      // A hand-over names what its owner is to introduce; it may have been released here since.
      this.#await(value)
      return ['home', value.id, null]
    }
    const id = this.grant(value)
    introduced.push(id)
    const slot: Slot = ['export', id, stays ? 'method' : kindOf(value), classNameOf(value)]
    return isProtected(value) ? [...slot, 1] : slot
  }

  /** Lets the peer name an object of ours, or one that we lend, once more, by the id that this gives. */
  grant(given: object): number {
    const value = this.access.of(given)
    const lent = lentOf(value)
    if (lent !== undefined) return this.#lend(lent)
    let isNew = false
    const id = this.exports.introduce(value, () => {
      isNew = true
      return holderOf(value, (error) => this.#connection.report(error))
    })
    if (isNew) this.#noteGiven(value)
    return id
  }

  /** The id by which members of the family name what they hold of us. */
  idFor(value: object): number | undefined {
    return this.#membership?.family.ids.of(lentOf(value) ?? value)
  }

  introduceStandIn(
    proxy: object,
    introduced: number[],
    inArguments: boolean,
  ): { slot: Slot } | { value: unknown } {
    const standIn = standInOf(proxy)
    if (standIn === undefined) throw new TypeError('not a proxy')
    const { handle, path } = standIn
    // Its id may be another's by now.
    if (handle.released) throw new ReleasedError(describeStandIn(standIn))
    if (handle instanceof PendingCall) {
      return this.#introduceAnswer(handle, path, introduced, inArguments)
    }
    if (handle.session === this.#connection) {
      this.#await(handle as Import)
      // A home reference: the owner's own object, found by id and path.
      return { slot: ['home', (handle as Import).id, wirePath(path)] } // a handle is an import or a PendingCall
    }
    if (handle instanceof Import && path.length === 0) {
      const slot = this.#handOver(handle)
      if (slot !== undefined) return { slot }
    }
    const lent = handle instanceof Import && path.length === 0 ? handle.lend() : undefined
    const id = lent === undefined ? this.exports.introduce(proxy) : this.#lend(lent)
    introduced.push(id)
    const kind = handle instanceof Import && path.length === 0 ? handle.kind : 'function'
    return { slot: ['export', id, kind, handle.description, 1] }
  }

  /** What names an object of another member of the family, which its owner introduces to the peer. */
  #handOver(handle: Import): Slot | undefined {
    const receiver = this.#membership
    const owner = handle.session.membership
    if (receiver === undefined || owner?.family !== receiver.family) return undefined
    this.#handOvers.push(() => owner.family.handOver(owner.member, receiver.member, handle))
    return ['of', owner.member, handle.session.peerName, handle.id, handle.kind, handle.label]
  }

  /** The value that is being encoded names an object, so it can leave when its owner has granted it. */
  #await({ gate }: Import): void {
    if (gate !== undefined) this.#gates.push(gate)
  }

  /** What the value that was encoded last, and a target if there is one, wait for. */
  takeGates(target?: Handle): readonly Gate[] {
    if (target instanceof Import) this.#await(target)
    return this.#gates.length === 0 ? NO_GATES : this.#gates.splice(0)
  }

  nameImmutable(value: object, roots: object[] | undefined, where: () => string): Slot | undefined {
    return this.immutables.name(value, roots, where)
  }

  commit(): void {
    this.immutables.commit()
    for (const handOver of this.#handOvers.splice(0)) handOver()
  }

  /** Introduces another context's object, and gives up our hold for the peer when the peer has given up its own. */
  #lend(lent: Import): number {
    const { origin } = lent
    if (origin === undefined || this.exports.idOf(lent) !== undefined)
      return this.exports.introduce(lent)
    const id = this.exports.introduce(lent, () => () => {
      origin.borrowers--
      if (origin.borrowers === 0 && origin.released) origin.session.giveUp(origin)
    })
    origin.borrowers++
    return id
  }

  #introduceAnswer(
    call: PendingCall,
    path: readonly PropertyKey[],
    introduced: number[],
    inArguments: boolean,
  ): { slot: Slot } | { value: unknown } {
    // Only a call waits for the answers it names; in anything else an answer is a promise like any other.
    if (inArguments && call.session === this.#connection && call.usable) {
      call.used = true
      return { slot: ['answer', call.id, wirePath(path)] }
    }
    if (call.state === 'fulfilled' && call.wanted) {
      return { value: readPath(call.value, path, OPEN) }
    }
    const whole = path.length === 0 ? call.promise() : Promise.resolve(createRemote(call, path))
    return { slot: this.live.introduce(whole, 'promise', introduced) }
  }

  mark(): EncodingMark {
    return {
      handOvers: this.#handOvers.length,
      gates: this.#gates.length,
      contents: this.immutables.fresh,
    }
  }

  withdraw(introduced: readonly number[], { handOvers, gates, contents }: EncodingMark): void {
    this.immutables.withdraw(contents)
    this.#handOvers.length = handOvers
    this.#gates.length = gates
    for (const id of introduced) this.exports.release(id, 1, false)
  }

  revive(slot: Slot, flavour: Flavour): unknown {
    const [kind, id] = slot
    if (kind === 'export') return this.#reviveExport(slot, flavour)
    if (kind === 'of') return this.#reviveHandedOver(slot, flavour)
    if (kind === 'immutable') return this.immutables.revive(slot)
    if (kind === 'home') {
      const home = this.exports.get(checkNatural(id, 'export id'))
      return home instanceof Import
        ? readPath(this.#back(home, flavour), this.pathOf(slot[2]), OPEN)
        : readPath(home, this.pathOf(slot[2]), this.access)
    }
    return this.live.revive(slot, flavour)
  }

  refuse(slot: Slot): void {
    const [kind, id] = slot
    const isFixed = id === CONTROL || (id === ROOT && this.#hasRoots)
    if (INTRODUCING.has(kind) && Number.isSafeInteger(id) && !isFixed)
      this.#giveBack(id as number, 1) // a number, checked on the line above
    // Its owner will grant it: whoever looks forward to that must know that it came.
    if (kind === 'of') this.#reviveHandedOver(slot, 'remote')
  }

  /** What we lent comes back: we hold it again, also where we had given it up before the peers did. */
  #back(lent: Import, flavour: Flavour): object {
    const origin = lent.origin ?? lent
    origin.released = false
    return proxyOf(origin, flavour)
  }

  #reviveExport([, id, kind, label, isProtected]: Slot, flavour: Flavour): object {
    const natural = checkNatural(id, 'export id')
    if (typeof label !== 'string' || typeof kind !== 'string')
      throw new ProtocolError('bad reference')
    if (natural === ROOT && this.#hasRoots) return proxyOf(this.root, flavour)
    const imported = this.#receive(
      natural,
      kind === 'method' ? 'function' : checkKind(kind),
      this.#labelFrom(label),
    )
    if (kind === 'method') imported.stays = true
    // Or it is another context's, with that one's lock.
    if (isProtected === 1) imported.isProtected = true
    return proxyOf(imported, flavour)
  }

  /** What comes one after the other is mostly of one class, whose name is kept once. */
  #labelFrom(received: string): string {
    if (received !== this.#label) this.#label = shortened(received, 100)
    return this.#label
  }

  #reviveHandedOver([, member, name, id, kind, label]: Slot, flavour: Flavour): object {
    const membership = this.#membership
    const owner = checkNatural(member, 'member')
    if (membership === undefined || owner === membership.family.self)
      throw new ProtocolError('a member of no family')
    if (typeof name !== 'string' || typeof label !== 'string' || typeof kind !== 'string')
      throw new ProtocolError('bad reference')
    return membership.family
      .relation(owner, shortened(name, 200))
      .receive(
        { id: checkNatural(id, 'export id'), kind, label },
        membership.member,
        flavour,
        this.receiving,
      )
  }

  /** The proxy of an object that the peer owns and `introducer` has passed on, in what belongs to `scope`. */
  receiveHandedOver(
    { id, kind, label }: HandOverSlot,
    introducer: number,
    flavour: Flavour,
    scope: Scope | undefined,
  ): object {
    const isLive = this.#connection.ended === undefined
    const introductions = isLive ? this.handedOver.passedOn(id, introducer) : 0
    this.receiving = scope
    const imported =
      id === ROOT && this.#hasRoots
        ? this.root
        : this.#receive(id, checkKind(kind), shortened(label, 100), introductions)
    this.receiving = undefined
    // Its owner has not said.
    imported.isProtected = true
    if (isLive) this.handedOver.received(imported)
    return proxyOf(imported, flavour)
  }

  #receive(id: number, kind: ImportKind, label: string, introductions = 1): Import {
    let isNew = false
    const create = (): Import => {
      isNew = true
      return new Import(this.#connection, id, kind, label)
    }
    const imported = this.imports.receive(id, create, introductions)
    // Given up here and still lent to a peer, it was introduced to us again.
    imported.released = false
    if (isNew) this.#noteReceived(imported)
    if (this.receiving !== undefined) this.receiving.receive(imported, isNew)
    else imported.scope = undefined // the program holds it from elsewhere
    return imported
  }

  /** What both sides hold of each other, with where it comes from when the session traces. */
  leaks(): Leak[] {
    return leaksOf(this.exports, this.imports, this.#sites)
  }

  /** The peer gives introductions back. */
  takeBack(id: number, count: number): void {
    this.exports.release(id, count)
    this.#watch?.tookBack()
  }

  #noteGiven(value: object): void {
    this.#sites?.note(value, this.occasion)
    this.#watch?.gave(this.exports.size, () => ({
      label: classNameOf(value),
      site: this.#sites?.of(value) ?? describeOccasion(this.occasion),
    }))
  }

  #noteReceived(imported: Import): void {
    this.#sites?.note(imported, this.occasion)
    this.#watch?.received(this.imports.size, () => ({
      label: imported.label,
      site: this.#sites?.of(imported) ?? describeOccasion(this.occasion),
    }))
  }

  /** The peer is gone: nothing is held on either side any more. */
  clear(error: unknown): void {
    this.handedOver.clear(error)
    this.live.clear(error)
    this.immutables.clear()
    this.imports.clear()
    this.exports.clear()
  }
}

/** For what is no object of ours, and may be narrowed for a peer nevertheless. */
const OPEN = new Access('none')

const NO_GATES: readonly Gate[] = Object.freeze([])

/** The kinds of slots that count one introduction. */
const INTRODUCING: ReadonlySet<unknown> = new Set([
  'export',
  'promise',
  'signal',
  'iterator',
  'readable',
  'writable',
])

/** What of another context's object is known to peers we passed it to. */
function lentOf(value: object): Import | undefined {
  const standIn = standInOf(value)
  return standIn?.handle instanceof Import && standIn.path.length === 0
    ? standIn.handle.lend()
    : undefined
}

/** The proxy of an import in the flavour that is wanted. */
function proxyOf(imported: Import, flavour: Flavour): object {
  return flavour === 'sync' ? syncOf(imported) : remoteOf(imported)
}

function kindOf(value: object): ImportKind {
  if (typeof value === 'function') return 'function'
  return Array.isArray(value) ? 'array' : 'object'
}

function checkKind(kind: string): ImportKind {
  // The constants, and not the string that came and would be kept.
  if (kind === 'object') return 'object'
  if (kind === 'array') return 'array'
  if (kind === 'function') return 'function'
  throw new ProtocolError('a reference of an unknown kind')
}

/** A path as it goes on the wire: absent when empty. @throws {TypeError} when it has a unique symbol. */
export function wirePath(path: readonly PropertyKey[]): string | WireKey[] | null {
  if (path.length === 0) return null
  const only = path[0]
  if (path.length === 1 && typeof only === 'string') return only
  return path.map((key) => {
    const wire = wireKey(key)
    if (wire === undefined)
      throw new TypeError(
        `${String(key)} is unique to its context; use Symbol.for(name) or a string`,
      )
    return wire
  })
}

/** The property keys of a path that came in. @throws {ProtocolError} when it is none. */
export function propertyPath(path: unknown): PropertyKey[] {
  return checkPath(path).map(propertyKey)
}
