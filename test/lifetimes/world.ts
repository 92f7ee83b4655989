/**
 * Contexts, the sessions between them, and a schedule that decides what happens next. At the end nothing may be held by
 * anyone, and every call must have been performed once and answered with what was expected.
 */
import { expose, isProxy, release } from '@farhold/core'
import { vi } from 'vitest'
import type { CallRecord } from './call-record.ts'
import { ContextModel, type Far, type Handle, handleOf, type ObjectName } from './context-model.ts'
import { type DelayedEnd, delayedPair } from './delayed-transport.ts'
import { ScheduledCollector } from './scheduled-collector.ts'

type CodecName = 'structured' | 'text'

/** What the model reads of a pending call; the library's class says more. */
interface AnswerState {
  readonly id: number
  readonly state: string
  readonly value: unknown
  readonly held: boolean
}

interface Direction {
  readonly from: string
  readonly to: string
  readonly end: DelayedEnd
}

interface CallOptions {
  readonly sent?: readonly (() => ObjectName | undefined)[]
  readonly args?: readonly (Handle | undefined)[]
  readonly expected?: CallRecord['expected']
  readonly isRefused?: boolean
  /** The object that it will bring, where that is known before. */
  readonly brought?: ObjectName | undefined
  /** Awaited at once, kept without being awaited, or neither. */
  readonly fate?: 'await' | 'keep' | 'drop'
  /** Is the object that it brings kept? */
  readonly isKept?: boolean
}

