/**
 * A channel where it was made: who is at its ends, what is in it, who waits, and when it is closed. Everything that is not done in shared memory is
 * done here.
 *
 * A context is associated with an end at its first use there (PEP 554), by one {@link Association}. What was given to a receiver is its own when it says so:
 * until then it comes back, before all others, when the receiver has given up or is gone. So an item is received once, whoever dies.
 */
import { ChannelQueue, HOME, type Item } from './channel-queue.ts'
import {
  ChannelClosedError,
  ChannelNotEmptyError,
  ItemOrphanedError,
  ProtocolError,
  ReleasedError,
} from './errors.ts'
import { Fifo } from './fifo.ts'
import type { PresenceSession } from './presence.ts'
import { Later } from './service.ts'

export type Side = 'sender' | 'receiver'

/** What becomes of what a context had sent that is gone: it stays, it is dropped, or whoever receives it is told. */
export type Unbound = 'keep' | 'remove' | 'error'

/** Someone waits for room, with an item, or for an item. */
interface WaitingSend {
  readonly item: Item<Association>
  readonly later: Later
}

interface WaitingReceive {
  readonly receiver: Association
  readonly ticket: number
  readonly later: Later
}

/** One context at one end. */
export class Association {
  readonly side: Side
  /** The name of the context. */
  readonly name: string
  /** What names it in shared memory; {@link HOME} when it puts and takes nothing there. */
  readonly number: number
  /** What was given to it and it has not said to have, by the tickets it asked with. */
  readonly given = new Map<number, Item<Association>>()
  /** Has it left, or is its context gone? */
  hasLeft = false
  /** Has its context ended without leaving? */
  isDead = false
  /** It has left, and its context says nothing more of it until it ends: then what it had sent is unbound. */
  isWatched = false

  constructor(side: Side, name: string, number: number) {
    this.side = side
    this.name = name
    this.number = number
  }
}

/** So many items are kept for a receiver that has not said to have them; one that never does, as a guest may not, has them nevertheless. */
const MOST_GIVEN = 100_000

/** So many contexts are remembered to have released an end; none has so many, but a guest may say that it is another each time. */
const MOST_BARRED = 10_000

function bar(barred: Set<string>, key: string): void {
  barred.add(key)
  if (barred.size <= MOST_BARRED) return
  for (const oldest of barred) {
    barred.delete(oldest)
    return
  }
}

/** The most numbers of {@link ChannelRing}. */
const MOST_NUMBER = 255

/** What had no other sender. */
const NOBODY = new Association('sender', '', HOME)

