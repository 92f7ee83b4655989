/**
 * The classes of errors that exist on both sides, by name.
 */
import { farholdErrorPrototype } from '../errors.ts'
import { constructorOf } from '../pass-style.ts'
import { registeredClass, registeredIdentifier } from '../registry.ts'

const BUILT_IN_ERRORS = new Map<string, object>()
for (const name of [
  'Error',
  'TypeError',
  'RangeError',
  'SyntaxError',
  'ReferenceError',
  'EvalError',
  'URIError',
  'AggregateError',
  'SuppressedError',
]) {
  const Class: unknown = Reflect.get(globalThis, name)
  if (typeof Class === 'function') BUILT_IN_ERRORS.set(name, Class.prototype as object)
}

/** Properties that errors may have without listing them among their keys. */
export const ERROR_PARTS = ['name', 'cause', 'errors', 'error', 'suppressed'] as const

const REGISTERED = 'registered:'

/** The nearest class of an error that the other side can have: registered, ours, or built in. */
export function errorClassOf(error: object): string {
  if (Object.prototype.toString.call(error) === '[object DOMException]') return 'DOMException'
  for (let prototype = Object.getPrototypeOf(error) as object | null; prototype !== null; ) {
    const Class = constructorOf(prototype)
    const identifier = registeredIdentifier(Class)
    if (identifier !== undefined) return REGISTERED + identifier
    const name: unknown =
      typeof Class === 'function'
        ? Object.getOwnPropertyDescriptor(Class, 'name')?.value
        : undefined
    if (typeof name === 'string') {
      if (farholdErrorPrototype(name) === prototype) return name
      if (BUILT_IN_ERRORS.has(name)) return name
    }
    prototype = Object.getPrototypeOf(prototype) as object | null
  }
  return 'Error'
}

export function errorPrototypeNamed(name: string): object | undefined {
  if (name.startsWith(REGISTERED)) return registeredClass(name.slice(REGISTERED.length))?.prototype
  return BUILT_IN_ERRORS.get(name) ?? farholdErrorPrototype(name)
}
