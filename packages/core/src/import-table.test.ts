import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { ImportTable } from './import-table.ts'

type GiveBack = [id: number, count: number]

/** Collection as the tests decide it: what is collected is found no more, and its finalizer runs when told. */
class Collector {
  readonly #collected = new Set<object>()
  readonly #finalizers = new Map<object, () => void>()

  install(): void {
    const collected = this.#collected
    const finalizers = this.#finalizers
    vi.stubGlobal(
      'WeakRef',
      class {
        readonly #target: object
        constructor(target: object) {
          this.#target = target
        }
        deref(): object | undefined {
          return collected.has(this.#target) ? undefined : this.#target
        }
      },
    )
    vi.stubGlobal(
      'FinalizationRegistry',
      class {
        readonly #run: (held: unknown) => void
        constructor(run: (held: unknown) => void) {
          this.#run = run
        }
        register(target: object, held: unknown): void {
          finalizers.set(target, () => this.#run(held))
        }
      },
    )
  }

  collect(target: object): void {
    this.#collected.add(target)
  }

  finalize(target: object): void {
    this.#finalizers.get(target)?.()
  }
}

describe('ImportTable', () => {
  const collector = new Collector()
  beforeEach(() => collector.install())
  afterEach(() => vi.unstubAllGlobals())

  function makeTable(): { table: ImportTable<object>; givenBack: GiveBack[] } {
    const givenBack: GiveBack[] = []
    return { table: new ImportTable((id, count) => givenBack.push([id, count])), givenBack }
  }

  test('the same id is the same import while it is held', () => {
    const { table } = makeTable()
    const first = table.receive(5, () => ({}))
    expect(table.receive(5, () => expect.unreachable('it is held'))).toBe(first)
    expect(table.receive(6, () => ({}))).not.toBe(first)
    expect(table.size).toBe(2)
  })

  test('releasing gives back every introduction, once', () => {
    const { table, givenBack } = makeTable()
    const held = table.receive(5, () => ({}))
    table.receive(5, () => ({}))
    table.receive(5, () => ({}))
    table.release(5, held)
    table.release(5, held)
    collector.collect(held)
    collector.finalize(held)
    expect(givenBack).toEqual([[5, 3]])
    expect(table.size).toBe(0)
  })

  test('the finalizer gives back what was counted', () => {
    const { table, givenBack } = makeTable()
    const held = table.receive(5, () => ({}))
    table.receive(5, () => ({}))
    collector.collect(held)
    collector.finalize(held)
    expect(givenBack).toEqual([[5, 2]])
  })

  test('a finalizer that comes after the id was introduced again finds that the entry is not its own', () => {
    const { table, givenBack } = makeTable()
    const first = table.receive(5, () => ({}))
    collector.collect(first)
    const second = table.receive(5, () => ({}))
    expect(second).not.toBe(first)
    collector.finalize(first)
    expect(givenBack).toEqual([])
    expect(table.receive(5, () => expect.unreachable('it is held'))).toBe(second)
    collector.collect(second)
    collector.finalize(second)
    expect(givenBack).toEqual([[5, 3]])
  })

  test('an import that was given up cannot give up what has its id now', () => {
    const { table, givenBack } = makeTable()
    const first = table.receive(5, () => ({}))
    table.release(5, first)
    const second = table.receive(5, () => ({}))
    table.release(5, first)
    expect(givenBack).toEqual([[5, 1]])
    expect(table.receive(5, () => expect.unreachable('it is held'))).toBe(second)
  })

  test('a finalizer that comes after a release and a new life gives nothing back', () => {
    const { table, givenBack } = makeTable()
    const first = table.receive(5, () => ({}))
    table.release(5, first)
    table.receive(5, () => ({}))
    collector.collect(first)
    collector.finalize(first)
    expect(givenBack).toEqual([[5, 1]])
    expect(table.size).toBe(1)
  })

  test('clear gives nothing back, and neither do the finalizers after it', () => {
    const { table, givenBack } = makeTable()
    const held = table.receive(5, () => ({}))
    table.clear()
    collector.collect(held)
    collector.finalize(held)
    expect(givenBack).toEqual([])
    expect(table.size).toBe(0)
  })
})
