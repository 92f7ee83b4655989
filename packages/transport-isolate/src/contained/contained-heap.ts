/**
 * A guest's isolate in a process of its own, which it takes down alone.
 */
import {
  type CloseReason,
  expose,
  MemoryLimitError,
  ProtocolError,
  type Remote,
  type Session,
  type Transport,
} from '@farhold/core'
import { GUEST_LIMITS } from '@farhold/core/adapter'
import type { GuestHeap, GuestPlan } from '../guest-heap.ts'
import type { ModuleFinder, ModuleSource } from '../modules.ts'
import { childCommand } from './child-command.ts'
import type { ChildRoot, ParentRoot } from './child-roots.ts'
import { ChildLink } from './link.ts'
import type { ChildEnd } from './relay-messages.ts'

/** What the engine says when it ends a process for want of memory. */
const OUT_OF_MEMORY = /out of memory|allocation failed|heap limit/i

/** Reasons that an isolate can end for by itself. */
const OWN_ENDS: readonly CloseReason['kind'][] = ['disposed', 'memory', 'error', 'protocol']

export class ContainedHeap implements GuestHeap {
  readonly #plan: GuestPlan
  readonly #link: ChildLink
  readonly #control: Session<ChildRoot>
  readonly #ready: Promise<void>

  /** @param messageSize characters that the guest may send at once */
  constructor(plan: GuestPlan, finder: ModuleFinder, messageSize: number) {
    this.#plan = plan
    const { name } = plan.settings
    this.#link = new ChildLink({
      name,
      command: childCommand(plan.memoryLimit),
      // More than any batch that the session would take, of up to three bytes a character. What moves beside it was in the guest's memory.
      limits: { text: 6 * messageSize + 2 ** 20, buffers: (plan.memoryLimit + 1) * 2 ** 20 },
      reasonOf: (end) => this.#reasonOf(end),
    })
    const root: ParentRoot = {
      find: (specifier, referrer) => finder.find(specifier, referrer),
      stash: (key, object) => finder.stash(key, object),
      ended: ({ kind, error }) => {
        this.#link.fail({ kind: OWN_ENDS.includes(kind) ? kind : 'error', error })
      },
    }
    this.#control = expose(root, this.#link.control, {
      peerName: name,
      limits: GUEST_LIMITS,
      writes: 'none',
      exposeStacks: false,
      onError: () => undefined,
    }) as Session<ChildRoot> // what the child exposes
    this.#ready = this.#start()
    this.#ready.catch(() => undefined) // whoever awaits it hears of it
  }

  /** Resolves when the isolate has been made. */
  get ready(): Promise<void> {
    return this.#ready
  }

  get transport(): Transport {
    return this.#link.guest
  }

  async evaluate(
    wanted: ModuleSource | string,
    key: string,
    handed: Promise<unknown>,
  ): Promise<void> {
    // Of what is handed over, the child needs to know that it was.
    const settled = handed.then(() => undefined)
    settled.catch(() => undefined)
    await this.#link.loading(async () => {
      await this.#child.evaluate(wanted, key, settled)
    })
  }

  ended(): Promise<void> {
    return this.#link.gone
  }

  get #child(): Remote<ChildRoot> {
    return this.#control.remote
  }

  async #start(): Promise<void> {
    try {
      await this.#child.start(this.#plan)
    } catch (error) {
      this.#link.fail({ kind: 'error', error })
      throw error
    }
  }

  #reasonOf({ exitCode, signal, said, error, malformed }: ChildEnd): CloseReason {
    const { settings, memoryLimit } = this.#plan
    if (OUT_OF_MEMORY.test(said))
      return { kind: 'memory', error: new MemoryLimitError(settings.name, memoryLimit) }
    if (malformed !== undefined) return { kind: 'protocol', error: new ProtocolError(malformed) }
    if (error !== undefined) return { kind: 'error', error: new Error(error) }
    if (exitCode !== null) return { kind: 'exit', exitCode }
    return { kind: 'error', error: new Error(`its process was ended by ${signal ?? 'the system'}`) }
  }
}
