/**
 * One behaviour that every transport must have, as a plain function: it runs in any context, a bare isolate
 * included, so neither it nor what it imports may name a platform.
 *
 * A harness gives it the two ends; one that cannot carry a case lists it by name (see `harness.ts`).
 */
import type * as Farhold from '@farhold/core'
import type { Assert } from './assert.ts'

export interface Case {
  readonly name: string
  run(context: CaseContext): unknown
}

export interface CaseContext {
  /** What `fixture.ts` exports, in another context. */
  readonly remote: Untyped
  /** The same, blocking. Throws where the transport cannot block. */
  sync(): Untyped
  /** The session's counts on this side. Throws where this side has none. */
  stats(): Farhold.SessionStats
  /** The same of the other side, where the harness has both. */
  ownerStats(): Farhold.SessionStats | undefined
  /** What the session on this side reported to `onError`. Throws where nothing can listen. */
  reported(): readonly unknown[]
  readonly assert: Assert
  readonly farhold: Omit<typeof Farhold, 'RemoteReflect'> & {
    readonly RemoteReflect: UntypedReflect
  }
  /** The Remote of a proxy that may have arrived as a Sync, as it does in a guest. */
  asRemote(proxy: unknown): Untyped
  /** Resolves after a full round trip, in a later turn than anything that was called before. */
  roundTrip(): Promise<void>
}

/** A proxy without its type: cases must read as programs do, and also do what the types forbid. */
// biome-ignore lint/suspicious/noExplicitAny: what the types say of proxies is tested in test/types
export type Untyped = any

type UntypedReflect = Readonly<
  Record<
    keyof typeof Farhold.RemoteReflect,
    (target: object, ...rest: readonly Untyped[]) => Promise<Untyped>
  >
>

/** A list of cases whose names begin alike. */
export function group(name: string, cases: Readonly<Record<string, Case['run']>>): Case[] {
  return Object.entries(cases).map(([title, run]) => ({ name: `${name}: ${title}`, run }))
}
