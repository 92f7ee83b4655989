/**
 * What host and guest runtime say to each other below the protocol: how an isolate is entered and what an entry
 * answers. Shared by both sides, so it imports nothing.
 *
 * An entry from outside answers by *throwing* its string. When an entry returns, isolated-vm looks at the guest's
 * unhandled rejections and copies the first one natively, which runs guest code (a getter, a proxy, `prepareStackTrace`)
 * outside of every time limit; when an entry throws, it does not. A string that is thrown is copied without running
 * anything, and whatever else comes out of an entry is then known to be the engine's own. An entry that is nested in
 * another on the same thread is not followed by that look, and may return.
 */

/** What an entry asks for: its first argument. */
export const Ask = {
  /** Deliver a batch: sequence number, text, buffers. */
  deliver: 0,
  /** The entry before was cut short: say so to whom it concerns, and go on. Then: the error's message. */
  resume: 1,
  /** Nothing: an entry that returns, so that isolated-vm says which rejection no one handled. */
  probe: 2,
  /** Nothing: an entry on a pool thread, before which the engine runs finalizers. */
  pulse: 3,
  /** Give back what finalizers have found to be gone. Answers with nothing when there is no more. */
  sweep: 4,
} as const

/** The sequence number of a batch that is not in line with the others, and may come twice. */
export const UNNUMBERED = 0

/** How an entry answers: its second argument. */
export const Answer = { byThrow: 0, byReturn: 1 } as const

/** What a guest on a pool thread asks for while it waits: its first argument. */
export const Want = {
  /**
   * The next batch, when there is one, or nothing, to look whether it still waits. Then: the last batch it has taken, and for how many
   * milliseconds it waits at most. Answered with `sequence:buffers:text`.
   */
  batch: 0,
  /** A buffer of the batch it was given, here or in answer to a callback. Then: the batch's number, and which. */
  buffer: 1,
} as const

/** The names under which host and runtime find each other while the isolate is prepared; gone before guest code runs. */
export const Boot = {
  post: '__farhold_post',
  call: '__farhold_call',
  wait: '__farhold_wait',
  settings: '__farhold_settings',
  dispatch: '__farhold_dispatch',
  inner: '__farhold_inner',
} as const

/** What the runtime is told when it starts. */
export interface GuestSettings {
  readonly id: number
  readonly name: string
  readonly hostName: string
  readonly console: boolean
  readonly webAssembly: boolean
  readonly sharedMemory: boolean
  readonly promisesStay: boolean
  readonly lock: 'turn' | 'exclusive'
}

/** What only the host's own modules inside the isolate may import. */
export const INNER_MODULE = 'farhold:inner'
