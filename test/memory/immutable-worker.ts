/** Knows how many values it has seen, and what its heap holds. */
const all = new Set<object>()

export function see(value: object): void {
  all.add(value)
}

export const seen = (): number => all.size

export function heapUsed(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed
}
