/**
 * Calls that block a thread on another: the fastest lanes written by hand, Farhold, and those who do nothing else. Where the threads
 * have a core each, the floor is the lane that waits awake; where they share one, the one that sleeps.
 */
import { availableParallelism } from 'node:os'
import { spawnWorker } from '@farhold/transport-worker'
import { createSyncFn } from 'synckit'
import type { Contest, Contestant } from './interleave.ts'
import { openLane, openPortLane } from './raw-lane.ts'

interface Side {
  readonly name: string
  add(a: number, b: number): number
  stop(): Promise<void> | void
}

async function farhold(): Promise<Side> {
  const worker = await spawnWorker<typeof import('./workers/farhold.ts')>(
    new URL('./workers/farhold.ts', import.meta.url),
  )
  const { sync } = worker
  return { name: 'farhold', add: (a, b) => sync.add(a, b), stop: () => worker.close() }
}

/** It offers no way to end its worker, which does not keep the process alive. */
function synckit(): Side {
  const add = createSyncFn<(a: number, b: number) => number>(
    new URL('./workers/synckit.ts', import.meta.url),
  )
  return { name: 'synckit', add, stop: () => undefined }
}

const LANES: readonly (() => Side)[] = [
  () => ({ name: 'raw, awake', ...openLane(true) }),
  () => ({ name: 'raw, asleep', ...openLane(false) }),
  () => ({ name: 'raw, port', ...openPortLane() }),
]

/** The one that is the floor first. */
async function sides(floor: number): Promise<Side[]> {
  const lanes = [...LANES.slice(floor), ...LANES.slice(0, floor)].map((open) => open())
  return [...lanes, await farhold(), synckit()]
}

const CALLS = 200

/** Until the engine has compiled for good what a blocking call runs through, about 20,000 calls. */
const WARM_UP = 1500

export const workerSyncHot: Contest = {
  title: 'worker, sync, hot',
  calls: CALLS,
  warmUp: WARM_UP,
  budget: availableParallelism() > 1 ? 2 : 1.2,
  start: async () =>
    (await sides(availableParallelism() > 1 ? 0 : 1)).map(
      ({ name, add, stop }): Contestant => ({
        name,
        stop,
        run: () => {
          for (let call = 0; call < CALLS; call++) add(call, 1)
        },
      }),
    ),
}

/** Long enough for both threads to have gone back to their event loops. */
const REST_MS = 5

export const workerSyncCold: Contest = {
  title: 'worker, sync, cold',
  calls: 1,
  budget: 1.2,
  start: async () =>
    (await sides(2)).map(
      ({ name, add, stop }): Contestant => ({
        name,
        stop,
        prepare: () => new Promise((resolve) => setTimeout(resolve, REST_MS)),
        run: () => {
          add(1, 2)
        },
      }),
    ),
}
