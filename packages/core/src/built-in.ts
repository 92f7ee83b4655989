/**
 * The classes of the language that a proxy of an instance shows as its own. They have the same names in every context,
 * where their prototypes are different objects; prototypes of other contexts never cross.
 */

/** What every engine has. */
const CLASSES: readonly { readonly name: string; readonly prototype: object }[] = [
  Object,
  Function,
  Array,
  Map,
  Set,
  WeakMap,
  WeakSet,
  WeakRef,
  Date,
  RegExp,
  Promise,
  Error,
  AggregateError,
  EvalError,
  RangeError,
  ReferenceError,
  SyntaxError,
  TypeError,
  URIError,
  ArrayBuffer,
  DataView,
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
]

const PROTOTYPES = new Map<unknown, object | null>([
  [null, null],
  ...CLASSES.map(({ name, prototype }): [string, object] => [name, prototype]),
])

const NAMES = new Map(CLASSES.map(({ name, prototype }) => [prototype, name]))

/** The name of the built-in class that this is the prototype of. */
export function nameOfBuiltIn(prototype: object): string | undefined {
  return NAMES.get(prototype)
}

/** The prototype of a built-in class by name; the owner's own classes look like plain objects. */
export function prototypeNamed(name: unknown): object | null {
  const found = PROTOTYPES.get(name)
  return found === undefined ? Object.prototype : found
}
