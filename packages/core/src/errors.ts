/**
 * One class per failure, each with a literal `code`.
 *
 * What a newcomer gets wrong: an error that crossed a boundary is rebuilt from its code by
 * the marshaller without running a constructor, so a class may not keep state anywhere
 * but in own properties.
 */

/** What every error of this library extends; `code` says which failure it is, on any realm's copy. */
export abstract class FarholdError extends Error {
  abstract readonly code: string

  /** Puts `Name [CODE]` at the head of the stack, as Node does for its own errors. */
  protected label(): void {
    if (typeof this.stack !== 'string') return
    this.stack = this.stack.replace(/^[^\n:]*/, `${this.name} [${this.code}]`)
  }
}

/** Why a context or a session ended. */
export interface CloseReason {
  /**
   * `closed`: someone called close; `exit`: the thread ended; `error`: an uncaught error ended it;
   * `disposed`: the isolate was disposed of; `memory`: it ran out of memory; `protocol`: the peer sent
   * what is not the protocol; `transport`: the pipe between the two broke.
   */
  readonly kind: 'closed' | 'exit' | 'error' | 'disposed' | 'memory' | 'protocol' | 'transport'
  readonly exitCode?: number
  readonly error?: unknown
}

/** A call could not finish, or could not start, because the context that owns the object is gone. */
export class ContextClosedError extends FarholdError {
  override readonly name = 'ContextClosedError'
  readonly code = 'FARHOLD_CONTEXT_CLOSED'
  readonly reason: CloseReason['kind']
  readonly exitCode: number | undefined

  constructor(context: string, reason: CloseReason, during?: string, lost = 0) {
    const how = {
      closed: 'was closed',
      exit: `exited with code ${reason.exitCode ?? 'unknown'}`,
      error: `crashed: ${messageOf(reason.error)}`,
      disposed: 'was disposed of',
      memory: 'ran out of memory',
      protocol: `was cut off: ${messageOf(reason.error)}`,
      transport: `lost its connection${reason.error === undefined ? '' : `: ${messageOf(reason.error)}`}`,
    }[reason.kind]
    const calls = lost > 1 ? ` (${lost} calls lost)` : ''
    super(
      `context "${context}" ${how}${during === undefined ? '' : ` while "${during}" was running`}${calls}.`,
      reason.error === undefined ? undefined : { cause: reason.error },
    )
    this.reason = reason.kind
    this.exitCode = reason.exitCode
    this.label()
  }
}

/** A call, or a stretch of guest execution, took longer than it may. */
export class CallTimeoutError extends FarholdError {
  override readonly name = 'CallTimeoutError'
  readonly code = 'FARHOLD_CALL_TIMEOUT'
  /** How long it may have taken. */
  readonly milliseconds: number

  constructor(what: string, milliseconds: number, limit: 'timeout' | 'wallTimeout' = 'timeout') {
    super(`${what} took longer than its ${limit} of ${milliseconds} ms and was stopped.`)
    this.milliseconds = milliseconds
    this.label()
  }
}

/** A proxy was used after it had been released. */
export class ReleasedError extends FarholdError {
  override readonly name = 'ReleasedError'
  readonly code = 'FARHOLD_RELEASED'

  constructor(what: string) {
    super(`${what} was released and cannot be used any more. Ask its owner for it again.`)
    this.label()
  }
}

/** A value has no way to cross: not data, not marked, not registered. */
export class NotShareableError extends FarholdError {
  override readonly name = 'NotShareableError'
  readonly code = 'FARHOLD_NOT_SHAREABLE'
  /** Where the value was found, as in `arguments[0].lines[2].invoice`. */
  readonly path: string

  constructor(message: string, path: string) {
    super(message)
    this.path = path
    this.label()
  }
}

/** A peer asked for what it may not touch. The message names what was asked, never what exists. */
export class AccessDeniedError extends FarholdError {
  override readonly name = 'AccessDeniedError'
  readonly code = 'FARHOLD_ACCESS_DENIED'

