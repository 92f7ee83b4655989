/**
 * A host's own say in what a peer does: asked before every operation, and able to put another object in the place of one.
 *
 * The idea is that of membranes: Mark S. Miller, "Robust Composition" (2006), where all that crosses passes one place that can
 * revoke or attenuate it; and of the distortions of near-membrane, which gives a sandbox another object for each identity it must not
 * have as it is.
 */
import { AccessDeniedError, refuseOption } from './errors.ts'
import { Import } from './handle.ts'
import { classNameOf } from './pass-style.ts'
import { Operation } from './protocol.ts'
import { Service } from './service.ts'
import { standInOf } from './stand-in.ts'

/** One operation that a peer asks for. */
export interface PolicyQuestion {
  /** The name of the context that asks. */
  readonly peer: string
  /** What it asks for; as the traps of a proxy, and `call`, `iterate` and `snapshot`. */
  readonly operation: OperationName
  /** The object it asks of; `undefined` when that belongs to a third context. */
  readonly object: object | undefined
  /** The class of that object. */
  readonly className: string
  /** The property it is about; `undefined` when it is about the object itself. */
  readonly key: PropertyKey | undefined
  /** Where the peer found it: from the object that it named, up to and with `key`. */
  readonly path: readonly PropertyKey[]
}

/** The operations by name. */
export type OperationName = keyof typeof Operation

/** What a host decides for itself about a peer; each part may be left out. */
export interface Policy {
  /**
   * Asked before each operation of the peer; a path is a `get` of each of its steps before the last. Anything but `true` refuses with an
   * `AccessDeniedError`, and so does what it throws with that error. It decides at once: a promise is not `true`.
   */
  readonly allow?: (question: PolicyQuestion) => boolean
  /**
   * Gives the object that stands for one of ours towards the peer, or the very object. Asked once for each object, when the peer first
   * uses it or is given it by reference; the answer holds for as long as the object lives. What is copied is not asked for.
   */
  readonly distort?: (object: object, peer: string) => object
}

const NAMES = new Map(
  Object.entries(Operation).map(([name, operation]) => [operation, name as OperationName]), // its own keys
)

/** @throws {TypeError} when it is no policy. */
export function checkPolicy(policy: unknown): void {
  if (policy === undefined) return
  if (typeof policy !== 'object' || policy === null)
    refuseOption('policy', 'an object with allow or distort', policy)
  for (const name of ['allow', 'distort'] as const) {
    const part: unknown = Reflect.get(policy, name)
    if (part !== undefined && typeof part !== 'function')
      refuseOption(`policy.${name}`, 'a function', part)
  }
}

/** A policy towards one peer, with what it has put in the place of what. */
export class PeerPolicy {
  readonly #policy: Policy
  readonly #peer: () => string
  readonly #standIns = new WeakMap<object, object>()

  /** @param peer names the peer, which is known when it first asks. */
  constructor(policy: Policy, peer: () => string) {
    this.#policy = policy
    this.#peer = peer
  }

  /** Asks before an operation. @throws {AccessDeniedError} when it is refused, or whatever the policy throws. */
  check(operation: Operation, object: unknown, path: readonly PropertyKey[], isOfKey: boolean) {
    if (this.#policy.allow === undefined) return
    if ((typeof object !== 'object' && typeof object !== 'function') || object === null) return
    // Whoever was given an end of a channel, or a view, may use it: that is what it was given for.
    if (Service.is(object)) return
    const standIn = object instanceof Import ? { handle: object } : standInOf(object)
    const key = isOfKey ? path.at(-1) : undefined
    const answer: unknown = this.#policy.allow({
      peer: this.#peer(),
      operation: NAMES.get(operation) ?? 'get',
      object: standIn === undefined ? object : undefined,
      className: standIn === undefined ? classNameOf(object) : standIn.handle.description,
      key,
      path: Object.freeze([...path]),
    })
    if (answer !== true) throw new AccessDeniedError(describe(key))
  }

  /** What stands for an object of ours towards the peer. */
  inPlaceOf<Value>(value: Value): Value {
    if (this.#policy.distort === undefined) return value
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return value
    const known = this.#standIns.get(value)
    if (known !== undefined) return known as Value // put there for it below
    if (value instanceof Import || standInOf(value) !== undefined || Service.is(value)) return value
    const standIn: unknown = this.#policy.distort(value, this.#peer())
    if ((typeof standIn !== 'object' && typeof standIn !== 'function') || standIn === null)
      throw new TypeError('policy.distort must give an object or a function')
    this.#standIns.set(value, standIn)
    // It is what the peer holds, and nothing else stands for it.
    if (!this.#standIns.has(standIn)) this.#standIns.set(standIn, standIn)
    return standIn as Value // the policy answers for its being of the kind that is wanted
  }
}

function describe(key: PropertyKey | undefined): string {
  if (key === undefined) return 'the operation'
  return `property ${typeof key === 'symbol' ? String(key) : JSON.stringify(key)}`
}
