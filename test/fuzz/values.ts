/**
 * Any value of the supported types, cycles and shared parts included, as a recipe: called, it makes the value anew.
 */
import fc from 'fast-check'
import { Basket, Money, QuotaError, Route, Temperature } from '../conformance/registered.ts'

/** Makes a value; the containers that were begun before it are in `begun`, and it may point back to one of them. */
type Recipe = (begun: object[]) => unknown

export type Make = () => unknown

const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype'])

const text = fc.oneof(
  fc.string({ maxLength: 8 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.string({ maxLength: 3 }).map((tail) => `\0${tail}`),
  fc.nat(12).map((index) => `\0${index}`),
  fc.constantFrom(
    '\ud800',
    '\udfff\ud800',
    '\0',
    '\0\0',
    '',
    'a.b',
    'a\\.b',
    '__proto__',
    'toString',
  ),
)

const key = fc
  .oneof(
    text,
    fc.constantFrom(
      'then',
      'toJSON',
      'length',
      '0',
      '1.5',
      'a.b',
      'a\\b',
      'hasOwnProperty',
      'json',
      'meta',
      'values',
    ),
  )
  .filter((name) => !FORBIDDEN.has(name))

const leaf: fc.Arbitrary<Recipe> = fc
  .oneof(
    { weight: 3, arbitrary: text },
    { weight: 3, arbitrary: fc.double() },
    fc.integer(),
    fc.bigInt(),
    fc.boolean(),
    fc.constantFrom(
      undefined,
      null,
      -0,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      Number.NEGATIVE_INFINITY,
    ),
    fc.constantFrom(
      Symbol.iterator,
      Symbol.asyncDispose,
      Symbol.for('fuzz'),
      Symbol.for('@iterator'),
      Symbol.for(''),
    ),
  )
  .map((value) => () => value)

/** A recipe for something that has an identity and no parts. */
function atom<Seed>(seed: fc.Arbitrary<Seed>, make: (seed: Seed) => object): fc.Arbitrary<Recipe> {
  return seed.map((given) => (begun) => {
    const made = make(given)
    begun.push(made)
    return made
  })
}

const VIEWS = [
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

const atoms = fc
  .oneof(
    atom(fc.date({ noInvalidDate: false }), (date) => new Date(date)),
    atom(
      fc.constantFrom(/a/, /[\n/]+/giu, /(?<x>y)\k<x>/sv, /(?:)/),
      ({ source, flags }) => new RegExp(source, flags),
    ),
    atom(fc.uint8Array({ maxLength: 40 }), (bytes) => bytes.slice().buffer),
    atom(
      fc.tuple(
        fc.constantFrom(...VIEWS),
        fc.uint8Array({ minLength: 32, maxLength: 64 }),
        fc.nat(2),
        fc.nat(2),
      ),
      ([View, bytes, offset, length]) => new View(bytes.slice().buffer, offset * 8, length),
    ),
    atom(
      fc.tuple(fc.uint8Array({ minLength: 4, maxLength: 20 }), fc.nat(4)),
      ([bytes, offset]) => new DataView(bytes.slice().buffer, offset),
    ),
    atom(fc.tuple(fc.integer(), text), ([amount, currency]) =>
      Object.assign(new Money(amount, currency), { note: undefined }),
    ),
    atom(fc.integer(), (kelvin) => new Temperature(kelvin)),
  )
  .map((recipe) => (begun: object[]): unknown => {
    const made = recipe(begun)
    // Only what may cross of it is compared.
    if (made instanceof Money) Reflect.deleteProperty(made, 'note')
    return made
  })

const ERRORS = [Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError]

const { any } = fc.letrec<{ any: Recipe }>((tie) => {
  const inner = tie('any')
  const entries = fc.array(fc.tuple(key, inner), { maxLength: 5 })
  const items = fc.array(inner, { maxLength: 5 })

  const fill = (
    target: object,
    from: readonly (readonly [string, Recipe])[],
    begun: object[],
  ): void => {
    for (const [name, recipe] of from) Reflect.set(target, name, recipe(begun))
  }
  const begin = <Target extends object>(target: Target, begun: object[]): Target => {
    begun.push(target)
    return target
  }

  const plain = entries.map(
    (from): Recipe =>
      (begun) => {
        const target = begin({}, begun)
        fill(target, from, begun)
        return target
      },
  )
  const bare = entries.map(
    (from): Recipe =>
      (begun) => {
        const target = begin(Object.create(null) as object, begun)
        fill(target, from, begun)
        return target
      },
  )
  const list = items.map(
    (from): Recipe =>
      (begun) => {
        const target = begin([] as unknown[], begun)
        for (const recipe of from) target.push(recipe(begun))
        return target
      },
  )
  const sparse = fc.tuple(fc.nat(20), fc.array(fc.tuple(fc.nat(30), inner), { maxLength: 4 })).map(
    ([length, from]): Recipe =>
      (begun) => {
        const target = begin([] as unknown[], begun)
        target.length = length
        for (const [index, recipe] of from) target[index] = recipe(begun)
        return target
      },
  )
  const map = fc.array(fc.tuple(inner, inner), { maxLength: 4 }).map(
    (from): Recipe =>
      (begun) => {
        const target = begin(new Map<unknown, unknown>(), begun)
        for (const [name, item] of from) target.set(name(begun), item(begun))
        return target
      },
  )
  const set = items.map(
    (from): Recipe =>
      (begun) => {
        const target = begin(new Set<unknown>(), begun)
        for (const recipe of from) target.add(recipe(begun))
        return target
      },
  )
  const error = fc.tuple(fc.constantFrom(...ERRORS), text, fc.option(inner), entries).map(
    ([Class, message, cause, from]): Recipe =>
      (begun) => {
        const target = begin(new Class(message), begun)
        if (cause !== null)
          Object.defineProperty(target, 'cause', {
            value: cause(begun),
            writable: true,
            configurable: true,
          })
        fill(
          target,
          from.filter(([name]) => !['stack', 'message', 'name', 'cause'].includes(name)),
          begun,
        )
        return target
      },
  )
  const aggregate = fc.tuple(text, items).map(
    ([message, from]): Recipe =>
      (begun) => {
        const target = begin(new AggregateError([], message), begun)
        for (const recipe of from) target.errors.push(recipe(begun))
        begun.push(target.errors)
        return target
      },
  )
  const quota = fc.tuple(text, fc.integer()).map(
    ([message, left]): Recipe =>
      (begun) =>
        begin(new QuotaError(message, left), begun),
  )
  const basket = fc.tuple(items, inner, inner).map(
    ([from, owner, price]): Recipe =>
      (begun) => {
        const target = begin(new Basket([]), begun)
        for (const recipe of from) target.items.push(recipe(begun))
        target.owner = owner(begun)
        target.price = price(begun)
        return target
      },
  )
  // A transformer makes its instance when its data is complete, so nothing in the data may lead back to it.
  const route = fc.tuple(items, inner).map(
    ([from, choose]): Recipe =>
      (begun) => {
        const inside: object[] = []
        const stops = from.map((recipe) => recipe(inside))
        return begin(new Route(stops, choose(inside)), begun)
      },
  )
  const back = fc.nat().map(
    (index): Recipe =>
      (begun) =>
        begun.length === 0 ? null : begun[index % begun.length],
  )

  return {
    any: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 6, arbitrary: leaf },
      { weight: 2, arbitrary: atoms },
      { weight: 2, arbitrary: back },
      { weight: 3, arbitrary: plain },
      { weight: 3, arbitrary: list },
      sparse,
      bare,
      map,
      set,
      error,
      aggregate,
      quota,
      basket,
      route,
    ),
  }
})

/** Recipes of any value that crosses as a copy. */
export const values: fc.Arbitrary<Make> = any.map((recipe) => () => recipe([]))
