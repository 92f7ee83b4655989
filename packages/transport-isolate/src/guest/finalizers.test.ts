import { expect, test } from 'vitest'
import { Finalizers } from './finalizers.ts'

/** A registry whose objects are gone when the test says so. */
class Told<Held> implements FinalizationRegistry<Held> {
  readonly [Symbol.toStringTag] = 'FinalizationRegistry'
  readonly #run: (held: Held) => void

  constructor(run: (held: Held) => void) {
    this.#run = run
  }

  register(_target: WeakKey, held: Held): void {
    this.#run(held)
  }

  unregister(): boolean {
    return false
  }
}

function start() {
  const finalizers = new Finalizers()
  const ran: number[] = []
  const Registry = finalizers.registry(Told as unknown as FinalizationRegistryConstructor) // as much of it as is used
  const registry = new Registry<number>((held) => ran.push(held))
  const gone = (count: number): void => {
    for (let number = 0; number < count; number++) registry.register({}, number)
  }
  return { finalizers, ran, gone }
}

test('nothing runs until it is time, and then in order', () => {
  const { finalizers, ran, gone } = start()
  gone(3)
  expect(ran).toEqual([])
  finalizers.runSome()
  expect(ran).toEqual([0, 1, 2])
  finalizers.runSome()
  gone(1)
  finalizers.runSome()
  expect(ran).toEqual([0, 1, 2, 0])
})

test('a part at a time, and a larger one when there is more', () => {
  const { finalizers, ran, gone } = start()
  gone(150)
  finalizers.runSome()
  expect(ran.length).toBe(100)
  finalizers.runSome()
  expect(ran.length).toBe(150)
  gone(100_000)
  let parts = 0
  for (; ran.length < 100_150; parts++) finalizers.runSome()
  expect(parts).toBeLessThan(100)
})

test('one that throws is not run again', () => {
  const finalizers = new Finalizers()
  const Registry = finalizers.registry(Told as unknown as FinalizationRegistryConstructor) // as above
  const ran: string[] = []
  const registry = new Registry<string>((held) => {
    ran.push(held)
    if (held === 'bad') throw new Error('no')
  })
  registry.register({}, 'bad')
  registry.register({}, 'good')
  expect(() => finalizers.runSome()).toThrow('no')
  finalizers.runSome()
  expect(ran).toEqual(['bad', 'good'])
})

test('noting what is gone runs nothing that guest code could have put in the way', () => {
  const { finalizers, ran, gone } = start()
  const trapped: PropertyKey[] = []
  const keys = ['0', '1', 'next', 'run', 'held'] as const
  for (const key of keys) {
    Object.defineProperty(Object.prototype, key, {
      configurable: true,
      set: () => trapped.push(key),
    })
  }
  try {
    gone(3)
  } finally {
    for (const key of keys) Reflect.deleteProperty(Object.prototype, key)
  }
  expect(trapped).toEqual([])
  finalizers.runSome()
  expect(ran).toEqual([0, 1, 2])
})
