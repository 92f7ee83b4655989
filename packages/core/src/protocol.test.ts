import { describe, expect, test } from 'vitest'
import { ProtocolError } from './errors.ts'
import {
  checkKey,
  checkPath,
  type MessageHandler,
  nameOfSymbol,
  openBatch,
  propertyKey,
  readBatch,
  symbolOfName,
  wireKey,
} from './protocol.ts'

/** Writes down what it is told. */
function recorder(): { handler: MessageHandler; heard: unknown[] } {
  const heard: unknown[] = []
  const listen =
    (name: string) =>
    (...fields: unknown[]): void =>
      void heard.push([name, ...fields])
  const handler = Object.fromEntries(
    [
      'hello',
      'call',
      'result',
      'failure',
      'release',
      'finish',
      'settle',
      'cancel',
      'item',
      'credit',
      'within',
      'joined',
      'held',
      'probeHold',
      'probeCall',
      'freed',
      'content',
      'forget',
      'dropped',
    ].map((name) => [name, listen(name)]),
  ) as unknown as MessageHandler // one method for each of its names
  return { handler, heard }
}

describe('readBatch', () => {
  test('hands on each message, in order', () => {
    const { handler, heard } = recorder()
    readBatch(
      openBatch([
        0,
        1,
        'peer',
        5,
        5000,
        10,
        [8, 9],
        1,
        3,
        2 | 16,
        0,
        'add',
        [1],
        null,
        2,
        0,
        'value',
        null,
        4,
        7,
        2,
        6,
        1,
        1,
        null,
        null,
      ]),
      handler,
    )
    expect(heard).toEqual([
      ['hello', 1, 'peer', 5, 5000],
      ['within', [8, 9]],
      [
        'call',
        { id: 3, operation: 2, flags: 18, target: 0, path: ['add'], args: [1], extra: undefined },
      ],
      ['result', 0, 'value', undefined],
      ['release', 7, 2],
      ['settle', 1, true, null, undefined],
    ])
  })

  test('an empty batch is none', () => {
    const { handler, heard } = recorder()
    readBatch(openBatch([]), handler)
    expect(heard).toEqual([])
  })

  test('what is no list is no batch', () => {
    for (const wrong of [undefined, null, 'text', 5, { length: 1 }]) {
      expect(() => openBatch(wrong)).toThrow(ProtocolError)
    }
  })

  test('goes on where it was cut short', () => {
    const { handler, heard } = recorder()
    const cursor = openBatch([5, 1, 5, 2, 5, 3])
    const cut = {
      ...handler,
      finish(id: number): void {
        handler.finish(id)
        if (id === 2) throw new Error('cut short')
      },
    }
    expect(() => readBatch(cursor, cut)).toThrow('cut short')
    readBatch(cursor, cut)
    expect(heard).toEqual([
      ['finish', 1],
      ['finish', 2],
      ['finish', 3],
    ])
  })

  test('stops at the first message that is wrong; those before it were handed on', () => {
    const { handler, heard } = recorder()
    expect(() => readBatch(openBatch([5, 1, 5, 'x', 5, 2]), handler)).toThrow(ProtocolError)
    expect(heard).toEqual([['finish', 1]])
  })

  test('a name of any length is cut', () => {
    const { handler, heard } = recorder()
    readBatch(openBatch([0, 1, 'x'.repeat(10_000), 7, 5000]), handler)
    expect(heard).toEqual([['hello', 1, 'x'.repeat(200), 7, 5000]])
  })
})

describe('keys and paths', () => {
  test('a path is absent, one name, or a list', () => {
    expect(checkPath(null)).toEqual([])
    expect(checkPath('a')).toEqual(['a'])
    expect(checkPath(['a', 0, [1, '@iterator']])).toEqual(['a', 0, [1, '@iterator']])
    for (const wrong of [5, {}, true, [[]], [[1]], [[1, 2]], [null], [0.5]]) {
      expect(() => checkPath(wrong), JSON.stringify(wrong)).toThrow(ProtocolError)
    }
  })

  test('a symbol has a name if both sides can have it', () => {
    for (const symbol of [
      Symbol.iterator,
      Symbol.asyncDispose,
      Symbol.for('x'),
      Symbol.for(''),
      Symbol.for('@iterator'),
    ]) {
      const name = nameOfSymbol(symbol)
      expect(symbolOfName(name)).toBe(symbol)
      const key = wireKey(symbol)
      expect(key).toBeDefined()
      if (key !== undefined) expect(propertyKey(checkKey(key))).toBe(symbol)
    }
    expect(nameOfSymbol(Symbol('x'))).toBeUndefined()
    expect(wireKey(Symbol('x'))).toBeUndefined()
    for (const wrong of ['@for', '@prototype', '@nope', 'x', '', 5, undefined]) {
      expect(() => symbolOfName(wrong), String(wrong)).toThrow(ProtocolError)
    }
  })
})
