/**
 * The classes and transformers that a program registered so that their instances cross as copies.
 *
 * The registry is superjson's own. It is one per heap: both contexts register the same class under the
 * same name, as superjson's users know it.
 */
import SuperJSON from 'superjson'
import { refuseOption } from './errors.ts'

const registry = new SuperJSON()

/** A transformer of `registerCustom`: how instances of one kind become data and come back. */
export interface CustomTransformer<Value, Data> {
  isApplicable(value: unknown): value is Value
  serialize(value: Value): Data
  deserialize(data: Data): Value
}

/** A class whose instances can be copied. */
export type RegisteredClass = new (...parameters: never[]) => object

/**
 * Lets instances of a class cross as copies that keep their class. Register it, under the same
 * identifier, in every context that sends or receives them. An instance arrives without its constructor
 * having run.
 *
 * @param options an identifier other than the class's name, and the only properties that may cross.
 * @throws {TypeError} when `Class` is not a class.
 * @example
 * ```ts
 * registerClass(Money, { allowProps: ['amount', 'currency'] })
 * ```
 */
export function registerClass(
  Class: RegisteredClass,
  options: string | { readonly identifier?: string; readonly allowProps?: readonly string[] } = {},
): void {
  if (typeof Class !== 'function' || typeof Class.prototype !== 'object')
    refuseOption('Class', 'a class', Class)
  const identifier = typeof options === 'string' ? options : options.identifier
  const allowProps = typeof options === 'string' ? undefined : options.allowProps
  // superjson types a class by a constructor of any arguments and options by mutable, present keys; it calls and changes neither
  registry.registerClass(Class as unknown as Parameters<typeof registry.registerClass>[0], {
    ...(identifier === undefined ? {} : { identifier }),
    ...(allowProps === undefined ? {} : { allowProps: [...allowProps] }),
  })
}

/**
 * Lets values that a test recognizes cross as what `serialize` makes of them. Register it, under the
 * same name, on both sides. It applies to instances, not to plain objects, arrays or primitives.
 *
 * @throws {TypeError} when the transformer lacks one of its three functions.
 * @example
 * ```ts
 * registerCustom({ isApplicable: Decimal.isDecimal, serialize: String, deserialize: (s) => new Decimal(s) }, 'decimal')
 * ```
 */
export function registerCustom<Value, Data>(
  transformer: CustomTransformer<Value, Data>,
  name: string,
): void {
  for (const part of ['isApplicable', 'serialize', 'deserialize'] as const) {
    if (typeof transformer?.[part] !== 'function')
      refuseOption(`transformer.${part}`, 'a function', transformer?.[part])
  }
  if (typeof name !== 'string' || name === '')
    refuseOption('name', 'a name that is not empty', name)
  // superjson constrains Data to its JSON type; ours goes through the marshaller and may be any data
  registry.registerCustom(transformer as never, name)
  customNames.add(name)
}

const customNames = new Set<string>()

/** The identifier an instance's class is registered under. */
export function registeredIdentifier(Class: unknown): string | undefined {
  if (typeof Class !== 'function') return undefined
  return registry.classRegistry.getIdentifier(Class as never) // looked up by identity, never called
}

/** The class registered under an identifier, with the properties that may cross (all when `undefined`). */
export function registeredClass(
  identifier: string,
): { readonly prototype: object; readonly allowProps: readonly string[] | undefined } | undefined {
  const Class = registry.classRegistry.getValue(identifier)
  if (Class === undefined) return undefined
  return {
    prototype: Class.prototype as object,
    allowProps: registry.classRegistry.getAllowedProps(Class),
  }
}

/** The transformer that applies to a value, and its name. */
export function customFor(
  value: object,
): { readonly name: string; serialize(value: unknown): unknown } | undefined {
  if (customNames.size === 0) return undefined
  return registry.customTransformerRegistry.findApplicable(value)
}

/** The transformer of a name. */
export function customNamed(name: string): { deserialize(data: unknown): unknown } | undefined {
  if (!customNames.has(name)) return undefined
  return registry.customTransformerRegistry.findByName(name) as
    | { deserialize(data: unknown): unknown }
    | undefined // superjson's own JSON type, see registerCustom
}
