/**
 * What the host has for a guest that imports: the options `modules` and `resolve`.
 */
import { grantsOf, refuseOption, type SessionCore } from '@farhold/core/adapter'
import type { FoundModule, ModuleFinder, ModuleSource } from './modules.ts'

/** A module of an isolate: its source, or an object of the host whose properties it exports, by reference. */
export type ModuleDefinition = string | ModuleSource | Readonly<Record<string, unknown>>

/** Finds a module that is not among `modules`; `undefined` when there is none of that name. */
export type ResolveHook = (
  specifier: string,
  referrer: string,
) => ModuleDefinition | undefined | Promise<ModuleDefinition | undefined>

export class FoundModules implements ModuleFinder {
  readonly #modules: Readonly<Record<string, ModuleDefinition>>
  readonly #resolve: ResolveHook | undefined
  /** The objects whose properties modules export, by the number that stands for each. */
  readonly #objects: Readonly<Record<string, unknown>>[] = []
  #session: SessionCore | undefined

  constructor(
    modules: Readonly<Record<string, ModuleDefinition>> = {},
    resolve: ResolveHook | undefined,
  ) {
    this.#modules = modules
    this.#resolve = resolve
  }

  /** The session over which objects are handed to the guest. */
  attach(session: SessionCore): void {
    this.#session = session
  }

  async find(specifier: string, referrer: string): Promise<FoundModule | undefined> {
    const modules = this.#modules
    if (Object.hasOwn(modules, specifier)) {
      const definition = modules[specifier] as ModuleDefinition // it is there
      return this.#found('modules', specifier, definition)
    }
    const found = await this.#resolve?.(specifier, referrer)
    if (found === undefined || found === null) return undefined
    const isNamed = typeof found === 'object' && typeof found.filename === 'string'
    return this.#found('resolve', isNamed ? (found.filename as string) : specifier, found)
  }

  async stash(key: string, object: number): Promise<void> {
    const values = this.#objects[object]
    if (values === undefined) throw new Error('no module exports that object')
    await this.#session?.outgoing.ask('stash', [key, grantsOf(values, true)])
  }

  #found(origin: FoundModule['origin'], name: string, definition: ModuleDefinition): FoundModule {
    if (typeof definition === 'string') return { origin, name, source: definition }
    if (typeof definition !== 'object' || definition === null)
      refuseOption(`modules["${name}"]`, 'the source of a module, or an object', definition)
    if (typeof definition.source === 'string') return { origin, name, source: definition.source }
    const values = definition as Readonly<Record<string, unknown>> // what is no source is an object of the host
    let object = this.#objects.indexOf(values)
    if (object === -1) object = this.#objects.push(values) - 1
    return { origin, name, object, exports: Object.keys(values) }
  }
}
