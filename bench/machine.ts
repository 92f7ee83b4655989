/** The machine a result belongs to. */
import { availableParallelism, cpus } from 'node:os'

export interface Machine {
  readonly cpu: string
  readonly cores: string
  readonly node: string
}

export function describeMachine(): Machine {
  const all = cpus()
  return {
    cpu: all[0]?.model.trim() ?? 'unknown processor',
    // `taskset` and containers leave fewer than there are.
    cores: `${availableParallelism()} of ${all.length} cores`,
    node: `Node ${process.version} on ${process.platform} ${process.arch}`,
  }
}