  constructor(asked: string) {
    super(`${asked} is not accessible from another context.`)
    this.label()
  }
}

/** A write from outside to an object that its owner did not open for writing; nothing changed. */
export class UnprotectedError extends FarholdError {
  override readonly name = 'UnprotectedError'
  readonly code = 'FARHOLD_UNPROTECTED'

  /** @param part what of the object, as in `property "price"` */
  constructor(object: string, part: string) {
    super(
      `${part} of ${object} was not written: its owner does not accept writes from this context. Nothing changed.`,
    )
    this.label()
  }
}

/** One thing that a validator found wrong. */
export interface SchemaIssue {
  readonly message: string
  /** Where: for arguments, from the index of the argument. */
  readonly path: readonly (string | number)[]
}

/** The arguments or the result of a call are not what the owner's `schema` for its method takes. */
export class SchemaError extends FarholdError {
  override readonly name = 'SchemaError'
  readonly code = 'FARHOLD_SCHEMA'
  /** What was refused. The method did not run when it was the arguments; it has run when it was the result. */
  readonly part: 'arguments' | 'result'
  /** What the validator found wrong; no more than the first hundred. */
  readonly issues: readonly SchemaIssue[]

  constructor(message: string, part: 'arguments' | 'result', issues: readonly SchemaIssue[]) {
    super(message)
    this.part = part
    this.issues = issues
    this.label()
  }
}

/** Waiting here could never end, or the platform does not let this thread block. */
export class WouldBlockError extends FarholdError {
  override readonly name = 'WouldBlockError'
  readonly code = 'FARHOLD_WOULD_BLOCK'

  constructor(what: string, why: string) {
    super(`${what} cannot be waited for here: ${why}`)
    this.label()
  }
}

/** A lock was not to be had in time. */
export class LockTimeoutError extends FarholdError {
  override readonly name = 'LockTimeoutError'
  readonly code = 'FARHOLD_LOCK_TIMEOUT'
  /** How long it was waited for. */
  readonly milliseconds: number

  constructor(what: string, milliseconds: number) {
    super(
      `the lock of ${what} was not free within its timeout of ${milliseconds} ms. Nothing is held.`,
    )
    this.milliseconds = milliseconds
    this.label()
  }
}

/** One of those who wait for each other. */
export interface DeadlockStep {
  /** The context that holds the one and waits for the other. */
  readonly context: string
  readonly holds: string
  readonly waitsFor: string
  /** Where it was asked for, or what waits. */
  readonly where: string
}

/** A wait for a lock that could never end, because those who wait for each other are a circle. One of them gets this. */
export class DeadlockError extends FarholdError {
  override readonly name = 'DeadlockError'
  readonly code = 'FARHOLD_DEADLOCK'
  /** Who waits for whom, all around. */
  readonly cycle: readonly DeadlockStep[]

  constructor(cycle: readonly DeadlockStep[], advice = 'This request was chosen to fail.') {
    super(`${cycle.map(describeStep).join('; ')}. ${advice}`)
    this.cycle = cycle
    this.label()
  }

  /** Of someone who would wait for what it holds itself. */
  static ofUpgrade(step: DeadlockStep): DeadlockError {
    return new DeadlockError(
      [step],
      'A shared hold cannot become an exclusive one: ask for the exclusive one from the start.',
    )
  }
}

function describeStep({ context, holds, waitsFor, where }: DeadlockStep): string {
  return `"${context}" holds ${holds} and waits for ${waitsFor}${where === '' ? '' : ` (${where})`}`
}

/** A peer went past one of the limits of its session. The session lives on. */
export class LimitExceededError extends FarholdError {
  override readonly name = 'LimitExceededError'
  readonly code = 'FARHOLD_LIMIT_EXCEEDED'
  /** The name of the limit, as in `Limits`. */
  readonly limit: string

