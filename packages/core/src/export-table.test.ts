import { describe, expect, test } from 'vitest'
import { LimitExceededError, ProtocolError } from './errors.ts'
import { ExportTable } from './export-table.ts'
import { limitsFrom, OPEN_LIMITS } from './limits.ts'
import { Quota } from './quota.ts'

const tableFor = (exports: number): ExportTable =>
  new ExportTable(new Quota(limitsFrom(OPEN_LIMITS, { exports }), {}, false))

describe('ExportTable', () => {
  test('an object keeps its id while an introduction is out', () => {
    const table = tableFor(10)
    const object = {}
    const id = table.introduce(object)
    expect(table.introduce(object)).toBe(id)
    expect(table.get(id)).toBe(object)
    table.release(id, 1)
    expect(table.idOf(object)).toBe(id)
    table.release(id, 1)
    expect(table.idOf(object)).toBeUndefined()
    expect(() => table.get(id)).toThrow(ProtocolError)
    expect(table.size).toBe(0)
  })

  test('a release that crosses a re-send gives back only what its sender had seen', () => {
    const table = tableFor(10)
    const object = {}
    const id = table.introduce(object)
    table.introduce(object) // on its way while the peer releases the first
    table.release(id, 1)
    expect(table.get(id)).toBe(object)
  })

  test('the release hook runs once, with the last introduction, and again for a new life', () => {
    const table = tableFor(10)
    const object = {}
    let released = 0
    const id = table.introduce(object, () => () => released++)
    table.introduce(object, () => expect.unreachable('it is known'))
    table.release(id, 1)
    expect(released).toBe(0)
    table.release(id, 1)
    expect(released).toBe(1)
    table.release(
      table.introduce(object, () => () => released++),
      1,
    )
    expect(released).toBe(2)
  })

  test('a free id is used again, for another object', () => {
    const table = tableFor(10)
    const first = table.introduce({})
    const second = table.introduce({})
    expect(second).not.toBe(first)
    table.release(first, 1)
    expect(table.introduce({})).toBe(first)
  })

  test('releasing more than was introduced is a breach of the protocol', () => {
    const table = tableFor(10)
    const id = table.introduce({})
    expect(() => table.release(id, 2)).toThrow(ProtocolError)
    expect(() => table.release(id + 1, 1)).toThrow(ProtocolError)
    table.release(id, 1)
    expect(() => table.release(id, 1)).toThrow(ProtocolError)
  })

  test('a full table refuses what is new and takes what it knows', () => {
    const table = tableFor(2)
    const known = {}
    table.introduce(known)
    const id = table.introduce({})
    expect(() => table.introduce({})).toThrow(LimitExceededError)
    expect(() => table.introduce(known)).not.toThrow()
    table.release(id, 1)
    expect(() => table.introduce({})).not.toThrow()
  })

  test('clear runs every hook once, and nothing is left', () => {
    const table = tableFor(10)
    let released = 0
    for (let n = 0; n < 3; n++) table.introduce({}, () => () => released++)
    table.clear()
    table.clear()
    expect(released).toBe(3)
    expect(table.size).toBe(0)
  })

  test('a root can be replaced', () => {
    const table = tableFor(10)
    const first = {}
    const second = {}
    table.replace(0, first)
    table.replace(0, second)
    expect(table.get(0)).toBe(second)
    expect(table.idOf(first)).toBeUndefined()
    expect(table.introduce({})).toBe(2) // 0 and 1 are fixed
  })
})
