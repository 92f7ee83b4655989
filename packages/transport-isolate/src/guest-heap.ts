/**
 * A guest's isolate, as spawning sees it: a pipe to the runtime in it, and modules evaluated there. It lives in this process
 * or in one of its own.
 */
import type { Transport } from '@farhold/core'
import ivm from 'isolated-vm'
import { Boot, type GuestSettings } from './entry.ts'
import { compileGuest } from './guest-script.ts'
import { IsolateTransport } from './isolate-transport.ts'
import { IsolateModules, type ModuleFinder, type ModuleSource } from './modules.ts'

export interface GuestHeap {
  readonly transport: Transport
  /** Resolves when the isolate has been made; until then, what is sent waits. */
  readonly ready: Promise<void>
  /**
   * Evaluates a module, by its source or by its specifier. Its namespace is in the runtime under `key` when it has been evaluated, which a
   * top-level `await` may put off.
   * @param handed what waits for the namespace; until it settles, a module that fails late is heard of here
   * @throws whatever the module throws, and what is wrong with its text
   */
  evaluate(wanted: ModuleSource | string, key: string, handed: Promise<unknown>): Promise<void>
  /** Resolves when nothing of the guest runs any more. */
  ended(): Promise<void>
}

/** Everything about an isolate that is decided before it is made. */
export interface GuestPlan {
  readonly settings: GuestSettings
  /** The text of the guest runtime. */
  readonly runtime: string
  /** Megabytes. */
  readonly memoryLimit: number
  /** How long one stretch of guest execution may take, in milliseconds; `undefined` for no bound. */
  readonly timeout: number | undefined
  /** How long past that it may go on, where the engine cannot stop it, before the isolate is ended; in milliseconds. */
  readonly overdue: number
}

/** An isolate of this process, with the runtime in it. */
export class IsolateHeap implements GuestHeap {
  readonly transport: IsolateTransport
  readonly ready = Promise.resolve()
  readonly #modules: IsolateModules

  /** @param onStuck a thread of the isolate does not end; what this gives is called when it has ended after all */
  constructor(plan: GuestPlan, finder: ModuleFinder, onStuck: () => () => void) {
    const { settings, memoryLimit, timeout, overdue } = plan
    const isolate = new ivm.Isolate({
      memoryLimit,
      onCatastrophicError: () => this.transport.lost(),
    })
    const context = isolate.createContextSync()
    this.transport = new IsolateTransport({
      isolate,
      context,
      name: settings.name,
      memoryLimit,
      timeout,
      overdue,
      onStuck,
    })
    context.global.setSync(Boot.settings, JSON.stringify(settings))
    compileGuest(isolate, plan.runtime).runSync(context)
    this.transport.attach()
    this.#modules = new IsolateModules(isolate, context, finder, timeout)
  }

  async evaluate(
    wanted: ModuleSource | string,
    key: string,
    handed: Promise<unknown>,
  ): Promise<void> {
    const { transport } = this
    const late = Promise.withResolvers<never>()
    let probing: Promise<void> | undefined
    // A module that fails after its first `await` fails in a later entry, and only as a rejection no one handled.
    transport.onEntryEnd = () => {
      probing = transport.probe().catch(late.reject)
    }
    const evaluated = transport.returning(() => this.#modules.evaluate(wanted, key))
    try {
      await Promise.race([late.promise, Promise.all([handed, evaluated])])
      await transport.ended()
    } finally {
      transport.onEntryEnd = undefined
      await probing // until then no one could enter the isolate and wait
    }
  }

  ended(): Promise<void> {
    return this.transport.ended()
  }
}
