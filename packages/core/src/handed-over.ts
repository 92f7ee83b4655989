/**
 * Objects of one peer that other members of its family have passed on to us, and what of that the peer has granted.
 *
 * The two come by different ways and in any order. An object that was passed on and not granted yet is there at once, but
 * what names it waits for its gate; one that was granted ahead is kept until it is passed on.
 */
import { PendingCall } from './calls.ts'
import type { Connection, Import } from './handle.ts'

/** What is known of one object. */
interface Expectation {
  /** Kept, because what was granted ahead has no other holder. */
  imported: Import
  /** How often it was granted. */
  grants: number
  /** How often it was passed on to us, less how often it was granted. */
  balance: number
  /** Who has passed it on. */
  readonly introducers: number[]
  gate: PendingCall | undefined
}

export class HandedOver {
  readonly #connection: Connection
  readonly #introductions: (id: number) => number
  readonly #expected = new Map<number, Expectation>()

  /** @param introductions how often the peer has introduced an object that is held */
  constructor(connection: Connection, introductions: (id: number) => number) {
    this.#connection = connection
    this.#introductions = introductions
  }

  /** `introducer` has passed an object on. */
  expect(imported: Import, introducer: number): void {
    const expectation = this.#of(imported)
    expectation.imported = imported
    expectation.introducers.push(introducer)
    expectation.balance++
    if (expectation.balance > 0) {
      expectation.gate ??= PendingCall.local(this.#connection, 'remote', {})
      imported.gate = expectation.gate
    }
    this.#settle(expectation)
  }

  /** Its owner has granted it. */
  granted(imported: Import): void {
    const expectation = this.#of(imported)
    expectation.balance--
    expectation.grants++
    this.#settle(expectation)
    // Released here before it was granted: no one holds what the grants alone have brought.
    const { released } = expectation.imported
    if (released && this.#introductions(imported.id) === expectation.grants)
      this.#connection.giveUp(imported)
  }

  expects(introducer: number): boolean {
    for (const { introducers } of this.#expected.values())
      if (introducers.includes(introducer)) return true
    return false
  }

  /** What `introducer` passed on and is not granted will never be. */
  abandon(introducer: number, error: Error): void {
    for (const { imported, introducers, gate } of [...this.#expected.values()]) {
      if (!introducers.includes(introducer)) continue
      this.#expected.delete(imported.id)
      imported.gate = undefined
      gate?.fail(error)
      if (this.#introductions(imported.id) === 0) this.#connection.giveUp(imported)
    }
  }

  /** The peer is gone. */
  clear(error: unknown): void {
    const gates = [...this.#expected.values()].map(({ gate }) => gate)
    this.#expected.clear()
    for (const gate of gates) gate?.fail(error)
  }

  #of(imported: Import): Expectation {
    let expectation = this.#expected.get(imported.id)
    if (expectation === undefined) {
      expectation = { imported, grants: 0, balance: 0, introducers: [], gate: undefined }
      this.#expected.set(imported.id, expectation)
    }
    return expectation
  }

  /** As often granted as passed on: what waits goes on. */
  #settle({ imported, balance, gate }: Expectation): void {
    if (balance !== 0) return
    this.#expected.delete(imported.id)
    imported.gate = undefined
    gate?.fulfil(undefined)
  }
}
