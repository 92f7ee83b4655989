/**
 * A heap's own built-ins, as they are now: what a guest that pollutes a prototype changes.
 */

type Differences = readonly string[]

const ROOTS: readonly (readonly [string, object])[] = (() => {
  const roots: [string, object][] = []
  for (const name of [
    'Object',
    'Function',
    'Array',
    'String',
    'Number',
    'Boolean',
    'Symbol',
    'BigInt',
    'Date',
    'RegExp',
    'Map',
    'Set',
    'WeakMap',
    'WeakSet',
    'WeakRef',
    'Promise',
    'Proxy',
    'Error',
    'TypeError',
    'RangeError',
    'AggregateError',
    'ArrayBuffer',
    'SharedArrayBuffer',
    'DataView',
    'Uint8Array',
    'FinalizationRegistry',
    'Iterator',
    'AbortSignal',
    'EventTarget',
    'ReadableStream',
    'Buffer',
  ]) {
    const value = Reflect.get(globalThis, name) as { prototype?: object } // a class of the platform
    roots.push([name, value])
    if (value.prototype) roots.push([`${name}.prototype`, value.prototype])
  }
  for (const name of ['JSON', 'Reflect', 'Math', 'Atomics'])
    roots.push([name, Reflect.get(globalThis, name) as object])
  const above = (value: object): object => Object.getPrototypeOf(value) as object
  roots.push(
    ['%TypedArray%', above(Uint8Array)],
    ['%TypedArray%.prototype', above(Uint8Array.prototype)],
    ['%ArrayIteratorPrototype%', above([][Symbol.iterator]())],
    ['%MapIteratorPrototype%', above(new Map()[Symbol.iterator]())],
    ['%AsyncFunction%.prototype', above(async () => undefined)],
    ['%GeneratorFunction%.prototype', above(function* () {})],
    ['%Generator%.prototype', above(above((function* () {})()))],
    ['%AsyncGenerator%.prototype', above(above((async function* () {})()))],
  )
  return roots
})()

/** Takes the built-ins as they are; what it gives says what has changed since, and puts it back. */
export function watchRealm(): () => Differences {
  const before = ROOTS.map(
    ([name, root]) =>
      [
        name,
        root,
        Object.getOwnPropertyDescriptors(root),
        Object.getPrototypeOf(root) as unknown,
      ] as const,
  )
  const globals = new Set(Reflect.ownKeys(globalThis))
  return () => {
    const changed: string[] = []
    for (const [name, root, descriptors, prototype] of before) {
      if (Object.getPrototypeOf(root) !== prototype) {
        changed.push(`the prototype of ${name}`)
        Object.setPrototypeOf(root, prototype as object | null)
      }
      for (const key of Reflect.ownKeys(root)) {
        if (Object.hasOwn(descriptors, key)) continue
        changed.push(`${name}.${String(key)} was added`)
        Reflect.deleteProperty(root, key)
      }
      for (const key of Reflect.ownKeys(descriptors)) {
        const was = Reflect.get(descriptors, key) as PropertyDescriptor
        const is = Object.getOwnPropertyDescriptor(root, key)
        if (Object.is(is?.value, was.value) && is?.get === was.get && is?.set === was.set) continue
        changed.push(`${name}.${String(key)} was changed`)
        Reflect.defineProperty(root, key, was)
      }
    }
    for (const key of Reflect.ownKeys(globalThis)) {
      if (globals.has(key)) continue
      changed.push(`globalThis.${String(key)} was added`)
      Reflect.deleteProperty(globalThis, key)
    }
    return changed
  }
}

/** Everything that belongs to an object of the host, as text: two are the same when nothing was written to it. */
export function printOf(root: object): string {
  const seen = new Map<object, number>()
  const lines: string[] = []
  const name = (value: unknown): string => {
    if (typeof value === 'symbol') return String(value)
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
      return `${typeof value} ${String(value)}`
    let id = seen.get(value)
    if (id === undefined) {
      id = seen.size
      seen.set(value, id)
      visit(value, id)
    }
    return `#${id}`
  }
  const visit = (value: object, id: number): void => {
    const above = Object.getPrototypeOf(value) as object | null
    const isOurs = ROOTS.every(([, builtIn]) => builtIn !== value)
    // What the platform made has its state elsewhere.
    if (!isOurs || value instanceof EventTarget || value instanceof Promise) return
    for (const key of Reflect.ownKeys(value)) {
      if (key === 'stack') continue
      const found = Object.getOwnPropertyDescriptor(value, key)
      if (found === undefined) continue
      const what = 'value' in found ? name(found.value) : `${name(found.get)} ${name(found.set)}`
      lines.push(
        `#${id}.${String(key)} ${what} ${found.writable} ${found.enumerable} ${found.configurable}`,
      )
    }
    if (value instanceof Map)
      for (const [key, item] of value) lines.push(`#${id} ${name(key)} => ${name(item)}`)
    if (value instanceof Set) for (const item of value) lines.push(`#${id} has ${name(item)}`)
    if (value instanceof Date) lines.push(`#${id} at ${value.getTime()}`)
    lines.push(
      `#${id} ${Object.isExtensible(value)} above ${above === null ? 'nothing' : name(above)}`,
    )
  }
  name(root)
  return lines.join('\n')
}
