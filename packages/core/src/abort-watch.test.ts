import { describe, expect, it } from 'vitest'
import { AbortWatch } from './abort-watch.ts'

interface Call {
  readonly name: string
}

/** A real signal that counts its listeners. */
function countedSignal() {
  const controller = new AbortController()
  const { signal } = controller
  const count = { added: 0, removed: 0 }
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    count.added++
    add(...args)
  }
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    count.removed++
    remove(...args)
  }
  return { controller, signal, count }
}

describe('AbortWatch', () => {
  function newWatch() {
    const told: [string, unknown][] = []
    const watch = new AbortWatch<Call>(({ name }, reason) => told.push([name, reason]))
    return { watch, told }
  }

  it('tells each call of a signal, in the order they were made, once', () => {
    const { watch, told } = newWatch()
    const { controller, signal } = countedSignal()
    watch.watch({ name: 'a' }, signal)
    watch.watch({ name: 'b' }, signal)
    controller.abort('enough')
    controller.abort('again')
    expect(told).toEqual([
      ['a', 'enough'],
      ['b', 'enough'],
    ])
  })

  it('listens once to a signal, however many calls it has', () => {
    const { watch } = newWatch()
    const { signal, count } = countedSignal()
    const calls = Array.from({ length: 1000 }, (_, n) => ({ name: `${n}` }))
    for (const call of calls) watch.watch(call, signal)
    expect(count).toEqual({ added: 1, removed: 0 })
    for (const call of calls) watch.forget(call, signal)
    expect(count).toEqual({ added: 1, removed: 1 })
  })

  it('does not tell what is forgotten', () => {
    const { watch, told } = newWatch()
    const { controller, signal } = countedSignal()
    const over = { name: 'over' }
    watch.watch(over, signal)
    watch.watch({ name: 'pending' }, signal)
    watch.forget(over, signal)
    watch.forget(over, signal)
    controller.abort(1)
    expect(told).toEqual([['pending', 1]])
  })

  it('listens anew after all was forgotten', () => {
    const { watch, told } = newWatch()
    const { controller, signal, count } = countedSignal()
    const first = { name: 'first' }
    watch.watch(first, signal)
    watch.forget(first, signal)
    watch.watch({ name: 'second' }, signal)
    controller.abort('now')
    expect(count.added).toBe(2)
    expect(told).toEqual([['second', 'now']])
  })

  it('keeps signals apart', () => {
    const { watch, told } = newWatch()
    const one = countedSignal()
    const other = countedSignal()
    watch.watch({ name: 'one' }, one.signal)
    watch.watch({ name: 'other' }, other.signal)
    one.controller.abort()
    expect(told).toEqual([['one', one.signal.reason]])
    expect(other.count.removed).toBe(0)
  })

  it('is not confused by calls that are forgotten as they are told', () => {
    const { signal, controller } = countedSignal()
    const calls = [{ name: 'a' }, { name: 'b' }, { name: 'c' }]
    const told: string[] = []
    const watch: AbortWatch<Call> = new AbortWatch<Call>((call) => {
      told.push(call.name)
      watch.forget(call, signal)
    })
    for (const call of calls) watch.watch(call, signal)
    controller.abort()
    expect(told).toEqual(['a', 'b', 'c'])
  })
})
