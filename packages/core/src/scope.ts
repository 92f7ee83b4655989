/**
 * Everything that is received while a function runs, given up when it is over.
 *
 * What a call brings belongs to the scope the call was made in, and so does what a function that was passed within the
 * scope is called with while it lasts. An object that the program holds from elsewhere too is not the scope's to give up.
 */
import { AsyncSlot } from './async-slot.ts'
import type { PendingCall } from './calls.ts'
import type { Import } from './handle.ts'

export class Scope {
  readonly #outer: Scope | undefined
  readonly #imports = new Set<Import>()
  readonly #calls = new Set<PendingCall>()
  #over = false

  constructor(outer: Scope | undefined) {
    this.#outer = outer
  }

  /** The innermost scope around this that is not over, which is this one until it is. */
  get living(): Scope | undefined {
    return this.#over ? this.#outer?.living : this
  }

  /** A call was made in it. */
  made(call: PendingCall): void {
    if (this.#over) return
    this.#calls.add(call)
    // An answer that the owner does not keep needs no giving up.
    void call.settled().then(() => {
      if (!call.held) this.#calls.delete(call)
    })
  }

  /** Receives an object of a peer. One that was held before belongs to the outermost of the scopes it was received in. */
  receive(imported: Import, isNew: boolean): void {
    const owner = isNew ? this : this.#sharedWith(imported.scope)
    imported.scope = owner
    if (owner === undefined) return
    if (owner.#over) imported.session.giveUp(imported)
    else owner.#imports.add(imported)
  }

  /** The scope that both lie in; `undefined` when there is none but the program. */
  #sharedWith(other: Scope | undefined): Scope | undefined {
    for (let mine: Scope | undefined = this; mine !== undefined; mine = mine.#outer) {
      for (let theirs = other; theirs !== undefined; theirs = theirs.#outer) {
        if (theirs === mine) return mine
      }
    }
    return undefined
  }

  end(): void {
    this.#over = true
    for (const imported of this.#imports) {
      if (imported.scope === this) imported.session.giveUp(imported)
    }
    for (const call of this.#calls) call.finish()
    this.#imports.clear()
    this.#calls.clear()
  }
}

const current = new AsyncSlot<Scope | undefined>()

/** Runs what serves a call in the scope of what was called: in one heap the caller's own is around it. */
export function within<R>(scope: Scope | undefined, run: () => R): R {
  // Where heaps are apart there is nearly always none, inside and around.
  return current.get() === scope ? run() : current.run(scope, run)
}

/** The scope that this code runs in. */
export function scopeHere(): Scope | undefined {
  return current.get()
}

/**
 * Runs a function and releases, when it has settled, every proxy that was received inside: results of calls made in
 * it, answers that were never awaited, and what functions that it passed were called with. Proxies that were held before stay. What it
 * returns is released as well when it is such a proxy: return data, or `snapshot(proxy)`.
 *
 * In Node the scope reaches through every `await`. A platform that cannot follow asynchronous work (a guest, a browser) knows of the
 * calls made before the function's first `await` only; what is received later is left to the garbage collector.
 *
 * @throws whatever `fn` throws.
 * @example
 * ```ts
 * const total = await scope(async () => {
 *   let sum = 0
 *   for await (const order of shop.orders()) sum += await order.total
 *   return sum
 * }) // every order is released
 * ```
 */
export async function scope<R>(fn: () => R | PromiseLike<R>): Promise<R> {
  if (typeof fn !== 'function') throw new TypeError('scope() takes a function')
  const made = new Scope(current.get())
  try {
    return await current.run(made, fn)
  } finally {
    made.end()
  }
}
