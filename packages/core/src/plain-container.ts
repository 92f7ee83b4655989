/**
 * Is an object of a program data and nothing else, as far as it itself goes? What the marshaller would copy property by property, and that with
 * nothing said about it.
 */

import { markOf } from './marks.ts'
import { isTemplate } from './marshal/template.ts'
import { hasNarrowed, narrowingOf } from './narrowing.ts'
import { passStyleOf } from './pass-style.ts'
import { standInOf } from './stand-in.ts'

/** Looks at nothing that could run code of the object. Hot path: guarded by `bench/`, rows `channel`. */
export function isPlainContainer(value: object): boolean {
  if (standInOf(value) !== undefined || markOf(value) !== undefined) return false
  if (hasNarrowed() && narrowingOf(value) !== undefined) return false
  const style = passStyleOf(value)
  return style === 'plain' || (style === 'array' && !isTemplate(value as readonly unknown[])) // the style says so
}
