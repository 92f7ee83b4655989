/**
 * Everything that can be done to an object, as data, and what comes of it, as text that is the same for two worlds that are alike.
 */
import fc from 'fast-check'
import {
  type Act,
  dataName,
  descriptorOf,
  type Given,
  type GivenDescriptor,
  OBJECTS,
} from './world.ts'

/** One of the two worlds as a program sees it that does not know which it is. */
export interface Side {
  object(number: number): object
  /** The name of an object of that world, or `undefined` for one that is made here. */
  nameOf(value: object): string | undefined
  act(act: Act): unknown
}

export type Step =
  | { readonly does: 'act'; readonly act: Act }
  | {
      readonly does: keyof typeof ON_OBJECT
      readonly on: number
      readonly with: number
    }
  | { readonly does: keyof typeof ON_PROPERTY; readonly on: number; readonly key: PropertyKey }
  | {
      readonly does: keyof typeof WITH_VALUE
      readonly on: number
      readonly key: PropertyKey
      readonly to: Given
    }
  | {
      readonly does: 'define'
      readonly on: number
      readonly key: PropertyKey
      readonly as: GivenDescriptor
    }

/** Operations on an object, and maybe another one. */
const ON_OBJECT = {
  ownKeys: (object: object) => Reflect.ownKeys(object).filter((key) => key !== 'prototype'),
  descriptors: (object: object) =>
    Reflect.ownKeys(object)
      .filter((key) => key !== 'prototype')
      .map((key) => [key, Object.getOwnPropertyDescriptor(object, key)]),
  keys: (object: object) => Object.keys(object),
  entries: (object: object) => Object.entries(object),
  spread: (object: object) => ({ ...object }),
  rest: ({ a, ...rest }: { readonly a?: unknown }) => [a, rest],
  forIn: (object: object) => {
    const keys: string[] = []
    for (const key in object) keys.push(key)
    return keys
  },
  getPrototypeOf: (object: object) => builtIn(Object.getPrototypeOf(object) as object | null),
  samePrototype: (object: object) =>
    Reflect.setPrototypeOf(object, Object.getPrototypeOf(object) as object | null),
  isExtensible: (object: object) => Reflect.isExtensible(object),
  isFrozen: (object: object) => Object.isFrozen(object),
  isSealed: (object: object) => Object.isSealed(object),
  preventExtensions: (object: object) => Reflect.preventExtensions(object),
  freeze: (object: object) => Object.freeze(object),
  seal: (object: object) => Object.seal(object),
  typeof: (object: object) => [typeof object, Array.isArray(object)],
  tag: (object: object) => Object.prototype.toString.call(object),
  JSON: (object: object) => JSON.stringify(object),
  iterate: (object: object) => [...(object as Iterable<unknown>)],
  instanceof: (object: object, other: object) => object instanceof (other as never),
  construct: (object: object) => Reflect.construct(object as never, [1]) as unknown,
  constructBadly: (object: object) => Reflect.construct(object as never, ['no number']) as unknown,
  call: (object: object, other: object) => Reflect.apply(object as never, undefined, [other, 1]),
  callOn: (object: object, other: object) => Reflect.apply(object as never, other, [object, 1]),
  concat: (object: object, other: object) => ([] as unknown[]).concat(object, other),
  sort: (object: object) =>
    Array.isArray(object) ? object.sort((a, b) => compareText(typeof a, typeof b)) : 0,
  reverse: (object: object) => (Array.isArray(object) ? object.reverse() : 0),
  pop: (object: object) => (Array.isArray(object) ? (object.pop() as unknown) : 0),
  splice: (object: object, other: object) =>
    Array.isArray(object) ? object.splice(1, 1, other, 'spliced') : 0,
  copyWithin: (object: object) => (Array.isArray(object) ? object.copyWithin(0, 1, 2) : 0),
  map: (object: object) => (Array.isArray(object) ? object.map((item: unknown) => item) : 0),
  flat: (object: object) => (Array.isArray(object) ? object.flat() : 0),
} satisfies Record<string, (object: never, other: object) => unknown>

