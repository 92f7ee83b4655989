/**
 * What a process and its child that holds an isolate ask of each other, by a session of their own beside the guest's.
 */
import type { CloseReason } from '@farhold/core'
import type { GuestPlan } from '../guest-heap.ts'
import type { ModuleFinder, ModuleSource } from '../modules.ts'

/** What the child does. */
export interface ChildRoot {
  /** Makes the isolate. First of all, and once. */
  start(plan: GuestPlan): void
  evaluate(wanted: ModuleSource | string, key: string, handed: Promise<unknown>): Promise<void>
}

/** What the child asks its parent for. The parent trusts it no more than the guest: it may have got out of its isolate. */
export interface ParentRoot extends ModuleFinder {
  /** The isolate has ended, or is of no use any more. */
  ended(reason: CloseReason): void
}
