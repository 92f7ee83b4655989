import { afterEach, describe, expect, test } from 'vitest'
import { chaseWaiter, lookForCircle } from './deadlock.ts'
import { DeadlockError } from './errors.ts'
import {
  busyLocks,
  type Holder,
  type LockMode,
  newToken,
  type Party,
  RwLock,
  type Waiter,
} from './rw-lock.ts'

/** Someone who waits for nothing. */
const idle: Party = { context: 'test', chase: () => undefined }

/** One who asks, and says what has become of it. */
class Asker {
  readonly token = newToken()
  readonly #log: string[]
  readonly #name: string
  holder: Holder | undefined
  waiter: Waiter | undefined
  party: Party = idle
  /** Runs when it is let in. */
  then: () => void = () => undefined

  constructor(name: string, log: string[]) {
    this.#name = name
    this.#log = log
  }

  ask(lock: RwLock, mode: LockMode, bonds: readonly number[] = []): void {
    const request = {
      mode,
      token: this.token,
      bonds,
      party: this.party,
      inside: this.party,
      where: '',
    }
    this.holder = lock.take(request)
    if (this.holder !== undefined) {
      this.#log.push(this.#name)
      return
    }
    const waiter: Waiter = {
      ...request,
      id: newToken(),
      lock,
      grant: (holder) => {
        this.holder = holder
        this.#log.push(this.#name)
        this.then()
      },
      fail: (error) => this.#log.push(`${this.#name}: ${(error as Error).name}`),
    }
    this.waiter = waiter
    lock.wait(waiter)
    lookForCircle(waiter)
  }

  leave(): void {
    if (this.holder !== undefined) this.holder.lock.leave(this.holder)
  }

  giveUp(): void {
    if (this.waiter !== undefined) this.waiter.lock.withdraw(this.waiter)
  }
}

function askers<const Names extends readonly string[]>(
  ...names: Names
): { readonly log: string[]; readonly all: { [K in keyof Names]: Asker } } {
  const log: string[] = []
  const all = names.map((name) => new Asker(name, log)) as { [K in keyof Names]: Asker } // one for each name
  return { log, all }
}

afterEach(() => {
  expect([...busyLocks]).toEqual([])
})

