/**
 * What answers for a spawned heap, inside it: evaluates, imports, and defines globals when the context that
 * spawned it asks. It is the session's control object, so no one else can reach it.
 */
import { proxy } from './marks.ts'

/** How this heap runs code; what differs between platforms. */
export interface AgentPlatform {
  /** Runs a script in the heap's global scope; `filename` is what its stacks say. */
  evaluate(code: string, filename: string | undefined): unknown
  /** Imports a module and gives its namespace. */
  importModule(specifier: string): Promise<object>
}

/** The control object of a spawned heap. */
export interface Agent {
  eval(code: string, filename?: string): unknown
  call(source: string, ...args: unknown[]): unknown
  import(specifier: string): Promise<object>
  bind(globals: Record<string, unknown>): void
}

export function createAgent(platform: AgentPlatform): Agent {
  return {
    eval: (code, filename) => platform.evaluate(code, filename),

    call(source, ...args) {
      const fn = functionFrom(source, platform)
      return Reflect.apply(fn, undefined, args) as unknown
    },

    async import(specifier) {
      return proxy(await platform.importModule(specifier))
    },

    bind(globals) {
      for (const [name, value] of Object.entries(globals)) {
        Object.defineProperty(globalThis, name, {
          value,
          writable: true,
          enumerable: true,
          configurable: true,
        })
      }
    },
  }
}

/** A function of its source; the source of a method is a function's but for the word. */
function functionFrom(source: string, platform: AgentPlatform): (...args: unknown[]) => unknown {
  let made: unknown
  try {
    made = platform.evaluate(`(${source}\n)`, undefined)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    made = platform.evaluate(`(${asFunction(source)}\n)`, undefined)
  }
  if (typeof made !== 'function')
    throw new TypeError('call() takes a function or the source of one')
  return made as (...args: unknown[]) => unknown
}

function asFunction(source: string): string {
  return /^async[\s*]/.test(source)
    ? source.replace(/^async\s*(\*?)\s*[^(]*/, 'async function$1 ')
    : source.replace(/^(\*?)\s*[^(]*/, 'function$1 ')
}
