/**
 * What `JSON.stringify` sees of a value, as plain data: every `toJSON` is called here, where its object is at home, and
 * only what JSON has is left.
 *
 * It is data and no text, so that a replacer on the other side is given what it would be given here: `undefined`, a
 * BigInt, an empty object in the place of a Map. Cycles stay, for `JSON.stringify` to refuse them there.
 */
import { type Access, isForbiddenInData, readProperty, visibleKeys } from './access.ts'

/** The forms of what a value is in, so that a cycle ends there; and what decides for the peer that asks. */
class Around extends Map<object, unknown> {
  readonly #access: Access

  constructor(access: Access) {
    super()
    this.#access = access
  }

  /** A property as the peer has it. */
  read(target: object, key: string): unknown {
    return this.#access.narrowingOf(target) === undefined
      ? Reflect.get(target, key)
      : readProperty(target, key, this.#access)
  }

  /** The keys that JSON has of an object, as far as the peer has them. */
  keysOf(target: object): string[] {
    const keys = Object.keys(target)
    if (this.#access.narrowingOf(target) === undefined) return keys
    const visible = new Set(visibleKeys(target, this.#access))
    return keys.filter((key) => visible.has(key))
  }
}

/** The JSON form of a value that is found under `key`. @throws whatever a `toJSON` or a getter throws. */
export function jsonFormOf(value: unknown, key: string, access: Access): unknown {
  return formOf(value, key, new Around(access))
}

function formOf(value: unknown, key: string, around: Around): unknown {
  if (!isAsked(value)) return primitiveForm(value)
  const toJSON =
    typeof value === 'bigint'
      ? (value as { readonly toJSON?: unknown }).toJSON
      : around.read(value, 'toJSON')
  const given =
    typeof toJSON === 'function' ? (Reflect.apply(toJSON, value, [key]) as unknown) : value
  if (typeof given !== 'object' || given === null) return primitiveForm(given)
  return objectForm(given, around)
}

/** The values that are asked for their `toJSON`. */
function isAsked(value: unknown): value is object | bigint {
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
  const length = Number(around.read(value, 'length') ?? 0)
  for (let index = 0; index < length; index++)
    form.push(formOf(around.read(value, String(index)), String(index), around))
  return form
}

function recordForm(value: object, around: Around): Record<string, unknown> {
  const form: Record<string, unknown> = {}
  around.set(value, form)
  for (const key of around.keysOf(value)) {
    if (isForbiddenInData(key)) continue
    form[key] = formOf(around.read(value, key), key, around)
  }
  return form
}
