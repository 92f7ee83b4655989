/**
 * A few objects of every kind that know each other, made alike as often as one likes: once for the model, and once in the
 * context that owns them. Portable: a worker runs this as its module.
 */
import { proxy } from '@farhold/core'

/** What a step puts somewhere: a primitive, or one of the objects. */
export type Given = { readonly primitive: unknown } | { readonly object: number }

/** A property descriptor whose values are given so. */
export interface GivenDescriptor {
  readonly value?: Given
  readonly get?: number | undefined
  readonly set?: number | undefined
  readonly writable?: boolean
  readonly enumerable?: boolean
  readonly configurable?: boolean
}

/** What the owner does to one of its objects, between the operations of whoever holds a proxy. */
export type Act =
  | { readonly act: 'freeze' | 'seal' | 'preventExtensions'; readonly on: number }
  | { readonly act: 'set'; readonly on: number; readonly key: PropertyKey; readonly to: Given }
  | { readonly act: 'delete'; readonly on: number; readonly key: PropertyKey }
  | {
      readonly act: 'define'
      readonly on: number
      readonly key: PropertyKey
      readonly as: GivenDescriptor
    }

class Point {
  static count = 0
  readonly label = 'point'
  #x: number

  constructor(x: unknown) {
    if (typeof x !== 'number') throw new RangeError('a point is a number')
    this.#x = x
  }

  get x(): number {
    return this.#x
  }

  set x(x: number) {
    if (typeof x !== 'number') throw new RangeError('a point is a number')
    this.#x = x
  }

  move(by: number): number {
    this.#x += by
    return this.#x
  }
}

/** The objects by number, so that both worlds are spoken of alike. */
export const OBJECTS = {
  plain: 0,
  inner: 1,
  list: 2,
  point: 3,
  method: 4,
  bare: 5,
  sparse: 6,
  accessors: 7,
  Point: 8,
  map: 9,
  date: 10,
  setter: 11,
} as const

export class World {
  readonly objects: readonly object[]
  readonly #names = new Map<unknown, string>()
  /** What setters heard. */
  readonly heard: string[] = []

  constructor() {
    const name = (value: unknown) => this.nameOf(value)
    const { heard } = this
    const { method, setter } = {
      method(this: unknown, ...args: readonly unknown[]): string {
        return `method of ${name(this)} with ${args.map(name).join()}`
      },
      setter(this: unknown, value: unknown): void {
        heard.push(`${name(this)} is set to ${name(value)}`)
      },
    }
    const inner = { a: 2, deep: [1] }
    const accessors = Object.defineProperties(
      {},
      {
        a: { get: method, set: setter, enumerable: true, configurable: true },
        b: { get: method, configurable: true },
        inner: { set: setter, enumerable: true },
      },
    ) as object
    const sparse: unknown[] = [0]
    sparse[3] = inner
    // Not of the module: what is set on one must not be seen by the next.
    class OwnPoint extends Point {}
    const objects: Record<keyof typeof OBJECTS, object> = {
      plain: { a: 1, b: 'text', inner, 0: 'zero', [Symbol.for('shared')]: true },
      inner,
      list: [1, inner, 'three'],
      point: new OwnPoint(1),
      method,
      bare: Object.assign(Object.create(null) as object, { a: 1 }),
      sparse,
      accessors,
      Point: OwnPoint,
      map: new Map([['a', 1]]),
      date: new Date(0),
      setter,
    }
    this.objects = Object.values(objects)
    for (const [key, object] of Object.entries(objects)) this.#names.set(proxy(object), `#${key}`)
    // Not marked: it is live all the same where it is read.
    this.#names.set(inner.deep, '#deep')
  }

  object(number: number): object {
    return this.objects[number] ?? this.objects
  }

  /** What a value is called, alike in both worlds. */
  nameOf(value: unknown): string {
    const known = this.#names.get(value)
    if (known !== undefined) return known
    if (typeof value === 'function') return `function ${String(dataName(value))}`
    if (typeof value === 'object' && value !== null)
      return `an instance of ${String(dataName(value.constructor))}`
    return `${typeof value} ${Object.is(value, -0) ? '-0' : String(value)}`
  }

  act(act: Act): boolean {
    const object = this.object(act.on)
    switch (act.act) {
      case 'freeze':
        return Object.freeze(object) === object
      case 'seal':
        return Object.seal(object) === object
      case 'preventExtensions':
        return Reflect.preventExtensions(object)
      case 'set':
        return Reflect.set(object, act.key, this.#given(act.to))
      case 'delete':
        return Reflect.deleteProperty(object, act.key)
      case 'define':
        return Reflect.defineProperty(
          object,
          act.key,
          descriptorOf(act.as, (number) => this.object(number)),
        )
    }
  }

  #given(given: Given): unknown {
    return 'object' in given ? this.object(given.object) : given.primitive
  }

  /** All there is to know, as text: nothing that was done may have been done to one world only. */
  state(): string {
    const lines = this.objects.map((object) => {
      const keys = Reflect.ownKeys(object).filter((key) => key !== 'prototype')
      const properties = keys.map((key) => {
        const { value, get, set, ...is } = Object.getOwnPropertyDescriptor(object, key) ?? {}
        const flags = Object.entries(is)
          .filter(([, flag]) => flag)
          .map(([flag]) => flag[0])
        return `${String(key)} ${flags.join('')} ${[value, get, set].map((part) => this.nameOf(part)).join()}`
      })
      return `${this.nameOf(object)} ${Object.isExtensible(object)}: ${properties.join('; ')}`
    })
    return [...lines, ...this.heard].join('\n')
  }
}

/** The name of a function, unless a step has put an accessor there: naming it must not run it. */
export function dataName(value: object): unknown {
  return Object.getOwnPropertyDescriptor(value, 'name')?.value
}

export function descriptorOf(
  { value, get, set, ...is }: GivenDescriptor,
  object: (number: number) => object,
): PropertyDescriptor {
  const descriptor: Record<string, unknown> = { ...is }
  if (value !== undefined)
    descriptor.value = 'object' in value ? object(value.object) : value.primitive
  if (get !== undefined) descriptor.get = object(get)
  if (set !== undefined) descriptor.set = object(set)
  return descriptor
}

export const makeWorld = (): World => proxy(new World())