  constructor(limit: string, maximum: number, what: string) {
    super(`${what} is past the limit "${limit}" of ${maximum}.`)
    this.limit = limit
    this.label()
  }
}

/** An isolate used more memory than it may, and was ended. */
export class MemoryLimitError extends FarholdError {
  override readonly name = 'MemoryLimitError'
  readonly code = 'FARHOLD_MEMORY_LIMIT'

  constructor(context: string, megabytes: number) {
    super(`context "${context}" used more than its ${megabytes} MB of memory and was ended.`)
    this.label()
  }
}

/** An end of a channel was used that is closed: nothing can be sent any more, or nothing is left to receive. */
export class ChannelClosedError extends FarholdError {
  override readonly name = 'ChannelClosedError'
  readonly code = 'FARHOLD_CHANNEL_CLOSED'

  /** @param what as in `send()` */
  constructor(what: string, why: string) {
    super(`${what} is not possible: ${why}.`)
    this.label()
  }
}

/** A channel was to be closed by a receiver while items were in it. Nothing changed. */
export class ChannelNotEmptyError extends FarholdError {
  override readonly name = 'ChannelNotEmptyError'
  readonly code = 'FARHOLD_CHANNEL_NOT_EMPTY'
  /** How many items were in it. */
  readonly items: number

  constructor(items: number) {
    super(
      `the channel was not closed: ${items === 1 ? 'one item is' : `${items} items are`} in it. Receive them, or close({ force: true }) to drop them.`,
    )
    this.items = items
    this.label()
  }
}

/** The context that had sent an item ended before the item was received, and the channel's `unbound` is `'error'`. */
export class ItemOrphanedError extends FarholdError {
  override readonly name = 'ItemOrphanedError'
  readonly code = 'FARHOLD_ITEM_ORPHANED'
  /** The name of the context that had sent it. */
  readonly sender: string

  constructor(sender: string) {
    super(`an item was lost: context "${sender}", which had sent it, ended before it was received.`)
    this.sender = sender
    this.label()
  }
}

/** A peer sent what is not the protocol; its session ends. */
export class ProtocolError extends FarholdError {
  override readonly name = 'ProtocolError'
  readonly code = 'FARHOLD_PROTOCOL'

  constructor(detail: string) {
    super(`malformed message from a peer: ${detail}`)
    this.label()
  }
}

const CLASSES = [
  ContextClosedError,
  CallTimeoutError,
  ReleasedError,
  NotShareableError,
  AccessDeniedError,
  UnprotectedError,
  SchemaError,
  WouldBlockError,
  LimitExceededError,
  LockTimeoutError,
  DeadlockError,
  MemoryLimitError,
  ChannelClosedError,
  ChannelNotEmptyError,
  ItemOrphanedError,
  ProtocolError,
] as const

const CLASS_BY_NAME = new Map<string, { readonly prototype: FarholdError }>(
  CLASSES.map((Class) => [Class.name, Class]),
)

/** The prototype of one of the classes above, for an error that is rebuilt on this side. */
export function farholdErrorPrototype(name: string): object | undefined {
  return CLASS_BY_NAME.get(name)?.prototype
}

/** The message of anything that was thrown, without running code of a hostile value's class. */
function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message
  return typeof thrown === 'object' || typeof thrown === 'function'
    ? 'a value that is not an Error'
    : String(thrown)
}

/** Throws the `TypeError` of a wrong option: names it, and says what was expected and what was given. */
export function refuseOption(name: string, expected: string, given: unknown): never {
  const what =
    given === null
      ? 'null'
      : typeof given === 'string'
        ? JSON.stringify(given)
        : typeof given === 'object' || typeof given === 'function'
          ? `a ${typeof given}`
          : String(given)
  throw new TypeError(`option "${name}" must be ${expected}, not ${what}`)
}