export class World {
  readonly sides: ContextModel[]
  readonly collector = new ScheduledCollector(() => this.#reach())
  readonly directions: Direction[] = []
  readonly owners = new Map<ObjectName, ContextModel>()
  readonly names = new WeakMap<object, ObjectName>()
  /** Objects that a peer has held, and how often their release hooks ran. */
  readonly introduced = new Set<ObjectName>()
  readonly hooks = new Map<ObjectName, number>()
  readonly records: CallRecord[] = []
  /** Promises that the model waits for. */
  underWay = 0
  readonly #problems: string[] = []
  readonly #gates: (() => void)[] = []
  #isOver = false

  /** @param links pairs of names; a context in two of them passes on what it gets */
  constructor(links: readonly (readonly [string, string])[], codec: CodecName) {
    this.collector.install()
    const names = [...new Set(links.flat())]
    this.sides = names.map((name) => new ContextModel(this, name))
    for (const [here, there] of links) {
      const [hereEnd, thereEnd] = delayedPair(codec)
      this.#open(here, there, hereEnd)
      this.#open(there, here, thereEnd)
    }
  }

  #open(name: string, peer: string, end: DelayedEnd): void {
    const side = this.side(name)
    const options = {
      name,
      peerName: peer,
      onError: (error: unknown) => this.wrong(`${name} was told of ${String(error)}`),
    }
    const session = expose(side.root, end, options)
    void session.closed.then((reason) => {
      if (!this.#isOver) this.wrong(`the session of ${name} ended: ${String(reason.error)}`)
    })
    side.sessions.set(peer, session)
    this.directions.push({ from: peer, to: name, end })
  }

  side(name: string): ContextModel {
    const side = this.sides.find((each) => each.name === name)
    if (side === undefined) throw new Error(`no context ${name}`)
    return side
  }

  wrong(problem: string): void {
    this.#problems.push(problem)
  }

  performed(call: number): CallRecord {
    const record = this.records[call]
    if (record === undefined) throw new Error(`no call ${call}`)
    record.performed++
    return record
  }

  gate(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#gates.push(resolve)
    return promise
  }

  openGate(index: number): void {
    this.#gates.splice(index % Math.max(1, this.#gates.length), 1)[0]?.()
  }

  // Calls -------------------------------------------------------------------------------------------

  /** Notes a call of which the model makes no more than its number. */
  note(from: ContextModel, to: ContextModel, options: CallOptions = {}): CallRecord {
    const record: CallRecord = {
      number: this.records.length,
      from,
      to,
      expected: options.expected ?? 'object',
      sent: options.sent ?? [],
      brought: options.brought,
      performed: 0,
      outcome: 'none',
      isRefused: options.isRefused ?? false,
      handle: undefined,
      target: undefined,
      args: options.args ?? [],
      calleeHolds: [],
      end: 'none',
    }
    this.records.push(record)
    return record
  }

  /** Makes a call: `make` is given the call's number. */
  call(
    from: ContextModel,
    to: ContextModel,
    target: unknown,
    make: (call: number) => Far,
    options: CallOptions = {},
  ): void {
    const record = this.note(from, to, options)
    record.target = handleOf(target)
    let answer: Far
    try {
      answer = make(record.number)
    } catch (error) {
      // What an answer brings is given up when it comes, before the model has seen it.
      const named = [record.target, ...record.args] as ({ released?: boolean } | undefined)[]
      if (named.some((handle) => handle?.released)) record.isRefused = true
      if (!record.isRefused || !isReleased(error))
        this.wrong(`call ${record.number} threw ${String(error)}`)
      record.outcome = 'rejected'
      record.end = 'arrived' // it never left, so nothing of it is under way
      return
    }
    record.handle = handleOf(answer)
    if (options.fate === 'keep' && !record.isRefused) from.answers.push({ record, proxy: answer })
    else if (options.fate !== 'drop') this.await(record, answer, options.isKept ?? false)
  }

  /** Awaits an answer and looks at what it brings. */
  await(record: CallRecord, answer: object, isKept: boolean): void {
    record.outcome = 'awaited'
    ;(answer as PromiseLike<unknown>).then(
      (value) => {
        record.outcome = 'fulfilled'
        // What it is made of had come back when it left.
        if (record.isRefused && wasDeferred(record)) record.isRefused = false
        if (record.isRefused) this.wrong(`call ${record.number} was not refused`)
        else if (record.expected !== 'object') {
          const expected = record.expected()
          if (value !== expected)
            this.wrong(
              `call ${record.number} brought ${String(value)}, and not ${String(expected)}`,
            )
        } else if (record.brought === undefined)
          this.wrong(`call ${record.number} was answered, and not performed`)
        else record.from.arrive(record.brought, value, false, isKept)
      },
      (error: unknown) => {
        record.outcome = 'rejected'
        if (isReleased(error) && wasDeferred(record)) record.isRefused = true
        if (!record.isRefused || !isReleased(error))
          this.wrong(`call ${record.number} failed: ${String(error)}`)
      },
    )
  }

  /** Gives up what an answer brings. */
  releaseAnswer(record: CallRecord, answer: object): void {
    release(answer as never)
    // What is here is given up at once, whatever else it was brought by.
    const { value } = stateOf(record) ?? {}
    if (isProxy(value)) record.from.gaveUp(value as object)
    record.outcome = 'awaited'
    ;(answer as PromiseLike<unknown>).then(
      (value) => {
        record.outcome = 'fulfilled'
        if (isProxy(value)) record.from.gaveUp(value as object)
        if (record.brought !== undefined && record.brought !== '')
          this.#sawReleased(record.from, record.brought, value)
      },
      (error: unknown) => {
        record.outcome = 'rejected'
        // One that was only used has its value with its owner still.
        if (!isReleased(error))
          this.wrong(`call ${record.number}, given up, failed: ${String(error)}`)
      },
    )
  }

  #sawReleased(side: ContextModel, name: ObjectName, value: unknown): void {
    if (this.owners.get(name) !== side && !isProxy(value))
      this.wrong(`${name} came to ${side.name} as ${typeof value}, and no proxy`)
    if (isProxy(value)) this.introduced.add(name)
  }

  // What happens by itself --------------------------------------------------------------------------

  /** Lets the next batch of a direction arrive. */
  deliver(index: number): boolean {
    const direction = this.directions[index % this.directions.length]
    if (direction === undefined || !direction.end.deliver()) return false
    this.#noteEnds()
    return true
  }

