/**
 * What the refusal of a value says: what it is, where it was found, whose it is, and what to do.
 */
import { NotShareableError } from '../errors.ts'
import { classNameOf } from '../pass-style.ts'

/** The error of a value that cannot cross. */
export function refusalOf(
  what: string,
  path: string,
  advice: string,
  contexts: { readonly name: string; readonly peerName: string },
): NotShareableError {
  const { name, peerName } = contexts
  return new NotShareableError(
    `${what} at ${path} belongs to context "${name}" and cannot be copied to "${peerName}". ${advice}`,
    path,
  )
}

/** The three ways out for an instance of a class that was not registered. */
export function waysOut(value: object): string {
  const name = classNameOf(value)
  const example =
    name === 'an object' || typeof value === 'function'
      ? 'value'
      : name.charAt(0).toLowerCase() + name.slice(1)
  return `Pass proxy(${example}) to share it, registerClass(${name}) to copy it, or plain data.`
}

/** A path into data, as in `arguments[0].lines[2]`. */
export function describeDataPath(where: string, path: readonly PropertyKey[]): string {
  let text = where
  for (const key of path) {
    text += typeof key === 'number' ? `[${key}]` : `${text === '' ? '' : '.'}${String(key)}`
  }
  return text
}
