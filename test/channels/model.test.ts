/**
 * Channels under random programs: several contexts, over pipes that delay as they like, with shared memory and without, send, receive, give up, release,
 * close and end. Whatever happens, no item is lost or comes twice, those of one sender come in order, each failure has its reason, and everything that
 * was waited for has an end.
 */
import { type Channel, channel, connect, expose, type Session } from '@farhold/core'
import fc from 'fast-check'
import { describe, test } from 'vitest'
import { delayedPair } from '../lifetimes/delayed-transport.ts'

/** More by hand: `SCHEDULES=20000 vitest run ...`. */
const RUNS = Number(process.env.SCHEDULES ?? 60)

type CodecName = 'structured' | 'text'

class GivenUp extends Error {
  override readonly name = 'GivenUp'
}

const small = fc.nat({ max: 7 })

type Deed =
  | 'send'
  | 'trySend'
  | 'receive'
  | 'tryReceive'
  | 'abort'
  | 'deliver'
  | 'flush'
  | 'release'
  | 'close'
  | 'die'

interface Step {
  readonly do: Deed
  readonly who: number
  readonly index: number
}

/** How often each is done: where no one gives up, where waits are given up and contexts die, and where the channel ends as well. */
const PROGRAMS = {
  'no one gives up': { abort: 0, die: 0, release: 0, close: 0 },
  'waits are given up': { abort: 4, die: 0, release: 0, close: 0 },
  'contexts die': { abort: 2, die: 1, release: 0, close: 0 },
  'everything ends': { abort: 2, die: 0.5, release: 0.5, close: 0.5 },
} as const

function programs(ends: (typeof PROGRAMS)[keyof typeof PROGRAMS]): fc.Arbitrary<Step[]> {
  const weights = { send: 8, trySend: 2, receive: 8, tryReceive: 2, deliver: 12, flush: 3, ...ends }
  const steps = Object.entries(weights).map(([deed, weight]) => ({
    weight: weight * 2,
    arbitrary: fc.record({ do: fc.constant(deed as Deed), who: small, index: small }),
  }))
  return fc.array(fc.oneof(...steps), { maxLength: 60, size: 'max' })
}

interface Item {
  readonly by: number
  readonly number: number
  /** Some go by reference, so not in shared memory. */
  readonly ask?: () => number
}

interface Sent {
  readonly by: number
  readonly number: number
  state: 'waits' | 'sent' | 'failed' | 'given up'
}

interface Wait {
  readonly stop: AbortController
  isSettled: boolean
}

/** One context that uses the channel. The first is the one where it is at home. */
class User {
  readonly number: number
  readonly channel: Channel<Item>
  readonly session: Session | undefined
  /** Lets the next batch arrive: at home, or here. */
  readonly deliver: (isBack: boolean) => boolean
  readonly received: Item[] = []
  readonly waits: Wait[] = []
  readonly released = new Set<string>()
  isDead = false
  sent = 0

  constructor(
    number: number,
    made: Channel<Item>,
    session: Session | undefined,
    deliver: (isBack: boolean) => boolean,
  ) {
    this.number = number
    this.channel = made
    this.session = session
    this.deliver = deliver
  }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

class World {
  readonly users: User[] = []
  readonly owners: Session[] = []
  readonly sent: Sent[] = []
  readonly #underWay = new Set<Promise<void>>()
  readonly #problems: string[] = []
  /** May items have been dropped, because someone closed by force or no receiver was left? */
  #mayDrop = false
  #mayBeClosed = false
  /** May items have come back, and be received after later ones? */
  #mayComeBack = false

  static async create(many: number, capacity: number, codec: CodecName): Promise<World> {
    const world = new World()
    const made = channel<Item>({ capacity })
    world.users.push(new User(0, made, undefined, () => false))
    for (let number = 1; number <= many; number++) {
      const [home, away] = delayedPair(codec)
      const owner = expose({ get: () => made }, home, { name: 'home' })
      const session = connect<{ get(): Channel<Item> }>(away, { name: `user ${number}` })
      const coming = session.remote.get()
      const deliver = (isBack: boolean): boolean => (isBack ? away : home).deliver()
      const shuttle = async (): Promise<void> => {
        await turn()
        while (deliver(false) || deliver(true)) await turn()
      }
      await shuttle()
      const theirs = (await coming) as Channel<Item>
      const user = new User(number, theirs, session as Session, deliver)
      world.users.push(user)
      world.owners.push(owner)
    }
    // Everyone is at both ends from the beginning.
    for (const user of world.users) {
      world.#send(user, user.number)
      await world.#settle()
      world.#receive(user)
      await world.#settle()
    }
    return world
  }

