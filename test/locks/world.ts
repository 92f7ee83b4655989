/**
 * An owner of locks and some contexts that use them, over pipes that deliver when the schedule says so, beside the reference model.
 *
 * What a context does is told to the model when the message that says it arrives at the owner, and what the model answers is expected
 * of the program when the owner's message arrives. After every step the owner's real locks must be in the state of the model's.
 */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  connect,
  expose,
  lock,
  protect,
  proxy,
  release,
  type Session,
  withOptions,
} from '@farhold/core'
import { heapLock } from '@farhold/core/adapter'
import { protectionOf } from '../../packages/core/src/protected.ts'
import { busyLocks, RwLock, type Waiter } from '../../packages/core/src/rw-lock.ts'
import { thisHeap } from '../../packages/core/src/this-heap.ts'
import { type DelayedEnd, delayedPair } from '../lifetimes/delayed-transport.ts'
import {
  type Mode,
  ModelLock,
  ModelRequest,
  type Outcome,
  ReferenceModel,
  type Stage,
} from './reference-model.ts'

/** What the heap of these tests calls itself. */
const OWNER = 'main'

/** An object of the owner. Its methods call back, so that they last as long as whoever called likes. */
class Shelf {
  value = 0

  async read(inside?: () => Promise<void>): Promise<void> {
    await Shelf.#callBack(inside)
  }

  async write(inside?: () => Promise<void>): Promise<void> {
    const before = this.value
    await Shelf.#callBack(inside)
    this.value = before + 1
  }

  static async #callBack(inside: (() => Promise<void>) | undefined): Promise<void> {
    if (inside === undefined) return
    try {
      await inside()
    } finally {
      release(inside as never)
    }
  }
}

type Far = Pick<Shelf, 'read' | 'write'> & { readonly value: PromiseLike<number> }

/** A request as the program sees it. */
export class Asked {
  readonly agent: Agent
  readonly model: ModelRequest
  readonly kind: 'lock' | 'call'
  readonly parent: Asked | undefined
  readonly aborter = new AbortController()
  /** What the program has seen so far. */
  seen: 'nothing' | 'inside' | 'unavailable' | 'done' | Error = 'nothing'
  /** What it must have seen when nothing is under way. */
  expected: 'nothing' | 'inside' | 'done' | Outcome | 'aborted' | 'closed' = 'nothing'
  /** While it is inside: runs something as part of it, and ends it. */
  within: ((run: () => void) => void) | undefined
  end: (() => void) | undefined
  held: object | undefined

  constructor(agent: Agent, kind: 'lock' | 'call', model: ModelRequest, parent: Asked | undefined) {
    this.agent = agent
    this.kind = kind
    this.model = model
    this.parent = parent
  }

  get isOpen(): boolean {
    return this.seen === 'inside' && this.end !== undefined
  }

  get isSettled(): boolean {
    return this.seen !== 'nothing' && this.seen !== 'inside'
  }

  /** Runs inside, until it is told to end. */
  readonly stay = async (held?: object | null): Promise<void> => {
    if (held === null) {
      this.seen = 'unavailable'
      return
    }
    this.seen = 'inside'
    this.held = held
    this.within = AsyncLocalStorage.snapshot()
    await new Promise<void>((resolve) => {
      this.end = resolve
    })
  }

  follow(promise: PromiseLike<unknown>): void {
    promise.then(
      () => {
        if (this.seen !== 'unavailable') this.seen = 'done'
      },
      (error: unknown) => {
        this.seen = error as Error
      },
    )
  }
}

/** What the model is told, or says, when a batch arrives. */
type Event = () => void

/** One way of a pipe. What is posted before everything has come to rest arrives at once. */
class Direction {
  readonly end: DelayedEnd
  readonly #arrivals: { readonly batches: number; readonly events: readonly Event[] }[] = []
  readonly #fresh: Event[] = []
  #known = 0

  constructor(end: DelayedEnd) {
    this.end = end
  }

