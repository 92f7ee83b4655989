/**
 * The way out of the isolate: the host's two callbacks, behind a check of what is given to them.
 *
 * isolated-vm copies what a callback is given, and a value of the guest's own making can run code while it is copied. So
 * nothing but a number, a string and genuine buffers goes out, whatever guest code has made of the built-ins that the
 * runtime works with. What is used here was taken before the first line of guest code and is called by name.
 */
const { apply } = Reflect
const byteLength = Object.getOwnPropertyDescriptor(ArrayBuffer.prototype, 'byteLength')?.get
const sharedByteLength = Object.getOwnPropertyDescriptor(
  SharedArrayBuffer.prototype,
  'byteLength',
)?.get

/** A callback as isolated-vm made it. */
type NativeCallback = (number: number, text: string, ...buffers: unknown[]) => unknown

/** The two functions of the host that the runtime holds. Neither of the host's ever throws. */
export interface HostCallbacks {
  /** Delivers a batch, by its number, to the host. */
  readonly post: (number: number, text: unknown, buffers: readonly unknown[]) => void
  /** Delivers a batch and gives the host's answer: text alone, or with buffers behind it. */
  readonly call: (
    number: number,
    text: unknown,
    buffers: readonly unknown[],
  ) => string | readonly [string, ...unknown[]]
}

export function guardCallbacks(post: unknown, call: unknown): HostCallbacks {
  // The host put them there as callbacks.
  return {
    post: guarded(post as NativeCallback),
    call: guarded(call as NativeCallback) as HostCallbacks['call'],
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
