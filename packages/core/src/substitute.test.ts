import { describe, expect, test } from 'vitest'
import { immutable } from './immutable.ts'
import { markOf } from './marks.ts'
import { substituteOf } from './substitute.ts'

interface Node {
  name: string
  next?: Node
  readonly data?: object
}

describe('substituteOf', () => {
  test('is a frozen copy of the object, with the very same things in it', () => {
    class Point {
      x = 1
    }
    const bare = Object.assign(Object.create(null) as object, { a: 1 })
    const sparse: unknown[] = [1]
    sparse.length = 3
    const cause = {}
    for (const value of [
      { list: [1], [Symbol.for('key')]: 1 },
      [{ a: 1 }, 2],
      sparse,
      bare,
      /a+/gi,
      new RangeError('far', { cause }),
    ]) {
      const made = immutable(value)
      const substitute = substituteOf(made)
      expect(substitute).not.toBe(made)
      expect(substitute).toEqual(made)
      expect(Object.getPrototypeOf(substitute)).toBe(Object.getPrototypeOf(made))
      expect(Object.isFrozen(substitute)).toBe(true)
      expect(markOf(substitute)?.kind).toBe('immutable')
      expect(substituteOf(made)).toBe(substitute)
      for (const key of Reflect.ownKeys(made))
        expect(Reflect.get(substitute, key)).toBe(Reflect.get(made, key))
    }
    expect(substituteOf(Object.freeze(new Point()))).toBeInstanceOf(Point)
  })

  test('does not lead back to the object', () => {
    const data = Object.freeze({ rest: {} })
    const value: Node = { name: 'a', next: { name: 'b', data } }
    ;(value.next as Node).next = value
    immutable(value)
    const substitute = substituteOf(value) as Node
    expect(substitute.next?.next).toBe(substitute)
    expect(substitute.next).not.toBe(value.next)
    expect(substitute.next?.data).toEqual(data)
    expect(Object.isFrozen(substitute.next)).toBe(true)
  })

  test('shows the same bytes', () => {
    const view = immutable(new Float64Array([1, 2]))
    const substitute = substituteOf(view) as Float64Array
    expect(substitute).not.toBe(view)
    expect(substitute.buffer).toBe(view.buffer)
    expect([...substitute]).toEqual([1, 2])
    const buffer = immutable(new Uint8Array([1, 2]).buffer)
    const shared = substituteOf(buffer) as SharedArrayBuffer
    expect(shared).not.toBe(buffer)
    new Uint8Array(buffer)[0] = 7
    expect([...new Uint8Array(shared)]).toEqual([7, 2])
    const own = new Uint8Array([3]).buffer
    expect([...new Uint8Array(substituteOf(own) as ArrayBuffer)]).toEqual([3])
  })
})
