/**
 * What wakes a thread that blocks, when its relay has something for it: a counter in shared memory that goes up.
 *
 * A waiter looks at the counter, then at its mail, and sleeps only while the counter is what it was, so that nothing is missed between the
 * two.
 */
const Cell = { rings: 0, sleepers: 1, over: 2 } as const

export class Alarm {
  readonly memory: SharedArrayBuffer
  readonly #cells: Int32Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(12)) {
    this.memory = memory
    this.#cells = new Int32Array(memory)
  }

  /** Wakes the thread, if it sleeps. */
  ring(): void {
    Atomics.add(this.#cells, Cell.rings, 1)
    if (Atomics.load(this.#cells, Cell.sleepers) > 0) Atomics.notify(this.#cells, Cell.rings)
  }

  /** How often it has rung, to be given to `sleep`. */
  get rings(): number {
    return Atomics.load(this.#cells, Cell.rings)
  }

  /** Blocks this thread until it rings, when it has not since it had rung `rings` times, for so many milliseconds at most. */
  sleep(rings: number, milliseconds: number): void {
    Atomics.add(this.#cells, Cell.sleepers, 1)
    Atomics.wait(this.#cells, Cell.rings, rings, milliseconds)
    Atomics.sub(this.#cells, Cell.sleepers, 1)
  }

  /** The relay has ended, and will ring no more. */
  end(): void {
    Atomics.store(this.#cells, Cell.over, 1)
    this.ring()
  }

  get isOver(): boolean {
    return Atomics.load(this.#cells, Cell.over) === 1
  }
}
