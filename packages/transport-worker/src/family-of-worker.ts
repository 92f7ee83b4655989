/**
 * The other workers of the thread that spawned this one, as far as objects of theirs were passed to this one or objects of
 * this one to them: a session with each, over a pipe that the parent sends.
 */
import type { MessagePort } from 'node:worker_threads'
import type { CloseReason } from '@farhold/core'
import {
  createRelationAgent,
  Family,
  openSession,
  PARENT,
  type RelationAgent,
} from '@farhold/core/adapter'
import { Bell } from './bell.ts'
import { LateTransport } from './late-transport.ts'
import { exitOf } from './thread-end.ts'
import { type SharedRings, ThreadTransport } from './thread-transport.ts'
import type { WorkerStart } from './worker-data.ts'

/** What the parent tells of other workers. */
export interface SiblingAgent extends RelationAgent {
  /** Here is a pipe to another worker. */
  meet(
    member: number,
    name: string,
    port: MessagePort,
    bell: SharedArrayBuffer,
    rings: SharedRings,
  ): void
  /** Another worker has ended. */
  gone(member: number, reason: CloseReason): void
  /** Answers while this worker lives. */
  alive(): void
}

/** The family of a spawned worker, and what answers in it. */
export function createWorkerFamily(start: WorkerStart): { family: Family; agent: SiblingAgent } {
  const pipes = new Map<number, LateTransport>()

  const family = new Family({
    self: start.identity.id,
    acquaint: (one, other) => void askParent('acquaint', [one, other]),
    open(member, peerName) {
      const pipe = new LateTransport()
      pipes.set(member, pipe)
      const session = openSession(
        undefined,
        pipe,
        {
          name: start.identity.name,
          peerName,
          ...(start.limits === undefined ? {} : { limits: start.limits }),
          ...(start.lock === undefined ? {} : { lock: start.lock }),
        },
        {
          control: createRelationAgent({ family, member }),
          membership: { family, member },
        },
      )
      session.whenClosed((reason) => {
        pipes.delete(member)
        family.left(member, reason)
      })
      return session
    },
  })

  /** The parent outlives its workers, so there is no one left to tell of a failure. */
  const askParent = async (method: string, args: readonly unknown[]): Promise<unknown> => {
    try {
      return await family.relation(PARENT).askAhead(method, args)
    } catch {
      return undefined
    }
  }

  const agent: SiblingAgent = {
    ...createRelationAgent({ family, member: PARENT }),
    meet(member, name, port, memory, rings) {
      family.relation(member, name)
      const bell = new Bell(memory)
      const transport = new ThreadTransport(port, {
        keepAlive: false,
        bell,
        rings,
        ended: () => exitOf(bell),
        // A port does not say why it closed.
        closed: async () => {
          const reason = await askParent('fate', [member])
          family.left(member, (reason as CloseReason | undefined) ?? { kind: 'transport' }) // what `fate` gives
        },
      })
      const pipe = pipes.get(member)
      if (pipe === undefined) transport.close()
      else pipe.attach(transport)
    },
    gone(member, reason) {
      family.left(member, reason)
    },
    alive() {},
  }
  return { family, agent }
}
