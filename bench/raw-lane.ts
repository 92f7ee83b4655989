/**
 * The fastest ways there are to ask another thread for a sum and wait for it, written by hand: two numbers there, one back, through
 * memory that both share. The thread that answers does nothing else and never sees its event loop.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'

/** Where things are in the memory of a lane. */
const Cell = { asked: 0, answered: 1, callerSleeps: 2, serverSleeps: 3 } as const

const MOST = 8192
const FEWEST = 64
const RETRY = 64

const pause = Reflect.get(Atomics, 'pause') as (() => void) | undefined // where the engine has it

/** Waits until a cell is no longer what it was: awake as long as that pays, if at all, then asleep. */
class Waiter {
  readonly #cells: Int32Array
  readonly #sleeps: number
  readonly #spins: boolean
  #looks = FEWEST * 4
  #skipped = 0

  constructor(cells: Int32Array, sleeps: number, spins: boolean) {
    this.#cells = cells
    this.#sleeps = sleeps
    this.#spins = spins
  }

  wait(cell: number, value: number): void {
    if (this.#spins && this.#spin(cell, value)) return
    Atomics.store(this.#cells, this.#sleeps, 1)
    while (Atomics.load(this.#cells, cell) === value) Atomics.wait(this.#cells, cell, value, 1000)
    Atomics.store(this.#cells, this.#sleeps, 0)
  }

  #spin(cell: number, value: number): boolean {
    if (this.#looks < FEWEST) {
      if (++this.#skipped < RETRY) return false
      this.#skipped = 0
      this.#looks = FEWEST
    }
    for (let look = 0; look < this.#looks; look++) {
      if (Atomics.load(this.#cells, cell) !== value) {
        this.#looks = Math.min(MOST, this.#looks * 2)
        return true
      }
      pause?.()
    }
    this.#looks = Math.floor(this.#looks / 2)
    return false
  }
}

function tell(cells: Int32Array, cell: number, value: number, sleeps: number): void {
  Atomics.store(cells, cell, value)
  if (Atomics.load(cells, sleeps) === 1) Atomics.notify(cells, cell)
}

export interface Lane {
  add(a: number, b: number): number
  stop(): Promise<void>
}

/** Both threads wait on the same memory, awake (`spins`) or only asleep. */
export function openLane(spins: boolean): Lane {
  const memory = new SharedArrayBuffer(64)
  const worker = new Worker(new URL('./workers/raw-lane.ts', import.meta.url), {
    workerData: { memory, spins },
  })
  const cells = new Int32Array(memory, 0, 4)
  const numbers = new Float64Array(memory, 16, 3)
  const waiter = new Waiter(cells, Cell.callerSleeps, spins)
  let asked = 0
  return {
    add(a, b) {
      numbers[0] = a
      numbers[1] = b
      const before = asked
      asked = (asked + 1) | 0
      tell(cells, Cell.asked, asked, Cell.serverSleeps)
      waiter.wait(Cell.answered, before)
      return numbers[2] as number // written before the answer was told
    },
    stop: async () => {
      await worker.terminate()
    },
  }
}

/** The other end of a lane. Never returns. */
export function serveLane(memory: SharedArrayBuffer, spins: boolean): never {
  const cells = new Int32Array(memory, 0, 4)
  const numbers = new Float64Array(memory, 16, 3)
  const waiter = new Waiter(cells, Cell.serverSleeps, spins)
  for (let answered = 0; ; ) {
    waiter.wait(Cell.asked, answered)
    numbers[2] = (numbers[0] as number) + (numbers[1] as number) // written before they were told
    answered = (answered + 1) | 0
    tell(cells, Cell.answered, answered, Cell.callerSleeps)
  }
}

/** By messages: the worker's event loop takes each, and the caller sleeps until it is told that the answer is in the port. */
export function openPortLane(): Lane {
  const memory = new SharedArrayBuffer(4)
  const { port1, port2 } = new MessageChannel()
  const worker = new Worker(new URL('./workers/raw-port-lane.ts', import.meta.url), {
    workerData: { memory, port: port2 },
    transferList: [port2],
  })
  const answered = new Int32Array(memory)
  let asked = 0
  return {
    add(a, b) {
      port1.postMessage([a, b])
      while (Atomics.load(answered, 0) === asked) Atomics.wait(answered, 0, asked, 1000)
      asked = (asked + 1) | 0
      return receiveMessageOnPort(port1)?.message as number // it was posted before the answer was told
    },
    stop: async () => {
      port1.close()
      await worker.terminate()
    },
  }
}
