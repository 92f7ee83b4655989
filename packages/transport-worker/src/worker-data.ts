/**
 * What a spawned worker is told when it starts, and what it can be asked beyond what every agent can.
 */

import type { MessagePort } from 'node:worker_threads'
import type { ContextIdentity, Limits } from '@farhold/core'
import type { Agent } from '@farhold/core/adapter'
import type { SiblingAgent } from './family-of-worker.ts'
import type { SharedRings } from './thread-transport.ts'

export interface WorkerStart {
  readonly port: MessagePort
  readonly identity: ContextIdentity
  readonly parentName: string
  /** What wakes this worker when it is blocked, and its parent. */
  readonly bells: { readonly own: SharedArrayBuffer; readonly parent: SharedArrayBuffer }
  readonly rings: SharedRings
  readonly limits: Partial<Limits> | undefined
  /** How long a call has it to itself. */
  readonly lock: 'turn' | 'exclusive' | undefined
  /** Sources of virtual modules, by specifier. */
  readonly modules: Readonly<Record<string, string>>
}

export interface WorkerAgent extends Agent, SiblingAgent {
  /** Imports the worker's module; its exports become the context's root. */
  load(url: string): Promise<void>
}
