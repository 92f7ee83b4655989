/**
 * A random program over a thread and three workers that pass objects on to each other, let go of them, and die.
 */
import { setImmediate } from 'node:timers/promises'
import { type Context, proxy, type Remote } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import {
  Member,
  type Packing,
  type Peer,
  type Report,
} from '../worker/fixtures/hand-over-member.ts'
import { OBSERVED } from '../worker/observed-sessions.ts'
import { randomFrom } from './random.ts'

type Module = typeof import('../worker/fixtures/hand-over-member.ts')

const { gc } = globalThis
if (gc === undefined) throw new Error('this runs with --expose-gc')

const MODULE = new URL('../worker/fixtures/hand-over-member.ts', import.meta.url)
const STEPS = 400
/** Collections on every side after which what is left counts as left. */
const ROUNDS = 60
const MAIN = 'main'
const PACKINGS: readonly Packing[] = [
  'plain',
  'plain',
  'array',
  'twice',
  'map',
  'callback',
  'promise',
  'error',
]

/** What went wrong, and what is left when everything was let go of. */
export interface Outcome {
  readonly problems: readonly string[]
  readonly left: readonly unknown[]
}

export class HandOverProgram {
  readonly #random: (below: number) => number
  readonly #deaths: number
  readonly #main = new Member()
  readonly #workers = new Map<string, Context<Module>>()
  readonly #names: string[] = []
  /** Commands that have not been answered. */
  readonly #commands = new Set<Promise<void>>()
  readonly #problems: string[] = []
  #spawned = 0
  #died = 0

  constructor(seed: number, deaths: number) {
    this.#random = randomFrom(seed)
    this.#deaths = deaths
  }

  async run(): Promise<Outcome> {
    this.#main.begin(MAIN)
    await this.#spawn(3)
    try {
      for (let step = 0; step < STEPS; step++) {
        this.#step()
        if (this.#random(6) === 0) await setImmediate()
        if (this.#random(40) === 0) await Promise.all(this.#commands)
        if (this.#workers.size < 3) await this.#spawn(3 - this.#workers.size)
      }
      return await this.#end()
    } finally {
      await Promise.all([...this.#workers.values()].map((worker) => worker.close()))
    }
  }

  async #spawn(count: number): Promise<void> {
    const added = await Promise.all(
      Array.from({ length: count }, async () => {
        const name = `w${this.#spawned++}`
        return [name, await spawnWorker<Module>(MODULE, { name, ...OBSERVED })] as const
      }),
    )
    for (const [name, worker] of added) {
      const here = proxy({ member: this.#main }) as never
      this.#command(worker.remote.member.begin(name))
      this.#command(worker.remote.member.meet(MAIN, here))
      this.#main.meet(name, worker.remote as unknown as Remote<Peer>)
      this.#workers.set(name, worker)
    }
    for (const [name, worker] of this.#workers) {
      for (const [other, { remote }] of this.#workers)
        if (name !== other) this.#command(worker.remote.member.meet(other, remote as never))
    }
  }

  /** A command to a worker, which may die before it has answered. */
  #command(answer: PromiseLike<unknown>): void {
    const done = Promise.resolve(answer).then(
      () => undefined,
      (error: unknown) => {
        if ((error as { code?: unknown }).code !== 'FARHOLD_CONTEXT_CLOSED')
          this.#problems.push(`a command failed: ${String(error)}`)
      },
    )
    this.#commands.add(done)
    void done.then(() => this.#commands.delete(done))
  }

  #pick<T>(from: readonly T[]): T {
    return from[this.#random(from.length)] as T
  }

  #step(): void {
    const members = [MAIN, ...this.#workers.keys()]
    const name = this.#pick(members)
    const member = this.#workers.get(name)?.remote.member ?? this.#main
    const note = (result: unknown): void => {
      if (result !== undefined) this.#command(result as PromiseLike<unknown>)
    }
    if (this.#names.length < 3 || this.#random(12) === 0) {
      const made = `${this.#pick(['fn', 'ob'])}${this.#names.length} of ${name}`
      this.#names.push(made)
      note(member.make(made))
    }
    const thing = this.#pick(this.#names.slice(-6))
    const kind = this.#random(100)
    if (kind < 60) {
      const to = this.#pick(members.filter((other) => other !== name))
      // Its owner gives it as often as all others do.
      const owner = thing.split(' of ')[1] as string
      const from = this.#random(2) === 0 && members.includes(owner) && owner !== to ? owner : name
      const giver = this.#workers.get(from)?.remote.member ?? this.#main
      note(giver.give(thing, to, this.#pick(PACKINGS), this.#random(4) === 0))
    } else if (kind < 75) note(member.use(thing))
    else if (kind < 82) note(member.drop(thing))
    else if (kind < 86) note(member.loosen(thing))
    else if (kind < 90) note(member.linger(thing))
    else if (kind < 94) note(member.compare(thing))
    else if (kind < 96) note(member.collect())
    else if (name !== MAIN && this.#died < this.#deaths) this.#kill(name)
  }

  #kill(name: string): void {
    const worker = this.#workers.get(name) as Context<Module>
    this.#died++
    this.#workers.delete(name)
    this.#main.forget(name)
    const end = this.#random(2) === 0 ? worker.close() : worker.eval('process.exit(3)')
    this.#command(end)
    for (const { remote } of this.#workers.values()) this.#command(remote.member.forget(name))
  }

  async #reports(): Promise<(readonly [string, Report])[]> {
    const workers = [...this.#workers].map(
      async ([name, { remote }]) => [name, (await remote.member.report()) as Report] as const,
    )
    const reports = await Promise.all(workers)
    // This one last: it counts what it asks of the others.
    return [[MAIN, this.#main.report()], ...reports]
  }

  /** Lets go of everything, and waits until nothing is left. */
  async #end(): Promise<Outcome> {
    await Promise.all(this.#commands)
    let left: unknown[] = ['begun']
    for (let round = 0; round < ROUNDS && left.length > 0; round++) {
      // Again in each round: what was on its way is let go of too.
      this.#main.finish()
      await Promise.all([...this.#workers.values()].map(({ remote }) => remote.member.finish()))
      gc?.()
      await Promise.all([...this.#workers.values()].map(({ remote }) => remote.member.collect()))
      await setImmediate()
      left = (await this.#reports()).flatMap(([name, report]) => leftOf(name, report))
    }
    const problems = (await this.#reports()).flatMap(([, report]) => report.problems)
    return { problems: [...this.#problems, ...problems], left }
  }
}

/** What of a report is not nothing. The one that asks for it is being served at that moment. */
function leftOf(name: string, report: Report): unknown[] {
  const sessions = report.left.filter(
    ({ exports, imports, pending, serving, expected, isParent }) =>
      exports + imports + pending + expected > 0 || serving > (isParent ? 1 : 0),
  )
  return [...sessions, ...report.pending, ...report.unreleased].map((what) => ({ name, what }))
}
