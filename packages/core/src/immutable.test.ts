import { describe, expect, test } from 'vitest'
import { NotShareableError } from './errors.ts'
import { immutable } from './immutable.ts'
import { proxy } from './marks.ts'
import { registerClass } from './registry.ts'

/** The error of what cannot be made immutable. */
function refusalOf(value: unknown): NotShareableError {
  try {
    immutable(value)
  } catch (error) {
    if (error instanceof NotShareableError) return error
    throw error
  }
  throw new Error('it was made immutable')
}

describe('immutable', () => {
  test('gives back the value itself, frozen throughout', () => {
    const hidden = Object.defineProperty({}, 'hidden', { value: { a: [1] }, configurable: true })
    const value = { list: [{ a: 1 }], hidden, [Symbol.for('key')]: { b: 1 } }
    const made = immutable(value)
    expect(made).toBe(value)
    expect(immutable(made)).toBe(value)
    for (const part of [value, value.list, value.list[0], hidden, value[Symbol.for('key')]])
      expect(Object.isFrozen(part)).toBe(true)
    expect(Object.isFrozen((hidden as { hidden: { a: unknown } }).hidden.a)).toBe(true)
  })

  test('takes values of any depth, and those that hold themselves', () => {
    let deep: object = {}
    for (let level = 0; level < 100_000; level++) deep = { deep }
    const cyclic: { list: unknown[] } = { list: [] }
    cyclic.list.push(cyclic, deep)
    immutable(cyclic)
    expect(Object.isFrozen(deep)).toBe(true)
    expect(Object.isFrozen(cyclic.list)).toBe(true)
  })

  test('takes what is frozen already', () => {
    expect(Object.isFrozen(immutable(Object.freeze({ inner: { a: 1 } })).inner)).toBe(true)
  })

  test('an error keeps its stack, which can be written no more', () => {
    const error = new RangeError('too far', { cause: { list: [1] } })
    const { stack } = error
    immutable(error)
    expect(() => {
      error.stack = 'another'
    }).toThrow(TypeError)
    expect(error.stack).toBe(stack)
    expect(Object.isFrozen(error.cause)).toBe(true)
  })

  test('what is refused changes nothing, and the path says where it is', () => {
    const bytes = new Uint8Array([1])
    const value = { bytes, list: [{}, { 'a b': [new Map()] }] }
    const refusal = refusalOf(value)
    expect(refusal.path).toBe('value.list[1].a b[0]')
    expect(refusal.message).toBe(
      'Map at value.list[1].a b[0] cannot be made immutable: freezing does not keep it from changing. Use plain data.',
    )
    expect(value.bytes).toBe(bytes)
    expect(Object.isFrozen(value)).toBe(false)
    expect(Object.isFrozen(value.list[0])).toBe(false)
  })

  test('a getter is not run', () => {
    let runs = 0
    const value = {
      get a(): number {
        return ++runs
      },
    }
    expect(refusalOf({ value }).path).toBe('value.value.a')
    expect(runs).toBe(0)
  })

  class Point {
    x = 1
    y = { z: 2 }
  }
  class Registry extends Map<string, string> {}

  test('instances of registered classes, unless there is more to them than properties', () => {
    expect(refusalOf(new Point()).message).toContain('registerClass(Point)')
    registerClass(Point, 'immutable.test.Point')
    registerClass(Registry, 'immutable.test.Registry')
    const point = immutable(new Point())
    expect(Object.isFrozen(point.y)).toBe(true)
    expect(refusalOf(new Registry()).path).toBe('value')
  })

  test('what crosses by reference is refused', () => {
    expect(refusalOf([proxy({})]).message).toContain('an object that crosses by reference')
    expect(refusalOf([() => 1]).path).toBe('value[0]')
  })

  test('a module is refused: its exports may change', async () => {
    const module = await import('./limits.ts')
    expect(refusalOf({ ...module }).path).toBe('value.limitsFrom')
    expect(refusalOf(await import('./protocol.ts')).path).toBe('value')
  })
})

describe('bytes', () => {
  test('are those of a copy in shared memory, of the same kind', () => {
    const pool = new Uint8Array([9, 9, 1, 0, 2, 0, 9, 9]).buffer
    const view = new Uint16Array(pool, 2, 2)
    const made = immutable({
      view,
      data: new DataView(new ArrayBuffer(4)),
      buffer: new ArrayBuffer(3),
    })
    expect([...made.view]).toEqual([1, 2])
    expect(made.view).toBeInstanceOf(Uint16Array)
    expect(made.data).toBeInstanceOf(DataView)
    expect(made.data.byteLength).toBe(4)
    for (const buffer of [made.view.buffer, made.data.buffer, made.buffer])
      expect(buffer).toBeInstanceOf(SharedArrayBuffer)
    // Nothing of what lies around it, and no more room than it needs to be where it may be.
    expect(made.view.buffer.byteLength).toBe(6)
    expect([...new Uint8Array(made.view.buffer)]).toEqual([0, 0, 1, 0, 2, 0])
    expect(view.buffer).toBe(pool)
  })

  test('are one where they are one, and views of one buffer stay so', () => {
    const buffer = new Uint8Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]).buffer
    const view = new Uint8Array(buffer, 2, 2)
    const made = immutable({ a: view, b: [view], c: new Uint8Array(buffer, 6, 3) })
    expect(made.b[0]).toBe(made.a)
    expect(made.c.buffer).toBe(made.a.buffer)
    expect([...made.a, ...made.c]).toEqual([2, 3, 6, 7, 8])
    // What no view shows is not there.
    expect([...new Uint8Array(made.a.buffer)]).toEqual([0, 0, 2, 3, 0, 0, 6, 7, 8])
    const whole = immutable({ buffer, view })
    expect(whole.view.buffer).toBe(whole.buffer)
    expect(whole.view.byteOffset).toBe(2)
  })

  test('in shared memory stay where they are', () => {
    const view = new Float64Array(new SharedArrayBuffer(16))
    const value = { view, buffer: view.buffer }
    expect(immutable(value)).toEqual({ view, buffer: view.buffer })
    expect(value.view).toBe(view)
    expect(immutable(view)).toBe(view)
  })

  test('alone are left as they are', () => {
    const view = new Float64Array([1, 2])
    const made = immutable(view)
    expect(made).not.toBe(view)
    expect([...made]).toEqual([1, 2])
    expect(made.buffer).toBeInstanceOf(SharedArrayBuffer)
    expect(immutable(made)).toBe(made)
    expect(immutable(new ArrayBuffer(2))).toBeInstanceOf(SharedArrayBuffer)
  })

  test('of other kinds become those of the platform', () => {
    const made = immutable({ text: Buffer.from('abc'), empty: new Uint8Array(0) })
    expect(Object.getPrototypeOf(made.text)).toBe(Uint8Array.prototype)
    expect(made.text.buffer.byteLength).toBeLessThan(16)
    expect(made.empty.length).toBe(0)
  })

  test('in what is frozen already cannot be replaced', () => {
    const value = { list: [Object.freeze({ bytes: new Uint8Array(1) })] }
    const refusal = refusalOf(value)
    expect(refusal.path).toBe('value.list[0].bytes')
    expect(refusal.message).toContain('frozen already')
    expect(Object.isFrozen(value)).toBe(false)
    const read = Object.defineProperty({}, 'bytes', {
      value: new Uint8Array([7]),
      configurable: true,
      enumerable: true,
    }) as { bytes: Uint8Array }
    expect(immutable(read).bytes.buffer).toBeInstanceOf(SharedArrayBuffer)
  })
})
