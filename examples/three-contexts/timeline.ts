/** Who ran what, when, and for how long. All times are in milliseconds since the timeline began. */

export interface Span {
  readonly context: string
  readonly what: string
  readonly from: number
  to: number
  /** How often it ran between the two, and for how long in all. */
  times: number
  busy: number
}

export class Timeline {
  readonly #spans: Span[] = []
  readonly #began = performance.now()

  /** Runs something and notes it, also when it fails. */
  async add<Result>(
    context: string,
    what: string,
    run: () => PromiseLike<Result>,
  ): Promise<Result> {
    const from = performance.now() - this.#began
    const span = { context, what, from, to: from, times: 1, busy: 0 }
    this.#spans.push(span)
    try {
      return await run()
    } finally {
      span.to = performance.now() - this.#began
      span.busy = span.to - from
    }
  }

  /** By their beginning; what ran several times in a row is one. */
  inOrder(): readonly Span[] {
    const merged: Span[] = []
    for (const span of this.#spans) {
      const last = merged.at(-1)
      if (last?.context !== span.context || last.what !== span.what) merged.push({ ...span })
      else {
        last.to = span.to
        last.times++
        last.busy += span.busy
      }
    }
    return merged
  }
}
