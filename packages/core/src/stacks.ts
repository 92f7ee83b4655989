/**
 * Stacks that show both sides of a call: the owner's frames, a seam that names the context, the caller's frames.
 */

/** Errors whose stack already ends on this side, so that a second await does not add to it. */
const JOINED = new WeakSet<object>()

/**
 * Appends the frames of the code that waits here to an error that came from a peer. Called where those frames
 * are: inside the caller's own stack, or in a reaction of the promise it awaits.
 */
export function joinStacks(error: unknown, peerName: string, operation: string): unknown {
  if (!(error instanceof Error) || JOINED.has(error)) return error
  JOINED.add(error)
  const here = framesOf(new Error().stack)
  const seam = `    at [context "${peerName}"${operation === '' ? '' : `, ${operation}`}]`
  const there = typeof error.stack === 'string' && error.stack !== '' ? error.stack : String(error)
  // One that was frozen, as a reason for giving up may be, keeps the stack it has.
  Reflect.defineProperty(error, 'stack', {
    value: [there, seam, ...here].join('\n'),
    writable: true,
    configurable: true,
    enumerable: false,
  })
  return error
}

/**
 * Makes an error that shows no frames of its own, where they would say only that a transport has ended: to write them down
 * takes half of the time of a rejection, and there may be thousands at once. Guarded by `bench/`, row `death to rejection`.
 */
export function withoutFrames<E extends Error>(make: () => E): E {
  const engine = Error as unknown as { stackTraceLimit?: unknown } // not of the language, so its types leave it out
  const limit = engine.stackTraceLimit
  // Not every engine has a limit, and not every program lets it be changed.
  if (typeof limit !== 'number' || !Reflect.set(engine, 'stackTraceLimit', 0)) return make()
  try {
    return make()
  } finally {
    engine.stackTraceLimit = limit
  }
}

/** A stack without the frames of this library, as it is sent to a peer. */
export function withoutOwnFrames(stack: string): string {
  return stack
    .split('\n')
    .filter((line) => !(line.startsWith('    at ') && OWN_FRAMES.test(line)))
    .join('\n')
}

/** The frames of a stack without its message and without those of this library. */
function framesOf(stack: string | undefined): string[] {
  const lines = (stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line))
  return lines.filter((line) => !OWN_FRAMES.test(line))
}

/**
 * Where the program is that called this library. Given as something to ask, because to write a stack down takes longer than to get a lock.
 * @returns gives it as `file.ts:12`; empty where the engine does not say
 */
export function callSite(): () => string {
  const here = new Error()
  return () => siteOf(framesOf(here.stack)[0] ?? '')
}

function siteOf(frame: string): string {
  return /([^\\/():]+:\d+)(?::\d+)?\)?$/.exec(frame)?.[1] ?? ''
}

/** Frames of this package, built or from source. */
const OWN_FRAMES = /@farhold[/\\]core|packages[/\\]core[/\\](src|dist)|farhold:guest/
