/**
 * Promises of the engine's own that would settle between two entries: what waits for them would run outside of every
 * time limit. WebAssembly is compiled inside the entry that asks for it; an asynchronous wait does not exist.
 */

interface Compiler {
  readonly Module: new (bytes: unknown) => object
  readonly Instance: new (module: object, imports?: unknown) => object
}

export function settleWithinEntries(): void {
  Reflect.deleteProperty(Atomics, 'waitAsync')
  const assembly = Reflect.get(globalThis, 'WebAssembly') as Compiler | undefined // as its standard defines it
  if (assembly === undefined) return
  const { Module, Instance } = assembly
  const replacements = {
    compile: async (bytes: unknown) => new Module(bytes),
    instantiate: async (source: unknown, imports?: unknown) => {
      if (source instanceof Module) return new Instance(source, imports)
      const module = new Module(source)
      return { module, instance: new Instance(module, imports) }
    },
  }
  for (const [name, value] of Object.entries(replacements)) {
    Reflect.defineProperty(assembly, name, { value, writable: true, configurable: true })
  }
  for (const name of ['compileStreaming', 'instantiateStreaming'])
    Reflect.deleteProperty(assembly, name)
}
