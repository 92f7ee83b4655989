import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Sweeps } from './sweeps.ts'

const made: string[] = []
let sweeps: Sweeps

beforeEach(() => {
  vi.useFakeTimers()
  made.length = 0
  sweeps = new Sweeps({ pulse: () => made.push('pulse'), sweep: () => made.push('sweep') })
})

afterEach(() => {
  vi.useRealTimers()
})

/** Synchronous entries that send so much in all, without a turn of the event loop. */
function enter(times: number, characters: number): void {
  for (let time = 0; time < times; time++) {
    sweeps.sent(characters)
    sweeps.entered()
  }
}

test('a pulse follows so much text, in small entries or in large ones', () => {
  enter(511, 64)
  expect(made).toEqual([])
  enter(1, 64)
  expect(made).toEqual(['pulse'])
  enter(512, 64)
  expect(made).toEqual(['pulse', 'pulse'])
  enter(1, 10_000_000)
  expect(made).toEqual(['pulse', 'pulse', 'pulse'])
})

test('what is answered to a guest within an entry counts when that entry is over', () => {
  sweeps.sent(100_000)
  expect(made).toEqual([])
  sweeps.entered()
  expect(made).toEqual(['pulse'])
})

test('an asynchronous entry is as good as a pulse', () => {
  enter(511, 64)
  sweeps.enters()
  enter(511, 64)
  expect(made).toEqual([])
})

test('one sweep follows when all is quiet, and none when nothing was entered since', () => {
  enter(3, 64)
  vi.runAllTimers()
  expect(made).toEqual(['sweep'])
  expect(vi.getTimerCount()).toBe(0)
  sweeps.enters()
  vi.runAllTimers()
  expect(made).toEqual(['sweep', 'sweep'])
})

test('no sweep is made while entries go on', () => {
  for (let step = 0; step < 100; step++) {
    enter(1, 64)
    vi.advanceTimersByTime(60)
  }
  expect(made).toEqual([])
  vi.runAllTimers()
  expect(made).toEqual(['sweep'])
})

test('nothing is made when the isolate has ended', () => {
  enter(1, 64)
  sweeps.stop()
  expect(vi.getTimerCount()).toBe(0)
  enter(1, 100_000)
  sweeps.enters()
  vi.runAllTimers()
  expect(made).toEqual([])
})