const ON_PROPERTY = {
  get: (object: object, key: PropertyKey) => Reflect.get(object, key) as unknown,
  has: (object: object, key: PropertyKey) => Reflect.has(object, key),
  hasOwn: (object: object, key: PropertyKey) => Object.hasOwn(object, key),
  deleteProperty: (object: object, key: PropertyKey) => Reflect.deleteProperty(object, key),
  getOwnPropertyDescriptor: (object: object, key: PropertyKey) =>
    Reflect.getOwnPropertyDescriptor(object, key),
  /** The plain name and the accessors, called by hand on the object. */
  accessors: (object: object, key: PropertyKey) =>
    Reflect.getOwnPropertyDescriptor(object, key)?.get?.call(object) as unknown,
} satisfies Record<string, (object: object, key: PropertyKey) => unknown>

const WITH_VALUE = {
  set: (object: object, key: PropertyKey, value: unknown) => Reflect.set(object, key, value),
  assign: (object: object, key: PropertyKey, value: unknown) => {
    ;(object as Record<PropertyKey, unknown>)[key] = value
    return 'assigned'
  },
  push: (object: object, _key: PropertyKey, value: unknown) =>
    Array.isArray(object) ? object.push(value) : 0,
  includes: (object: object, _key: PropertyKey, value: unknown) =>
    Array.isArray(object) ? [object.includes(value), object.indexOf(value)] : 0,
  callMethod: (object: object, key: PropertyKey, value: unknown) =>
    allOf((object as Record<PropertyKey, (value: unknown) => unknown>)[key]?.(value)),
  /** A function that was read from one object, on another. */
  borrow: (object: object, key: PropertyKey, value: unknown) =>
    allOf(Reflect.apply(Reflect.get(object, key) as never, value, [1])),
  setOnHeir: (object: object, key: PropertyKey, value: unknown) => {
    const heir = Object.create(object) as object
    return [Reflect.set(heir, key, value), Object.keys(heir), Object.hasOwn(heir, key)]
  },
} satisfies Record<string, (object: object, key: PropertyKey, value: unknown) => unknown>

/** An iterator of the owner's is read through the session, and looks like what it is read by: what counts is what it gives. */
function allOf(given: unknown): unknown {
  const isIterator = typeof (given as { next?: unknown } | null | undefined)?.next === 'function'
  return isIterator ? [...(given as Iterable<unknown>)] : given
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}

/** Prototypes do not cross: an object looks like one of the nearest class of the language. */
function builtIn(prototype: object | null): unknown {
  for (
    let above = prototype;
    above !== null;
    above = Object.getPrototypeOf(above) as typeof above
  ) {
    const name = dataName(above.constructor)
    const Class = Reflect.get(globalThis, String(name)) as
      | { readonly prototype?: unknown }
      | undefined
    if (Class?.prototype === above) return name
  }
  return null
}

/** Takes one step in one of the worlds, and says what came of it. */
export function take(side: Side, step: Step): string {
  try {
    return `gives ${show(side, perform(side, step))}`
  } catch (error) {
    return `throws ${error instanceof Error ? error.name : show(side, error)}`
  }
}

function perform(side: Side, step: Step): unknown {
  if (step.does === 'act') return side.act(step.act)
  const object = side.object(step.on)
  if (step.does === 'define')
    return Reflect.defineProperty(
      object,
      step.key,
      descriptorOf(step.as, (number) => side.object(number)),
    )
  if ('with' in step) return ON_OBJECT[step.does](object as never, side.object(step.with))
  if ('to' in step) {
    const value = 'object' in step.to ? side.object(step.to.object) : step.to.primitive
    return WITH_VALUE[step.does](object, step.key, value)
  }
  return ON_PROPERTY[step.does](object, step.key)
}

