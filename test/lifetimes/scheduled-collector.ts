/**
 * Garbage collection as a schedule decides it: `WeakRef` and `FinalizationRegistry` are replaced by stand-ins that lose
 * their targets when told, and call back when told, later.
 *
 * It obeys the language: what `isReachable` says the program can still reach is never collected, all weak references
 * to a target die together, and a callback runs after that, once.
 */
import { vi } from 'vitest'

interface Cell {
  readonly target: object
  readonly run: () => void
}

export class ScheduledCollector {
  readonly #isReachable: () => (target: object) => boolean
  /** What is weakly held and not collected, in the order in which it came. */
  readonly #targets = new Set<object>()
  readonly #collected = new WeakSet<object>()
  readonly #cells: Cell[] = []
  readonly #due: Cell[] = []

  /** @param isReachable looks at the program as it is now, and gives what tells what it can reach */
  constructor(isReachable: () => (target: object) => boolean) {
    this.#isReachable = isReachable
  }

  /** Puts the stand-ins in the place of the globals, until `vi.unstubAllGlobals`. */
  install(): void {
    const targets = this.#targets
    const collected = this.#collected
    const cells = this.#cells
    vi.stubGlobal(
      'WeakRef',
      class {
        readonly #target: object
        constructor(target: object) {
          this.#target = target
          targets.add(target)
        }
        deref(): object | undefined {
          return collected.has(this.#target) ? undefined : this.#target
        }
      },
    )
    vi.stubGlobal(
      'FinalizationRegistry',
      class {
        readonly #callback: (held: unknown) => void
        constructor(callback: (held: unknown) => void) {
          this.#callback = callback
        }
        register(target: object, held: unknown): void {
          targets.add(target)
          cells.push({ target, run: () => this.#callback(held) })
        }
      },
    )
  }

  /** Everything that is weakly held and not collected. */
  get targets(): ReadonlySet<object> {
    return this.#targets
  }

  /** What could be collected now. */
  collectable(): object[] {
    const isReachable = this.#isReachable()
    return [...this.#targets].filter((target) => !isReachable(target))
  }

  isCollected(target: object): boolean {
    return this.#collected.has(target)
  }

  /** Collects: no weak reference finds it any more, and its callbacks are due. */
  collect(target: object): void {
    if (!this.#targets.delete(target)) throw new Error('it was collected before')
    this.#collected.add(target)
    for (let at = 0; at < this.#cells.length; ) {
      const cell = this.#cells[at]
      if (cell?.target === target) this.#due.push(...this.#cells.splice(at, 1))
      else at++
    }
  }

  /** How many callbacks are due. */
  get due(): number {
    return this.#due.length
  }

  /** Runs one callback that is due, and gives what it was for. */
  finalize(index: number): object | undefined {
    const [cell] = this.#due.splice(index, 1)
    cell?.run()
    return cell?.target
  }
}
