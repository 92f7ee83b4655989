/**
 * Threads that put into and take from one ring, step by step, and the judge: what was put is taken once, in order, and the ring never
 * holds more than it may, whoever dies wherever.
 */
import { ASK, ChannelRing, EMPTY, type Returned } from '../../packages/core/src/channel-ring.ts'
import { type Outcome, SteppedCall } from './stepped.ts'

/** What a thread does, one after the other. A `wait` is what the hub does before it waits for an item, or for room. */
export type Act = 'put' | 'take' | 'wait for item' | 'wait for room' | 'placeholder' | 'hub takes'

interface Item {
  readonly sender: number
  readonly count: number
}

/** The phases of a slot, as `channel-ring.ts` writes them. */
const PHASE = 7
const FREE = 0
const TAKEN = 3

/** An act that has begun. Times are counted in steps. */
interface Doing {
  readonly thread: number
  readonly act: Act
  readonly item: Item | undefined
  readonly call: SteppedCall<unknown>
  readonly began: number
  ended: number
  wakes: number
}

interface Thread {
  readonly number: number
  readonly ring: ChannelRing
  readonly acts: readonly Act[]
  done: number
  doing: Doing | undefined
  dead: boolean
}

const HUB = 0

export class RingWorld {
  readonly #memory: SharedArrayBuffer
  readonly #capacity: number
  readonly #threads: readonly Thread[]
  readonly #history: Doing[] = []
  /** What the hub has put in as placeholders, by position. */
  readonly #heap = new Map<number, Item>()
  readonly #returned: Item[] = []
  #time = 0
  #wakes = 0

