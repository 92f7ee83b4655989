/**
 * What `JSON.stringify` sees of a value, as plain data: every `toJSON` is called here, where its object is at home, and
 * only what JSON has is left.
 *
 * It is data and no text, so that a replacer on the other side is given what it would be given here: `undefined`, a
 * BigInt, an empty object in the place of a Map. Cycles stay, for `JSON.stringify` to refuse them there.
 */
import { isForbiddenInData } from './access.ts'

/** The JSON form of a value that is found under `key`. @throws whatever a `toJSON` or a getter throws. */
export function jsonFormOf(value: unknown, key: string): unknown {
  return formOf(value, key, new Map())
}

function formOf(value: unknown, key: string, known: Map<object, unknown>): unknown {
  if (!isAsked(value)) return primitiveForm(value)
  const { toJSON } = value as { readonly toJSON?: unknown }
  const given =
    typeof toJSON === 'function' ? (Reflect.apply(toJSON, value, [key]) as unknown) : value
  if (typeof given !== 'object' || given === null) return primitiveForm(given)
  return objectForm(given, known)
}

/** The values that are asked for their `toJSON`. */
function isAsked(value: unknown): boolean {
  return (
    (typeof value === 'object' && value !== null) ||
    typeof value === 'function' ||
    typeof value === 'bigint'
  )
}

function primitiveForm(value: unknown): unknown {
  return typeof value === 'function' || typeof value === 'symbol' ? undefined : value
}

function objectForm(value: object, known: Map<object, unknown>): unknown {
  if (value instanceof Number) return Number(value)
  if (value instanceof String) return String(value)
  if (value instanceof Boolean) return Boolean.prototype.valueOf.call(value)
  if (value instanceof BigInt) return BigInt.prototype.valueOf.call(value)
  const earlier = known.get(value)
  if (earlier !== undefined) return earlier
  if (Array.isArray(value)) {
    const list: unknown[] = []
    known.set(value, list)
    for (let index = 0; index < value.length; index++)
      list.push(formOf(value[index], String(index), known))
    return list
  }
  const form: Record<string, unknown> = {}
  known.set(value, form)
  for (const key of Object.keys(value)) {
    if (isForbiddenInData(key)) continue
    form[key] = formOf((value as Record<string, unknown>)[key], key, known)
  }
  return form
}
