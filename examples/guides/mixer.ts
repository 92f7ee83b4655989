/** What the samples of shared-memory.md run in workers. */
import { type View, type ViewRange, view } from '@farhold/core'

export async function amplify(samples: View<Float32Array>, range: ViewRange, factor: number) {
  using lease = await samples.lease({ mode: 'exclusive', range })
  const { array } = lease
  for (let at = 0; at < array.length; at++) array[at] = (array[at] ?? 0) * factor
}

export async function loudest(samples: View<Float32Array>) {
  using lease = await samples.lease({ mode: 'shared' })
  return Math.max(...lease.array)
}

export const recorded = new Float32Array([1, 2, 3, 4])

/** Goes on until someone takes the range back, which a thread in a loop sees too. */
export function playUntilStopped(samples: View<Float32Array>, playing: Int32Array) {
  const lease = samples.leaseSync()
  Atomics.store(playing, 0, 1)
  Atomics.notify(playing, 0)
  let sum = 0
  while (!lease.isOver) sum += lease.array?.[0] ?? 0
  return Number.isFinite(sum)
}

let kept: { [Symbol.dispose](): void } | undefined

export async function keep(samples: View<Float32Array>) {
  kept = await samples.lease()
}

export function giveBack() {
  kept?.[Symbol.dispose]()
}

export const ownSamples = view(new Float32Array(2))
