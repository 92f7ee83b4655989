/**
 * Threads that share memory, played by one thread that stops each of them before every atomic operation: any interleaving can be had, and a
 * thread that is not gone on with is a dead one.
 *
 * A call cannot be stopped in its middle, so it is run again: from its start, on the memory as it found it then, with the answers that its
 * atomic operations have had so far, up to the next one. What it writes without `Atomics` is done together with the operation before.
 */

const STEPS = ['load', 'store', 'exchange', 'compareExchange'] as const
type Step = (typeof STEPS)[number]
type Operation = (cells: Int32Array, ...rest: number[]) => number

const real = Object.fromEntries(STEPS.map((step) => [step, Atomics[step]])) as unknown as Record<
  Step,
  Operation
>

const PAUSE = Symbol('pause')

export type Outcome<R> = { readonly value: R } | { readonly error: unknown }

/** One call, made by one thread, that has not ended. */
export class SteppedCall<R> {
  readonly #bytes: Uint8Array
  readonly #call: () => R
  readonly #found: Uint8Array
  /** Of each operation so far: what it gave, and the memory after it. */
  readonly #past: { readonly answer: number; readonly image: Uint8Array }[] = []
  outcome: Outcome<R> | undefined
  /** The operations that it has done. */
  readonly steps: Step[] = []
  /** What each of its exchanges that succeeded put in the place of what. */
  readonly exchanged: [from: number, to: number][] = []

  /** Goes on to before its first operation. */
  constructor(memory: SharedArrayBuffer, call: () => R) {
    this.#bytes = new Uint8Array(memory)
    this.#call = call
    this.#found = this.#bytes.slice()
    this.#run(0)
  }

  /** The next operation, and all up to the one after it. */
  step(): void {
    const present = this.#bytes.slice()
    this.#bytes.set(this.#found)
    this.#run(1, present)
  }

  /** Goes on to its end. Whoever goes on for ever is at fault. */
  finish(): Outcome<R> {
    for (let steps = 0; this.outcome === undefined; steps++) {
      if (steps > 2000) throw new Error('it goes on and on')
      this.step()
    }
    return this.outcome
  }

  #run(more: number, present?: Uint8Array): void {
    let done = 0
    const past = this.#past
    const until = past.length + more
    const stepped = (step: Step): Operation => {
      return (cells, ...rest) => {
        if (done === until) throw PAUSE
        const known = past[done++]
        if (known !== undefined) {
          this.#bytes.set(known.image)
          return known.answer
        }
        if (present !== undefined) this.#bytes.set(present)
        const answer = real[step](cells, ...rest)
        this.steps.push(step)
        if (step === 'compareExchange' && answer === rest[1])
          this.exchanged.push([rest[1], rest[2] as number])
        past.push({ answer, image: this.#bytes.slice() })
        return answer
      }
    }
    Object.assign(Atomics, Object.fromEntries(STEPS.map((step) => [step, stepped(step)])))
    try {
      this.outcome = { value: this.#call() }
    } catch (error) {
      if (error !== PAUSE) this.outcome = { error }
    } finally {
      Object.assign(Atomics, real)
    }
  }
}

/**
 * Plays every sequence of choices: `play` asks for each by the number of ways there are. Gives how many sequences there were.
 */
export function playAll(play: (choose: (ways: number) => number) => void): number {
  const made: { ways: number; way: number }[] = []
  for (let plays = 1; ; plays++) {
    let depth = 0
    play((ways) => {
      const known = made[depth]
      if (known === undefined) made.push({ ways, way: 0 })
      return made[depth++]?.way ?? 0
    })
    while (made.length > 0 && (made.at(-1)?.way ?? 0) + 1 === made.at(-1)?.ways) made.pop()
    const last = made.at(-1)
    if (last === undefined) return plays
    last.way++
  }
}
