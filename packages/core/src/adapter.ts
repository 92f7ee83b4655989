/**
 * For authors of hosts: what a package needs that spawns heaps and connects them.
 */
export { type Agent, type AgentPlatform, createAgent } from './agent.ts'
export { checkPrefetch, checkTimeout } from './call-options.ts'
export { openSession } from './connect.ts'
export {
  type Context,
  createContext,
  grantsOf,
  nextContextId,
  type SpawnedHeap,
} from './context.ts'
export { heapLock } from './context-lock.ts'
export { becomeContext } from './current-context.ts'
export { refuseOption } from './errors.ts'
export { createRelationAgent, Family, PARENT, type RelationAgent } from './family.ts'
export { GUEST_LIMITS } from './limits.ts'
export { LockTaker, LockWord } from './lock-word.ts'
export { NO_ROOM, PlainReader, PlainWriter } from './plain-values.ts'
export { checkPolicy } from './policy.ts'
export type { EntryMark, SessionCore } from './session.ts'
