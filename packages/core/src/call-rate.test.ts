import { describe, expect, test } from 'vitest'
import { CallRate } from './call-rate.ts'

describe('CallRate', () => {
  function bucket(perSecond: number) {
    const clock = { now: 1000 }
    const rate = new CallRate(perSecond, () => clock.now)
    const taken = (tries: number): number =>
      Array.from({ length: tries }, () => rate.take()).filter((isTaken) => isTaken).length
    return { clock, rate, taken }
  }

  test('a second’s worth at once, and no more', () => {
    const { taken, rate } = bucket(5)
    expect(taken(5)).toBe(5)
    expect(rate.used).toBe(5)
    expect(taken(3)).toBe(0)
  })

  test('then as many as the time that has passed is worth', () => {
    const { clock, taken, rate } = bucket(10)
    taken(10)
    clock.now += 99
    expect(taken(5)).toBe(0)
    clock.now += 1
    expect(taken(5)).toBe(1)
    clock.now += 350
    expect(taken(5)).toBe(3)
    expect(rate.used).toBe(10)
    clock.now += 50
    expect(taken(5)).toBe(1)
  })

  test('however long the pause, not more than a second’s worth', () => {
    const { clock, taken, rate } = bucket(5)
    taken(5)
    clock.now += 1_000_000
    expect(rate.used).toBe(0)
    expect(taken(20)).toBe(5)
  })

  test('a clock that goes back gives nothing, and goes on from there', () => {
    const { clock, taken } = bucket(5)
    taken(5)
    clock.now -= 10_000
    expect(taken(5)).toBe(0)
    clock.now += 200
    expect(taken(5)).toBe(1)
  })

  test('for a rate that no thread reaches, the clock is not read', () => {
    const rate = new CallRate(1_000_000_000, () => {
      throw new Error('it was read')
    })
    expect(rate.take()).toBe(true)
    expect(rate.used).toBe(0)
  })
})
