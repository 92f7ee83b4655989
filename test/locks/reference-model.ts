/**
 * Locks as the documentation describes them, written down once more and in the plainest way: who is inside, and a line. It knows
 * nothing of messages, tokens and probes; whether a circle exists it sees by looking at everyone at once.
 */

export type Mode = 'exclusive' | 'shared'

/** Someone is inside of a lock. */
export interface ModelHold {
  readonly lock: ModelLock
  readonly mode: Mode
  readonly of: ModelRequest
  /** How often it was taken, one within the other. */
  depth: number
}

export class ModelLock {
  readonly name: string
  readonly inside = new Set<ModelHold>()
  readonly line: ModelRequest[] = []

  constructor(name: string) {
    this.name = name
  }

  isFreeFor(mode: Mode): boolean {
    const holds = [...this.inside]
    return holds.length === 0 || (mode === 'shared' && holds.every((hold) => hold.mode === mode))
  }
}

/** One lock on the way of a request. */
export interface Stage {
  readonly lock: ModelLock
  readonly mode: Mode
  /** Held by a request until it is given back, by a call of an object while it runs; a turn passes and is out again at once. */
  readonly as: 'request' | 'call' | 'turn'
}

/** What an owner says to whoever asked. */
export type Outcome = 'inside' | 'unavailable' | 'refused' | 'deadlock'

export class ModelRequest {
  readonly stages: readonly Stage[]
  readonly ifAvailable: boolean
  /** The name of the context that asks. */
  readonly by: string
  /** Those whose holds it carries. */
  readonly within: readonly ModelRequest[]
  readonly holds: ModelHold[] = []
  state: 'new' | 'waiting' | 'inside' | 'over' = 'new'
  next = 0
  /** Does whoever asked want it no more, which the owner may not know yet? */
  isGivenUp = false
  /** Was it in a circle that ended because one failed who was in another one as well? Both may find theirs at once. */
  isExcused = false

  constructor(options: Pick<ModelRequest, 'stages' | 'ifAvailable' | 'by' | 'within'>) {
    this.stages = options.stages
    this.ifAvailable = options.ifAvailable
    this.by = options.by
    this.within = options.within
  }

  get stage(): Stage | undefined {
    return this.stages[this.next]
  }

  /** Everything that it may enter with. */
  get carried(): readonly ModelHold[] {
    return [this, ...this.within].flatMap(({ holds }) => holds)
  }
}

export class ReferenceModel {
  readonly locks: readonly ModelLock[]
  /** Everyone who waits. */
  readonly waiting = new Set<ModelRequest>()
  readonly #answer: (request: ModelRequest, outcome: Outcome) => void

  /** @param answer hears what becomes of each request */
  constructor(
    locks: readonly ModelLock[],
    answer: (request: ModelRequest, outcome: Outcome) => void,
  ) {
    this.locks = locks
    this.#answer = answer
  }

  /** Someone asks. */
  arrive(request: ModelRequest): void {
    for (let stage = request.stage; stage !== undefined; stage = request.stage) {
      const { lock, mode, as } = stage
      const own = [...lock.inside].find((hold) => request.carried.includes(hold))
      if (own !== undefined) {
        if (as !== 'turn' && own.mode === 'shared' && mode === 'exclusive') {
          this.fail(request, 'refused')
          return
        }
        if (as === 'request') {
          own.depth++
          request.holds.push(own)
        }
      } else if (lock.line.length > 0 || !lock.isFreeFor(mode)) {
        if (request.ifAvailable) {
          this.fail(request, 'unavailable')
          return
        }
        request.state = 'waiting'
        this.waiting.add(request)
        lock.line.push(request)
        return
      } else enter(request, stage)
      request.next++
    }
    request.state = 'inside'
    this.#answer(request, 'inside')
  }

  /** Someone gives everything back. */
  leave(request: ModelRequest): void {
    request.state = 'over'
    for (const hold of request.holds.splice(0).reverse()) {
      hold.depth--
      if (hold.depth > 0) continue
      hold.lock.inside.delete(hold)
      this.#advance(hold.lock)
    }
  }

  /** Someone waits no more. */
  withdraw(request: ModelRequest): void {
    const { stage } = request
    if (request.state !== 'waiting' || stage === undefined) return
    this.waiting.delete(request)
    stage.lock.line.splice(stage.lock.line.indexOf(request), 1)
    this.leave(request)
    this.#advance(stage.lock)
  }

  /** Someone does not get what it asked for. */
  fail(request: ModelRequest, outcome: Outcome): void {
    if (request.state === 'waiting') this.withdraw(request)
    else this.leave(request)
    this.#answer(request, outcome)
  }

  /** The circles of those who wait for each other that someone is in: who else is in each. */
  circlesOf(request: ModelRequest): ReadonlySet<ModelRequest>[] {
    const circles: ReadonlySet<ModelRequest>[] = []
    const follow = (one: ModelRequest, path: ReadonlySet<ModelRequest>): void => {
      for (const next of this.#waitedForBy(one)) {
        if (next === request) circles.push(path)
        else if (!path.has(next)) follow(next, new Set([...path, next]))
      }
    }
    if (request.state === 'waiting') follow(request, new Set())
    return circles
  }

  /** Someone is told that its wait would never end. False when that is not so. */
  failInCircle(request: ModelRequest): boolean {
    const circles = this.circlesOf(request)
    if (circles.length > 1)
      for (const other of circles.flatMap((circle) => [...circle])) other.isExcused = true
    this.fail(request, 'deadlock')
    return circles.length > 0 || request.isExcused
  }

  /** Those who must go on before a waiter does: all who wait and carry a hold of what it waits for. */
  #waitedForBy(request: ModelRequest): ModelRequest[] {
    const holds = [...(request.stage?.lock.inside ?? [])].filter(
      (hold) => !request.carried.includes(hold),
    )
    return [...this.waiting].filter(
      (other) => !other.isGivenUp && holds.some((hold) => other.carried.includes(hold)),
    )
  }

  #advance(lock: ModelLock): void {
    for (let first = lock.line[0]; first !== undefined; first = lock.line[0]) {
      const { stage } = first
      if (stage === undefined || !lock.isFreeFor(stage.mode)) return
      lock.line.shift()
      this.waiting.delete(first)
      enter(first, stage)
      first.state = 'new'
      first.next++
      this.arrive(first)
    }
  }
}

function enter(request: ModelRequest, { lock, mode, as }: Stage): void {
  if (as === 'turn') return
  const hold = { lock, mode, of: request, depth: 1 }
  lock.inside.add(hold)
  request.holds.push(hold)
}
