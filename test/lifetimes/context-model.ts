/**
 * One context of the model: the objects it owns, the proxies and answers it has kept, and what it lets its peers call.
 *
 * Every call carries the number of its record, so that the model knows what was asked, and the side that performs it
 * says so. What is kept here is what the program holds; all else may be collected.
 */
import { isProxy, proxy, type Session } from '@farhold/core'
import { type StandIn, standInOf } from '../../packages/core/src/stand-in.ts'
import type { CallRecord } from './call-record.ts'
import type { World } from './world.ts'

/** The name of an object of the model: its owner's, and a number. */
export type ObjectName = string

/** What a proxy stands for, as far as the model looks at it. */
export type Handle = StandIn['handle']

/** A proxy whose type is of no interest here. */
export type Far = {
  (...args: unknown[]): Far
  new (...args: unknown[]): Far
  readonly [key: string]: Far
}

export interface Kept {
  readonly name: ObjectName
  readonly proxy: object
}

/** An answer that was not awaited; it brings an object. */
export interface KeptAnswer {
  readonly record: CallRecord
  readonly proxy: object
}

export function handleOf(value: unknown): Handle | undefined {
  return standInOf(value)?.handle
}

export class ContextModel {
  readonly name: string
  readonly world: World
  /** One for each peer, by the peer's name. */
  readonly sessions = new Map<string, Session>()
  readonly own: { readonly name: ObjectName; readonly value: object }[] = []
  readonly kept: Kept[] = []
  readonly answers: KeptAnswer[] = []
  /** Proxies that were given up here. */
  readonly #stale = new WeakSet<object>()
  readonly root: object

  constructor(world: World, name: string) {
    this.world = world
    this.name = name
    this.root = this.#makeRoot()
  }

  peer(name: string): Far {
    return this.sessions.get(name)?.remote as unknown as Far
  }

  /** Was it given up here? What is still lent may have come back since, at a moment that only the library knows. */
  isStale(proxy: object): boolean {
    return this.#stale.has(proxy) && (handleOf(proxy) as { released?: boolean }).released === true
  }

  /** Notes that what a proxy stands for was given up. */
  gaveUp(proxy: object): void {
    this.#stale.add(proxy)
  }

  /** Takes an object of its own into the model, marked to cross by reference. */
  adopt<T extends object>(value: T): T {
    const name = `${this.name}${this.own.length}`
    this.own.push({ name, value })
    this.world.owners.set(name, this)
    this.world.names.set(value, name)
    return proxy(value, {
      released: () => this.world.hooks.set(name, (this.world.hooks.get(name) ?? 0) + 1),
    })
  }

  /**
   * An object has come in: the owner must see the object itself, anyone else the proxy that is held.
   * @param isFresh it was read from the wire this moment, so that nothing can have given it up since
   */
  arrive(name: ObjectName, value: unknown, isFresh: boolean, isKept: boolean): void {
    const { world } = this
    const owner = world.owners.get(name)
    if (owner === this) {
      const own = this.own.find((each) => each.name === name)
      if (own?.value !== value) world.wrong(`${name} came home to its owner as something else`)
      return
    }
    if (!isProxy(value)) {
      world.wrong(`${name} came to ${this.name} as ${typeof value}, and no proxy`)
      return
    }
    const found = value as object
    world.introduced.add(name)
    if (isFresh) this.#stale.delete(found)
    if (this.isStale(found)) return
    for (const kept of this.kept) {
      if (kept.name === name && kept.proxy !== found && !this.isStale(kept.proxy))
        world.wrong(`${name} is two proxies in ${this.name}`)
    }
    if (isKept) this.kept.push({ name, proxy: found })
  }

  /** What peers may call. */
  #makeRoot(): object {
    const side = this
    const { world } = this
    class Thing {
      constructor(call?: number) {
        side.adopt(this)
        if (call !== undefined) world.performed(call).brought = world.names.get(this)
      }

      touch(call: number, value: number): string {
        world.performed(call)
        return `${world.names.get(this)}:${value}`
      }

      self(call: number): this {
        world.performed(call).brought = world.names.get(this)
        return this
      }
    }
    for (let count = 0; count < 2; count++) new Thing()
    const touch = (call: number, value: number): string => {
      world.performed(call)
      return `${world.names.get(touch)}:${value}`
    }
    this.adopt(touch)
    return {
      Thing,
      make: (call: number) => {
        const made = new Thing()
        world.performed(call).brought = world.names.get(made)
        return made
      },
      get: (call: number, index: number) => {
        const own = this.own[index % this.own.length]
        world.performed(call).brought = own?.name
        return own?.value
      },
      /** An answer that comes when the schedule opens its gate. */
      later: async (call: number) => {
        const record = world.performed(call)
        await world.gate()
        const made = new Thing()
        record.brought = world.names.get(made)
        return made
      },
      /** Keeps those of the objects in its arguments whose bit is set. */
      take: (call: number, bits: number, ...items: unknown[]) => {
        const record = world.performed(call)
        const found = flatten(items)
        if (found.length !== record.sent.length)
          world.wrong(`call ${call} came with ${found.length} objects`)
        for (const [index, item] of found.entries()) {
          const isKept = (bits & (1 << index)) !== 0
          const nameOf = record.sent[index]
          const name = nameOf?.()
          if (item instanceof Promise) void this.#arriveLater(nameOf, item, isKept)
          else if (name === undefined) world.wrong(`call ${call} came before what it needs`)
          else {
            this.arrive(name, item, true, isKept)
            record.calleeHolds.push(item as object)
          }
        }
        return found.length
      },
      echo: (call: number, item: object) => {
        const record = world.performed(call)
        const name = record.sent[0]?.()
        if (name === undefined) world.wrong(`call ${call} came before what it needs`)
        else this.arrive(name, item, true, false)
        record.brought = name
        record.calleeHolds.push(item)
        return item
      },
      /** Calls back before it answers. */
      run: async (call: number, callback: Far, inner: number, value: number) => {
        const record = world.performed(call)
        this.arrive(record.sent[0]?.() ?? '', callback, true, false)
        record.calleeHolds.push(callback)
        return (await callback(inner, value)) as unknown
      },
    }
  }

  async #arriveLater(
    nameOf: (() => ObjectName | undefined) | undefined,
    item: Promise<unknown>,
    isKept: boolean,
  ): Promise<void> {
    this.world.underWay++
    try {
      const value = await item
      this.arrive(nameOf?.() ?? '', value, false, isKept)
    } catch (error) {
      // What it was to bring was given up before it was there.
      if ((error as Error).name !== 'ReleasedError')
        this.world.wrong(`a promise failed: ${String(error)}`)
    }
    this.world.underWay--
  }
}

/** The objects in nested data, in the order in which the model put them there. */
function flatten(value: unknown): unknown[] {
  if (value instanceof Promise || typeof value !== 'object' || value === null || isProxy(value))
    return [value]
  if (Array.isArray(value)) return value.flatMap(flatten)
  if (value instanceof Map) return [...value.values()].flatMap(flatten)
  if (value instanceof Set) return [...value].flatMap(flatten)
  if (Object.getPrototypeOf(value) === Object.prototype)
    return Object.values(value).flatMap(flatten)
  return [value]
}
