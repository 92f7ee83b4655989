export type { ModuleDefinition, ResolveHook } from './found-modules.ts'
export type { SpawnIsolateOptions } from './isolate-options.ts'
export type { ModuleSource } from './modules.ts'
export { spawnIsolate } from './spawn-isolate.ts'
