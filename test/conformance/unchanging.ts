/** What cases about immutable values ask of the other context. */
import { immutable, proxy } from '@farhold/core'

const settings = immutable({
  currency: 'EUR',
  rates: [1, 2.5, { deep: [Number.NaN, undefined, 10n] }],
  rule: /a+/u,
})

/** The same value each time. */
export const giveSettings = (): unknown => settings
export const areSettings = (value: unknown): boolean => value === settings
export const settingsInside = (value: { readonly list: readonly unknown[] }): boolean =>
  value.list[0] === settings

/** Another value each time, with bytes in it. */
export const makeSettings = (name: string): unknown =>
  immutable({ name, bytes: new Uint8Array([1, 2, 3]), large: new Float64Array(1000).fill(1) })
export const isNamed = (value: { readonly name: string }, name: string): boolean =>
  value.name === name

/** Is it frozen, with everything in it? */
export function isFrozen(value: unknown): boolean {
  const seen = new Set<unknown>()
  const look = (part: unknown): boolean => {
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part) || seen.has(part))
      return true
    seen.add(part)
    return (
      Object.isFrozen(part) && Reflect.ownKeys(part).every((key) => look(Reflect.get(part, key)))
    )
  }
  return look(value)
}

/** Changes what it was given, as code may that has the copy in its own heap, and gives what came of it. */
export function tamper(value: { currency: string; readonly rates: unknown[] }): readonly string[] {
  const attempts = [
    () => {
      value.currency = 'USD'
    },
    () => value.rates.push(1),
    () => Object.defineProperty(value, 'currency', { value: 'USD' }),
    () => Reflect.deleteProperty(value, 'currency'),
  ]
  return attempts.map((attempt) => {
    try {
      return String(attempt())
    } catch (error) {
      return (error as Error).name
    }
  })
}

/** Keeps one value, and compares. */
export function makeMemory() {
  let kept: unknown
  return proxy({
    keep(value: unknown): void {
      kept = value
    },
    isKept: (value: unknown): boolean => kept === value,
    isPartKept: (value: unknown): boolean => (kept as { readonly part: unknown }).part === value,
    give: (): unknown => kept,
    ask: async (callback: (value: unknown) => unknown): Promise<boolean> =>
      (await callback(kept)) === kept,
  })
}

/** What a typed array inside says, and what its memory is. */
export function readBytes(value: { readonly bytes: Uint8Array }): readonly unknown[] {
  return [value.bytes instanceof Uint8Array, [...value.bytes]]
}
export const totalOf = (view: Float64Array): number => view.reduce((sum, item) => sum + item, 0)

/** A copy that is not immutable, as far as the first level goes. */
export const copyOf = (value: object): object => ({ ...value })

export const describeError = (error: Error): readonly unknown[] => [
  error.name,
  error.message,
  (error.cause as Error).name,
]
