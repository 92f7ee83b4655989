/**
 * Objects of one peer that other members of its family have passed on to us, and what of that the peer has granted.
 *
 * The two come by different ways and in any order, once each for every time that a member has passed an object on. One that was
 * passed on and is not granted yet is there at once, but what names it waits for its gate. What was granted ahead counts
 * as held only when it is passed on, so that a release between the two gives back no more than what was here.
 */
import { Gate } from './gate.ts'
import type { Import } from './handle.ts'
import type { ImportTable } from './import-table.ts'

/** What is known of one object. */
interface Expectation {
  /** How often each member has passed it on, less how often it was granted for that member. Never 0. */
  readonly balances: Map<number, number>
  /** For whom it was refused before it was passed on, and why. */
  readonly refusals: { readonly introducer: number; readonly error: unknown }[]
  /** Why what was passed on last is refused already. */
  refusal: { readonly error: unknown } | undefined
  /** What waits to be granted: kept, as what names it is on its way. */
  imported: Import | undefined
  gate: Gate | undefined
}

/** What this asks of the session around it. */
export interface HandedOverPort {
  readonly imports: Pick<ImportTable<Import>, 'introductions' | 'count' | 'release'>
  giveBack(id: number, count: number): void
  /** Is a member gone, so that nothing comes from it any more? */
  isGone(member: number): boolean
}

export class HandedOver {
  readonly #port: HandedOverPort
  readonly #expected = new Map<number, Expectation>()

  constructor(port: HandedOverPort) {
    this.#port = port
  }

  /** How many objects are expected: granted and not passed on, or passed on and not granted. */
  get size(): number {
    return this.#expected.size
  }

  /** `introducer` has passed an object on. Gives how many introductions that brings: 1 when it was granted ahead. */
  passedOn(id: number, introducer: number): 0 | 1 {
    const expectation = this.#of(id)
    const { balances, refusals } = expectation
    const refused = refusals.findIndex((refusal) => refusal.introducer === introducer)
    if (refused >= 0) {
      expectation.refusal = refusals.splice(refused, 1)[0]
      return 0
    }
    const balance = balances.get(introducer) ?? 0
    setBalance(balances, introducer, balance + 1)
    return balance < 0 ? 1 : 0
  }

  /** What was passed on is here: it waits when it is still to be granted. */
  received(imported: Import): void {
    const { id } = imported
    const expectation = this.#of(id)
    const { refusal } = expectation
    expectation.refusal = undefined
    if (isAwaited(expectation) || refusal !== undefined) {
      expectation.gate ??= new Gate()
      expectation.imported = imported
      imported.gate = expectation.gate
    }
    if (refusal === undefined) this.#settle(id, expectation)
    else this.#lose(id, expectation, refusal.error)
  }

  /** Its owner has granted it, as `introducer` asked: that is one introduction. */
  granted(id: number, introducer: number): void {
    const { imports, isGone } = this.#port
    const expectation = this.#of(id)
    const { balances, imported } = expectation
    const balance = balances.get(introducer) ?? 0
    if (balance > 0) {
      // Released here before it was granted, it is wanted no more, unless peers hold it through us.
      if (imported?.released === true && imported.borrowers === 0) this.#port.giveBack(id, 1)
      else imports.count(id)
    }
    if (balance <= 0 && isGone(introducer)) this.#port.giveBack(id, 1)
    else setBalance(balances, introducer, balance - 1)
    this.#settle(id, expectation)
  }

  /** Its owner cannot grant it, as `introducer` asked. */
  refused(id: number, introducer: number, error: unknown): void {
    const expectation = this.#of(id)
    const { balances, refusals } = expectation
    const balance = balances.get(introducer) ?? 0
    if (balance > 0) {
      setBalance(balances, introducer, balance - 1)
      this.#lose(id, expectation, error)
    } else if (!this.#port.isGone(introducer)) refusals.push({ introducer, error })
  }

  /** Is anything expected that `introducer` has passed on, or is to? */
  expects(introducer: number): boolean {
    for (const { balances, refusals } of this.#expected.values()) {
      if (balances.has(introducer)) return true
      if (refusals.some((refusal) => refusal.introducer === introducer)) return true
    }
    return false
  }

  /** What `introducer` passed on and is not granted will never be, and what was granted for it never be passed on. */
  abandon(introducer: number, error: Error): void {
    for (const [id, expectation] of [...this.#expected]) {
      const { balances, refusals } = expectation
      for (let n = refusals.length - 1; n >= 0; n--)
        if (refusals[n]?.introducer === introducer) refusals.splice(n, 1)
      const balance = balances.get(introducer) ?? 0
      if (!balances.delete(introducer)) {
        this.#settle(id, expectation)
        continue
      }
      if (balance < 0) this.#port.giveBack(id, -balance)
      this.#lose(id, expectation, error)
    }
  }

  /** The peer is gone. */
  clear(error: unknown): void {
    const gates = [...this.#expected.values()].map(({ gate }) => gate)
    this.#expected.clear()
    for (const gate of gates) gate?.fail(error)
  }

  #of(id: number): Expectation {
    let expectation = this.#expected.get(id)
    if (expectation === undefined) {
      expectation = {
        balances: new Map(),
        refusals: [],
        refusal: undefined,
        imported: undefined,
        gate: undefined,
      }
      this.#expected.set(id, expectation)
    }
    return expectation
  }

  /** One hand-over less is to come. What waits for none now, and was never granted, is lost. */
  #lose(id: number, expectation: Expectation, error: unknown): void {
    const { imported, gate } = expectation
    const { imports } = this.#port
    if (gate !== undefined && !isAwaited(expectation) && imports.introductions(id) === 0) {
      // It keeps its gate: what is asked of it fails with the reason. What comes by this id later is another import.
      expectation.gate = undefined
      if (imported !== undefined) imports.release(id, imported)
      gate.fail(error)
    }
    this.#settle(id, expectation)
  }

  /** As often granted as passed on by each: what waits goes on. */
  #settle(id: number, expectation: Expectation): void {
    if (isAwaited(expectation)) return
    const { balances, refusals, imported, gate } = expectation
    if (gate !== undefined && imported !== undefined) imported.gate = undefined
    expectation.imported = undefined
    expectation.gate = undefined
    if (balances.size + refusals.length === 0) this.#expected.delete(id)
    gate?.open()
  }
}

function setBalance(balances: Map<number, number>, member: number, balance: number): void {
  if (balance === 0) balances.delete(member)
  else balances.set(member, balance)
}

/** Has anyone passed it on more often than it was granted? */
function isAwaited({ balances }: Expectation): boolean {
  for (const balance of balances.values()) if (balance > 0) return true
  return false
}
