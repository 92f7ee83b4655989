/**
 * What wakes a thread that is blocked: a counter in shared memory that goes up whenever something was sent to it.
 *
 * Each thread has one bell, whoever sends. A waiter looks at the counter, then at its mail, and sleeps only while the counter is
 * what it was, so that nothing is missed between the two.
 */
import { threadId } from 'node:worker_threads'
import { heapLock, LockTaker, LockWord } from '@farhold/core/adapter'

/** Where in the memory things are. */
const Cell = {
  rings: 0,
  sleepers: 1,
  ended: 2,
  exitCode: 3,
  blocked: 4,
  attending: 5,
  lock: 6,
  thread: 7,
} as const

const BYTES = 32

const Ended = { not: 0, inOrder: 1, byCrash: 2 } as const

export class Bell {
  readonly memory: SharedArrayBuffer
  readonly #cells: Int32Array

  constructor(memory: SharedArrayBuffer = new SharedArrayBuffer(BYTES)) {
    this.memory = memory
    this.#cells = new Int32Array(memory)
  }

  /** Wakes the thread whose bell it is, if it sleeps. */
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

  /** The thread whose bell it is blocks, or does no longer. */
  block(isBlocked: boolean): void {
    Atomics.add(this.#cells, Cell.blocked, isBlocked ? 1 : -1)
  }

  /** Is the thread whose bell it is blocked, asleep or not? */
  get isBlocked(): boolean {
    return Atomics.load(this.#cells, Cell.blocked) > 0
  }

  /** The thread whose bell it is looks after its shared memory, or does no longer. */
  attend(isAttending: boolean): void {
    Atomics.add(this.#cells, Cell.attending, isAttending ? 1 : -1)
  }

  /** Does the thread whose bell it is look after its shared memory, and need no message to see what is there? */
  get isAttending(): boolean {
    return Atomics.load(this.#cells, Cell.attending) > 0
  }

  /** The lock of the context whose thread it is. */
  get lock(): LockWord {
    return new LockWord(this.#cells, Cell.lock)
  }

  /** The number of the thread whose bell it is. */
  get thread(): number {
    return Atomics.load(this.#cells, Cell.thread)
  }

  set thread(thread: number) {
    Atomics.store(this.#cells, Cell.thread, thread)
  }

  /** The thread whose bell it is ends, by an error that nothing caught or in order. */
  end(exitCode: number, isCrash: boolean): void {
    Atomics.store(this.#cells, Cell.exitCode, exitCode)
    Atomics.store(this.#cells, Cell.ended, isCrash ? Ended.byCrash : Ended.inOrder)
  }

  /** How the thread whose bell it is has ended; `undefined` while it lives. */
  get ending(): { readonly exitCode: number; readonly isCrash: boolean } | undefined {
    const ended = Atomics.load(this.#cells, Cell.ended)
    if (ended === Ended.not) return undefined
    return { exitCode: Atomics.load(this.#cells, Cell.exitCode), isCrash: ended === Ended.byCrash }
  }
}

/** The bell of this thread; a spawned worker is given one. */
export const thisThread = { bell: new Bell(), taker: new LockTaker(threadId) }

/** This thread has that bell from now on, and those who know it can take its lock in the same memory. */
export function haveBell(bell: Bell): void {
  thisThread.bell = bell
  bell.thread = threadId
  heapLock.share(bell.lock)
}

haveBell(thisThread.bell)
