/**
 * What `JSON.stringify` sees of a value, as plain data: every `toJSON` is called here, where its object is at home, and
 * only what JSON has is left.
 *
 * It is data and no text, so that a replacer on the other side is given what it would be given here: `undefined`, a
 * BigInt, an empty object in the place of a Map. Cycles stay, for `JSON.stringify` to refuse them there.
 */
import { isForbiddenInData } from './access.ts'

/** The forms of what a value is in, so that a cycle ends there. */
type Around = Map<object, unknown>

/** The JSON form of a value that is found under `key`. @throws whatever a `toJSON` or a getter throws. */
export function jsonFormOf(value: unknown, key: string): unknown {
  return formOf(value, key, new Map())
}

function formOf(value: unknown, key: string, around: Around): unknown {
  if (!isAsked(value)) return primitiveForm(value)
  const { toJSON } = value as { readonly toJSON?: unknown }
  const given =
    typeof toJSON === 'function' ? (Reflect.apply(toJSON, value, [key]) as unknown) : value
  if (typeof given !== 'object' || given === null) return primitiveForm(given)
  return objectForm(given, around)
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

function objectForm(value: object, around: Around): unknown {
  if (value instanceof Number) return Number(value)
  if (value instanceof String) return String(value)
  if (value instanceof Boolean) return Boolean.prototype.valueOf.call(value)
  if (value instanceof BigInt) return BigInt.prototype.valueOf.call(value)
  const outer = around.get(value)
  if (outer !== undefined) return outer
  const form = Array.isArray(value) ? listForm(value, around) : recordForm(value, around)
  // What is found twice is asked twice, as it may answer by where it is.
  around.delete(value)
  return form
}

function listForm(value: readonly unknown[], around: Around): unknown[] {
  const form: unknown[] = []
  around.set(value, form)
  for (let index = 0; index < value.length; index++)
    form.push(formOf(value[index], String(index), around))
  return form
}

function recordForm(value: object, around: Around): Record<string, unknown> {
  const form: Record<string, unknown> = {}
  around.set(value, form)
  for (const key of Object.keys(value)) {
    if (isForbiddenInData(key)) continue
    form[key] = formOf((value as Record<string, unknown>)[key], key, around)
  }
  return form
}
