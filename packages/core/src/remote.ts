/**
 * The asynchronous proxy. Every trap becomes one operation of the session; nothing is remembered here.
 *
 * Three kinds share the handler below: an object of the peer (never thenable by itself, so that it can be
 * the value of a promise), a path from one (`await` reads it), and an answer that has not arrived.
 */
import { isForbidden } from './access.ts'
import type { CallParticulars } from './call-options.ts'
import { ReleasedError } from './errors.ts'
import { refuseToExtend } from './extending.ts'
import { type Handle, Import } from './handle.ts'
import { describeStandIn, INSPECT, inspectable } from './inspection.ts'
import { Operation } from './protocol.ts'
import { releaseStandIn } from './release.ts'
import { withoutFrames } from './stacks.ts'
import { keepStandIn, type StandIn, stampStandIn, standInOf } from './stand-in.ts'
import { turnHere, whileWaiting } from './turn.ts'

/** The proxy of an object of the peer; the same one while it is held. */
export function remoteOf(imported: Import): object {
  imported.remote ??= createKept(imported)
  return imported.remote
}

function createKept(imported: Import): object {
  const traps = new RemoteTraps(imported, NO_PATH, undefined)
  const proxy = new Proxy(TARGET, traps)
  keepStandIn(proxy, traps)
  return proxy
}

const NO_PATH: readonly PropertyKey[] = Object.freeze([])

/** A proxy of what a handle leads to by a path. */
export function createRemote(
  handle: Handle,
  path: readonly PropertyKey[],
  options?: CallParticulars,
): object {
  const traps = new RemoteTraps(handle, path, options)
  const proxy = new Proxy(TARGET, traps)
  stampStandIn(proxy, traps)
  return proxy
}

/**
 * The target of every Remote: nothing is ever written to it. Bound, so that it can be called and constructed
 * and has no property that a trap must report.
 */
const TARGET: () => void = Object.setPrototypeOf(
  function blank() {}.bind(undefined),
  inspectable,
) as () => void // setPrototypeOf gives what it was given

/** Is this an object of the peer itself, and not a way to one? */
function isSettled(standIn: StandIn): boolean {
  return standIn.handle instanceof Import && standIn.path.length === 0
}

function mayBeClass(standIn: StandIn): boolean {
  return !(isSettled(standIn) && (standIn.handle as Import).kind !== 'function') // a settled handle is an import
}

function promiseOf(standIn: StandIn): Promise<unknown> {
  const { handle, path, options } = standIn
  if (path.length > 0) {
    if (handle.released) return Promise.reject(new ReleasedError(describeStandIn(standIn)))
    return whileWaiting(
      handle.session.request(Operation.get, handle, path, undefined, options).promise(),
    )
  }
  return whileWaiting((handle as Exclude<Handle, Import>).promise()) // an import without a path has no `then`
}

/** One proxy's traps, which are its state as well. Hot path, guarded by `bench/`, row `1000 in flight`. */
class RemoteTraps implements ProxyHandler<() => void>, StandIn {
  readonly handle: Handle
  readonly path: readonly PropertyKey[]
  readonly options: CallParticulars | undefined

  constructor(handle: Handle, path: readonly PropertyKey[], options: CallParticulars | undefined) {
    this.handle = handle
    this.path = path
    this.options = options
  }

  get flavour(): 'remote' {
    return 'remote'
  }

  get(_target: unknown, key: PropertyKey): unknown {
    if (typeof key === 'symbol') return symbolProperty(this, key)
    switch (key) {
      case 'then':
        if (isSettled(this)) return undefined
        return (
          onFulfilled?: (value: unknown) => unknown,
          onRejected?: (error: unknown) => unknown,
        ) => promiseOf(this).then(onFulfilled, onRejected)
      case 'catch':
        if (isSettled(this)) break
        return (onRejected?: (error: unknown) => unknown) => promiseOf(this).catch(onRejected)
      case 'finally':
        if (isSettled(this)) break
        return (onFinally?: () => void) => promiseOf(this).finally(onFinally)
      case 'toJSON':
        return undefined
      case 'toString':
      case 'toLocaleString':
      case 'valueOf':
        return () => describeStandIn(this)
    }
    // Read by `extends`, which is to come as far as `super()`, where it can be said why that cannot be.
    if (key === 'prototype' && mayBeClass(this)) return null
    if (isForbidden(key)) return undefined
    return createRemote(this.handle, [...this.path, key], this.options)
  }