function show(side: Side, value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value)
  if (Object.is(value, -0)) return '-0'
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
    return String(value)
  const name = side.nameOf(value)
  if (name !== undefined) return name
  if (typeof value === 'function') return `function ${String(dataName(value))}`
  if (Array.isArray(value)) {
    return `[${Array.from(value, (item, index) => (index in value ? show(side, item) : 'a hole')).join()}]`
  }
  const parts = Reflect.ownKeys(value).map(
    (key) => `${String(key)}: ${show(side, Reflect.get(value, key))}`,
  )
  return `{${parts.join()}}`
}

// The steps -----------------------------------------------------------------------------------------

const PLAIN_KEYS = [
  'a',
  'b',
  'inner',
  '0',
  '1',
  '3',
  'length',
  'name',
  'x',
  'label',
  'count',
] as const
const key: fc.Arbitrary<PropertyKey> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...PLAIN_KEYS) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('toString', 'valueOf', 'hasOwnProperty', 'move', 'size', 'call'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      Symbol.for('shared'),
      Symbol.iterator,
      Symbol.toStringTag,
      Symbol.toPrimitive,
    ),
  },
)
const on = fc.constantFrom(...Object.values(OBJECTS))
const callable = fc.constantFrom(OBJECTS.method, OBJECTS.setter)
const given: fc.Arbitrary<Given> = fc.oneof(
  fc.record({
    primitive: fc.constantFrom<unknown>(
      0,
      -0,
      1,
      2,
      -1,
      NaN,
      'text',
      '',
      true,
      null,
      undefined,
      3n,
    ),
  }),
  fc.record({ object: on }),
)
const flags = {
  enumerable: fc.boolean(),
  configurable: fc.boolean(),
}
const descriptor: fc.Arbitrary<GivenDescriptor> = fc.oneof(
  fc.record({ value: given, writable: fc.boolean(), ...flags }, { requiredKeys: [] }),
  fc.record({ get: callable, set: callable, ...flags }, { requiredKeys: [] }),
)

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ act: fc.constantFrom('freeze', 'seal', 'preventExtensions'), on }),
  fc.record({ act: fc.constant('set'), on, key, to: given }),
  fc.record({ act: fc.constant('delete'), on, key }),
  fc.record({ act: fc.constant('define'), on, key, as: descriptor }),
)

function names<Names extends string>(operations: Readonly<Record<Names, unknown>>) {
  return fc.constantFrom(...(Object.keys(operations) as Names[]))
}

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ does: names(ON_PROPERTY), on, key }) },
  { weight: 3, arbitrary: fc.record({ does: names(WITH_VALUE), on, key, to: given }) },
  { weight: 3, arbitrary: fc.record({ does: names(ON_OBJECT), on, with: on }) },
  { weight: 3, arbitrary: fc.record({ does: fc.constant('define'), on, key, as: descriptor }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('act'), act }) },
)

/** Sequences that mostly stay with one object and a few of its properties, so that one step meets what another has left. */
export const sequences: fc.Arbitrary<readonly Step[]> = fc
  .tuple(
    on,
    fc.uniqueArray(key, { minLength: 1, maxLength: 3 }),
    fc.array(fc.tuple(step, fc.nat(9), fc.nat(9)), { maxLength: 25 }),
  )
  .map(([focus, keys, steps]) =>
    steps.map(([step, elsewhere, which]) => {
      if (elsewhere === 0) return step
      const on = elsewhere < 3 && step.does !== 'act' ? step.on : focus
      const key = keys[which % keys.length] ?? 'a'
      if (step.does !== 'act') return { ...step, on, ...('key' in step ? { key } : {}) } as Step // of the kind it was
      const { act } = step
      return { ...step, act: { ...act, on, ...('key' in act ? { key } : {}) } as Act }
    }),
  )
