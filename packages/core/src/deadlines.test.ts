import { beforeEach, describe, expect, it } from 'vitest'
import { Deadlines } from './deadlines.ts'
import type { Platform } from './platform.ts'

/** A platform whose time passes when it is told to. */
class ManualTime {
  now = 0
  readonly timers = new Set<{ at: number; callback: () => void; kept: boolean }>()
  /** Timers made so far. */
  made = 0

  readonly platform: Platform = {
    performance: { now: () => this.now },
    setTimeout: (callback, milliseconds) => {
      this.made++
      const timer = { at: this.now + milliseconds, callback, kept: true }
      this.timers.add(timer)
      return Object.assign(timer, {
        ref: () => {
          timer.kept = true
        },
        unref: () => {
          timer.kept = false
        },
      })
    },
    clearTimeout: (timer) => {
      this.timers.delete(timer as never) // what setTimeout gave
    },
  }

  /** Are there timers that keep the process alive? */
  get keepsAlive(): boolean {
    return [...this.timers].some(({ kept }) => kept)
  }

  pass(milliseconds: number): void {
    const end = this.now + milliseconds
    for (;;) {
      const [next] = [...this.timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)
      if (next === undefined) break
      this.timers.delete(next)
      this.now = Math.max(this.now, next.at)
      next.callback()
    }
    this.now = end
  }
}

interface Call {
  readonly name: string
}

describe('Deadlines', () => {
  let time: ManualTime
  let expired: string[]
  let deadlines: Deadlines<Call>
  const call = (name: string): Call => ({ name })

  beforeEach(() => {
    time = new ManualTime()
    expired = []
    deadlines = new Deadlines<Call>(time.platform, ({ name }, milliseconds) =>
      expired.push(`${name} after ${milliseconds} at ${time.now}`),
    )
  })

  it('tells of a call once, when its time is over', () => {
    deadlines.watch(call('a'), 100)
    time.pass(99)
    expect(expired).toEqual([])
    time.pass(1)
    expect(expired).toEqual(['a after 100 at 100'])
    time.pass(1000)
    expect(expired).toHaveLength(1)
    expect(time.timers.size).toBe(0)
  })

  it('has one timer for all calls of one limit', () => {
    for (let n = 0; n < 10; n++) {
      deadlines.watch(call(`${n}`), 100)
      time.pass(1)
    }
    expect(time.made).toBe(1)
    time.pass(100)
    expect(expired).toEqual(Array.from({ length: 10 }, (_, n) => `${n} after 100 at ${100 + n}`))
  })

  it('keeps limits apart', () => {
    deadlines.watch(call('long'), 200)
    deadlines.watch(call('short'), 50)
    time.pass(300)
    expect(expired).toEqual(['short after 50 at 50', 'long after 200 at 200'])
  })

  it('does not tell of what is forgotten, and what is behind it is in time', () => {
    const first = call('first')
    deadlines.watch(first, 100)
    time.pass(30)
    deadlines.watch(call('second'), 100)
    deadlines.forget(first, 100)
    deadlines.forget(first, 100)
    deadlines.forget(call('unknown'), 7)
    time.pass(1000)
    expect(expired).toEqual(['second after 100 at 130'])
  })

  it('keeps the process alive only while there is a call', () => {
    const first = call('first')
    deadlines.watch(first, 100)
    expect(time.keepsAlive).toBe(true)
    deadlines.forget(first, 100)
    expect(time.keepsAlive).toBe(false)
    deadlines.watch(call('second'), 100)
    expect(time.keepsAlive).toBe(true)
    expect(time.made).toBe(1)
    time.pass(100)
    expect(expired).toEqual(['second after 100 at 100'])
    expect(time.timers.size).toBe(0)
  })

  it('watches a call anew', () => {
    const again = call('again')
    deadlines.watch(again, 100)
    time.pass(50)
    deadlines.watch(call('other'), 100)
    time.pass(10)
    deadlines.watch(again, 100)
    time.pass(1000)
    expect(expired).toEqual(['other after 100 at 150', 'again after 100 at 160'])
  })

  it('is in time for the next when a call is made as one expires', () => {
    const late: string[] = []
    const within: Deadlines<Call> = new Deadlines<Call>(time.platform, ({ name }) => {
      late.push(`${name} at ${time.now}`)
      if (name === 'first') within.watch(call('made meanwhile'), 100)
    })
    within.watch(call('first'), 100)
    time.pass(10)
    within.watch(call('second'), 100)
    time.pass(1000)
    expect(late).toEqual(['first at 100', 'second at 110', 'made meanwhile at 200'])
  })

  it('does not pile up timers for limits that no call has any more', () => {
    for (let limit = 1000; limit < 2000; limit++) {
      const one = call('one')
      deadlines.watch(one, limit)
      deadlines.forget(one, limit)
    }
    expect(time.timers.size).toBeLessThan(20)
    expect(time.keepsAlive).toBe(false)
  })

  it('forgets everything', () => {
    deadlines.watch(call('a'), 100)
    deadlines.watch(call('b'), 200)
    deadlines.clear()
    expect(time.timers.size).toBe(0)
    time.pass(1000)
    expect(expired).toEqual([])
  })

  it('is without end where it says so, and where there are no timers', () => {
    deadlines.watch(call('endless'), Infinity)
    expect(time.made).toBe(0)
    const bare = new Deadlines<Call>({}, ({ name }) => expired.push(name))
    const one = call('one')
    bare.watch(one, 1)
    bare.forget(one, 1)
    bare.clear()
    expect(expired).toEqual([])
  })
})