  set(_target: unknown, key: PropertyKey, value: unknown): boolean {
    send(this, Operation.set, key, [value])
    return true
  }

  deleteProperty(_target: unknown, key: PropertyKey): boolean {
    send(this, Operation.deleteProperty, key, undefined)
    return true
  }

  apply(_target: unknown, _self: unknown, args: unknown[]): object {
    const { handle, path, options } = this
    const call = handle.session.request(Operation.call, handle, path, args, options)
    return createRemote(call, NO_PATH, options)
  }

  construct(_target: unknown, args: unknown[], newTarget: unknown): object {
    if (standInOf(newTarget) !== this) refuseToExtend(this)
    const { handle, path, options } = this
    const call = handle.session.request(Operation.construct, handle, path, args, options)
    return createRemote(call, NO_PATH, options)
  }

  defineProperty(): never {
    throw new TypeError(
      'a Remote defines properties by RemoteReflect.defineProperty, which returns a promise',
    )
  }

  setPrototypeOf(): boolean {
    return false
  }

  preventExtensions(): boolean {
    return false
  }

  getPrototypeOf(): null {
    return null
  }

  has(): boolean {
    return false
  }

  ownKeys(): string[] {
    return []
  }

  getOwnPropertyDescriptor(): undefined {
    return undefined
  }
}

/** An operation that no one waits for: in order with the calls around it, its failure reported to the session. */
function send(standIn: StandIn, operation: Operation, key: PropertyKey, args: unknown): void {
  const { handle, path, options } = standIn
  const { session } = handle
  session
    .request(operation, handle, [...path, key], args, options)
    .promise()
    .then((done) => {
      if (done === false) session.report(notChanged(standIn, operation, key))
    })
    .catch((error: unknown) => session.report(error))
}

/** What an assignment to a property that no one can write throws in a strict program. */
function notChanged(standIn: StandIn, operation: Operation, key: PropertyKey): TypeError {
  const property = typeof key === 'symbol' ? String(key) : JSON.stringify(key)
  const cannot = operation === Operation.set ? 'is read-only' : 'cannot be deleted'
  return withoutFrames(
    () => new TypeError(`property ${property} of ${describeStandIn(standIn)} ${cannot}`),
  )
}

/**
 * Disposes of what a proxy stands for: its owner runs the object's own disposer, the asynchronous one first, and the reference is
 * given up whatever comes of that.
 */
async function disposeOf(standIn: StandIn): Promise<void> {
  const { handle, path, options } = standIn
  if (handle.released || handle.session.ended !== undefined) return
  try {
    const whole = [...path, Symbol.asyncDispose]
    await handle.session.request(Operation.call, handle, whole, [], options).promise()
  } finally {
    releaseStandIn(standIn)
  }
}

function symbolProperty(standIn: StandIn, key: symbol): unknown {
  switch (key) {
    case Symbol.asyncIterator:
      return () => {
        const { handle, path, options } = standIn
        const items = handle.session.iterate(handle, path, options)
        return turnHere()?.whileReading(items) ?? items
      }
    case Symbol.dispose:
      return () => releaseStandIn(standIn)
    case Symbol.asyncDispose:
      return () => disposeOf(standIn)
    case Symbol.hasInstance:
      return (): never => {
        throw new TypeError(
          `${describeStandIn(standIn)} is asked by instanceof, which does not wait for an answer: use a Sync of the class`,
        )
      }
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
  const { handle, options } = standIn
  return options === undefined ? remoteOf(handle) : createRemote(handle, NO_PATH, options)
}