export class ChannelHub {
  readonly #unbound: Unbound
  readonly #queue: ChannelQueue<Association>
  readonly #associations: Readonly<Record<Side, Set<Association>>> = {
    sender: new Set(),
    receiver: new Set(),
  }
  /** Contexts that have released an end, which bars them from it. */
  readonly #barred = new Set<string>()
  readonly #sending = new Fifo<WaitingSend>()
  readonly #receiving = new Fifo<WaitingReceive>()
  /** Why it is closed; receivers may still drain it. */
  #closed: string | undefined
  /** Is nothing left to receive, either? */
  #isOver = false
  #isPumping = false
  /** How many items were given to receivers. */
  #given = 0
  /** Who has which number in shared memory. */
  readonly #numbered: (Association | undefined)[] = [NOBODY]
  /** Numbers of those that are gone; others get them when nothing in shared memory bears them. */
  #retired: number[] = []
  /** Sessions that an end went out by: what waits here waits for their peers. */
  readonly #sessions = new Set<PresenceSession>()
  #kept: (() => void)[] | undefined
  /** How many in this context wait. */
  #waitingHere = 0

  constructor(capacity: number, unbound: Unbound) {
    this.#unbound = unbound
    this.#queue = new ChannelQueue(capacity, (number) => this.#numbered[number])
  }

  // Who is there -----------------------------------------------------------------------------------------

  /**
   * A context uses an end for the first time.
   * @param key what names the context, so that it stays barred; `undefined` for this one
   * @throws {ReleasedError} when it has released that end before.
   */
  join(side: Side, name: string, key: string | undefined): Association {
    if (key !== undefined && this.#barred.has(`${side} ${key}`)) throw released(side)
    const association = new Association(side, name, this.#newNumber())
    if (association.number !== HOME) this.#numbered[association.number] = association
    if (!this.#isOver) this.#associations[side].add(association)
    return association
  }

  /** A context has released an end, and never uses it again. */
  leave(association: Association, key: string | undefined): boolean {
    if (key !== undefined) bar(this.#barred, `${association.side} ${key}`)
    for (const waiting of [...this.#sending])
      if (waiting.item.sender === association && this.#sending.delete(waiting))
        waiting.later.fail(released('sender'))
    for (const waiting of [...this.#receiving])
      if (waiting.receiver === association && this.#receiving.delete(waiting))
        waiting.later.fail(released('receiver'))
    association.isWatched =
      association.side === 'sender' && this.#unbound !== 'keep' && this.#size() > 0
    this.#gone(association)
    return association.isWatched
  }

  /**
   * No context has an association any more: it has left and given it up, or it is gone. What whoever had left before had sent is no orphan's: it
   * depends on no collector whether its context still had the association.
   */
  dropped(association: Association): void {
    association.isDead = !association.hasLeft || association.isWatched
    for (const [, item] of association.given) this.#putBack(item)
    association.given.clear()
    if (association.number !== HOME) {
      for (const item of this.#queue.repair(association.number)) this.#putBack(item)
      this.#retired.push(association.number)
    }
    if (association.isDead && association.side === 'sender' && this.#unbound !== 'keep')
      this.#queue.unbind(association, this.#unbound)
    this.#gone(association)
  }

  #newNumber(): number {
    if (this.#retired.length > 0 && this.#size() === 0) {
      for (const number of this.#retired) this.#numbered[number] = undefined
      this.#retired = []
    }
    const free = this.#numbered.indexOf(undefined)
    if (free > 0) return free
    return this.#numbered.length <= MOST_NUMBER ? this.#numbered.length : HOME
  }

  /** The memory that others put and take items in themselves; `undefined` for a channel that has none. */
  share(): { readonly memory: SharedArrayBuffer; readonly isBounded: boolean } | undefined {
    if (this.#isOver) return undefined
    const isNew = !this.#queue.isShared
    const memory = this.#queue.share(() => this.pump())
    if (isNew) this.pump()
    return memory && { memory, isBounded: this.#queue.capacity !== Infinity }
  }

  #gone(association: Association): void {
    const { side } = association
    association.hasLeft = true
    const others = this.#associations[side]
    if (others.delete(association) && others.size === 0) {
      if (side === 'sender') this.#close('the last sender is gone')
      else this.#end('the last receiver is gone')
    }
    this.pump()
  }

  /** The names of the contexts at each end. */
  who(): { senders: string[]; receivers: string[] } {
    const names = (side: Side): string[] => [...this.#associations[side]].map(({ name }) => name)
    return { senders: names('sender'), receivers: names('receiver') }
  }

  /** Do others put and take items in shared memory? */
  get isShared(): boolean {
    return this.#queue.isShared
  }

  // Items ------------------------------------------------------------------------------------------------

  /** Sends an item: at once if there is room and no one waits for it, or when there is. */
  send(sender: Association, value: unknown): true | Later {
    if (this.offer(sender, value)) return true
    const waiting = {
      item: { value, sender, isOrphaned: false },
      later: new Later(() => {
        this.#sending.delete(waiting)
      }),
    }
    this.#sending.push(waiting)
    return waiting.later
  }

  /** Sends small plain data of this context, if it can be put in shared memory now. */
  offerPlain(sender: Association, value: unknown): boolean {
    this.#check(sender)
    if (this.#closed !== undefined) throw this.#refusal('sending')
    if (this.#sending.size > 0) return false
    if (!this.#guarded('sending', () => this.#queue.putPlain(value, sender))) return false
    if (this.#receiving.size > 0) this.pump()
    return true
  }

  /** Sends an item if there is room for it. */
  offer(sender: Association, value: unknown): boolean {
    this.#check(sender)
    if (this.#closed !== undefined) throw this.#refusal('sending')
    if (this.#sending.size > 0) return false
    const item = { value, sender, isOrphaned: false }
    if (!this.#guarded('sending', () => this.#queue.put(item))) {
      // Someone waits for it: then it needs no room.
      return this.#receiving.size > 0 && this.#size() === 0 && this.#giveFirst(item)
    }
    if (this.#receiving.size > 0 || this.#queue.isBeside) this.pump()
    return true
  }

  /** Whoever has put an item in shared memory while it was closing asks whether it was in time. */
  confirm(): void {
    this.pump()
    if (this.#isOver) throw this.#refusal('sending')
  }

  /** Receives an item: `[item]` at once, or when there is one. */
  receive(receiver: Association, ticket: number): readonly [unknown] | Later {
    const item = this.poll(receiver, ticket)
    if (item !== undefined) return item
    const waiting = {
      receiver,
      ticket,
      later: new Later(() => {
        this.#receiving.delete(waiting)
      }),
    }
    this.#receiving.push(waiting)
    // Of a channel without room, what waits goes straight to whoever waits.
    this.pump()
    return waiting.later
  }

  /** Receives an item if there is one: `[item]`. */
  poll(receiver: Association, ticket: number): readonly [unknown] | undefined {
    this.#check(receiver)
    if (this.#isOver) throw this.#refusal('receiving')
    if (this.#receiving.size > 0) return undefined
    const wasBeside = this.#queue.isBeside
    const item = this.#guarded('receiving', () => this.#queue.take()) ?? this.#takeWaiting()
    if (item === undefined) return undefined
    try {
      return this.#give(item, receiver, ticket)
    } finally {
      if (wasBeside || this.#sending.size > 0 || this.#closed !== undefined) this.pump()
    }
  }

  /** A receiver has what it was given. */
  took(receiver: Association, ticket: number): void {
    receiver.given.delete(ticket)
    if (this.#closed !== undefined) this.pump()
  }

  /** A receiver has given up what it asked for. */
  putBack(receiver: Association, ticket: number): void {
    for (const waiting of this.#receiving)
      if (waiting.receiver === receiver && waiting.ticket === ticket) waiting.later.callOff()
    const item = receiver.given.get(ticket)
    if (item === undefined) return
    receiver.given.delete(ticket)
    this.#putBack(item)
    this.pump()
  }

  // Closing ----------------------------------------------------------------------------------------------

  /**
   * Closes it, at the sending side for whoever sends, and at the receiving side for all.
   * @throws {ChannelClosedError} when it is closed already, and {@link ChannelNotEmptyError} when a receiver would drop items without `force`.
   */
  close(association: Association, force: boolean): void {
    this.#check(association)
    if (association.side === 'sender' || this.#isOver) {
      if (this.#closed !== undefined) throw this.#refusal('closing')
      this.#close(`context "${association.name}" has closed it`)
      return
    }
    // Before it is looked at: what is put in shared memory from now on is in time, or whoever puts it hears that it was not.
    this.#queue.bar()
    const size = this.#size() + this.#underWay
    if (size > 0 && !force) {
      this.#tell()
      throw new ChannelNotEmptyError(size)
    }
    this.#end(`context "${association.name}" has closed it`)
  }

  #close(why: string): void {
    this.#closed ??= why
    for (let waiting = this.#sending.shift(); waiting; waiting = this.#sending.shift())
      waiting.later.fail(this.#refusal('sending'))
    this.pump()
  }

  #end(why: string): void {
    this.#isOver = true
    this.#close(why)
    this.#queue.clear()
    this.#tell()
    for (let waiting = this.#receiving.shift(); waiting; waiting = this.#receiving.shift())
      waiting.later.fail(this.#refusal('receiving'))
    this.#associations.sender.clear()
    this.#associations.receiver.clear()
  }

  #refusal(what: string): ChannelClosedError {
    return new ChannelClosedError(what, this.#closed ?? 'it is closed')
  }

  // Whoever waits ----------------------------------------------------------------------------------------

  /** Gives items to those who wait for them, and room to those who wait for that. */
  pump(): void {
    if (this.#isPumping) return
    this.#isPumping = true
    try {
      do {
        while (this.#deliver() || this.#admit());
        this.#tell()
        // Whoever put or took one just before it was told so has not woken us.
      } while (this.#deliver() || this.#admit())
      if (this.#closed === undefined || this.#isOver || !this.#isDrained()) return
    } catch (error) {
      this.#failed(error)
      return
    } finally {
      this.#isPumping = false
    }
    this.#end(this.#closed)
  }

  /** What is in shared memory is not what any of us writes there: whoever shares it may have. The channel ends, and no session of those who use it. */
  #failed(error: unknown): void {
    if (!(error instanceof ProtocolError)) throw error
    this.#closed ??= `its memory was damaged (${error.message})`
    this.#queue.abandon()
    this.#end(this.#closed)
  }

  /** Runs what looks into shared memory. */
  #guarded<R>(what: string, run: () => R): R {
    try {
      return run()
    } catch (error) {
      this.#failed(error)
      throw this.#refusal(what)
    }
  }

  #tell(): void {
    this.#queue.tell({
      isClosed: this.#closed !== undefined,
      isOver: this.#isOver,
      sending: this.#sending.size > 0,
      receiving: this.#receiving.size > 0,
    })
  }

  #deliver(): boolean {
    if (this.#receiving.size === 0) return false
    const item = this.#queue.take() ?? this.#takeWaiting()
    return item !== undefined && this.#giveFirst(item)
  }

  #giveFirst(item: Item<Association>): boolean {
    const waiting = this.#receiving.shift()
    if (waiting === undefined) return false
    const { receiver, ticket, later } = waiting
    try {
      later.succeed(this.#give(item, receiver, ticket))
    } catch (error) {
      later.fail(error)
    }
    return true
  }

  #admit(): boolean {
    const waiting = this.#sending.first
    if (waiting === undefined || !this.#queue.put(waiting.item)) return false
    this.#sending.shift()
    waiting.later.succeed(true)
    return true
  }

  /** The item of whoever has waited longest, where there is no room for any. */
  #takeWaiting(): Item<Association> | undefined {
    const waiting = this.#size() === 0 ? this.#sending.shift() : undefined
    waiting?.later.succeed(true)
    return waiting?.item
  }

  #give(item: Item<Association>, receiver: Association, ticket: number): readonly [unknown] {
    if (item.isOrphaned) throw new ItemOrphanedError(item.sender.name)
    item.order ??= ++this.#given
    receiver.given.set(ticket, item)
    if (receiver.given.size > MOST_GIVEN)
      for (const [oldest] of receiver.given) {
        receiver.given.delete(oldest)
        break
      }
    return [item.value]
  }

  #putBack(item: Item<Association>): void {
    if (this.#isOver) return
    if (!item.sender.isDead || this.#unbound === 'keep') this.#queue.putBack(item)
    else if (this.#unbound === 'error')
      this.#queue.putBack({ ...item, value: undefined, isOrphaned: true })
  }

  /** How many items are in it. */
  #size(): number {
    return this.#guarded('this', () => this.#queue.size)
  }

  /** Is nothing left to receive, and nothing on its way to a receiver that could come back? */
  #isDrained(): boolean {
    return this.#queue.size === 0 && this.#underWay === 0
  }

  /** How many items are on their way to receivers, and may come back. */
  get #underWay(): number {
    let count = 0
    for (const { given } of this.#associations.receiver) count += given.size
    return count
  }

  // What keeps the process alive ---------------------------------------------------------------------------

  /** An end goes out by a session. */
  crosses(session: PresenceSession): void {
    for (const known of this.#sessions) if (known.isOver) this.#sessions.delete(known)
    if (this.#sessions.has(session)) return
    this.#sessions.add(session)
    this.#kept?.push(session.keepAlive())
  }

  /** Something of this context waits, for what others do. Gives what to call when it does no longer. */
  waitsHere(): () => void {
    this.#waitingHere++
    this.#kept ??= [...this.#sessions].map((session) => session.keepAlive())
    return () => {
      this.#waitingHere--
      if (this.#waitingHere > 0) return
      for (const letGo of this.#kept ?? []) letGo()
      this.#kept = undefined
    }
  }

  #check(association: Association): void {
    if (association.hasLeft) throw released(association.side)
  }
}

function released(side: Side): ReleasedError {
  return new ReleasedError(`the ${side} of a channel`)
}
