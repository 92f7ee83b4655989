export type { ModuleDefinition, ModuleSource, ResolveHook } from './modules.ts'
export { type SpawnIsolateOptions, spawnIsolate } from './spawn-isolate.ts'
