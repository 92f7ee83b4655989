/**
 * One attempt of a guest to do harm: code that runs with the fixture of `host.ts` as `host`, and what it takes for it to be held.
 *
 * What every attempt is held to, whatever it tries, is in `oracle.ts`; an attempt adds only what is its own.
 */
import type { Context } from '@farhold/core'
import type { SpawnIsolateOptions } from '@farhold/transport-isolate'
import type { Fixture } from './host.ts'

/** How the guest's code is entered: as a script on a pool thread or on this one, by a guest that waits, or as a module. */
export type Entry = 'eval' | 'evalSync' | 'wait' | 'module'

/** What an attempt can look at when its code has run and the isolate still lives. */
export interface Aftermath {
  readonly context: Context
  readonly fixture: Fixture
  /** How the code ended, see {@link Attempt.ends}. */
  readonly ended: string
  /** Everything that the guest has said so far: results, and what it gave to the host. */
  readonly said: readonly string[]
}

export interface Attempt {
  /** What it tries, in a sentence. */
  readonly technique: string
  /** The advisory or the text that describes it, or `own`. */
  readonly source: string
  /** A script, or with `enter: ['module']` a module. What it gives or throws comes back to the host. */
  readonly guest: string
  /** Default: `eval` and `evalSync`, each in an isolate of its own. */
  readonly enter?: readonly Entry[]
  readonly options?: SpawnIsolateOptions
  /** It needs a process of its own to be held: why isolation in this process does not stop it. */
  readonly needs?: { readonly contain: 'process'; readonly because: string }
  /** It is not held, and this is why: a fault that is known. The suite says when it is held after all. */
  readonly fails?: string
  /** It gets a child process of its own, because it may take it down. */
  readonly alone?: true
  /**
   * How it must end: `value` and the result as JSON, or `error` and its code or class. Where it may end in more than one way that
   * all hold the guest, all are named. Without it, any end will do but an error in the attempt itself.
   */
  readonly ends?: RegExp
  /** What else must be true. Throws when it is not. */
  readonly afterwards?: (aftermath: Aftermath) => Promise<void> | void
}
