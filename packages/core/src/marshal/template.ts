/**
 * The strings of a tagged template: a frozen array with another one as its `raw`.
 *
 * Tags know a template by the identity of that array and keep what they made of it, so one with the same strings is the same
 * array for as long as it is remembered.
 */
import { ProtocolError } from '../errors.ts'

/** Hot path: every array that is copied is looked at, and all but these have no `raw`. Guarded by `bench/`, row `object echo`. */
export function isTemplate(value: readonly unknown[]): value is TemplateStringsArray {
  if ((value as Partial<TemplateStringsArray>).raw === undefined) return false
  const raw: unknown = Object.getOwnPropertyDescriptor(value, 'raw')?.value
  return (
    Array.isArray(raw) &&
    raw.length === value.length &&
    Object.isFrozen(value) &&
    raw.every((text) => typeof text === 'string')
  )
}

/** What is remembered of each session, so that a peer cannot make it grow: past either the tag sees a new array. */
const MOST_TEMPLATES = 500
const LONGEST_TEMPLATE = 10_000

const KNOWN = new WeakMap<object, Map<string, TemplateStringsArray>>()

/** The template of the given strings, the same for as long as `session` remembers it. @throws {ProtocolError} when they are none. */
export function templateOf(session: object, cooked: unknown, raw: unknown): TemplateStringsArray {
  if (!Array.isArray(cooked) || !Array.isArray(raw) || cooked.length !== raw.length)
    throw new ProtocolError('bad template')
  // What an escape that means nothing stands for is undefined, where it was written it is not.
  if (!cooked.every((text) => typeof text === 'string' || text === undefined) || !raw.every(isText))
    throw new ProtocolError('bad template')
  let known = KNOWN.get(session)
  if (known === undefined) {
    known = new Map()
    KNOWN.set(session, known)
  }
  const name = JSON.stringify([cooked, raw])
  const earlier = known.get(name)
  if (earlier !== undefined) return earlier
  const strings = [...(cooked as string[])]
  Object.defineProperty(strings, 'raw', { value: Object.freeze([...raw]) })
  const template = Object.freeze(strings) as unknown as TemplateStringsArray // with its `raw` it is one
  if (name.length > LONGEST_TEMPLATE) return template
  if (known.size >= MOST_TEMPLATES) known.clear()
  known.set(name, template)
  return template
}

function isText(value: unknown): value is string {
  return typeof value === 'string'
}
