/**
 * What can be decided about an isolate before it is spawned, and what of that is wrong.
 */
import type { Limits, Locks, Policy, Writes } from '@farhold/core'
import { checkPolicy, checkPrefetch, grantsOf, refuseOption } from '@farhold/core/adapter'
import type { ModuleDefinition, ResolveHook } from './found-modules.ts'

/** How an isolate is spawned. A guest reaches its grants and nothing else. */
export interface SpawnIsolateOptions {
  /** What messages call the context. Default: `filename`, or `isolate-<id>`. */
  readonly name?: string
  /** The source of an ES module; its exports are the context's `remote` and `sync`. */
  readonly source?: string
  /** A file to take the source from, instead of `source`. */
  readonly module?: URL | string
  /** What stacks call the source. Default: the name of `module`, or `guest.js`. */
  readonly filename?: string
  /** Where the guest's console goes. Default: nowhere. */
  readonly console?: (level: string, ...args: unknown[]) => void
  /** Megabytes the guest's heap may use, at least 8. Default: 128. */
  readonly memoryLimit?: number
  /** Milliseconds that one stretch of guest execution may take. Default: no bound. */
  readonly timeout?: number
  /** Milliseconds that a call may take from start to end, host time included. Default: no bound. */
  readonly wallTimeout?: number
  /** Grants, by their names in the guest: objects and functions by reference, primitives as they are. */
  readonly globals?: Readonly<Record<string, unknown>>
  /** What the guest can import, by specifier. */
  readonly modules?: Readonly<Record<string, ModuleDefinition>>
  /** Finds what the guest imports and `modules` does not have. */
  readonly resolve?: ResolveHook
  /** How much the guest may cost the host. */
  readonly limits?: Partial<Limits>
  /** What the guest may change of what it was granted. Default: `'protected'`. */
  readonly writes?: Writes
  /** Which locks of the host the guest may hold. Default: `'protected'`, those of objects with a lock of their own. */
  readonly locks?: Locks
  /**
   * How long a call has the guest to itself: until its first await, as all JavaScript does (`'turn'`), or until its promise has settled, or it waits for the host
   * (`'exclusive'`). Default: `'turn'`.
   */
  readonly lock?: 'turn' | 'exclusive'
  /** The host's own say in what the guest asks of its grants. Default: none. */
  readonly policy?: Policy
  /** Are the stacks of the host's errors kept from the guest? Default: true. */
  readonly redactStacks?: boolean
  /** Does the guest have WebAssembly, whose memory `memoryLimit` does not count? Default: false. */
  readonly webAssembly?: boolean
  /** May memory be shared with the guest? Default: false. */
  readonly sharedMemory?: boolean
  /**
   * What an asynchronous function of the host is for the guest. `'stay'`: it gives a promise. `'wait'`: it gives its value, and the guest, on a
   * thread of its own, waits for it; where it has none, in a blocking call of the host, that is a `WouldBlockError`. Through
   * `remote(grant)` it gives a promise in any case. Default: `'stay'`.
   */
  readonly promises?: 'wait' | 'stay'
  /**
   * Where the isolate lives. `'thread'`: in this process. `'process'`: in a child process, for code that means harm. What in-process isolation cannot
   * stop (a Map grown to death, native loops, memory outside of the heap, an abort of the engine) then ends that process alone, and calls that
   * wait fail with a `ContextClosedError`. A call takes 100 to 150 µs instead of 10 to 30, a spawn 100 ms and 60 MB. Not with `sharedMemory`.
   * Default: `'thread'`.
   */
  readonly contain?: 'thread' | 'process'
  /** How many items of an iteration may be under way before they are asked for. Default: 16. */
  readonly prefetch?: number
  /** Note where each object is introduced, for `leaks()`: costs a stack for each. Default: false. */
  readonly trace?: boolean
  /** Hears of failures that no caller waits for. Default: `console.error`. */
  readonly onError?: (error: unknown) => void
}

/** @throws {TypeError} for a wrong option */
export function checkOptions(options: SpawnIsolateOptions): void {
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  for (const name of ['name', 'source', 'filename'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'string')
      refuseOption(name, 'a string', options[name])
  }
  for (const name of ['timeout', 'wallTimeout'] as const) {
    const value = options[name]
    if (value !== undefined && !(Number.isInteger(value) && value > 0 && value < 2 ** 31)) {
      refuseOption(name, 'a positive whole number of milliseconds', value)
    }
  }
  if (options.prefetch !== undefined) checkPrefetch(options.prefetch)
  checkPolicy(options.policy)
  const { memoryLimit, module } = options
  if (memoryLimit !== undefined && !(Number.isInteger(memoryLimit) && memoryLimit >= 8)) {
    refuseOption('memoryLimit', 'a whole number of megabytes, at least 8', memoryLimit)
  }
  const { promises, lock, locks } = options
  if (lock !== undefined && lock !== 'turn' && lock !== 'exclusive')
    refuseOption('lock', "'turn' or 'exclusive'", lock)
  if (locks !== undefined && !['open', 'protected', 'none'].includes(locks))
    refuseOption('locks', "'open', 'protected' or 'none'", locks)
  if (promises !== undefined && promises !== 'wait' && promises !== 'stay')
    refuseOption('promises', "'stay' or 'wait'", promises)
  const { contain } = options
  if (contain !== undefined && contain !== 'thread' && contain !== 'process')
    refuseOption('contain', "'thread' or 'process'", contain)
  for (const name of ['redactStacks', 'webAssembly', 'sharedMemory', 'trace'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'boolean')
      refuseOption(name, 'true or false', options[name])
  }
  if (contain === 'process' && options.sharedMemory === true)
    refuseOption('sharedMemory', 'false when the isolate is contained in a process', true)
  for (const name of ['console', 'resolve', 'onError'] as const) {
    if (options[name] !== undefined && typeof options[name] !== 'function')
      refuseOption(name, 'a function', options[name])
  }
  for (const name of ['globals', 'modules'] as const) {
    const value = options[name]
    if (value !== undefined && (typeof value !== 'object' || value === null))
      refuseOption(name, 'an object', value)
  }
  if (module !== undefined && typeof module !== 'string' && !(module instanceof URL))
    refuseOption('module', 'a URL or a path', module)
  if (module !== undefined && options.source !== undefined)
    refuseOption('module', 'left out when "source" is given', module)
  if (options.globals !== undefined) grantsOf(options.globals, true)
}
