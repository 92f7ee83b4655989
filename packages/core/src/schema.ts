/**
 * Validators before and after a method: what a peer sends reaches the method as the validator gives it, or not at all.
 *
 * A method that is checked is a proxy of the method. It stands in the method's place wherever a peer could come by it (read, called,
 * described, copied, sent back), so there is no way around it; the owner's own code goes on calling the method itself.
 */
import { isAwaitable } from './awaitable.ts'
import { type Served, serve, servedHere } from './current-call.ts'
import { refuseOption, SchemaError, type SchemaIssue } from './errors.ts'
import { describeDataPath } from './marshal/refusal.ts'
import type { AnyClass, AnyFunction } from './types/pass-kind.ts'
import type { StandardIssue, StandardResult, StandardSchema } from './types/standard-schema.ts'

/** A validator of a whole list of arguments, or one for each of them. */
type ArgumentsSchema<Args extends readonly unknown[]> =
  | StandardSchema<unknown, Args>
  | { readonly [Index in keyof Args]: StandardSchema<unknown, Args[Index]> }

/**
 * What a method takes and gives. Any validator will do that follows Standard Schema, as those of zod, valibot and arktype.
 */
export interface MethodSchema<Args extends readonly unknown[] = never> {
  /**
   * Of the list of arguments, or of each: then there may be no more of them, and one that was left out is `undefined` for its validator. What
   * the validators give is what the method gets.
   */
  readonly args?: ArgumentsSchema<Args>
  /** Of what the method gives, when that is here. What the validator gives is what crosses. */
  readonly result?: StandardSchema<unknown, unknown>
}

/** What a function or a class takes. */
export type SchemaOf<F> = F extends (...args: infer Args) => unknown
  ? MethodSchema<Args>
  : F extends abstract new (
        ...args: infer Args
      ) => unknown
    ? MethodSchema<Args>
    : never

/** The names of what can be called or constructed. By `as`, an array is mapped as any other object. */
export type MethodName<T> = Extract<
  keyof {
    [Key in keyof T as NonNullable<T[Key]> extends AnyFunction | AnyClass ? Key : never]: unknown
  },
  keyof T
>

/** What every object literal inherits: as a name in one, it cannot be told from what is inherited. */
type OfEveryObject =
  | 'constructor'
  | 'hasOwnProperty'
  | 'isPrototypeOf'
  | 'propertyIsEnumerable'
  | 'toLocaleString'
  | 'toString'
  | 'valueOf'

/** Validators by the names of methods; of a function or a class itself, they are found under `args` and `result`. */
export type Schema<T> = {
  readonly [Key in Exclude<MethodName<T>, OfEveryObject>]?: SchemaOf<NonNullable<T[Key]>>
} & (T extends AnyFunction | AnyClass ? SchemaOf<T> : unknown)

type Validator = StandardSchema<unknown, unknown>

/** The validators of one method, as they were checked. */
export interface Checks {
  readonly args: Validator | readonly Validator[] | undefined
  readonly result: Validator | undefined
}

/** How many issues an error carries: a peer decides how much is wrong with what it sends. */
const MOST_ISSUES = 100

/**
 * The validators of one method.
 * @throws {TypeError} when they are none.
 */
export function checksFrom(given: unknown, name: string): Checks {
  if (typeof given !== 'object' || given === null || isValidator(given))
    refuseOption(name, 'an object of args and result', given)
  const { args, result } = given as { readonly args?: unknown; readonly result?: unknown }
  if (result !== undefined && !isValidator(result))
    refuseOption(`${name}.result`, 'a Standard Schema validator', result)
  if (!Array.isArray(args)) {
    if (args !== undefined && !isValidator(args))
      refuseOption(`${name}.args`, 'a Standard Schema validator, or a list of them', args)
    return { args, result }
  }
  const list = Array.from(args as readonly unknown[], (validator, index) =>
    isValidator(validator)
      ? validator
      : refuseOption(`${name}.args[${index}]`, 'a Standard Schema validator', validator),
  )
  return { args: list, result }
}

function isValidator(value: unknown): value is Validator {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false
  const standard: unknown = Reflect.get(value, '~standard')
  if (typeof standard !== 'object' || standard === null) return false
  const { version, validate } = standard as { readonly version?: unknown; validate?: unknown }
  return version === 1 && typeof validate === 'function'
}

/** A method in whose place its arguments and results are checked. */
export function checkedMethod<F extends AnyFunction | AnyClass>(
  method: F,
  name: string,
  checks: Checks,
): F {
  const checked = new Proxy(method, {
    apply: (target, self, args) =>
      // Called so, a class throws as it does anywhere.
      checkedCall(name, checks, args, (list) => Reflect.apply(target as AnyFunction, self, list)),
    construct: (target, args) => {
      const made = checkedCall(name, checks, args, (list) =>
        Reflect.construct(target as new (...args: never[]) => object, list),
      ) // it is constructed
      // Whoever constructs for a peer must know it from an instance that is itself a promise.
      if (made instanceof Promise) DELAYED.add(made)
      return made as object // a promise is one too
    },
  })
  UNCHECKED.set(checked, method)
  return checked
}

