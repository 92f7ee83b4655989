/**
 * What is still held, and by which piece of code: for whoever looks for what was never given back.
 */
import { PendingCall } from './calls.ts'
import type { ExportTable } from './export-table.ts'
import { describePath, type Import } from './handle.ts'
import type { ImportTable } from './import-table.ts'
import { classNameOf } from './pass-style.ts'
import { type CallMessage, propertyKey } from './protocol.ts'
import { withoutOwnFrames } from './stacks.ts'

/** Objects that one side of a session holds, of one class and from one place. */
export interface Leak {
  /** `ours`: objects of this context that the peer holds. `theirs`: objects of the peer that are held here. */
  readonly side: 'ours' | 'theirs'
  /** What their owner calls them. */
  readonly class: string
  readonly count: number
  /** The line of code that introduced them, or the call they came by. `undefined` when the session does not trace. */
  readonly site: string | undefined
}

/** The call whose arguments or answer are being read or written. */
export type Occasion = PendingCall | CallMessage

/** As in `in the answer of "rows.next"`. */
export function describeOccasion(occasion: Occasion | undefined): string | undefined {
  if (occasion === undefined) return undefined
  if (occasion instanceof PendingCall) return `in the answer of "${occasion.description}"`
  return `in a call of "${describePath('', occasion.path.map(propertyKey))}"`
}

/** Where objects were introduced, while a session traces. */
export class Sites {
  readonly #sites = new WeakMap<object, string>()

  /** Notes where an object, or an import, is introduced for the first time. */
  note(value: object, occasion: Occasion | undefined): void {
    this.#sites.set(value, siteHere() ?? describeOccasion(occasion) ?? 'outside of any call')
  }

  of(value: object): string | undefined {
    return this.#sites.get(value)
  }
}

/** The innermost line of the program's own code, if any is on the stack. */
function siteHere(): string | undefined {
  const stack = deepStack()
  if (stack === undefined) return undefined
  for (const line of withoutOwnFrames(stack).split('\n').slice(1)) {
    if (!/node:|<anonymous>|@farhold|packages[/\\]transport-/.test(line))
      return line.trim().replace(/^at /, '')
  }
  return undefined
}

/** A stack that reaches beyond the frames of this library, which fill one of the usual length. */
function deepStack(): string | undefined {
  const limit: unknown = Reflect.get(Error, 'stackTraceLimit')
  Reflect.set(Error, 'stackTraceLimit', 50)
  const { stack } = new Error('where')
  Reflect.set(Error, 'stackTraceLimit', limit)
  return stack
}

/** What both tables hold, most first. */
export function leaksOf(
  exported: ExportTable,
  imported: ImportTable<Import>,
  sites: Sites | undefined,
): Leak[] {
  const leaks = new Map<string, { -readonly [K in keyof Leak]: Leak[K] }>()
  const count = (side: Leak['side'], name: string, site: string | undefined): void => {
    const key = JSON.stringify([side, name, site])
    const known = leaks.get(key)
    if (known === undefined) leaks.set(key, { side, class: name, count: 1, site })
    else known.count++
  }
  for (const value of exported.held()) count('ours', classNameOf(value), sites?.of(value))
  for (const held of imported.held()) count('theirs', held.label, sites?.of(held))
  return [...leaks.values()].sort((one, other) => other.count - one.count)
}
