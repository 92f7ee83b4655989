/**
 * Which context this heap is. The one piece of state of its own that a heap has: its name, given once by
 * whoever started it.
 */

export interface ContextIdentity {
  /** Unique among the contexts of one process. */
  readonly id: number
  readonly name: string
  readonly kind: 'main' | 'worker' | 'isolate'
}

const identity: { current: ContextIdentity } = { current: { id: 0, name: 'main', kind: 'main' } }

/** The context this code runs in. */
export function currentContext(): ContextIdentity {
  return identity.current
}

/** Says which context this heap is. For whoever starts a heap, before anything else runs in it. */
export function becomeContext(context: ContextIdentity): void {
  identity.current = Object.freeze({ ...context })
}