  /** Goes with what is posted until everything has come to rest. */
  add(event: Event): void {
    this.#fresh.push(event)
  }

  /** Everything has come to rest. Gives how many events have left with nothing. */
  settle(): number {
    const batches = this.end.waiting - this.#known
    if (batches > 0) this.#arrivals.push({ batches, events: this.#fresh.splice(0) })
    this.#known = this.end.waiting
    return this.#fresh.length
  }

  get isEmpty(): boolean {
    return this.#arrivals.length === 0
  }

  deliver(): void {
    const { batches, events } = this.#arrivals.shift() ?? { batches: 0, events: [] }
    this.#known -= batches
    for (let left = batches; left > 0; left--) this.end.deliver()
    for (const event of events) event()
  }

  clear(): void {
    this.#arrivals.length = 0
    this.#fresh.length = 0
  }
}

/** A context that asks for locks: the owner itself, or one with a session to it. */
export class Agent {
  readonly name: string
  readonly asked: Asked[] = []
  targets: object[] = []
  session: Session | undefined
  ownerSession: Session | undefined
  toOwner: Direction | undefined
  back: Direction | undefined
  isClosed = false
  exports: number[] = []
  /** Callbacks that came with calls which did not enter: the collector gives them back. */
  uncollected = 0

  constructor(name: string) {
    this.name = name
  }

  /** Those inside of which something can be done. */
  get open(): Asked[] {
    return this.asked.filter(({ isOpen }) => isOpen)
  }
}

export interface LockChoice {
  readonly targets: readonly number[]
  readonly mode: Mode
  readonly ifAvailable: boolean
  /** Does what asks carry the holds around it by its async context, or only by a proxy? */
  readonly isByProxy: boolean
}

export class World {
  readonly agents: readonly Agent[]
  readonly #objects: readonly Shelf[]
  readonly #real: readonly RwLock[]
  readonly #model: ReferenceModel
  readonly #byModel = new Map<ModelRequest, Asked>()
  /** Whom the model takes for each who waits in a real line. */
  readonly #waiters = new Map<Waiter, ModelRequest>()
  /** Everyone who has been inside, in the order of entering. */
  readonly #granted: Asked[] = []
  #hasGivenUp = false
  /** Has someone failed because of a circle? */
  #hasFailed = false
  readonly trace: string[] = []
  #number = 0

  /** @param shelves how many objects have a lock of their own; one more has none */
  private constructor(clients: number, shelves: number) {
    const names = Array.from({ length: clients }, (_, index) => `c${index + 1}`)
    this.agents = [OWNER, ...names].map((name) => new Agent(name))
    const own = Array.from({ length: shelves }, () =>
      protect(new Shelf(), { read: ['read', 'value'] }),
    )
    this.#objects = [proxy(new Shelf()), ...own]
    this.#real = [heapLock, ...own.map((shelf) => protectionOf(shelf)?.lock ?? heapLock)]
    const locks = this.#real.map(({ label }) => new ModelLock(label))
    this.#model = new ReferenceModel(locks, (request, outcome) => this.#answered(request, outcome))
  }

  static async create(clients: number, shelves: number): Promise<World> {
    const world = new World(clients, shelves)
    for (const agent of world.agents) await world.#open(agent)
    for (const agent of world.agents) agent.exports = exportsOf(agent)
    return world
  }

