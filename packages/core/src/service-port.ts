/**
 * How a form of something that is at home in some context (see `presence.ts`) asks what is at home there: a call of the session to another context; and
 * where both are in one, the method itself.
 */
import { blockHere } from './block-here.ts'
import type { CallParticulars } from './call-options.ts'
import { CallTimeoutError, ContextClosedError, WouldBlockError } from './errors.ts'
import type { Handle } from './handle.ts'
import { ambientPlatform } from './platform.ts'
import { Operation } from './protocol.ts'
import { Later, type Service } from './service.ts'
import { whileWaiting } from './turn.ts'

/** When whoever asks gives up. */
export type AskingOptions = Pick<CallParticulars, 'signal' | 'timeout'>

export interface ServicePort {
  /** Can this thread wait for an answer? */
  readonly canBlock: boolean
  /** Asks, and gives a promise of the answer. */
  ask(method: string, args: readonly unknown[], options?: AskingOptions): Promise<unknown>
  /** Asks, and blocks this thread until the answer is here. @throws {WouldBlockError} when it cannot be waited for here. */
  askSync(method: string, args: readonly unknown[], options?: AskingOptions): unknown
  /** Says something that has no answer. */
  tell(method: string, args: readonly unknown[]): void
}

const NO_OPTIONS: AskingOptions = Object.freeze({})

/** What is at home in another context. */
export class ServiceThere implements ServicePort {
  readonly #handle: () => Handle

  /** @param handle what stands for it: an import, or the answer that will bring it */
  constructor(handle: () => Handle) {
    this.#handle = handle
  }

  get canBlock(): boolean {
    return this.#handle().session.blocks
  }

  ask(method: string, args: readonly unknown[], options = NO_OPTIONS): Promise<unknown> {
    const handle = this.#handle()
    return handle.session
      .request(Operation.call, handle, [method], args, options, 'remote')
      .promise()
  }

  askSync(method: string, args: readonly unknown[], options = NO_OPTIONS): unknown {
    const handle = this.#handle()
    return handle.session.requestSync(Operation.call, handle, [method], args, 0, options)
  }

  tell(method: string, args: readonly unknown[]): void {
    let handle: Handle
    try {
      handle = this.#handle()
    } catch {
      return // It never came to be; whoever asked has been told.
    }
    if (handle.released || handle.session.ended !== undefined) return
    const { session } = handle
    // Awaited, so that no answer is kept for us that someone would have to give up.
    session
      .request(Operation.call, handle, [method], args, NO_OPTIONS, 'remote')
      .promise()
      .catch((error: unknown) => {
        // What is gone, here or behind the context between, has nothing to be told.
        if (session.ended === undefined && !(error instanceof ContextClosedError))
          session.report(error)
      })
  }
}

/** What is at home in this context. */
export class ServiceHere implements ServicePort {
  readonly canBlock = true
  readonly #service: Service
  readonly #label: string

  /** @param label names it in messages */
  constructor(service: Service, label: string) {
    this.#service = service
    this.#label = label
  }

  async ask(method: string, args: readonly unknown[], options = NO_OPTIONS): Promise<unknown> {
    const { signal, timeout } = options
    if (signal?.aborted === true) throw signal.reason
    const answer = this.#call(method, args)
    if (!(answer instanceof Later)) return answer
    const { promise, resolve, reject } = Promise.withResolvers<unknown>()
    answer.answer({ succeed: resolve, fail: reject })
    if (!answer.isPending) return promise
    const giveUp = (error: unknown): void => {
      answer.callOff()
      reject(error)
    }
    const aborted = (): void => giveUp(signal?.reason)
    signal?.addEventListener('abort', aborted, { once: true })
    const timer =
      timeout === undefined || timeout === Infinity
        ? undefined
        : ambientPlatform.setTimeout?.(() => giveUp(this.#late(method, timeout)), timeout)
    try {
      return await whileWaiting(promise)
    } finally {
      signal?.removeEventListener('abort', aborted)
      if (timer !== undefined) ambientPlatform.clearTimeout?.(timer)
    }
  }

  askSync(method: string, args: readonly unknown[], options = NO_OPTIONS): unknown {
    const { signal, timeout } = options
    const isAborted = (): boolean => signal?.aborted === true
    if (isAborted()) throw signal?.reason
    const answer = this.#call(method, args)
    if (!(answer instanceof Later)) return answer
    const found: { value?: unknown; error?: { readonly error: unknown } } = {}
    answer.answer({
      succeed: (value) => {
        found.value = value
      },
      fail: (error) => {
        found.error = { error }
      },
    })
    // Whoever is served meanwhile may abort it.
    const isOver = (): boolean => !answer.isPending || isAborted()
    const how = isOver() ? 'done' : blockHere(isOver, timeout)
    if (answer.isPending) {
      answer.callOff()
      if (isAborted()) throw signal?.reason
      if (how === 'late' && timeout !== undefined) throw this.#late(method, timeout)
      throw new WouldBlockError(
        `"${this.#label}.${method}"`,
        'no other thread is there that could end the wait while this one is blocked.',
      )
    }
    if (found.error !== undefined) throw found.error.error
    return found.value
  }

  tell(method: string, args: readonly unknown[]): void {
    this.#call(method, args)
  }

  #call(method: string, args: readonly unknown[]): unknown {
    const found: unknown = Reflect.get(this.#service, method)
    if (typeof found !== 'function') throw new TypeError(`${this.#label} has no method ${method}`)
    return Reflect.apply(found, this.#service, args)
  }

  #late(method: string, timeout: number): CallTimeoutError {
    return new CallTimeoutError(`"${this.#label}.${method}"`, timeout)
  }
}
