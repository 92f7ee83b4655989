/**
 * What a live proxy costs: bytes of heap on the side that holds it and on the side that owns the object, without the
 * object itself.
 *
 * Each row is measured in a process of its own: a table that has grown stays large, and the next row would find room in it.
 */
import { fork } from 'node:child_process'
import { once } from 'node:events'

/** How many proxies are alive at once. */
const COUNT = 100_000
/** Bytes for both sides together; DESIGN.md section 9. */
const BUDGET = 500

/**
 * Who holds the proxies, and how they were got. `raw` is what one writes by hand: a proxy that knows its id, is found again by
 * it and given back by a finalizer, and a slot at the owner.
 */
const ROWS = ['raw', 'loopback', 'worker', 'held by worker', 'isolate, sync', 'held by isolate']

/** Bytes for one proxy. */
export interface Footprint {
  readonly importer: number
  /** `undefined` where both sides are in one heap, and `importer` is for both. */
  readonly exporter: number | undefined
  readonly both: number
}

export interface MeasuredMemory {
  readonly title: string
  readonly count: number
  readonly budget: number
  readonly footprints: readonly (Footprint & { readonly name: string })[]
}

export const MEMORY = 'memory per live proxy'

export async function measureMemory(): Promise<MeasuredMemory> {
  const footprints: MeasuredMemory['footprints'][number][] = []
  for (const name of ROWS) footprints.push({ name, ...(await footprintOf(name)) })
  return { title: MEMORY, count: COUNT, budget: BUDGET, footprints }
}

async function footprintOf(name: string): Promise<Footprint> {
  const child = fork(new URL('./workers/footprint.ts', import.meta.url), [name, String(COUNT)], {
    execArgv: [
      ...process.execArgv,
      '--import',
      new URL('./workers/see-isolates.ts', import.meta.url).href,
    ],
    serialization: 'advanced',
  })
  const gone = once(child, 'exit').then(([code]: unknown[]) => {
    throw new Error(`measuring ${name} ended with ${String(code)}`)
  })
  const [footprint] = (await Promise.race([once(child, 'message'), gone])) as [Footprint] // what the program sends
  return footprint
}
