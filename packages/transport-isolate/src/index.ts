export type { ModuleDefinition, ModuleSource, ResolveHook } from './modules.ts'
export { spawnIsolate, type SpawnIsolateOptions } from './spawn-isolate.ts'
