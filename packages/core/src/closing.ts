/**
 * Ending a session or a context because someone asked for it: at once, or when what is pending is done.
 */
import { servedHere } from './current-call.ts'
import { refuseOption } from './errors.ts'
import type { SessionCore } from './session.ts'

/** How a session or a context is closed. */
export interface CloseOptions {
  /** Let our pending calls finish first, those they lead to, and what is leased of a view between the two. Default: false. */
  readonly drain?: boolean
  /** How long to wait for them, in milliseconds. Default: as long as they take. */
  readonly timeout?: number
}

export class Closing {
  readonly #core: SessionCore
  readonly #after: () => Promise<void>
  #ending: Promise<void> | undefined

  /** @param after what is left to do when the session has ended, as ending the heap behind it */
  constructor(core: SessionCore, after: () => Promise<void>) {
    this.#core = core
    this.#after = after
  }

  /**
   * May be called any number of times: one that does not drain cuts short one that does. Within a call that this very
   * session serves, draining goes on behind: that call is one of those waited for.
   */
  async close(options: CloseOptions = {}): Promise<void> {
    checkClose(options)
    const { drain = false } = options
    this.#ending ??= this.#end(options)
    if (!drain) this.#core.close()
    else if (servedHere()?.session === this.#core.references) {
      this.#ending.catch((error: unknown) => this.#core.outgoing.report(error))
      return
    }
    await this.#ending
  }

  async #end({ drain = false, timeout }: CloseOptions): Promise<void> {
    if (drain) await this.#core.outgoing.drained(timeout)
    this.#core.close()
    await this.#after()
  }
}

function checkClose(options: CloseOptions): void {
  if (typeof options !== 'object' || options === null) refuseOption('options', 'an object', options)
  const { drain, timeout } = options
  if (drain !== undefined && typeof drain !== 'boolean')
    refuseOption('drain', 'true or false', drain)
  if (timeout !== undefined && !(typeof timeout === 'number' && timeout > 0))
    refuseOption('timeout', 'a positive number of milliseconds', timeout)
}
