/**
 * The way out of the isolate: the host's callbacks, behind a check of what is given to them.
 *
 * isolated-vm copies what a callback is given, and a value of the guest's own making can run code while it is copied. So
 * nothing but a number, a string and genuine buffers goes out, whatever guest code has made of the built-ins that the
 * runtime works with. What is used here was taken before the first line of guest code and is called by name.
 */
const { apply } = Reflect
const { now } = Date
const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get
const sharedByteLength = Object.getOwnPropertyDescriptor(
  SharedArrayBuffer.prototype,
  'byteLength',
)?.get

/** A callback as isolated-vm made it. */
type NativeCallback = (number: number, text: string, ...buffers: unknown[]) => unknown

/** A reference to a function of the host, as isolated-vm made it. */
interface NativeReference {
  readonly applySyncPromise: (receiver: undefined, args: readonly number[]) => unknown
}

/** The three functions of the host that the runtime holds. None of the host's ever throws. */
export interface HostCallbacks {
  /** Delivers a batch, by its number, to the host. */
  readonly post: (number: number, text: unknown, buffers: readonly unknown[]) => void
  /** Delivers a batch and gives the host's answer: text alone, or with buffers behind it. */
  readonly call: (
    number: number,
    text: unknown,
    buffers: readonly unknown[],
  ) => string | readonly [string, ...unknown[]]
  /** Sleeps until the host has what is wanted, see `Want`. Gives `undefined` at once where this thread must not sleep. */
  readonly wait: (want: number, number: number, extra: number) => unknown
}

export function guardCallbacks(post: unknown, call: unknown, wait: unknown): HostCallbacks {
  // The host put them there as callbacks, and as a reference.
  return {
    post: guarded(post as NativeCallback),
    call: guarded(call as NativeCallback) as HostCallbacks['call'],
    wait: sleeper(wait as NativeReference),
  }
}

/**
 * What puts this thread to sleep. A guest that had the reference could leave the isolate with it: it stays in this closure, its
 * method was taken before guest code ran, and nothing but three numbers goes along. isolated-vm reads a list that has them all.
 */
function sleeper(reference: NativeReference): HostCallbacks['wait'] {
  const { applySyncPromise } = reference
  return (want, number, extra) => {
    if (typeof want !== 'number' || typeof number !== 'number' || typeof extra !== 'number')
      throw new TypeError('a guest waits for what has a number')
    try {
      return apply(applySyncPromise, reference, [undefined, [want, number, extra]])
    } catch (error) {
      // An error of isolated-vm's own: its message is its own property.
      if ((error as Error).message !== NOT_THIS_THREAD) awaitEnd()
      return undefined
    }
  }
}

function guarded(
  callback: NativeCallback,
): (number: number, text: unknown, buffers: readonly unknown[]) => unknown {
  return (number, text, buffers) => {
    if (typeof number !== 'number' || typeof text !== 'string')
      throw new TypeError('what leaves an isolate is text')
    const list: unknown[] = [number, text]
    const count = buffers.length
    for (let index = 0; index < count; index++) {
      const buffer = buffers[index]
      if (!isBuffer(buffer)) throw new TypeError('what leaves an isolate beside text is a buffer')
      list[index + 2] = buffer
    }
    return apply(callback, undefined, list as Parameters<NativeCallback>)
  }
}

/** What isolated-vm says on the thread of the host. */
const NOT_THIS_THREAD = 'This function may not be called from the default thread'

/** How long the engine may take to stop this thread when the isolate ends, in milliseconds. */
const STOPPED_AFTER = 1000

/**
 * The isolate ends, and this thread woke up just before the engine stops it. It must not call the host once more: when the process is about
 * to exit, no one would answer, and the process would wait for this thread.
 */
function awaitEnd(): void {
  const end = now() + STOPPED_AFTER
  while (now() < end);
}

/** Has it the inner slots of a buffer? A getter of the language's own throws when not, and runs nothing of the value's. */
function isBuffer(value: unknown): boolean {
  return answers(byteLength, value) || answers(sharedByteLength, value)
}

function answers(getter: (() => unknown) | undefined, value: unknown): boolean {
  try {
    if (getter === undefined) return false
    apply(getter, value, [])
    return true
  } catch {
    return false
  }
}
