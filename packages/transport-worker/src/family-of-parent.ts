/**
 * The workers that this thread has spawned, as one family: it gives two of them a pipe to each other when an object of one is
 * passed to the other, and tells them when one is gone.
 */
import { MessageChannel } from 'node:worker_threads'
import { type CloseReason, transfer } from '@farhold/core'
import {
  createRelationAgent,
  Family,
  openSession,
  PARENT,
  type RelationAgent,
} from '@farhold/core/adapter'
import type { Bell } from './bell.ts'
import { LateTransport } from './late-transport.ts'
import { describeCrash, type ThreadEnd } from './thread-end.ts'
import { createSharedRings } from './thread-transport.ts'

/** What a family knows of a worker beside its session. */
interface Thread {
  readonly bell: Bell
  readonly end: ThreadEnd
}

const threads = new Map<number, Thread>()

/** A worker was spawned. */
export function joined(member: number, bell: Bell, end: ThreadEnd): void {
  threads.set(member, { bell, end })
}

/** Who has a pipe to whom. */
const acquaintances = new Map<number, Set<number>>()

export const family: Family = new Family({
  self: PARENT,
  acquaint,
  // Every worker joins when it is spawned, so this one has ended, and all that an object of it can do is say so.
  open(member, peerName) {
    const session = openSession(undefined, new LateTransport(), { peerName })
    session.closed(family.fateOf(member) ?? { kind: 'closed' })
    return session
  },
})

/** What a worker can ask of the thread that spawned it. */
export interface ParentAgent extends RelationAgent {
  /** Sees to it that two workers have a pipe to each other. */
  acquaint(one: number, other: number): void
  /** Why a worker has ended that no longer answers; `undefined` when it lives. */
  fate(member: number): Promise<CloseReason | undefined>
  /** The worker ends in a moment, with an error that nothing caught. */
  crashes(error: unknown): void
}

/** What answers for this thread towards one of its workers. */
export function createParentAgent(member: number): ParentAgent {
  return {
    ...createRelationAgent({ family, member }),
    acquaint,
    async fate(other) {
      await family
        .find(other)
        ?.askAhead('alive', [])
        .catch(() => undefined)
      return family.fateOf(other)
    },
    crashes(error) {
      threads.get(member)?.end.crashes(error)
    },
  }
}

/** A worker has ended. */
export function left(member: number, reason: CloseReason): void {
  const others = acquaintances.get(member)
  family.left(member, reason)
  threads.delete(member)
  acquaintances.delete(member)
  for (const other of others ?? []) {
    acquaintances.get(other)?.delete(member)
    tellGone(other, member, reason)
  }
}

function acquaint(one: number, other: number): void {
  const first = family.find(one)
  const second = family.find(other)
  if (one === other || acquaintances.get(one)?.has(other)) return
  if (first === undefined || second === undefined) {
    if (first !== undefined) tellGone(one, other, family.fateOf(other) ?? { kind: 'closed' })
    if (second !== undefined) tellGone(other, one, family.fateOf(one) ?? { kind: 'closed' })
    return
  }
  const bells = [threads.get(one)?.bell.memory, threads.get(other)?.bell.memory] as const
  remember(one, other)
  remember(other, one)
  const { port1, port2 } = new MessageChannel()
  const rings = createSharedRings()
  tell(one, 'meet', [other, second.peerName, transfer(port1, [port1]), bells[1], rings[0]])
  tell(other, 'meet', [one, first.peerName, transfer(port2, [port2]), bells[0], rings[1]])
}

function remember(one: number, other: number): void {
  const known = acquaintances.get(one)
  if (known === undefined) acquaintances.set(one, new Set([other]))
  else known.add(other)
}

function tellGone(to: number, member: number, reason: CloseReason): void {
  tell(to, 'gone', [member, { ...reason, error: describeCrash(reason.error) }])
}

/** Tells a worker. One that has ended meanwhile needs to be told nothing. */
function tell(to: number, method: string, args: readonly unknown[]): void {
  family
    .find(to)
    ?.askAhead(method, args)
    .catch(() => undefined)
}
