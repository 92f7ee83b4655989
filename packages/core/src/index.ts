export type { Writes } from './access.ts'
export type { CallOptions, HeldReference } from './call-options.ts'
export { type Channel, type ChannelSettings, channel } from './channel.ts'
export type { ChannelContexts, WaitOptions } from './channel-end.ts'
export type { Unbound } from './channel-hub.ts'
export type { Receiver } from './channel-receiver.ts'
export type { Sender } from './channel-sender.ts'
export type { CloseOptions } from './closing.ts'
export {
  connect,
  type ExposeOptions,
  expose,
  type Session,
  type SessionOptions,
} from './connect.ts'
export { type Context, contexts, type EvalOptions } from './context.ts'
export { type CopyEnd, copy } from './copy.ts'
export { type CurrentCall, currentCall } from './current-call.ts'
export { type ContextIdentity, currentContext } from './current-context.ts'
export {
  AccessDeniedError,
  CallTimeoutError,
  ChannelClosedError,
  ChannelNotEmptyError,
  type CloseReason,
  ContextClosedError,
  DeadlockError,
  type DeadlockStep,
  FarholdError,
  ItemOrphanedError,
  LimitExceededError,
  LockTimeoutError,
  MemoryLimitError,
  NotShareableError,
  ProtocolError,
  ReleasedError,
  SchemaError,
  type SchemaIssue,
  UnprotectedError,
  WouldBlockError,
} from './errors.ts'
export { remote, sync } from './flavour.ts'
export type { HeldLock } from './held.ts'
export { released } from './holders.ts'
export { immutable } from './immutable.ts'
export type { Leak } from './leaks.ts'
export type { Lease } from './lease.ts'
export type { Limits } from './limits.ts'
export {
  type LockManager,
  type LockManagerSnapshot,
  type LockOptions,
  type LockSyncOptions,
  lock,
  lockSync,
} from './lock.ts'
export { type LoopbackOptions, loopback } from './loopback.ts'
export { type ProxyOptions, proxy, transfer } from './marks.ts'
export type { NarrowingOptions } from './narrowing.ts'
export type { AbortSignalLike, CallSignal, Platform } from './platform.ts'
export type { OperationName, Policy, PolicyQuestion } from './policy.ts'
export { protect } from './protected.ts'
export type { LimitUse } from './quota.ts'
export type { LeaseMode } from './range-lock.ts'
export { contextOf, isProxy, RemoteReflect, snapshot } from './reflect.ts'
export { type CustomTransformer, registerClass, registerCustom } from './registry.ts'
export { release } from './release.ts'
export type { MethodSchema, Schema } from './schema.ts'
export { scope } from './scope.ts'
export type { LockInfo, Locks } from './served-locks.ts'
export type { SessionStats } from './session.ts'
export type { Batch, BatchReceiver, CodecName, Transport } from './transport.ts'
export type { KindOf, TypedArray } from './typed-arrays.ts'
export type { RemoteReference, SyncReference, wholeAs } from './types/brands.ts'
export type { Immutable } from './types/immutable.ts'
export type {
  Local,
  Proxied,
  Received,
  Remote,
  RemoteInstance,
  RemoteProperty,
  RemoteResult,
  Sendable,
} from './types/remote.ts'
export type { StandardIssue, StandardResult, StandardSchema } from './types/standard-schema.ts'
export type { Sync, SyncReceived } from './types/sync.ts'
export { type LeaseOptions, type View, type ViewRange, view } from './view.ts'
export { withOptions } from './with-options.ts'
