/** The module of the README's second worker: it reads what a channel brings, and works on memory that it leases. */
import type { Receiver, View } from '@farhold/core'

export async function sum(prices: Receiver<number>): Promise<number> {
  let total = 0
  for await (const price of prices) total += price
  return total
}

export async function raise(prices: View<Float64Array>, factor: number): Promise<void> {
  using lease = await prices.lease({ mode: 'exclusive' })
  for (const [index, price] of lease.array.entries()) lease.array[index] = price * factor
}
