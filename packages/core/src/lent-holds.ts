/**
 * The holds that a peer may name which is not trusted: those it was granted, and those that calls of ours carry that it serves. Any other
 * token of it is a guess.
 */
export class LentHolds {
  readonly #counts = new Map<number, number>()

  lend(tokens: readonly number[]): void {
    for (const token of tokens) this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1)
  }

  takeBack(tokens: readonly number[]): void {
    for (const token of tokens) {
      const left = (this.#counts.get(token) ?? 1) - 1
      if (left === 0) this.#counts.delete(token)
      else this.#counts.set(token, left)
    }
  }

  /** Those of some tokens that the peer may name. */
  among(tokens: readonly number[]): readonly number[] {
    return tokens.filter((token) => this.#counts.has(token))
  }
}
