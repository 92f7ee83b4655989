/**
 * The guest's `console`: each line goes where the host says, or nowhere.
 */

const LEVELS = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const

type Send = (level: string, args: readonly unknown[]) => Promise<unknown>

/** Gives the guest its console, and gives the function that writes a line of it. */
export function installConsole(
  send: Send | undefined,
): (level: string, args: readonly unknown[]) => void {
  const write = (level: string, args: readonly unknown[]): void => {
    if (send === undefined) return
    const values = args.map(printable)
    // What cannot cross is said in words instead; a line that is refused altogether has no one to be told to.
    send(level, values).catch(() => send(level, values.map(inWords)).catch(() => undefined))
  }
  const console: Record<string, unknown> = {}
  for (const level of LEVELS) console[level] = (...args: unknown[]) => write(level, args)
  Reflect.defineProperty(globalThis, 'console', {
    value: console,
    writable: true,
    configurable: true,
  })
  return write
}

/** Functions and symbols are printed, not shared. */
function printable(value: unknown): unknown {
  return typeof value === 'function' || typeof value === 'symbol' ? inWords(value) : value
}

function inWords(value: unknown): string {
  switch (typeof value) {
    case 'function':
      return `[Function: ${value.name === '' ? '(anonymous)' : value.name}]`
    case 'object':
      return value === null ? 'null' : Object.prototype.toString.call(value)
    default:
      return String(value)
  }
}