  constructor(capacity: number, programs: readonly (readonly Act[])[], start = 0) {
    this.#capacity = capacity
    this.#memory = ChannelRing.create(capacity)
    startAt(this.#memory, capacity, start)
    this.#threads = programs.map((acts, index) => ({
      number: index + 1,
      ring: this.#newRing(),
      acts,
      done: 0,
      doing: undefined,
      dead: false,
    }))
  }

  /** The threads that can go on, by index. */
  get ready(): readonly number[] {
    return this.#threads.flatMap((thread, index) =>
      !thread.dead && (thread.doing !== undefined || thread.done < thread.acts.length)
        ? [index]
        : [],
    )
  }

  /** Is it within an act, and not the hub, whose death is the channel's? */
  isMortal(index: number): boolean {
    const act = this.#threads[index]?.doing?.act
    return act === 'put' || act === 'take'
  }

  /** The next step of a thread. */
  step(index: number): void {
    const thread = this.#threads[index]!
    this.#time++
    this.#wakes = 0
    if (thread.doing === undefined) thread.doing = this.#begin(thread)
    else thread.doing.call.step()
    const { doing } = thread
    doing.wakes = this.#wakes
    if (doing.call.outcome === undefined) return
    doing.ended = this.#time
    thread.doing = undefined
    thread.done++
    this.#settle(doing, doing.call.outcome)
  }

  /** A thread stops where it is, and is repaired: at once, or together with all the others at the end. */
  kill(index: number, repair: 'now' | 'later'): void {
    const thread = this.#threads[index]!
    thread.dead = true
    if (repair === 'now') this.#repair(thread)
  }

  /** All that are left come to their end, and all that is in the ring is taken out; then the judge speaks. */
  end(): void {
    const lost = this.#threads.find(({ dead }) => dead)
    for (let index = 0; index < this.#threads.length; index++)
      while (this.ready.includes(index)) this.step(index)
    for (const thread of this.#threads) if (thread.dead) this.#repair(thread)
    if (lost === undefined) this.#judgeWaits()
    const drained = this.#drain()
    this.#judgeItems(drained)
    this.#judgeOrder(drained)
    this.#judgeRoom()
    this.#judgeAnswers(lost !== undefined)
    this.#judgeRest()
  }

  #newRing(): ChannelRing {
    return new ChannelRing(this.#memory, () => {
      this.#wakes++
    })
  }

  #begin(thread: Thread): Doing {
    const { ring, number } = thread
    const act = thread.acts[thread.done]!
    const item =
      act === 'put' || act === 'placeholder' ? { sender: number, count: thread.done } : undefined
    const acts: Record<Act, () => unknown> = {
      put: () => ring.put(number, item),
      take: () => ring.take(number),
      placeholder: () => ring.putPlaceholder(number),
      'hub takes': () => ring.takeHead(number),
      'wait for item': () => {
        ring.hungry = true
        return ring.head().kind
      },
      'wait for room': () => {
        ring.thirsty = true
        return ring.count
      },
    }
    const call = new SteppedCall(this.#memory, acts[act])
    const doing = { thread: number, act, item, call, began: this.#time, ended: Infinity, wakes: 0 }
    this.#history.push(doing)
    return doing
  }

  #settle({ act, item }: Doing, outcome: Outcome<unknown>): void {
    if (!('value' in outcome)) throw outcome.error
    if (act === 'placeholder' && typeof outcome.value === 'number')
      this.#heap.set(outcome.value, item!)
  }

  #repair(thread: Thread): void {
    thread.doing = undefined
    for (const returned of this.#newRing().repair(thread.number)) this.#returned.push(ok(returned))
    if (this.#newRing().repair(thread.number).length > 0) throw new Error('repaired twice')
  }

  /** The item that an act took, if it took one. */
  #takenBy({ act, call }: Doing): Item | undefined {
    const { outcome } = call
    if (outcome === undefined || !('value' in outcome)) return undefined
    if (act === 'hub takes')
      return this.#itemOf(outcome.value as ReturnType<ChannelRing['takeHead']>)
    return act === 'take' && typeof outcome.value === 'object' ? (outcome.value as Item) : undefined
  }

  #itemOf(head: ReturnType<ChannelRing['takeHead']>): Item | undefined {
    if (head.kind === 'plain') return (head as unknown as { readonly item: Item }).item
    return head.kind === 'placeholder' ? this.#heap.get(head.position) : undefined
  }

  #drain(): readonly Item[] {
    const ring = this.#newRing()
    const items: Item[] = []
    if (ring.count > this.#capacity) throw new Error('too many')
    for (let { count } = ring; count > 0; count--) {
      const item = this.#itemOf(ring.takeHead(HUB))
      if (item === undefined) throw new Error('one is counted that is not there')
      items.push(item)
    }
    if (ring.takeHead(HUB).kind !== 'empty') throw new Error('one is there that is not counted')
    return items
  }

  /** What was put is there once; what a dead thread was about to put, at most once. One that a dead thread had in hand went with it. */
  #judgeItems(drained: readonly Item[]): void {
    // It had freed the slot, which it does last.
    let gone = this.#history.filter(
      ({ act, ended, call }) =>
        act === 'take' &&
        ended === Infinity &&
        call.exchanged.some(([from, to]) => (from & PHASE) === TAKEN && (to & PHASE) === FREE),
    ).length
    const taken = [...this.#history.flatMap((doing) => this.#takenBy(doing) ?? []), ...drained]
    const seen = new Map<string, number>()
    for (const item of [...taken, ...this.#returned])
      seen.set(nameOf(item), (seen.get(nameOf(item)) ?? 0) + 1)
    for (const doing of this.#history) {
      if (doing.item === undefined) continue
      const times = seen.get(nameOf(doing.item)) ?? 0
      seen.delete(nameOf(doing.item))
      const [least, most] = isDone(doing) ? [1, 1] : doing.ended === Infinity ? [0, 1] : [0, 0]
      if (times < least && gone-- > 0) continue
      if (times < least || times > most)
        throw new Error(`${nameOf(doing.item)} was there ${times} times`)
    }
    if (seen.size > 0) throw new Error(`where do these come from: ${[...seen.keys()]}`)
  }

  /** If one was put after another, it is not taken before it. */
  #judgeOrder(drained: readonly Item[]): void {
    const puts = new Map(
      this.#history.flatMap((doing) => (doing.item ? [[nameOf(doing.item), doing]] : [])),
    )
    const takes = this.#history.flatMap((doing) => {
      const item = this.#takenBy(doing)
      return item === undefined ? [] : [{ item, began: doing.began, ended: doing.ended }]
    })
    drained.forEach((item, index) => {
      const time = this.#time + 1 + index
      takes.push({ item, began: time, ended: time })
    })
    for (const one of takes)
      for (const other of takes) {
        const [first, second] = [puts.get(nameOf(one.item))!, puts.get(nameOf(other.item))!]
        if (first.ended < second.began && other.ended < one.began)
          throw new Error(`${nameOf(other.item)} overtook ${nameOf(one.item)}`)
      }
  }

  /** At any time, the puts that are done less the takes that have begun are not more than its capacity. */
  #judgeRoom(): void {
    for (const { ended: time } of this.#history) {
      const put = this.#history.filter((doing) => isDone(doing) && doing.ended <= time).length
      const taken = this.#history.filter(
        ({ act, began }) => (act === 'take' || act === 'hub takes') && began <= time,
      ).length
      if (time !== Infinity && put - taken > this.#capacity)
        throw new Error('more than its capacity')
    }
  }

  /** It is empty or full only when it may have been. */
  #judgeAnswers(isSomeoneLost: boolean): void {
    for (const doing of this.#history) {
      const value = answerOf(doing)
      const isTake = doing.act === 'take' || doing.act === 'hub takes'
      const isEmpty = value === EMPTY || (isTake && kindOf(value) === 'empty')
      const isFull = value === 'full'
      if (doing.ended !== Infinity && !isTake && doing.item && !isDone(doing) && !isFull)
        throw new Error(`a put gave ${String(value)}`)
      if (
        value === ASK &&
        this.#history.some(({ act, began }) => act === 'placeholder' && began < doing.ended)
      )
        continue
      if (isTake && doing.ended !== Infinity && !isEmpty && kindOf(value) !== 'unpublished')
        if (this.#takenBy(doing) === undefined) throw new Error(`a take gave ${String(value)}`)
      if (isSomeoneLost) continue
      const others = this.#history.filter((other) => other !== doing)
      const before = (other: Doing) => other.ended < doing.began
      const after = (other: Doing) => other.began > doing.ended
      if (isEmpty) {
        // An item that was there all the time, with none being put that may stand in front of it.
        const putsNow = others.filter((other) => other.item && !before(other) && !after(other))
        const certain =
          others.filter((other) => isDone(other) && before(other)).length -
          others.filter((other) => this.#takenBy(other) && !after(other)).length
        if (certain > 0 && putsNow.length === 0) throw new Error('it was not empty')
      }
      if (isFull) {
        // Who has not freed the slot it took keeps those behind it, too: room comes in order.
        const takesNow = others.some(
          (other) => this.#takenBy(other) && !before(other) && !after(other),
        )
        const most =
          others.filter((other) => isDone(other) && !after(other)).length -
          others.filter((other) => this.#takenBy(other) && before(other)).length
        if (most < this.#capacity && !takesNow) throw new Error('it was not full')
      }
    }
  }

  /** Who has said that it waits, and found nothing, is woken once there is something. */
  #judgeWaits(): void {
    const ring = this.#newRing()
    const wakes = (since: number) =>
      this.#history.some(({ wakes, ended }) => wakes > 0 && ended >= since)
    for (const doing of this.#history) {
      const { act, began } = doing
      const value = answerOf(doing)
      const isItem = act === 'wait for item' && (value === 'empty' || value === 'unpublished')
      const isRoom = act === 'wait for room' && value === this.#capacity
      const isThere = isItem ? ring.head().kind === 'plain' : ring.count < this.#capacity
      if ((isItem || isRoom) && isThere && !wakes(began)) throw new Error('no one wakes the hub')
    }
  }

  /** Afterwards it is as good as new. */
  #judgeRest(): void {
    const ring = this.#newRing()
    for (let round = 0; round < 3; round++) {
      for (let count = 0; count < this.#capacity; count++)
        if (ring.put(HUB, { round, count }) !== 'done') throw new Error('it takes less than before')
      if (ring.put(HUB, 'one too many') !== 'full') throw new Error('it takes more than before')
      for (let count = 0; count < this.#capacity; count++) {
        const item = ring.take(HUB) as { readonly round: number; readonly count: number }
        if (item.round !== round || item.count !== count) throw new Error('it gives another')
      }
      if (ring.take(HUB) !== EMPTY) throw new Error('it gives more than before')
    }
  }
}

function nameOf({ sender, count }: Item): string {
  return `${sender}.${count}`
}

function answerOf({ call: { outcome } }: Doing): unknown {
  return outcome !== undefined && 'value' in outcome ? outcome.value : undefined
}

function kindOf(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, 'kind') : undefined
}

function isDone(doing: Doing): boolean {
  const value = answerOf(doing)
  return doing.act === 'put'
    ? value === 'done'
    : doing.item !== undefined && typeof value === 'number'
}

function ok(returned: Returned): Item {
  if ('error' in returned) throw returned.error
  return returned.item as Item
}

/** A ring that so many items have gone through; a negative number is before the numbers of its positions begin again. */
function startAt(memory: SharedArrayBuffer, capacity: number, count: number): void {
  const cells = new Int32Array(memory)
  const laps = Math.min(2 ** 20, Math.floor(2 ** 31 / capacity))
  const position = count < 0 ? laps * capacity + count : count
  const lap = Math.floor(position / capacity)
  const [tail, head, header, slot] = [16, 32, 64, 64]
  cells[tail] = position
  cells[head] = position
  for (let index = 0; index < capacity; index++) {
    const next = index < position % capacity ? (lap + 1) % laps : lap
    cells[header + index * slot] = next << 11
  }
}
