import { describe, expect, test } from 'vitest'
import { excludes, type LeaseMode, overlaps, type RangeClaim, RangeLock } from './range-lock.ts'

const exclusive = (start: number, end: number) => ({ start, end, mode: 'exclusive' as const })
const shared = (start: number, end: number) => ({ start, end, mode: 'shared' as const })

describe('ranges', () => {
  test('overlap when they have an element in common', () => {
    expect(overlaps(exclusive(0, 4), exclusive(3, 8))).toBe(true)
    expect(overlaps(exclusive(0, 4), exclusive(4, 8))).toBe(false)
    expect(overlaps(exclusive(2, 3), exclusive(0, 8))).toBe(true)
  })

  test('that are empty overlap nothing', () => {
    expect(overlaps(exclusive(2, 2), exclusive(0, 8))).toBe(false)
    expect(overlaps(exclusive(2, 2), exclusive(2, 2))).toBe(false)
  })
})

describe('a range lock', () => {
  test('lets disjoint ranges in at once, whoever waits for others', () => {
    const lock = new RangeLock()
    lock.claim(exclusive(0, 4))
    expect(lock.claim(exclusive(0, 4)).state).toBe('waiting')
    expect(lock.claim(exclusive(4, 8)).state).toBe('held')
    expect(lock.claim(exclusive(8, 9)).state).toBe('held')
  })

  test('a writer that waits is not overtaken by what overlaps it', () => {
    const lock = new RangeLock()
    const reader = lock.claim(shared(0, 4))
    const writer = lock.claim(exclusive(2, 6))
    const late = lock.claim(shared(5, 7))
    expect([writer.state, late.state]).toEqual(['waiting', 'waiting'])
    // It overlaps who is inside, whom it could join, and not who waits.
    expect(lock.claim(shared(0, 2)).state).toBe('held')
    lock.end(reader)
    expect([writer.state, late.state]).toEqual(['held', 'waiting'])
    lock.end(writer)
    expect(late.state).toBe('held')
  })

  test('one that gives up waiting lets those behind it go on', () => {
    const lock = new RangeLock()
    lock.claim(shared(0, 8))
    const writer = lock.claim(exclusive(0, 8))
    const reader = lock.claim(shared(0, 8))
    lock.end(writer)
    expect(reader.state).toBe('held')
  })

  test('who is let in may let go at once, and is told in the order of asking', () => {
    const lock = new RangeLock()
    const told: string[] = []
    const first = lock.claim(exclusive(0, 8))
    for (const name of ['a', 'b', 'c']) {
      const claim = lock.claim(exclusive(0, 8))
      claim.held = () => {
        told.push(name)
        lock.end(claim)
      }
    }
    lock.end(first)
    expect(told).toEqual(['a', 'b', 'c'])
    expect([lock.holders, lock.waiters]).toEqual([0, 0])
  })

  test('one of two that were let in together may end the other before that one is told', () => {
    const lock = new RangeLock()
    const told: string[] = []
    const first = lock.claim(exclusive(0, 8))
    const left = lock.claim(exclusive(0, 4))
    const right = lock.claim(exclusive(4, 8))
    left.held = () => {
      told.push('left')
      lock.end(right)
    }
    right.held = () => told.push('right')
    lock.end(first)
    expect(told).toEqual(['left'])
  })

  test('behaves as a model of it does, whatever is asked in whatever order', () => {
    for (let seed = 1; seed <= 300; seed++) compare(seed)
  })
})

/** The same, said as what it must be: in the order of asking, each is inside unless one before it is in its way. */
class Model {
  readonly #asked: RangeClaim[] = []

  ask(claim: RangeClaim): void {
    this.#asked.push(claim)
  }

  end(claim: RangeClaim): void {
    this.#asked.splice(this.#asked.indexOf(claim), 1)
  }

  get inside(): RangeClaim[] {
    return this.#asked.filter((claim, at) =>
      this.#asked.slice(0, at).every((before) => !excludes(before.request, claim.request)),
    )
  }

  get all(): readonly RangeClaim[] {
    return this.#asked
  }
}

function compare(seed: number): void {
  let state = seed
  const random = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
  const lock = new RangeLock()
  const model = new Model()
  const told = new Set<RangeClaim>()
  for (let step = 0; step < 60; step++) {
    const claims = model.all
    if (claims.length === 0 || random(5) > 1) {
      const start = random(12)
      const mode: LeaseMode = random(2) === 0 ? 'exclusive' : 'shared'
      const claim = lock.claim({ start, end: start + random(12 - start + 1), mode })
      if (claim.state === 'held') told.add(claim)
      claim.held = () => {
        expect(told.has(claim), `seed ${seed}: told twice`).toBe(false)
        told.add(claim)
      }
      model.ask(claim)
    } else {
      const claim = claims[random(claims.length)] as RangeClaim // in range
      model.end(claim)
      lock.end(claim)
    }
    const inside = model.all.filter((claim) => claim.state === 'held')
    expect(inside, `seed ${seed}, step ${step}`).toEqual(model.inside)
    expect(inside.every((claim) => told.has(claim))).toBe(true)
    expect(lock.holders).toBe(inside.length)
    expect(lock.waiters).toBe(model.all.length - inside.length)
  }
}
