/**
 * The asynchronous proxy. Every trap becomes one operation of the session; nothing is remembered here.
 *
 * Three kinds share the handler below: an object of the peer (never thenable by itself, so that it can be
 * the value of a promise), a path from one (`await` reads it), and an answer that has not arrived.
 */
import { isForbidden } from './access.ts'
import { ReleasedError } from './errors.ts'
import { type Handle, Import, STAND_IN, type StandIn, standInOf } from './handle.ts'
import { describeStandIn, INSPECT, inspectable } from './inspection.ts'
import { markStandIn } from './marks.ts'
import { Operation } from './protocol.ts'
import { releaseStandIn } from './release.ts'

interface RemoteTarget {
  readonly [STAND_IN]: StandIn
}

/** The proxy of an object of the peer; the same one while it is held. */
export function remoteOf(imported: Import): object {
  imported.remote ??= createRemote(imported, NO_PATH)
  return imported.remote
}

const NO_PATH: readonly PropertyKey[] = Object.freeze([])

/** A proxy of what a handle leads to by a path. */
export function createRemote(handle: Handle, path: readonly PropertyKey[]): object {
  const standIn: StandIn = { handle, path, flavour: 'remote' }
  // Bound, so that it can be called and constructed and has no property that a trap must report.
  const target = Object.assign(blank.bind(undefined), { [STAND_IN]: standIn })
  Object.setPrototypeOf(target, inspectable)
  const proxy = new Proxy(target, HANDLER)
  markStandIn(proxy, standIn)
  return proxy
}

function blank(): void {}

/** Is this an object of the peer itself, and not a way to one? */
function isSettled(standIn: StandIn): boolean {
  return standIn.handle instanceof Import && standIn.path.length === 0
}

function promiseOf(standIn: StandIn): Promise<unknown> {
  const { handle, path } = standIn
  if (path.length > 0)
    return handle.session.request(Operation.get, handle, path, undefined).promise()
  return (handle as Exclude<Handle, Import>).promise() // an import without a path has no `then`
}

/** Shared by all proxies; the state is in each one's target. Hot path, guarded by `bench/`, row `add`. */
const HANDLER: ProxyHandler<RemoteTarget & (() => void)> = {
  get(target, key) {
    const standIn = target[STAND_IN]
    if (typeof key === 'symbol') return symbolProperty(standIn, key)
    switch (key) {
      case 'then':
        if (isSettled(standIn)) return undefined
        return (
          onFulfilled?: (value: unknown) => unknown,
          onRejected?: (error: unknown) => unknown,
        ) => promiseOf(standIn).then(onFulfilled, onRejected)
      case 'catch':
        if (isSettled(standIn)) break
        return (onRejected?: (error: unknown) => unknown) => promiseOf(standIn).catch(onRejected)
      case 'finally':
        if (isSettled(standIn)) break
        return (onFinally?: () => void) => promiseOf(standIn).finally(onFinally)
      case 'toJSON':
        return undefined
      case 'toString':
      case 'toLocaleString':
      case 'valueOf':
        return () => describeStandIn(standIn)
    }
    if (isForbidden(key)) return undefined
    return createRemote(standIn.handle, [...standIn.path, key])
  },

  set(target, key, value: unknown) {
    const { handle, path } = target[STAND_IN]
    send(handle, Operation.set, [...path, key], [value])
    return true
  },

  deleteProperty(target, key) {
    const { handle, path } = target[STAND_IN]
    send(handle, Operation.deleteProperty, [...path, key], undefined)
    return true
  },

  apply(target, _self, args: unknown[]) {
    const { handle, path } = target[STAND_IN]
    return createRemote(handle.session.request(Operation.call, handle, path, args), NO_PATH)
  },

  construct(target, args: unknown[]) {
    const { handle, path } = target[STAND_IN]
    return createRemote(handle.session.request(Operation.construct, handle, path, args), NO_PATH)
  },

  defineProperty() {
    throw new TypeError(
      'a Remote defines properties by RemoteReflect.defineProperty, which returns a promise',
    )
  },
  setPrototypeOf: () => false,
  preventExtensions: () => false,
  getPrototypeOf: () => null,
  has: () => false,
  ownKeys: () => [],
  getOwnPropertyDescriptor: () => undefined,
}

/** An operation that no one waits for: in order with the calls around it, its failure reported to the session. */
function send(
  handle: Handle,
  operation: Operation,
  path: readonly PropertyKey[],
  args: unknown,
): void {
  const { session } = handle
  session
    .request(operation, handle, path, args)
    .promise()
    .catch((error: unknown) => session.report(error))
}

function symbolProperty(standIn: StandIn, key: symbol): unknown {
  switch (key) {
    case Symbol.asyncIterator:
      return () => standIn.handle.session.iterate(standIn.handle, standIn.path)
    case Symbol.dispose:
      return () => releaseStandIn(standIn)
    case Symbol.asyncDispose:
      return async () => releaseStandIn(standIn)
    case Symbol.toPrimitive:
    case INSPECT:
      return () => describeStandIn(standIn)
    case Symbol.toStringTag:
      return 'Remote'
    default:
      return undefined
  }
}

/** The asynchronous proxy of what another proxy stands for. */
export function remoteFrom(value: object): object {
  const standIn = standInOf(value)
  if (standIn === undefined) throw new TypeError('remote() takes a proxy of another context')
  if (standIn.flavour === 'remote') return value
  if (!(standIn.handle instanceof Import))
    throw new TypeError('remote() takes a proxy of another context')
  if (standIn.handle.released) throw new ReleasedError(describeStandIn(standIn))
  return remoteOf(standIn.handle)
}