  async #open(agent: Agent): Promise<void> {
    if (agent.name === OWNER) {
      agent.targets = [...this.#objects]
      return
    }
    const [there, here] = delayedPair('structured')
    const shelf = (index: number): Shelf | undefined => this.#objects[index]
    agent.ownerSession = expose({ shelf }, there, { name: OWNER, peerName: agent.name })
    agent.session = connect(here, { name: agent.name, peerName: OWNER })
    agent.toOwner = new Direction(there)
    agent.back = new Direction(here)
    const root = agent.session.remote as unknown as { shelf(index: number): PromiseLike<object> }
    const got = Promise.all(this.#objects.map((_, index) => root.shelf(index)))
    let targets: object[] | undefined
    void got.then((all) => {
      targets = all
    })
    while (targets === undefined) {
      await this.#rest()
      while (!agent.toOwner.isEmpty) agent.toOwner.deliver()
      while (!agent.back.isEmpty) agent.back.deliver()
    }
    agent.targets = targets
  }

  // What a schedule does -----------------------------------------------------------------------------

  async lock(agent: Agent, parent: Asked | undefined, choice: LockChoice): Promise<void> {
    const indices = [...new Set(choice.targets.map((index) => index % this.#objects.length))]
    const stages = indices
      .toSorted((one, other) => one - other)
      .map((index): Stage => ({ lock: this.#lockAt(index), mode: choice.mode, as: 'request' }))
    const isByProxy = choice.isByProxy && agent.session !== undefined && parent?.held !== undefined
    const model = new ModelRequest({
      stages,
      ifAvailable: choice.ifAvailable,
      by: agent.name,
      within: around(parent),
    })
    const asked = this.#ask(agent, 'lock', model, parent)
    const { signal } = asked.aborter
    const { mode, ifAvailable } = choice
    const targets = indices.map((index) => {
      const target = agent.targets[index] as object
      return isByProxy ? withOptions(target as never, { held: parent?.held as never }) : target
    })
    const ask = (): void =>
      asked.follow(lock(targets, { mode, ifAvailable, signal }, (first) => asked.stay(first)))
    this.#do(agent, () => this.#model.arrive(model))
    if (isByProxy || parent?.within === undefined) ask()
    else parent.within(ask)
    await this.#rest()
  }

  /** Calls a method of an object, or reads its property, and perhaps stays inside. */
  async call(
    agent: Agent,
    parent: Asked | undefined,
    index: number,
    how: 'read' | 'write' | 'get',
    stays: boolean,
  ): Promise<void> {
    if (agent.session === undefined) return // its own calls pass no lock
    const at = index % this.#objects.length
    const turn: Stage = {
      lock: this.#lockAt(0),
      mode: how === 'get' ? 'shared' : 'exclusive',
      as: 'turn',
    }
    const entry: Stage = {
      lock: this.#lockAt(at),
      mode: how === 'write' ? 'exclusive' : 'shared',
      as: 'call',
    }
    const model = new ModelRequest({
      stages: at === 0 ? [turn] : [turn, entry],
      ifAvailable: false,
      by: agent.name,
      within: around(parent),
    })
    const asked = this.#ask(agent, 'call', model, parent)
    const target = agent.targets[at] as Far
    const inside = stays && how !== 'get' ? proxy(() => asked.stay()) : undefined
    const ask = (): void => asked.follow(how === 'get' ? target.value : target[how](inside))
    if (inside === undefined) asked.end = () => undefined // told to at once
    this.#do(agent, () => this.#model.arrive(model))
    if (parent?.within === undefined) ask()
    else parent.within(ask)
    await this.#rest()
  }

  /** Something that is inside and has nothing inside of it lets go. */
  async finish(asked: Asked): Promise<void> {
    if (!asked.isOpen || this.childrenOf(asked).length > 0) return
    this.trace.push(`finish ${this.#nameOf(asked)}`)
    this.#letGo(asked)
    asked.end?.()
    asked.end = undefined
    await this.#rest()
  }

  #letGo(asked: Asked): void {
    const { agent, model } = asked
    if (asked.kind === 'lock') asked.expected = 'done'
    this.#do(agent, () => {
      this.#model.leave(model)
      if (asked.kind === 'call')
        agent.back?.add(() => {
          asked.expected = 'done'
        })
    })
  }

  /** Gives up a wait. */
  async abort(asked: Asked): Promise<void> {
    if (asked.kind !== 'lock' || asked.seen !== 'nothing' || asked.model.isGivenUp) return
    this.trace.push(`abort ${this.#nameOf(asked)}`)
    asked.model.isGivenUp = true
    this.#hasGivenUp = true
    asked.expected = 'aborted'
    this.#do(asked.agent, () => this.#model.withdraw(asked.model))
    asked.aborter.abort(new RangeError('enough'))
    await this.#rest()
  }

  /** Ends a session, by one of its sides. */
  async close(agent: Agent, isByOwner: boolean): Promise<void> {
    if (agent.session === undefined || agent.isClosed) return
    this.trace.push(`close ${agent.name}${isByOwner ? ' by the owner' : ''}`)
    agent.isClosed = true
    this.#hasGivenUp = true
    agent.toOwner?.clear()
    agent.back?.clear()
    const closed = (isByOwner ? agent.ownerSession : agent.session)?.close()
    for (const { model } of agent.asked) model.isGivenUp = true
    for (const { model } of agent.asked) this.#model.withdraw(model)
    // What it has let another of its own in for goes back as well.
    // What it holds is free in the order in which it was granted, and then what its calls are inside of.
    for (const kind of ['lock', 'call'])
      for (const asked of this.#granted)
        if (asked.agent === agent && asked.kind === kind && asked.model.state === 'inside')
          this.#model.leave(asked.model)
    for (const asked of agent.asked) {
      if (asked.isSettled) continue
      if (asked.expected !== 'aborted') asked.expected = 'closed'
      asked.end?.()
      asked.end = undefined
    }
    await closed
    await this.#rest()
    for (const asked of agent.asked) {
      // What was inside ends as its program does.
      if (!asked.isSettled) this.#wrong(`${this.#nameOf(asked)} was never told of the end`)
    }
    agent.asked.length = 0
  }

  async deliver(agent: Agent, isBack: boolean): Promise<boolean> {
    if (agent.isClosed) return false
    const direction = isBack ? agent.back : agent.toOwner
    if (direction === undefined || direction.isEmpty) return false
    this.trace.push(`deliver ${isBack ? 'to' : 'from'} ${agent.name}`)
    direction.deliver()
    await this.#rest()
    return true
  }

  childrenOf(parent: Asked): Asked[] {
    return parent.agent.asked.filter((asked) => asked.parent === parent && !asked.isSettled)
  }

  /** Everything arrives, and everyone who is inside lets go; then everyone must have been inside, and nothing is left. */
  async end(): Promise<void> {
    for (let isMoving = true; isMoving; ) {
      await this.#arriveAll()
      const open = this.agents.flatMap((agent) => agent.open)
      const next = open.find((asked) => this.childrenOf(asked).length === 0)
      isMoving = next !== undefined
      if (next !== undefined) await this.finish(next)
    }
    for (const agent of this.agents) {
      for (const asked of agent.asked)
        if (!asked.isSettled) this.#wrong(`${this.#nameOf(asked)} waits for ever`)
      this.#checkNothingLeft(agent)
    }
    this.checkFree()
    await this.shut()
  }

  /** No lock is held, and no call is known to wait for one. */
  checkFree(): void {
    if (busyLocks.size > 0) this.#wrong(`${busyLocks.size} locks are busy`)
    if (thisHeap.bound.size > 0) this.#wrong(`${thisHeap.bound.size} calls are bound to a hold`)
  }

  async shut(): Promise<void> {
    for (const agent of this.agents) {
      agent.isClosed = true
      for (const asked of agent.asked) asked.end?.()
      for (const asked of agent.asked) asked.aborter.abort()
      await agent.session?.close()
      await agent.ownerSession?.close()
    }
    await turn()
  }

  async #arriveAll(): Promise<void> {
    for (let moved = true; moved; ) {
      moved = false
      for (const agent of this.agents)
        for (const isBack of [false, true]) {
          while (await this.deliver(agent, isBack)) moved = true
        }
    }
  }

  #checkNothingLeft(agent: Agent): void {
    if (agent.isClosed || agent.session === undefined) return
    const exports = exportsOf(agent)
    exports[0] = (exports[0] ?? 0) - agent.uncollected
    if (exports.some((count, index) => count !== agent.exports[index]))
      this.#wrong(`${agent.name} exports ${exports}, and not ${agent.exports}`)
    for (const session of [agent.session, agent.ownerSession]) {
      const { pending, serving, locks } = session?.stats() ?? {}
      if (pending !== 0 || serving !== 0 || locks?.held !== 0 || locks.waiting !== 0)
        this.#wrong(`${agent.name} has ${JSON.stringify({ pending, serving, locks })} left`)
    }
  }

  // Between the program and the model ----------------------------------------------------------------

  #lockAt(index: number): ModelLock {
    return this.#model.locks[index] as ModelLock
  }

  #ask(agent: Agent, kind: 'lock' | 'call', model: ModelRequest, parent: Asked | undefined): Asked {
    const asked = new Asked(agent, kind, model, parent)
    agent.asked.push(asked)
    this.#byModel.set(model, asked)
    names.set(asked, `${agent.name}.${++this.#number}`)
    const what = model.stages.map(({ lock, mode, as }) => `${as} ${lock.name} ${mode}`).join(', ')
    const outer = model.within.map((one) => this.#nameOf(this.#byModel.get(one)))
    this.trace.push(
      `${this.#nameOf(asked)} asks for ${what}${model.ifAvailable ? ' if available' : ''} within [${outer}]`,
    )
    return asked
  }

  #nameOf(asked: Asked | undefined): string {
    return (asked && names.get(asked)) ?? '?'
  }

  /** Tells the model, when the owner hears of it. */
  #do(agent: Agent, event: Event): void {
    if (agent.toOwner === undefined) event()
    else agent.toOwner.add(event)
  }

