/**
 * Module namespaces on their way: the host compiles and evaluates modules, and a small module of its own hands the
 * namespace over here, under a key, when evaluation has come to its end.
 */
export class Namespaces {
  readonly #arrived = new Map<string, PromiseWithResolvers<object>>()
  readonly #stashed = new Map<string, object>()

  /** The namespace of a key, when it is here. Asked for once. */
  get(key: string): Promise<object> {
    return this.#entry(key).promise.finally(() => this.#arrived.delete(key))
  }

  /** A module will hand nothing over: it failed. */
  abandon(key: string): void {
    this.#arrived.get(key)?.reject(new Error('the module was not evaluated'))
  }

  /** A module of the host's hands a namespace over. */
  readonly adopt = (key: string, namespace: object): void => {
    this.#entry(key).resolve({ namespace }.namespace)
  }

  /** Keeps values for a module of the host's that will export them. */
  stash(key: string, values: object): void {
    this.#stashed.set(key, values)
  }

  /** A module of the host's takes the values it exports, once. */
  readonly take = (key: string): object | undefined => {
    const values = this.#stashed.get(key)
    this.#stashed.delete(key)
    return values
  }

  #entry(key: string): PromiseWithResolvers<object> {
    let entry = this.#arrived.get(key)
    if (entry === undefined) {
      entry = Promise.withResolvers<object>()
      this.#arrived.set(key, entry)
    }
    return entry
  }
}
