/**
 * Modules inside an isolate: what a specifier means, and how a namespace gets to the guest runtime.
 *
 * A module that throws while it is evaluated is copied out natively by isolated-vm, outside of the time limit, so
 * evaluation is asynchronous and whoever waits for it has a bound of their own.
 */
import * as core from '@farhold/core'
import type ivm from 'isolated-vm'
import { Boot, INNER_MODULE } from './entry.ts'

/** The source of a module and what its stacks call it. */
export interface ModuleSource {
  readonly source: string
  readonly filename?: string
}

/** What the host has for a specifier: a source, or an object, by a number, whose properties the module exports. */
export type FoundModule = {
  /** Where it was found: what is in `modules` is one module, whoever imports it. */
  readonly origin: 'modules' | 'resolve'
  readonly name: string
} & ({ readonly source: string } | { readonly object: number; readonly exports: readonly string[] })

/** The host, as the modules of its guest need it. */
export interface ModuleFinder {
  /** `undefined` when there is no such module. */
  find(specifier: string, referrer: string): Promise<FoundModule | undefined>
  /** Has the values that an object's module will export kept in the runtime, under `key`. */
  stash(key: string, object: number): Promise<void>
}

/** What every isolate can import: this library, from the runtime that is already there. */
const CORE_MODULE = '@farhold/core'

export class IsolateModules {
  readonly #isolate: ivm.Isolate
  readonly #context: ivm.Context
  readonly #finder: ModuleFinder
  readonly #timeout: number | undefined
  readonly #inner: ivm.Module
  readonly #loaded = new Map<string, Promise<ivm.Module>>()
  readonly #nameOf = new WeakMap<ivm.Module, string>()
  #keys = 0

  /** Before any guest code has run: takes the runtime's functions into a module that only the host's own can import. */
  constructor(
    isolate: ivm.Isolate,
    context: ivm.Context,
    finder: ModuleFinder,
    timeout: number | undefined,
  ) {
    this.#isolate = isolate
    this.#context = context
    this.#finder = finder
    this.#timeout = timeout
    const inner = isolate.compileModuleSync(
      `const { adopt, take, core } = globalThis[${JSON.stringify(Boot.inner)}]; export { adopt, take, core }`,
      { filename: INNER_MODULE },
    )
    inner.instantiateSync(context, () => {
      throw new Error('the inner module imports nothing')
    })
    inner.evaluateSync()
    context.global.deleteSync(Boot.inner)
    this.#inner = inner
  }

  /** Evaluates a module of the guest, by its source or its specifier. Its namespace is in the runtime under `key` when it has been evaluated. */
  async evaluate(wanted: ModuleSource | string, key: string): Promise<void> {
    const module =
      typeof wanted === 'string'
        ? this.#load(wanted, 'host')
        : this.#compile(wanted.source, wanted.filename ?? 'guest.js')
    await this.#hand(await module, key)
  }

  async #hand(module: ivm.Module, key: string): Promise<void> {
    const wrapper = await this.#compile(
      `import * as namespace from 'guest'; import { adopt } from '${INNER_MODULE}'; adopt('${key}', namespace)`,
      'farhold:handover',
    )
    await wrapper.instantiate(this.#context, (specifier) => {
      if (specifier === 'guest') return this.#linked(module)
      return this.#inner
    })
    const timeout = this.#timeout
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
    if (specifier === CORE_MODULE) return this.#once(CORE_MODULE, () => this.#coreModule())
    return this.#once(`asked:${referrer}:${specifier}`, async () => {
      const found = await this.#finder.find(specifier, referrer)
      if (found === undefined) {
        throw new Error(
          `module "${specifier}", imported by ${referrer}, was not found: add it to the option "modules", or let "resolve" give its source`,
        )
      }
      return this.#once(`${found.origin}:${found.name}`, () => this.#define(found))
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

  async #define(found: FoundModule): Promise<ivm.Module> {
    const { name } = found
    if ('source' in found) return this.#compile(found.source, name)
    const key = `${++this.#keys}`
    await this.#finder.stash(key, found.object)
    return this.#ofHost(
      `const values = take('${key}'); ${exportsOf(found.exports, 'values')}`,
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
    await module.instantiate(this.#context, () => this.#inner)
    await module.evaluate()
    return module
  }

  async #compile(source: string, filename: string): Promise<ivm.Module> {
    const module = await this.#isolate.compileModule(source, { filename })
    this.#nameOf.set(module, filename)
    return module
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