  #answered(request: ModelRequest, outcome: Outcome): void {
    const asked = this.#byModel.get(request)
    if (asked === undefined) return
    this.trace.push(`  ${this.#nameOf(asked)}: ${outcome}`)
    const { agent, kind } = asked
    if (outcome === 'inside') this.#granted.push(asked)
    if (agent.isClosed) return
    const isDecoded = request.stage?.as === 'call'
    if (isDecoded && outcome !== 'inside' && asked.end === undefined) agent.uncollected++
    const isShort = kind === 'call' && outcome === 'inside' && asked.end !== undefined
    if (isShort) this.#model.leave(request)
    const arrived = (): void => {
      if (request.isGivenUp) {
        // It came too late: it goes back.
        if (outcome === 'inside') this.#do(agent, () => this.#model.leave(request))
      } else asked.expected = isShort ? 'done' : outcome
    }
    if (agent.back === undefined) arrived()
    else agent.back.add(arrived)
  }

  /** Lets every microtask run, and compares. */
  async #rest(): Promise<void> {
    await turn()
    this.#compare()
    for (const { toOwner, back, name } of this.agents) {
      if ((toOwner?.settle() ?? 0) > 0) this.#wrong(`${name} has sent nothing`)
      if ((back?.settle() ?? 0) > 0) this.#wrong(`${name} was sent nothing`)
    }
    for (const agent of this.agents) for (const asked of agent.asked) this.#checkSeen(asked)
  }

  #compare(): void {
    for (const waiter of failedWaiters()) {
      const victim = this.#waiters.get(waiter) ?? this.#newcomer(waiter)
      if (victim === undefined) this.#wrong(`${nameWaiter(waiter)} has failed, and did not wait`)
      this.#waiters.delete(waiter)
      this.trace.push(`  ${this.#nameOf(this.#byModel.get(victim))} has failed`)
      if (!this.#model.failInCircle(victim) && !this.#hasGivenUp)
        this.#differs('it is in no circle')
      this.#hasFailed = true
    }
    for (const [index, real] of this.#real.entries()) this.#compareLock(this.#lockAt(index), real)
    for (const waiter of this.#waiters.keys())
      if (!waiter.lock.isWaiting(waiter)) this.#waiters.delete(waiter)
  }

  #compareLock(model: ModelLock, real: RwLock): void {
    const inside = [...real.holders].map(
      ({ mode, party, depth }) => `${party.context} ${mode} ${depth}`,
    )
    const expected = [...model.inside].map(({ of, mode, depth }) => {
      const { kind } = this.#byModel.get(of) as Asked
      return `${kind === 'call' ? OWNER : of.by} ${mode} ${depth}`
    })
    if (inside.toSorted().join() !== expected.toSorted().join())
      this.#differs(`inside of ${model.name} are [${inside}], and not [${expected}]`)
    const line = [...real.line]
    const expectedLine = model.line.map(nameRequest)
    if (line.map(nameWaiter).join() !== expectedLine.join())
      this.#differs(`for ${model.name} wait [${line.map(nameWaiter)}], and not [${expectedLine}]`)
    for (const [at, waiter] of line.entries())
      this.#waiters.set(waiter, model.line[at] as ModelRequest)
  }

  /** Whom the model has in line for one who came and failed at once. */
  #newcomer(waiter: Waiter): ModelRequest | undefined {
    const line = this.#model.locks[this.#real.indexOf(waiter.lock)]?.line ?? []
    const known = new Set<ModelRequest>()
    for (const [other, request] of this.#waiters)
      if (other.lock.isWaiting(other)) known.add(request)
    return line.findLast(
      (request) =>
        !known.has(request) &&
        nameRequest(request) === nameWaiter(waiter) &&
        (this.#hasGivenUp || this.#model.circlesOf(request).length > 0),
    )
  }

  #checkSeen(asked: Asked): void {
    const { expected } = asked
    const seen = asked.seen instanceof Error ? asked.seen.name : asked.seen
    const matching: Record<typeof expected, string> = {
      nothing: 'nothing',
      inside: 'inside',
      done: 'done',
      unavailable: 'done',
      refused: 'DeadlockError',
      deadlock: 'DeadlockError',
      aborted: 'RangeError',
      closed: 'ContextClosedError',
    }
    if (expected === 'closed' && (seen === 'done' || seen === 'inside')) return
    const wanted = expected === 'unavailable' ? 'unavailable' : matching[expected]
    if (seen !== wanted)
      this.#differs(`${this.#nameOf(asked)} has seen ${String(asked.seen)}, and not ${wanted}`)
  }

  /**
   * It is not as the model says. When someone fails who holds several locks, nothing says which of them is handed on first, and another one may
   * have found a circle that has ended with that: from there on the model is one of several that are right.
   */
  #differs(problem: string): never {
    if (this.#hasFailed) throw new Undecided(problem)
    return this.#wrong(problem)
  }

  #wrong(problem: string): never {
    throw new Error([problem, 'after', ...this.trace].join('\n'))
  }
}

/** What has happened is right, and not what the model did. */
export class Undecided extends Error {
  override readonly name = 'Undecided'
}

const names = new WeakMap<Asked, string>()

/** Those who have waited and failed since this was last asked for. */
const failed: Waiter[] = []

function failedWaiters(): Waiter[] {
  return failed.splice(0)
}

const { wait } = RwLock.prototype

RwLock.prototype.wait = function (waiter) {
  const { fail } = waiter
  waiter.fail = (error) => {
    failed.push(waiter)
    fail(error)
  }
  wait.call(this, waiter)
}

function nameWaiter({ mode, party }: Waiter): string {
  return `${party.context} ${mode}`
}

function nameRequest(request: ModelRequest): string {
  return `${request.by} ${request.stage?.mode}`
}

/** Those inside of which something is. */
function around(parent: Asked | undefined): ModelRequest[] {
  return parent === undefined ? [] : [parent.model, ...parent.model.within]
}

function exportsOf({ session, ownerSession }: Agent): number[] {
  return [session, ownerSession].map((each) => each?.stats().exports ?? 0)
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
