/** The worker of immutable-values.ts. */
import type { Immutable } from '@farhold/core'

export interface Tariff {
  currency: string
  steps: { upTo: number; price: number }[]
  discounts: Float64Array
}

const seen = new Set<unknown>()

export function price(weight: number, tariff: Immutable<Tariff>): number {
  seen.add(tariff)
  const step = tariff.steps.find(({ upTo }) => weight <= upTo)
  return (step?.price ?? 0) * (1 - (tariff.discounts[0] ?? 0))
}

/** How many tariffs have come, as far as this context can tell. */
export const tariffsSeen = (): number => seen.size

export function change(tariff: Tariff): void {
  tariff.currency = 'USD'
}

export const favourite = (): unknown => [...seen][0]

/** Writes to bytes, which no platform can prevent. */
export function writeBytes(tariff: Tariff): void {
  tariff.discounts[0] = 0.5
}
