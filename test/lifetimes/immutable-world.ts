/**
 * Two contexts that send each other immutable values, over a pipe and with a garbage collector that a schedule drives.
 *
 * What the program holds is in `held`; all else may be collected. A value that was made here must be one object there for as long as it
 * exists, come home as itself, and be gone from both sides when no one holds it.
 */
import { expose, immutable, type Limits, proxy, type Session, withOptions } from '@farhold/core'
import { vi } from 'vitest'
import { type DelayedEnd, delayedPair } from './delayed-transport.ts'
import { ScheduledCollector } from './scheduled-collector.ts'

interface Value {
  readonly name: number
  readonly deep: unknown
  readonly part: Value | undefined
}

type Far = (...args: unknown[]) => Promise<unknown>

/** What becomes of a call that names a value. */
export const WAYS = [
  'take',
  'keep',
  'echo',
  'unsendable',
  'deep',
  'refused',
  'waiting',
  'cancelled',
] as const
export type Way = (typeof WAYS)[number]

interface Sent {
  readonly value: Value
  readonly from: Side
}

/** Deeper than one of the two reads. */
const TOO_DEEP = 15
const LIMITS: readonly Partial<Limits>[] = [{ depth: 20 }, { depth: 12 }]

function nested(depth: number): unknown {
  let value: unknown = []
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

class Side {
  readonly index: number
  readonly held: Value[] = []
  /** What a method works on that is not done. */
  readonly busy = new Set<unknown>()
  /** What each value of the other side's own has become here. */
  readonly copies = new Map<Value, Value>()
  readonly own = new Set<Value>()
  readonly session: Session
  readonly end: DelayedEnd
  readonly #world: ImmutableWorld

  constructor(world: ImmutableWorld, index: number, end: DelayedEnd) {
    this.#world = world
    this.index = index
    this.end = end
    const arrive = (call: number, value: unknown): unknown => this.arrive(call, value as Value)
    const take = (call: number, value: unknown): void => void arrive(call, value)
    const root = {
      take,
      keep: (call: number, value: unknown) => {
        arrive(call, value)
        this.held.push(value as Value)
      },
      echo: arrive,
      gate: async () => {
        await world.gate()
        return proxy({ take })
      },
    }
    this.session = expose(root, end, {
      name: `side${index}`,
      peerName: `side${1 - index}`,
      limits: LIMITS[index] ?? {},
      onError: (error) => world.wrong(`was told of ${String(error)}`),
    })
    void this.session.closed.then((reason) => {
      if (!world.isOver) world.wrong(`a session ended: ${String(reason.error)}`)
    })
  }

  arrive(call: number, value: Value): Value {
    const { value: sent, from } = this.#world.sent[call] as Sent
    const world = this.#world
    if (!Object.isFrozen(value) || value.name !== sent.name || value.part?.name !== sent.part?.name)
      world.wrong(`value ${sent.name} arrived as ${JSON.stringify(value)}`)
    if (from.own.has(sent)) {
      const before = this.copies.get(sent)
      if (before !== undefined && before !== value && !world.collector.isCollected(sent))
        world.wrong(`value ${sent.name} is two`)
      this.copies.set(sent, value)
      world.origins.set(value, sent)
    } else {
      const origin = world.origins.get(sent)
      if (origin === undefined || world.collector.isCollected(origin)) world.meet(value)
      else if (value !== origin) world.wrong(`value ${sent.name} did not come home`)
    }
    return value
  }
}

export class ImmutableWorld {
  readonly collector = new ScheduledCollector(() => this.#reach())
  readonly sides: readonly [Side, Side]
  readonly sent: Sent[] = []
  readonly origins = new Map<Value, Value>()
  isOver = false
  /** What stands for a value keeps its parts, and is kept by a table; when everything was delivered it is not. */
  #arePartsHeld = true
  readonly #values = new Set<Value>()
  readonly #parts = new Set<object>()
  readonly #problems: string[] = []
  readonly #gates: (() => void)[] = []
  #pending = 0

  constructor(codec: 'structured' | 'text') {
    this.collector.install()
    const [here, there] = delayedPair(codec)
    this.sides = [new Side(this, 0, here), new Side(this, 1, there)]
  }

  wrong(problem: string): void {
    this.#problems.push(problem)
  }

  /** Something has come that may stand for what was collected. */
  meet(value: Value): void {
    this.#values.add(value)
    this.#parts.add(value)
  }

  gate(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gates.push(resolve)
    return promise
  }

  openGate(): void {
    this.#gates.shift()?.()
  }

  make(index: number, isDeep: boolean, partOf: number | undefined): void {
    const side = this.sides[index] as Side
    const part = partOf === undefined ? undefined : side.held[partOf % side.held.length]
    const value: Value = immutable({
      name: this.#values.size,
      deep: isDeep ? nested(TOO_DEEP) : 1,
      part,
    })
    if (part !== undefined) this.#parts.add(part)
    this.#values.add(value)
    side.own.add(value)
    side.held.push(value)
  }

  send(index: number, at: number, way: Way): void {
    const from = this.sides[index] as Side
    const value = from.held[at % from.held.length]
    if (value === undefined) return
    // What came from the other side may be this side's own by now.
    this.#values.add(value)
    for (let part = value.part; part !== undefined; part = part.part) this.meet(part)
    const call = this.sent.push({ value, from }) - 1
    const far = from.session.remote as unknown as Record<'take' | 'keep' | 'echo' | 'gate', Far>
    const answer = this.#call(far, way, call, value)
    this.#pending++
    const held = { value }
    from.busy.add(held)
    answer
      .then(
        (result) => {
          if (way === 'unsendable' || way === 'cancelled') this.wrong(`${way} gave an answer`)
          if (way === 'echo' && from.own.has(value) && result !== value)
            this.wrong(`value ${value.name} came back as another`)
        },
        (error: Error) => {
          if (!this.#isExpected(error, way, value)) this.wrong(`${way} failed: ${String(error)}`)
        },
      )
      .finally(() => {
        from.busy.delete(held)
        this.#pending--
      })
  }

  #call(
    far: Record<'take' | 'keep' | 'echo' | 'gate', Far>,
    way: Way,
    call: number,
    value: Value,
  ): Promise<unknown> {
    switch (way) {
      case 'take':
      case 'keep':
      case 'echo':
        return far[way](call, value)
      case 'unsendable':
        return far.take(call, value, new WeakMap())
      case 'deep':
        return far.take(call, value, nested(30))
      case 'refused':
        return far.take(call, value, nested(TOO_DEEP))
      case 'waiting':
        return (far.gate() as unknown as typeof far).take(call, value)
      case 'cancelled': {
        const stopper = new AbortController()
        const gate = far.gate() as unknown as typeof far
        const take = withOptions(gate.take as never, { signal: stopper.signal }) as unknown as Far
        const answer = take(call, value)
        stopper.abort(new Error('enough'))
        return answer
      }
    }
  }

  drop(index: number, at: number): void {
    const { held } = this.sides[index] as Side
    if (held.length > 0) held.splice(at % held.length, 1)
  }

  deliver(index: number): void {
    this.sides[index]?.end.deliver()
  }

  collect(at: number): void {
    const found = this.collector.collectable()
    const target = found[at % Math.max(1, found.length)]
    if (target !== undefined) this.collector.collect(target)
  }

  finalize(at: number): void {
    if (this.collector.due > 0) this.collector.finalize(at % this.collector.due)
  }

  /** Nothing but values is collected; those that the program holds, and what is in them, are not. */
  #reach(): (target: object) => boolean {
    const reached = new Set<object>(this.#arePartsHeld ? this.#parts : [])
    for (const { held, busy } of this.sides) {
      for (const value of held)
        for (let at: Value | undefined = value; at !== undefined; at = at.part) reached.add(at)
      for (const each of busy) reached.add((each as { value: object }).value)
    }
    return (target) => !this.#values.has(target as Value) || reached.has(target)
  }

  async #quiet(): Promise<void> {
    const idle = (): boolean => this.sides.every(({ end }) => end.waiting === 0)
    for (let turns = 0; turns < 3; turns++) {
      while (this.#gates.length > 0) this.openGate()
      for (let turn = 0; turn < 20; turn++) await Promise.resolve()
      while (!idle()) {
        for (const { end } of this.sides) end.deliver()
        for (let turn = 0; turn < 20; turn++) await Promise.resolve()
        turns = 0
      }
    }
  }

  /** Lets everything come to its end. @throws when something went wrong on the way, or anything is left. */
  async end(): Promise<void> {
    await this.#quiet()
    if (this.#pending > 0) this.wrong(`${this.#pending} calls are not answered`)
    for (const { held } of this.sides) held.length = 0
    this.#arePartsHeld = false
    for (const target of this.collector.collectable()) this.collector.collect(target)
    while (this.collector.due > 0) this.collector.finalize(0)
    await this.#quiet()
    for (const { index, session } of this.sides) {
      const { exports, imports, held, limits } = session.stats()
      // Proxies are not collected here, and no test of values.
      const left = session.leaks().reduce((sum, { count }) => sum + count, 0)
      if (exports + imports !== left) this.wrong(`side ${index} has ${exports} and ${imports} left`)
      if (limits.exports.used !== exports + held)
        this.wrong(`${limits.exports.used} are counted of ${exports} and ${held}`)
    }
    this.isOver = true
    await this.sides[0].session.close()
    vi.unstubAllGlobals()
    if (this.#problems.length > 0) throw new Error(this.#problems.join('\n'))
  }

  #isExpected(error: Error, way: Way, value: Value): boolean {
    if (way === 'unsendable' && error.name === 'NotShareableError') return true
    if (way === 'cancelled' && error.message === 'enough') return true
    if (error.name !== 'LimitExceededError') return false
    return way === 'deep' || way === 'refused' || this.#crossesWithTooDeep(value)
  }

  /**
   * Is it too deep for one side, or may a part of it have crossed in the content of one that is? Then that is not there until it is sent
   * anew, nor is what was sent with it meanwhile.
   */
  #crossesWithTooDeep(value: Value): boolean {
    const names = new Set<number>()
    const around = [value]
    for (const { name, part } of around) {
      if (names.has(name)) continue
      names.add(name)
      if (part !== undefined) around.push(part)
      for (const each of this.#values) if (each.part?.name === name) around.push(each)
    }
    return around.some(({ deep }) => Array.isArray(deep))
  }
}
