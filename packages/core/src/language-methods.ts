/**
 * The methods of the language, which a peer can call on whatever it holds and which know nothing of what a peer may touch: those that write
 * to their object, those that call functions, those that look into what they are given.
 */

/** What all typed arrays, and what all iterators, inherit from. */
const typed = Object.getPrototypeOf(Uint8Array.prototype) as object
const iterator = Object.getPrototypeOf(Object.getPrototypeOf([].values())) as object

/** Where the platform has it. */
const eventTarget =
  (Reflect.get(globalThis, 'EventTarget') as { readonly prototype: object } | undefined)
    ?.prototype ?? {}

const takingThis = [
  'every',
  'filter',
  'find',
  'findIndex',
  'findLast',
  'findLastIndex',
  'flatMap',
  'forEach',
  'map',
  'some',
]
const setters = (prototype: object): string[] =>
  Object.getOwnPropertyNames(prototype).filter((name) => name.startsWith('set'))

const ALL = functionsOf(
  [
    Array.prototype,
    typed,
    Uint8Array.prototype,
    iterator,
    Map.prototype,
    Set.prototype,
    WeakMap.prototype,
    WeakSet.prototype,
    String.prototype,
    Number.prototype,
    BigInt.prototype,
    RegExp.prototype,
    Date.prototype,
    Promise.prototype,
    ArrayBuffer.prototype,
    DataView.prototype,
    Error.prototype,
    eventTarget,
  ].map((prototype) => [prototype, Reflect.ownKeys(prototype)] as const),
)

const WRITING = functionsOf([
  [
    Array.prototype,
    ['copyWithin', 'fill', 'pop', 'push', 'reverse', 'shift', 'sort', 'splice', 'unshift'],
  ],
  [typed, ['copyWithin', 'fill', 'reverse', 'set', 'sort']],
  [Uint8Array.prototype, ['setFromBase64', 'setFromHex']],
  [Map.prototype, ['clear', 'delete', 'getOrInsert', 'getOrInsertComputed', 'set']],
  [Set.prototype, ['add', 'clear', 'delete']],
  [WeakMap.prototype, ['delete', 'getOrInsert', 'getOrInsertComputed', 'set']],
  [WeakSet.prototype, ['add', 'delete']],
  [ArrayBuffer.prototype, ['resize', 'transfer', 'transferToFixedLength', 'transferToImmutable']],
  [RegExp.prototype, ['compile']],
  [Date.prototype, setters(Date.prototype)],
  [DataView.prototype, setters(DataView.prototype)],
  // What fails in a listener ends the process of whoever dispatches the event, and a peer's function may fail.
  [eventTarget, ['addEventListener', 'dispatchEvent']],
])

/** Functions that write to their first argument. */
const WRITING_TO_FIRST = functionsOf([
  [
    Object,
    [
      'assign',
      'defineProperties',
      'defineProperty',
      'freeze',
      'preventExtensions',
      'seal',
      'setPrototypeOf',
    ],
  ],
  [Reflect, ['defineProperty', 'deleteProperty', 'preventExtensions', 'set', 'setPrototypeOf']],
  [Error, ['captureStackTrace']],
])

const TAKING_THIS = functionsOf([
  [Array.prototype, takingThis],
  [typed, takingThis],
  [Map.prototype, ['forEach']],
  [Set.prototype, ['forEach']],
])

const KEEPING = functionsOf([
  [
    Array.prototype,
    [
      'fill',
      'includes',
      'indexOf',
      'lastIndexOf',
      'push',
      'splice',
      'toSpliced',
      'unshift',
      'with',
    ],
  ],
  [Map.prototype, ['delete', 'get', 'getOrInsert', 'has', 'set']],
  [Set.prototype, ['add', 'delete', 'has']],
  [WeakMap.prototype, ['delete', 'get', 'getOrInsert', 'has', 'set']],
  [WeakSet.prototype, ['add', 'delete', 'has']],
])

const OPENING = functionsOf([
  [Array.prototype, ['flat', 'flatMap', 'join', 'toLocaleString', 'toSorted', 'toString', 'sort']],
])

/** Is it one of them? */
export function isOfLanguage(method: unknown): boolean {
  return ALL.has(method)
}

/** Does it write to its `this`? A peer that calls it writes as much as if it had assigned. */
export function isMutator(method: unknown): boolean {
  return WRITING.has(method)
}

/** Does it write to its first argument? A lookup by a name of the peer's may have given it such a function. */
export function writesToFirst(method: unknown): boolean {
  return WRITING_TO_FIRST.has(method)
}

/** Does it call its first argument with its second as the `this`? */
export function takesThis(method: unknown): boolean {
  return TAKING_THIS.has(method)
}

/** Does it take objects as what they are, and not look into them? */
export function keepsWhole(method: unknown): boolean {
  return KEEPING.has(method)
}

/** Does it look into the items of its `this`? */
export function opensItems(method: unknown): boolean {
  return OPENING.has(method)
}

function functionsOf(
  methods: readonly (readonly [object, readonly PropertyKey[]])[],
): ReadonlySet<unknown> {
  return new Set(
    methods.flatMap(([prototype, keys]) =>
      keys
        .map((key): unknown => Object.getOwnPropertyDescriptor(prototype, key)?.value)
        .filter((method) => typeof method === 'function'),
    ),
  )
}
