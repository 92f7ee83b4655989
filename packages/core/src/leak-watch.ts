/**
 * Warns, in development and once for each of its reasons, of a session that piles up references: a table that only grows, or
 * proxies that are left to the garbage collector while very many are held.
 */
import type { Limits } from './limits.ts'

/** So many objects on one table are looked at more closely. */
const MANY = 10_000

interface Growth {
  /** The size at which it is looked at next. */
  next: number
  /** Has anything been given back since it was looked at last? */
  shrank: boolean
  warned: boolean
}

/** What came or went: what its owner calls it, and on which occasion. */
export interface Arrival {
  readonly label: string
  readonly site: string | undefined
}

export class LeakWatch {
  readonly #peerName: () => string
  readonly #warn: (message: string) => void
  readonly #many: number
  readonly #ours: Growth
  readonly #theirs: Growth
  /** The last that was received while many were held. */
  #last: Arrival | undefined
  #warnedOfCollection = false

  constructor(limits: Limits, peerName: () => string, warn: (message: string) => void) {
    this.#peerName = peerName
    this.#warn = warn
    this.#many = Math.min(MANY, Math.ceil(limits.exports / 2))
    this.#ours = { next: this.#many, shrank: false, warned: false }
    this.#theirs = { next: this.#many, shrank: false, warned: false }
  }

  /** The peer was given an object of ours. @param size how many it holds now */
  gave(size: number, arrival: () => Arrival): void {
    if (size < this.#ours.next || !onlyGrows(this.#ours, size)) return
    this.#warn(
      `context "${this.#peerName()}" holds ${size} objects of this context and has given none back. ` +
        `The last it got was ${describe(arrival())}. ${ADVICE}`,
    )
  }

  /** An object of the peer was received. @param size how many are held now */
  received(size: number, arrival: () => Arrival): void {
    if (size < this.#many) return
    this.#last = arrival()
    if (size < this.#theirs.next || !onlyGrows(this.#theirs, size)) return
    this.#warn(
      `${size} objects of context "${this.#peerName()}" are held here and none was released. ` +
        `The last that came was ${describe(this.#last)}. ${ADVICE}`,
    )
  }

  /** The peer has given some back. */
  tookBack(): void {
    this.#ours.shrank = true
  }

  /**
   * Some were given back to the peer.
   * @param size how many are held beside them
   * @param collected were they left to the garbage collector?
   */
  gaveBack(size: number, collected: boolean): void {
    this.#theirs.shrank = true
    if (!collected || size < this.#many || this.#warnedOfCollection) return
    this.#warnedOfCollection = true
    const last = this.#last === undefined ? '' : ` The last that came was ${describe(this.#last)}.`
    this.#warn(
      `a proxy of an object of context "${this.#peerName()}" was left to the garbage collector while ` +
        `${size} others are held, all of which their owner keeps.${last} ${ADVICE}`,
    )
  }
}

/** Looks at a table that has become as large as expected last time: has it only grown since? */
function onlyGrows(growth: Growth, size: number): boolean {
  const grows = !growth.shrank && !growth.warned
  growth.next = size * 2
  growth.shrank = false
  growth.warned ||= grows
  return grows
}

const ADVICE =
  'Give back what is not needed any more, by release(proxy), using, or scope(); leaks() says where all of them come from when the option "trace" is set.'

function describe({ label, site }: Arrival): string {
  return `${label === '' ? 'an object' : label}${site === undefined ? '' : `, ${site}`}`
}