  async take(step: Step): Promise<void> {
    const user = this.users[step.who % this.users.length] as User // there is always one
    switch (step.do) {
      case 'send':
        if (!user.isDead) this.#send(user, step.index)
        break
      case 'receive':
        if (!user.isDead) this.#receive(user)
        break
      // Elsewhere they would wait for a thread that is this one.
      case 'trySend':
        this.#trySend(this.users[0] as User)
        break
      case 'tryReceive':
        this.#tryReceive(this.users[0] as User)
        break
      case 'abort': {
        const waits = user.waits.filter((wait) => !wait.isSettled)
        this.#mayComeBack = true
        waits[step.index % Math.max(1, waits.length)]?.stop.abort(new GivenUp())
        break
      }
      case 'deliver':
        user.deliver(step.index % 2 === 1)
        break
      case 'flush':
        for (let round = 0; round < 3; round++) {
          await turn()
          while (user.deliver(false) || user.deliver(true));
        }
        break
      case 'release': {
        const side = step.index % 2 ? 'sender' : 'receiver'
        if (user.isDead) break
        user.released.add(side)
        user.channel[side].release()
        this.#mayBeClosed = true
        this.#mayDrop = true
        break
      }
      case 'close': {
        if (user.isDead) break
        this.#mayBeClosed = true
        if (step.index % 4 === 3) this.#mayDrop = true
        const closing =
          step.index % 4 < 2
            ? user.channel.sender.close()
            : user.channel.receiver.close({ force: step.index % 4 === 3 })
        this.#await(user, closing, ['ChannelClosedError', 'ChannelNotEmptyError'])
        break
      }
      case 'die':
        if (user.session === undefined || user.isDead) break
        user.isDead = true
        this.#mayComeBack = true
        await (step.index % 2 ? user.session : this.owners[user.number - 1])?.close()
        break
    }
    await turn()
  }

  #next(user: User, byReference: boolean): { item: Item; sent: Sent } {
    const label = { by: user.number, number: user.sent++ }
    const sent: Sent = { ...label, state: 'waits' }
    this.sent.push(sent)
    return { item: byReference ? { ...label, ask: () => label.number } : label, sent }
  }

