/**
 * Main and some workers that all know each other. When a test ends with them, everyone forgets everyone, and then no session may
 * have anything left: no call, no object, no answer.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Context, proxy, type Remote } from '@farhold/core'
import { type SpawnWorkerOptions, spawnWorker } from '@farhold/transport-worker'
import { OBSERVED } from '../observed-sessions.ts'
import { Peer } from './fixtures/peer.ts'

export type PeerThread = typeof import('./fixtures/peer-thread.ts')

export const MODULE = new URL('./fixtures/peer-thread.ts', import.meta.url)

/** How often is looked whether everything is gone. A wall: what is not collected by then never is. */
const ROUNDS = 60

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

export class Threads {
  readonly main = new Peer('main', (name) => void this.context(name).close())
  readonly #contexts = new Map<string, Context<PeerThread>>()
  readonly #peers = new Map<string, Remote<Peer>>()

  static async start(names: readonly string[], options?: SpawnWorkerOptions): Promise<Threads> {
    const threads = new Threads()
    await Promise.all(names.map((name) => threads.add(name, options)))
    return threads
  }

  /** One more, who meets all the others. */
  async add(name: string, options: SpawnWorkerOptions = {}): Promise<void> {
    const context = await spawnWorker<PeerThread>(MODULE, { name, ...OBSERVED, ...options })
    const peer = (await context.remote.peer) as unknown as Remote<Peer>
    const others = [...this.#peers]
    this.#contexts.set(name, context)
    this.#peers.set(name, peer)
    this.main.meet(name, peer)
    await peer.meet('main', proxy(this.main) as never)
    for (const [other, known] of others)
      await Promise.all([peer.meet(other, known as never), known.meet(name, peer as never)])
  }

  context(name: string): Context<PeerThread> {
    return found(this.#contexts, name)
  }

  peer(name: string): Remote<Peer> {
    return found(this.#peers, name)
  }

  /** Resolves when a worker blocks in what it was asked before: messages of another turn come behind it, and are served then. */
  async blocks(name: string): Promise<void> {
    await turn()
    await this.peer(name).add(0, 0)
  }

  /** One has ended. */
  lost(name: string): void {
    this.#contexts.delete(name)
    this.#peers.delete(name)
  }

  /** Resolves when the event loop of each worker goes on. */
  async go(): Promise<void> {
    await Promise.all([...this.#peers.values()].map((peer) => peer.later(undefined as never)))
  }

  /** Lets no blocking call of any of them take longer. */
  async guardBy(milliseconds: number): Promise<void> {
    this.main.guardBy(milliseconds)
    await Promise.all([...this.#peers.values()].map((peer) => peer.guardBy(milliseconds)))
  }

  /** What is left that should not be, once everyone has forgotten everyone: nothing, after a while. */
  async leftovers(): Promise<unknown[]> {
    await Promise.all([...this.#peers.values()].map((peer) => peer.forget()))
    this.main.forget()
    this.#peers.clear()
    let last: unknown[] = []
    for (let round = 0; round < ROUNDS; round++) {
      last = await this.#left()
      if (last.length === 0) break
      await turn()
    }
    return last
  }

  async #left(): Promise<unknown[]> {
    collect()
    await turn()
    const all: unknown[] = []
    for (const [name, context] of this.#contexts) {
      // What asks for this is a call itself, on the worker's side.
      for (const { peer, isParent, ...counts } of await context.remote.left()) {
        if (isParent) counts.serving--
        if (!isEmpty(counts)) all.push({ thread: name, peer, ...counts })
      }
    }
    for (const [name, context] of this.#contexts) {
      const { exports, imports, pending, serving, held } = context.stats()
      const counts = { exports, imports, pending, serving, held }
      if (!isEmpty(counts)) all.push({ thread: 'main', peer: name, ...counts })
    }
    return all
  }

  async close(): Promise<void> {
    await Promise.all([...this.#contexts.values()].map((context) => context.close()))
  }
}

function isEmpty(counts: object): boolean {
  return Object.values(counts).every((count) => count === 0)
}

function found<T>(map: ReadonlyMap<string, T>, name: string): T {
  const value = map.get(name)
  if (value === undefined) throw new Error(`there is no thread "${name}"`)
  return value
}
