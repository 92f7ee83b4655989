/**
 * What the model knows of one call: what it should bring, what became of it, and what it keeps alive meanwhile.
 */
import type { ContextModel, Handle, ObjectName } from './context-model.ts'

export interface CallRecord {
  readonly number: number
  readonly from: ContextModel
  /** Who performs it. */
  readonly to: ContextModel
  /** What it should bring: data, or the name of an object. Known at the latest when it was performed. */
  readonly expected: (() => unknown) | 'object'
  /** The objects in its arguments. */
  readonly sent: readonly (() => ObjectName | undefined)[]
  /** The object it brought, said by who performed it. */
  brought: ObjectName | undefined
  performed: number
  outcome: 'none' | 'awaited' | 'fulfilled' | 'rejected'
  /** It uses what was given up, so it must be refused, and must not be performed. */
  isRefused: boolean
  /** The answer, and what its call is made on, which it keeps alive. */
  handle: Handle | undefined
  target: Handle | undefined
  /** What its arguments are, which a call that has not left keeps alive. */
  args: readonly (Handle | undefined)[]
  /** Proxies that who performs it holds until the answer is given, and while the answer is kept for the caller. */
  readonly calleeHolds: object[]
  /** How far the end of the answer has gone: finalized, sent, and arrived. */
  end: 'none' | 'finalized' | 'sent' | 'arrived'
}