describe('a line', () => {
  test('is served first come, first served, and readers that follow each other come in together', () => {
    const lock = new RwLock(() => 'lock')
    const { log, all } = askers('w', 'r1', 'r2', 'w2', 'r3')
    const [w, r1, r2, w2, r3] = all
    w.ask(lock, 'exclusive')
    r1.ask(lock, 'shared')
    r2.ask(lock, 'shared')
    w2.ask(lock, 'exclusive')
    r3.ask(lock, 'shared')
    expect(log).toEqual(['w'])
    w.leave()
    expect(log).toEqual(['w', 'r1', 'r2'])
    r1.leave()
    expect(log.length).toBe(3)
    r2.leave()
    w2.leave()
    expect(log).toEqual(['w', 'r1', 'r2', 'w2', 'r3'])
    expect(lock.isIdle).toBe(false)
    r3.leave()
    expect(lock.isIdle).toBe(true)
  })

  test('moves up when a writer gives up that kept readers waiting', () => {
    const lock = new RwLock(() => 'lock')
    const { log, all } = askers('r1', 'w', 'r2')
    const [r1, w, r2] = all
    r1.ask(lock, 'shared')
    w.ask(lock, 'exclusive')
    r2.ask(lock, 'shared')
    w.giveUp()
    expect(log).toEqual(['r1', 'r2'])
    r1.leave()
    r2.leave()
  })

  test('whoever may enter is inside before the first of them is told', () => {
    const lock = new RwLock(() => 'lock')
    const { log, all } = askers('w', 'r1', 'r2')
    const [w, r1, r2] = all
    w.ask(lock, 'exclusive')
    r1.ask(lock, 'shared')
    r2.ask(lock, 'shared')
    r1.then = () => {
      log.push(`waiting: ${[...lock.line].length}, inside: ${[...lock.holders].length}`)
    }
    w.leave()
    expect(log).toEqual(['w', 'r1', 'waiting: 0, inside: 2', 'r2'])
    r1.leave()
    r2.leave()
  })

  test('no circle is seen in one who is next to be told', () => {
    const [lock, next] = [new RwLock(() => 'lock'), new RwLock(() => 'next')]
    const { log, all } = askers('w', 'r1', 'r2', 'other')
    const [w, r1, r2, other] = all
    w.ask(lock, 'exclusive')
    other.party = {
      context: 'test',
      chase: (_, probe) => r2.waiter !== undefined && chaseWaiter(r2.waiter, probe, ''),
    }
    other.ask(next, 'exclusive')
    r1.ask(lock, 'shared', [r1.token])
    r2.ask(lock, 'shared', [other.token])
    const second = new Asker('r1 again', log)
    second.party = {
      context: 'test',
      chase: (_, probe) => second.waiter !== undefined && chaseWaiter(second.waiter, probe, ''),
    }
    r1.party = second.party
    r1.then = () => second.ask(next, 'exclusive', [r1.token])
    w.leave()
    expect(log).toEqual(['w', 'other', 'r1', 'r2'])
    r2.leave()
    other.leave()
    expect(log.at(-1)).toBe('r1 again')
    second.leave()
    r1.leave()
  })

  test('one whose wait ends while another is told is not told', () => {
    const lock = new RwLock(() => 'lock')
    const { log, all } = askers('w', 'r1', 'r2', 'w2')
    const [w, r1, r2, w2] = all
    w.ask(lock, 'exclusive')
    r1.ask(lock, 'shared')
    r2.ask(lock, 'shared')
    w2.ask(lock, 'exclusive')
    r1.then = () => {
      r2.giveUp()
      r1.leave()
    }
    w.leave()
    expect(log).toEqual(['w', 'r1', 'w2'])
    w2.leave()
  })

  test('one who leaves as soon as it is told makes room for the next, however many', () => {
    const lock = new RwLock(() => 'lock')
    const log: string[] = []
    const first = new Asker('first', log)
    first.ask(lock, 'exclusive')
    for (let n = 0; n < 20_000; n++) {
      const one = new Asker('one', log)
      one.then = () => one.leave()
      one.ask(lock, 'exclusive')
    }
    first.leave()
    expect(log.length).toBe(20_001)
  })

  test('one who fails while it is told stops no one', () => {
    const lock = new RwLock(() => 'lock')
    const { log, all } = askers('w', 'r1', 'r2', 'r3')
    const [w, r1, r2, r3] = all
    w.ask(lock, 'exclusive')
    r1.ask(lock, 'shared')
    r2.ask(lock, 'shared')
    r1.then = () => {
      throw new RangeError('told')
    }
    expect(() => w.leave()).toThrow('told')
    r1.leave()
    expect(log).toEqual(['w', 'r1', 'r2'])
    r3.ask(lock, 'shared')
    r2.leave()
    r3.leave()
  })
})

describe('who holds it', () => {
  test('enters again, and is out when it has left as often', () => {
    const lock = new RwLock(() => 'lock')
    const { log, all } = askers('a', 'again', 'b')
    const [a, again, b] = all
    a.ask(lock, 'exclusive')
    b.ask(lock, 'shared')
    again.ask(lock, 'shared', [a.token])
    expect(again.holder).toBe(a.holder)
    a.leave()
    expect(log).toEqual(['a', 'again'])
    again.leave()
    expect(log).toEqual(['a', 'again', 'b'])
    b.leave()
  })

  test('shared, enters again before a writer in line, and does not become a writer', () => {
    const lock = new RwLock(() => 'lock')
    const { log, all } = askers('r', 'w', 'again', 'stranger')
    const [r, w, again, stranger] = all
    r.ask(lock, 'shared')
    w.ask(lock, 'exclusive')
    again.ask(lock, 'shared', [r.token])
    stranger.ask(lock, 'shared', [newToken()])
    expect(log).toEqual(['r', 'again'])
    expect(() => new Asker('up', log).ask(lock, 'exclusive', [r.token])).toThrow(DeadlockError)
    again.leave()
    r.leave()
    w.leave()
    expect(log).toEqual(['r', 'again', 'w', 'stranger'])
    stranger.leave()
  })

  test('is one of those who are let in at once, and no one overtakes who waits', () => {
    const lock = new RwLock(() => 'lock')
    const { all } = askers('r', 'w')
    const [r, w] = all
    r.ask(lock, 'shared')
    expect([lock.admits('shared', []), lock.admits('exclusive', [])]).toEqual([true, false])
    w.ask(lock, 'exclusive')
    expect([lock.admits('shared', []), lock.admits('exclusive', [r.token])]).toEqual([false, true])
    r.leave()
    w.leave()
    expect(lock.admits('exclusive', [])).toBe(true)
  })
})
