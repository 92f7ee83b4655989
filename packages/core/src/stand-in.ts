/**
 * What a proxy stands for, and how a value is known to be one of our proxies.
 *
 * A proxy carries its stand-in as a private field of its own, stamped on it by a constructor that returns the proxy
 * (the "return override" of the class fields proposal). Asking for it fires no trap, nobody can forge it, and, unlike an entry in
 * a WeakMap, it costs the garbage collector nothing; `bench/`, row `1000 in flight`, shows the difference. But it costs 160 bytes,
 * and an entry a quarter of that: the proxies that live long, and may be very many, are in a WeakMap; row `memory`.
 */
import type { CallParticulars } from './call-options.ts'
import type { Handle } from './handle.ts'
import type { Flavour } from './marshal/port.ts'

/** The state of one proxy: what it stands for, and the path from there. */
export interface StandIn {
  readonly handle: Handle
  readonly path: readonly PropertyKey[]
  readonly flavour: Flavour
  /** What every operation through this proxy is given. */
  readonly options: CallParticulars | undefined
}

/** Its constructor gives what it was given, so that a subclass puts its fields there. */
class Given {
  constructor(object: object) {
    // biome-ignore lint/correctness/noConstructorReturn: returning is what this class is for
    return object
  }
}

class Stamp extends Given {
  readonly #standIn: StandIn

  constructor(proxy: object, standIn: StandIn) {
    super(proxy)
    this.#standIn = standIn
  }

  static read(value: object): StandIn | undefined {
    return #standIn in value ? value.#standIn : undefined
  }
}

/** What the proxies that are held stand for. */
const KEPT = new WeakMap<object, StandIn>()

/** Makes `proxy`, which is about to be used and dropped, known as what it stands for. Once for each proxy. */
export function stampStandIn(proxy: object, standIn: StandIn): void {
  new Stamp(proxy, standIn)
}

/** The same for the proxy of an imported object, which is kept while the object is held. */
export function keepStandIn(proxy: object, standIn: StandIn): void {
  KEPT.set(proxy, standIn)
}

/** What a value stands for when it is one of our proxies. */
export function standInOf(value: unknown): StandIn | undefined {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return undefined
  return Stamp.read(value) ?? KEPT.get(value)
}
