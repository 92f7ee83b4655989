/**
 * The locks of a peer, as they concern those who call it: taking its own in memory, counting what is held, and showing a probe the way along
 * the calls that a hold, or a blocked thread, waits for.
 */
import type { PendingCall } from './calls.ts'
import { chaseBlocked } from './deadlock.ts'
import type { LentHolds } from './lent-holds.ts'
import { Tag, wireProbe } from './protocol.ts'
import type { Party } from './rw-lock.ts'
import { thisHeap } from './this-heap.ts'
import type { Transport } from './transport.ts'

/** What the calls around it tell. */
export interface PeerLocksPort {
  readonly transport: Pick<Transport, 'peerLock'>
  readonly peerName: () => string
  /** Does a thread that blocks on the peer sleep until it has answered? */
  readonly waits: () => boolean
  readonly send: (tag: Tag, ...fields: readonly unknown[]) => void
  /** The holds that the peer may name, when it is not trusted. */
  readonly lent: LentHolds | undefined
}

export class PeerLocks {
  /** How many of the peer's locks are held here, and waited for. */
  held = 0
  waiting = 0
  /** The peer, where someone holds or waits. */
  readonly party: Party
  readonly #port: PeerLocksPort
  readonly #met = Promise.withResolvers<void>()
  #isMet = false
  #isOver = false

  constructor(port: PeerLocksPort) {
    this.#port = port
    this.party = {
      get context() {
        return port.peerName()
      },
      chase(token, probe) {
        port.send(Tag.probeHold, token, wireProbe(probe))
        // While this thread is blocked it hears nothing of a peer that it cannot block on, so what that one holds waits for it.
        if (!port.waits()) chaseBlocked(probe)
      },
    }
  }

  /** The peer has said which heap it is. */
  meet(): void {
    this.#isMet = true
    this.#met.resolve()
  }

  /** Resolves when the peer has said which heap it is, or is gone. */
  met(): Promise<void> {
    return this.#met.promise
  }

  /** Takes the peer's lock in shared memory, and gives what names the hold; 0 when it is not free, or not there. */
  take(): number {
    const { peerLock } = this.#port.transport
    // Who has said nothing yet does not know of us, and would not know who has it.
    if (peerLock === undefined || !this.#isMet || this.#isOver) return 0
    const token = peerLock.taker.take(peerLock.word)
    if (token !== 0) this.held++
    return token
  }

  /** Gives that back. */
  free(token: number): void {
    const { peerLock } = this.#port.transport
    peerLock?.taker.done(token)
    if (this.#isOver) return
    this.held--
    // What is on the way with this hold enters before it is free.
    let isUsed = false
    for (const { bonds } of thisHeap.bound) isUsed ||= bonds.includes(token)
    if (isUsed || peerLock?.word.free(token) !== true) this.#port.send(Tag.freed, token)
  }

  /** Someone who holds a lock, or whose thread is blocked, waits for a call. */
  bind(call: PendingCall, carried: readonly number[], waiting: readonly number[]): void {
    call.bound = {
      bonds: [...carried, ...waiting],
      chase: (bond, probe) => {
        const where = call.options.site?.() ?? ''
        this.#port.send(Tag.probeCall, call.id, bond, wireProbe(probe), where)
      },
    }
    thisHeap.bound.add(call.bound)
    this.#port.lent?.lend(carried)
  }

  /** No one waits for it any more. */
  unbind(call: PendingCall): void {
    if (call.bound === undefined) return
    thisHeap.bound.delete(call.bound)
    this.#port.lent?.takeBack(call.bound.bonds)
    call.bound = undefined
  }

  /** The session is over: nothing of the peer is held any more. */
  end(): void {
    this.#isOver = true
    this.held = 0
    this.#met.resolve()
  }
}