/** What is checked, by what stands in its place. */
const UNCHECKED = new WeakMap<object, object>()

/** The method in whose place this one stands; else itself. */
export function uncheckedOf<F extends AnyFunction>(method: F): F {
  return (UNCHECKED.get(method) as F | undefined) ?? method // of the same kind as it, see above
}

const DELAYED = new WeakSet<object>()

/** Is it the promise of an instance whose arguments take time to check? */
export function isDelayed(made: unknown): made is Promise<object> {
  return made instanceof Promise && DELAYED.has(made)
}

function checkedCall(
  name: string,
  { args, result }: Checks,
  given: readonly unknown[],
  run: (args: readonly unknown[]) => unknown,
): unknown {
  const checkResult = (value: unknown): unknown =>
    result === undefined
      ? value
      : then(validate(result, value), (said) => accepted(name, 'result', said))
  const perform = (list: readonly unknown[]): unknown => {
    const value = run(list)
    return result !== undefined && isAwaitable(value)
      ? Promise.resolve(value).then(checkResult)
      : checkResult(value)
  }
  if (args === undefined) return perform(given)
  const served = servedHere()
  const checked = checkArguments(name, args, given)
  return checked instanceof Promise
    ? checked.then((list) => resume(served, () => perform(list)))
    : perform(checked)
}

/** Goes on with a call whose arguments took time to check: still as that call, and not when its caller has given up meanwhile. */
function resume(served: Served | undefined, run: () => unknown): unknown {
  if (served === undefined) return run()
  const signal = served.view?.signal
  if (signal?.aborted === true) throw signal.reason
  return serve(served, run)
}

function checkArguments(
  name: string,
  validators: Validator | readonly Validator[],
  given: readonly unknown[],
): readonly unknown[] | Promise<readonly unknown[]> {
  if (!isList(validators)) {
    return then(validate(validators, [...given]), (said) => {
      const list = accepted(name, 'arguments', said)
      if (Array.isArray(list)) return list as readonly unknown[]
      throw new TypeError(`the validator of the arguments of ${name} must give a list`)
    })
  }
  if (given.length > validators.length) {
    const message = `there are ${given.length} arguments, and not more than ${validators.length} are taken`
    throw refusal(name, 'arguments', [{ message, path: [] }])
  }
  const said = validators.map((validator, index) => validate(validator, given[index]))
  const read = (results: readonly StandardResult<unknown>[]): readonly unknown[] => {
    const issues = results.flatMap(({ issues }, index) =>
      plainIssues(issues ?? []).map((issue) => ({ ...issue, at: index })),
    )
    if (issues.length > 0) {
      const placed = issues.map(({ at, message, path }) => ({ message, path: [at, ...path] }))
      throw refusal(name, 'arguments', placed)
    }
    const list = results.map((one) => ('value' in one ? one.value : undefined))
    // What was left out stays so, unless its validator gives something in its place.
    while (list.length > given.length && list.at(-1) === undefined) list.pop()
    return list
  }
  return said.some((one) => one instanceof Promise)
    ? Promise.all(said).then(read)
    : read(said as StandardResult<unknown>[]) // none of them is a promise
}

function isList(validators: Validator | readonly Validator[]): validators is readonly Validator[] {
  return Array.isArray(validators)
}

function validate(
  validator: Validator,
  value: unknown,
): StandardResult<unknown> | Promise<StandardResult<unknown>> {
  const said: unknown = validator['~standard'].validate(value)
  return isAwaitable(said)
    ? (Promise.resolve(said) as Promise<StandardResult<unknown>>)
    : (said as StandardResult<unknown>) // what the specification says it gives
}

/** The value that a validator gave. @throws {SchemaError} when it said what is wrong instead. */
function accepted(
  name: string,
  part: 'arguments' | 'result',
  said: StandardResult<unknown>,
): unknown {
  if (said.issues !== undefined) throw refusal(name, part, plainIssues(said.issues))
  return said.value
}

function refusal(
  name: string,
  part: 'arguments' | 'result',
  issues: readonly SchemaIssue[],
): SchemaError {
  const [first] = issues
  const where = describeDataPath(part, first?.path ?? [])
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return new SchemaError(
    `${part === 'result' ? 'the result' : 'the call'} of ${name} was refused: ${where}: ${first?.message ?? 'it is not valid'}${more}`,
    part,
    issues.slice(0, MOST_ISSUES),
  )
}

/** Issues as plain data: validators put more on theirs, the value that is wrong for one, and have lists of classes of their own. */
function plainIssues(issues: readonly StandardIssue[]): SchemaIssue[] {
  return Array.from(issues, ({ message, path = [] }) => ({
    message: String(message),
    path: Array.from(path, (segment) => {
      const key = typeof segment === 'object' ? segment.key : segment
      return typeof key === 'symbol' ? String(key) : key
    }),
  }))
}

function then<Value, Result>(
  value: Value | Promise<Value>,
  next: (value: Value) => Result,
): Result | Promise<Result> {
  return value instanceof Promise ? value.then(next) : next(value)
}
