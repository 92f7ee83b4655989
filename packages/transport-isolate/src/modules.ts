/**
 * Modules inside an isolate: what a specifier means, and how a namespace gets to the guest runtime.
 *
 * A module that throws while it is evaluated is copied out natively by isolated-vm, outside of the time limit, so
 * evaluation is asynchronous and whoever waits for it has a bound of their own.
 */
import * as core from '@farhold/core'
import { grantsOf, refuseOption, type SessionCore } from '@farhold/core/adapter'
import type ivm from 'isolated-vm'
import { Boot, INNER_MODULE } from './entry.ts'

/** The source of a module and what its stacks call it. */
export interface ModuleSource {
  readonly source: string
  readonly filename?: string
}

/** A module of an isolate: its source, or an object of the host whose properties it exports, by reference. */
export type ModuleDefinition = string | ModuleSource | Readonly<Record<string, unknown>>

/** Finds a module that is not among `modules`; `undefined` when there is none of that name. */
export type ResolveHook = (
  specifier: string,
  referrer: string,
) => ModuleDefinition | undefined | Promise<ModuleDefinition | undefined>

export interface ModuleOptions {
  readonly modules: Readonly<Record<string, ModuleDefinition>>
  readonly resolve: ResolveHook | undefined
  readonly timeout: number | undefined
}

/** What every isolate can import: this library, from the runtime that is already there. */
const CORE_MODULE = '@farhold/core'

export class IsolateModules {
  readonly #isolate: ivm.Isolate
  readonly #context: ivm.Context
  readonly #options: ModuleOptions
  readonly #loaded = new Map<string, Promise<ivm.Module>>()
  readonly #nameOf = new WeakMap<ivm.Module, string>()
  #session: SessionCore | undefined
  #inner: ivm.Module | undefined
  #keys = 0

  constructor(isolate: ivm.Isolate, context: ivm.Context, options: ModuleOptions) {
    this.#isolate = isolate
    this.#context = context
    this.#options = options
  }

  /** Hands the runtime's functions to a module that only the host's own modules can import. Before any guest code has run. */
  prepare(session: SessionCore): void {
    this.#session = session
    const inner = this.#isolate.compileModuleSync(
      `const { adopt, take, core } = globalThis[${JSON.stringify(Boot.inner)}]; export { adopt, take, core }`,
      { filename: INNER_MODULE },
    )
    inner.instantiateSync(this.#context, () => {
      throw new Error('the inner module imports nothing')
    })
    inner.evaluateSync()
    this.#context.global.deleteSync(Boot.inner)
    this.#inner = inner
  }

  /** A key for a namespace that is about to be handed over, so that it can be waited for before. */
  nextKey(): string {
    return `${++this.#keys}`
  }

  /** Evaluates a module of the guest. Its namespace is in the runtime under `key` when it has been evaluated. */
  async evaluate(definition: ModuleSource, key: string): Promise<void> {
    const module = await this.#compile(definition.source, definition.filename ?? 'guest.js')
    await this.#hand(module, key)
  }

  /** Evaluates a module by its specifier. */
  async evaluateNamed(specifier: string, key: string): Promise<void> {
    await this.#hand(await this.#load(specifier, 'host'), key)
  }

  async #hand(module: ivm.Module, key: string): Promise<void> {
    const wrapper = await this.#compile(
      `import * as namespace from 'guest'; import { adopt } from '${INNER_MODULE}'; adopt('${key}', namespace)`,
      'farhold:handover',
    )
    await wrapper.instantiate(this.#context, (specifier) => {
      if (specifier === 'guest') return this.#linked(module)
      return this.#innerModule()
    })
    const { timeout } = this.#options
    await wrapper.evaluate(timeout === undefined ? {} : { timeout })
  }

  /** A module with its imports found. */
  async #linked(module: ivm.Module): Promise<ivm.Module> {
    await module.instantiate(this.#context, (specifier, referrer) =>
      this.#load(specifier, this.#nameOf.get(referrer) ?? 'guest'),
    )
    return module
  }

  #load(specifier: string, referrer: string): Promise<ivm.Module> {
    const { modules, resolve } = this.#options
    if (specifier === CORE_MODULE) return this.#once(CORE_MODULE, () => this.#coreModule())
    if (Object.hasOwn(modules, specifier)) {
      return this.#once(`modules:${specifier}`, () =>
        this.#define(modules[specifier] as ModuleDefinition, specifier),
      )
    }
    return this.#once(`resolve:${referrer}:${specifier}`, async () => {
      const found = await resolve?.(specifier, referrer)
      if (found === undefined || found === null) {
        throw new Error(
          `module "${specifier}", imported by ${referrer}, was not found: add it to the option "modules", or let "resolve" give its source`,
        )
      }
      const name =
        typeof found === 'object' && typeof found.filename === 'string' ? found.filename : specifier
      return this.#once(`named:${name}`, () => this.#define(found, name))
    })
  }

  #once(key: string, make: () => Promise<ivm.Module>): Promise<ivm.Module> {
    let module = this.#loaded.get(key)
    if (module === undefined) {
      module = make()
      this.#loaded.set(key, module)
      module.catch(() => this.#loaded.delete(key))
    }
    return module
  }

  #define(definition: ModuleDefinition, name: string): Promise<ivm.Module> {
    if (typeof definition === 'string') return this.#compile(definition, name)
    if (typeof definition !== 'object')
      refuseOption(`modules["${name}"]`, 'the source of a module, or an object', definition)
    if (typeof definition.source === 'string') return this.#compile(definition.source, name)
    return this.#exporting(definition as Readonly<Record<string, unknown>>, name) // what is no source is an object of the host
  }

  /** A module that exports an object of the host, by reference. */
  async #exporting(values: Readonly<Record<string, unknown>>, name: string): Promise<ivm.Module> {
    const key = this.nextKey()
    await this.#session?.outgoing.ask('stash', [key, grantsOf(values, true)])
    return this.#ofHost(
      `const values = take('${key}'); ${exportsOf(Object.keys(values), 'values')}`,
      name,
    )
  }

  #coreModule(): Promise<ivm.Module> {
    return this.#ofHost(exportsOf(Object.keys(core), 'core'), CORE_MODULE)
  }

  /** A module of the host's own, which may import the inner one. */
  async #ofHost(source: string, name: string): Promise<ivm.Module> {
    const module = await this.#compile(
      `import { take, core } from '${INNER_MODULE}'; ${source}`,
      name,
    )
    await module.instantiate(this.#context, () => this.#innerModule())
    await module.evaluate()
    return module
  }

  async #compile(source: string, filename: string): Promise<ivm.Module> {
    const module = await this.#isolate.compileModule(source, { filename })
    this.#nameOf.set(module, filename)
    return module
  }

  #innerModule(): ivm.Module {
    if (this.#inner === undefined) throw new Error('modules were used before they were prepared')
    return this.#inner
  }
}

/** Export statements for names that may be no identifiers. */
function exportsOf(names: readonly string[], object: string): string {
  return names
    .map((name, index) =>
      name === 'default'
        ? `export default ${object}.default;`
        : `const v${index} = ${object}[${JSON.stringify(name)}]; export { v${index} as ${JSON.stringify(name)} };`,
    )
    .join('\n')
}