  /** What was sent has arrived where nothing is on its way any more. */
  #noteEnds(): void {
    for (const record of this.records) {
      const isUnderWay = this.directions.some(
        ({ from, end }) => from === record.from.name && end.waiting > 0,
      )
      if (record.end === 'sent' && !isUnderWay) record.end = 'arrived'
    }
  }

  /** Lets every microtask run. */
  async drain(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    for (const record of this.records) if (record.end === 'finalized') record.end = 'sent'
    this.#noteEnds()
  }

  /** Collects something. Microtasks run before, as they do before the engine lets go of what a job has looked at. */
  async collect(index: number): Promise<boolean> {
    await this.drain()
    const collectable = this.collector.collectable()
    const target = collectable[index % Math.max(1, collectable.length)]
    if (target !== undefined) this.collector.collect(target)
    return target !== undefined
  }

  async finalize(index: number): Promise<boolean> {
    await this.drain()
    if (this.collector.due === 0) return false
    const target = this.collector.finalize(index % this.collector.due)
    for (const record of this.records) if (record.handle === target) record.end = 'finalized'
    return true
  }

  /** Everything is let go of, arrives, and is collected; then nothing is left. */
  async end(): Promise<void> {
    for (const side of this.sides) {
      side.kept.length = 0
      side.answers.length = 0
    }
    for (const open of this.#gates.splice(0)) open()
    for (let quiet = 0, rounds = 0; quiet < 3; quiet++) {
      await this.drain()
      for (let index = 0; index < this.directions.length; index++) {
        while (this.deliver(index)) quiet = 0
      }
      while (await this.collect(0)) quiet = 0
      while (await this.finalize(0)) quiet = 0
      for (const side of this.sides) side.kept.length = 0
      for (const open of this.#gates.splice(0)) open()
      if (++rounds > 500) throw new Error('it does not come to rest')
    }
    this.#check()
    this.#isOver = true
    for (const side of this.sides)
      for (const session of side.sessions.values()) await session.close()
    vi.unstubAllGlobals()
    if (this.#problems.length > 0) throw new Error(this.#problems.join('\n'))
  }

  #check(): void {
    for (const side of this.sides) {
      for (const [peer, session] of side.sessions) {
        const { exports, imports, pending, serving } = session.stats()
        const left = { exports, imports, pending, serving }
        if (Object.values(left).some((count) => count !== 0))
          this.wrong(`between ${side.name} and ${peer} is left ${JSON.stringify(left)}`)
      }
    }
    for (const record of this.records) {
      if (record.outcome === 'none' && wasDeferred(record))
        record.isRefused = isReleased(stateOf(record)?.value)
      if (record.performed !== (record.isRefused ? 0 : 1))
        this.wrong(`call ${record.number} was performed ${record.performed} times`)
      if (record.outcome === 'awaited') this.wrong(`call ${record.number} was never answered`)
      if (stateOf(record)?.state === 'pending')
        this.wrong(`call ${record.number} was never settled`)
    }
    for (const name of this.introduced) {
      if (!this.hooks.has(name)) this.wrong(`the owner of ${name} was not told that it is free`)
    }
    if (this.underWay > 0) this.wrong('a promise that was sent never settled')
  }

  // What the program can reach ----------------------------------------------------------------------

  #reach(): (target: object) => boolean {
    const reached = new Set<object>()
    const between = new Set<object>()
    const targetOf = new Map<object, Handle | undefined>()
    for (const record of this.records)
      if (record.handle !== undefined) targetOf.set(record.handle, record.target)
    const visit = (handle: Handle | undefined): void => {
      if (handle === undefined || reached.has(handle)) return
      reached.add(handle)
      visit(targetOf.get(handle))
      // An answer keeps what it brought; an import has no value.
      visit(handleOf((handle as unknown as Partial<AnswerState>).value))
      visit((handle as { origin?: Handle }).origin)
    }
    for (const side of this.sides) {
      for (const { proxy } of side.kept) visit(handleOf(proxy))
      for (const { proxy } of side.answers) visit(handleOf(proxy))
    }
    for (const record of this.records) {
      const state = stateOf(record)
      if (record.outcome === 'awaited' || state?.state === 'pending') {
        visit(record.handle)
        // A call that waits on this side for an answer keeps all that it is made of.
        if (state?.id === -1) for (const arg of [record.target, ...record.args]) visit(arg)
      }
      if (record.end === 'arrived' || (state?.state !== 'pending' && state?.held === false))
        continue
      for (const held of record.calleeHolds) visit(handleOf(held))
      for (const side of this.sides) {
        // What a context between passes on is not known one by one.
        const passesOn = side !== record.from && !record.from.sessions.has(record.to.name)
        if (!passesOn) continue
        for (const { remote } of side.sessions.values())
          between.add(handleOf(remote)?.session as object)
      }
    }
    for (const target of this.collector.targets) {
      const { borrowers = 0, session } = target as { borrowers?: number; session?: object }
      if (borrowers > 0 || (session !== undefined && between.has(session)))
        visit(target as unknown as Handle)
    }
    return (target) => reached.has(target)
  }
}

function isReleased(error: unknown): boolean {
  return (error as Error | undefined)?.name === 'ReleasedError'
}

/** A call that waited here for an answer of another session is made of what it finds when that is here. */
function wasDeferred(record: CallRecord): boolean {
  return stateOf(record)?.id === -1
}

function stateOf(record: CallRecord): AnswerState | undefined {
  return record.handle as unknown as AnswerState | undefined
}
