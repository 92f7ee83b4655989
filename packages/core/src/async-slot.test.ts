import { describe, expect, it } from 'vitest'
import { AsyncSlot } from './async-slot.ts'

describe('AsyncSlot', () => {
  it('has its value within the call, and none outside', () => {
    const slot = new AsyncSlot<string>()
    expect(slot.get()).toBeUndefined()
    expect(slot.run('a', () => slot.get())).toBe('a')
    expect(slot.get()).toBeUndefined()
  })

  it('hands on arguments and the result', () => {
    const slot = new AsyncSlot<string>()
    expect(slot.run('a', (x: number, y: number) => x + y, 1, 2)).toBe(3)
  })

  it('nests, and has the outer value again after an error', () => {
    const slot = new AsyncSlot<string>()
    slot.run('outer', () => {
      expect(slot.run('inner', () => slot.get())).toBe('inner')
      expect(slot.get()).toBe('outer')
      expect(() =>
        slot.run('inner', () => {
          throw new RangeError('inside')
        }),
      ).toThrow('inside')
      expect(slot.get()).toBe('outer')
    })
  })

  it('follows what is awaited, in Node', async () => {
    const slot = new AsyncSlot<string>()
    const seen = (name: string) =>
      slot.run(name, async () => {
        await Promise.resolve()
        const first = slot.get()
        await new Promise(setImmediate)
        return [first, slot.get()]
      })
    expect(await Promise.all([seen('a'), seen('b')])).toEqual([
      ['a', 'a'],
      ['b', 'b'],
    ])
    expect(slot.get()).toBeUndefined()
  })

  it('does not mix with another', () => {
    const one = new AsyncSlot<number>()
    const other = new AsyncSlot<number>()
    expect(one.run(1, () => other.run(2, () => [one.get(), other.get()]))).toEqual([1, 2])
    expect(one.run(1, () => other.get())).toBeUndefined()
  })
})