  #send(user: User, index: number): void {
    const { item, sent } = this.#next(user, index % 4 === 3)
    const wait: Wait = { stop: new AbortController(), isSettled: false }
    user.waits.push(wait)
    const sending = user.channel.sender.send(item, { signal: wait.stop.signal }).then(
      () => {
        sent.state = 'sent'
      },
      (error: unknown) => {
        // It may have been accepted as its sender gave it up, or died.
        sent.state = (error as Error).name === 'ChannelClosedError' ? 'failed' : 'given up'
        throw error
      },
    )
    this.#await(user, sending, [], wait, 'sender')
  }

  #receive(user: User): void {
    const wait: Wait = { stop: new AbortController(), isSettled: false }
    user.waits.push(wait)
    const receiving = user.channel.receiver
      .receive({ signal: wait.stop.signal })
      .then((item) => void user.received.push(item))
    this.#await(user, receiving, [], wait, 'receiver')
  }

  #trySend(user: User): void {
    const { item, sent } = this.#next(user, false)
    try {
      sent.state = user.channel.sender.trySend(item) ? 'sent' : 'failed'
    } catch (error) {
      sent.state = 'failed'
      this.#expect(user, error, [], undefined, 'sender')
    }
  }

  #tryReceive(user: User): void {
    try {
      const item = user.channel.receiver.tryReceive()
      if (item !== undefined) user.received.push(item)
    } catch (error) {
      this.#expect(user, error, [], undefined, 'receiver')
    }
  }

  #await(user: User, promise: Promise<unknown>, also: string[], wait?: Wait, side?: string): void {
    const settled = promise
      .then(
        () => undefined,
        (error: unknown) => this.#expect(user, error, also, wait, side),
      )
      .finally(() => {
        if (wait !== undefined) wait.isSettled = true
        this.#underWay.delete(settled)
      })
    this.#underWay.add(settled)
  }

  #expect(user: User, error: unknown, also: string[], wait?: Wait, side?: string): void {
    const { name } = error as Error
    const isRight =
      also.includes(name) ||
      (name === 'ContextClosedError' && user.isDead) ||
      (name === 'GivenUp' && wait?.stop.signal.aborted === true) ||
      (name === 'ReleasedError' &&
        (side === undefined ? user.released.size > 0 : user.released.has(side))) ||
      (name === 'ChannelClosedError' && this.#mayBeClosed)
    if (!isRight) this.#problems.push(`user ${user.number} was told ${String(error)}`)
  }

  /** Lets everything arrive. */
  async #settle(): Promise<void> {
    for (let quiet = 0; quiet < 3; quiet++) {
      await turn()
      for (const user of this.users)
        while (user.deliver(false) || user.deliver(true)) {
          quiet = 0
          await turn()
        }
    }
  }

  /** Everything arrives, what is left is received, and the channel is closed: then nothing is waited for. */
  async end(): Promise<void> {
    await this.#settle()
    const living = this.users.filter((user) => !user.isDead)
    const sending = living.find((user) => !user.released.has('sender'))
    const receiving = living.find((user) => !user.released.has('receiver'))
    // What waits for room gets it, and what is in it is received.
    if (receiving !== undefined)
      for (let left = this.sent.length; left > 0; left--) this.#receive(receiving)
    await this.#settle()
    this.#mayBeClosed = true
    if (sending !== undefined)
      this.#await(sending, sending.channel.sender.close(), ['ChannelClosedError'])
    await this.#settle()
    if (sending === undefined || receiving === undefined)
      // No one is left at one end: then it is closed, or those who wait give up.
      for (const user of living) for (const wait of user.waits) wait.stop.abort(new GivenUp())
    await this.#settle()
    if (this.#underWay.size > 0) this.#problems.push(`${this.#underWay.size} waits have no end`)
    this.#check()
    for (const session of [...this.owners, ...this.users.map((user) => user.session)]) {
      const { pending = 0, serving = 0 } = session?.stats() ?? {}
      if (pending + serving > 0) this.#problems.push(`${pending} pending, ${serving} serving`)
      await session?.close()
    }
    if (this.#problems.length > 0) throw new Error(this.#problems.join('\n'))
  }

  #check(): void {
    const seen = new Map<string, number>()
    for (const user of this.users) {
      const last = new Map<number, number>()
      for (const { by, number } of user.received) {
        if (!this.#mayComeBack && number <= (last.get(by) ?? -1))
          this.#problems.push(`user ${user.number} had ${by}:${number} after ${last.get(by)}`)
        last.set(by, number)
        // What a dead one had received and had not said so, another may have got as well.
        if (!user.isDead) seen.set(`${by}:${number}`, (seen.get(`${by}:${number}`) ?? 0) + 1)
      }
    }
    for (const { by, number, state } of this.sent) {
      const times = seen.get(`${by}:${number}`) ?? 0
      const byDead = this.users.some(
        (user) =>
          user.isDead && user.received.some((item) => item.by === by && item.number === number),
      )
      if (times > 1) this.#problems.push(`${by}:${number} came ${times} times`)
      if (state === 'sent' && times === 0 && !byDead && !this.#mayDrop)
        this.#problems.push(`${by}:${number} was lost`)
      if (state === 'failed' && times > 0)
        this.#problems.push(`${by}:${number} was not sent, and came`)
    }
  }
}

async function run(
  many: number,
  capacity: number,
  codec: CodecName,
  steps: readonly Step[],
): Promise<void> {
  const world = await World.create(many, capacity, codec)
  for (const step of steps) await world.take(step)
  await world.end()
}

describe.each([
  ['with shared memory', 'structured'],
  ['without', 'text'],
] as const)('%s', (_, codec) => {
  describe.each(Object.entries(PROGRAMS))('%s', (_, ends) => {
    test.each([0, 1, 3, Number.POSITIVE_INFINITY])(
      'capacity %s',
      { timeout: 3_600_000 },
      async (capacity) => {
        await fc.assert(
          fc.asyncProperty(fc.integer({ min: 1, max: 3 }), programs(ends), (many, steps) =>
            run(many, capacity, codec, steps),
          ),
          { numRuns: RUNS },
        )
      },
    )
  })
})
