/** Whatever a peer sends: the session answers or ends, nothing escapes it, and no prototype changes. */
import { ProtocolError } from '@farhold/core'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { RawPeer, settle } from '../access/raw-peer.ts'

const escaped: unknown[] = []
const catcher = (error: unknown): void => void escaped.push(error)
beforeEach(() => {
  escaped.length = 0
  process.on('unhandledRejection', catcher)
  process.on('uncaughtException', catcher)
})
afterEach(() => {
  process.off('unhandledRejection', catcher)
  process.off('uncaughtException', catcher)
})

class Frozen {
  method(): string {
    return 'method'
  }
}
Object.freeze(Frozen.prototype)

const root = Object.freeze({
  add: Object.freeze((a: number, b: number) => a + b),
  echo: Object.freeze((value: unknown) => value),
  later: Object.freeze(async (value: unknown) => value),
  items: Object.freeze(async function* () {
    for (let n = 0; n < 40; n++) yield n
  }),
  fail: Object.freeze(() => {
    throw new RangeError('on purpose')
  }),
  data: Object.freeze({ a: Object.freeze({ b: 1 }), list: Object.freeze([1, 2]) }),
  Frozen: Object.freeze(Frozen),
})

const id = fc.oneof(
  { weight: 6, arbitrary: fc.nat(4) },
  fc.constantFrom(-1, -2, 0.5, 2 ** 31, 2 ** 53, Number.NaN, '0', null),
)
const name = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom(
      'add',
      'echo',
      'later',
      'items',
      'fail',
      'data',
      'a',
      'b',
      'list',
      'Frozen',
      'method',
      '0',
      'length',
    ),
  },
  fc.constantFrom('constructor', '__proto__', 'prototype', 'then', 'toString', 'call', ''),
)
const path = fc.oneof(
  { weight: 4, arbitrary: name },
  {
    weight: 4,
    arbitrary: fc.array(
      fc.oneof(
        { weight: 6, arbitrary: name },
        fc.nat(3),
        fc.constantFrom([1, '@iterator'], [1, '@nope'], [2, 'x'], {}, null),
      ),
      { maxLength: 4 },
    ),
  },
  fc.constantFrom(null, 5, {}, [['x']]),
)
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    { weight: 4, arbitrary: fc.nat(3).map((index) => `\0${index}`) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        null,
        1,
        'text',
        true,
        '\0',
        '\0\0x',
        '\0-1',
        '\0length',
        '\u00001e9',
      ),
    },
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'constructor', 'then'), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
}))
const slot = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.tuple(
      fc.constantFrom(
        'export',
        'home',
        'answer',
        'promise',
        'signal',
        'iterator',
        'readable',
        'writable',
      ),
      id,
      fc.oneof(fc.constantFrom('object', 'array', 'function', 'method', 'x'), path),
      value,
    ),
  },
  {
    weight: 5,
    arbitrary: fc.tuple(
      fc.constantFrom(
        'bare',
        'sparse',
        'map',
        'set',
        'no-date',
        'registered',
        'custom',
        'url',
        'symbol',
        'bytes',
        'window',
      ),
      value,
      value,
      value,
      value,
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(
      fc.constant('error'),
      fc.constantFrom(
        'Error',
        'TypeError',
        'AggregateError',
        'ProtocolError',
        'DOMException',
        'Function',
        'x',
      ),
      fc.string(),
      fc.string(),
      value,
      value,
    ),
  },
  value,
)
const annotations = fc.oneof(
  { weight: 4, arbitrary: fc.constant(null) },
  fc.record(
    {
      values: fc.oneof(
        value,
        fc.constantFrom(['undefined'], { 0: ['bigint'] }, ['map'], { a: ['Date'] }),
      ),
      referentialEqualities: fc.oneof(value, fc.constantFrom({ '0': ['1'] }, ['0.a'])),
    },
    { requiredKeys: [] },
  ),
)
const extra = fc.oneof(
  { weight: 3, arbitrary: fc.constant(null) },
  { weight: 6, arbitrary: fc.tuple(fc.array(slot, { maxLength: 4 }), annotations) },
  value,
)
const args = fc.oneof({ weight: 6, arbitrary: fc.array(value, { maxLength: 3 }) }, value)

const message = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constant(1), id, fc.nat(511), id, path, args, extra) },
  fc.tuple(fc.constant(0), fc.constantFrom(1, 2, null), value),
  fc.tuple(fc.constantFrom(2, 3, 8), id, value, extra),
  fc.tuple(fc.constantFrom(4, 9), id, id),
  fc.tuple(fc.constantFrom(5, 7), id),
  fc.tuple(fc.constant(6), id, fc.constantFrom(0, 1), value, extra),
  fc.array(value, { maxLength: 4 }),
)
const batch = fc.array(message, { maxLength: 4 }).map((messages) => messages.flat())

describe.each(['structured', 'text'] as const)('over a %s transport', (codec) => {
  async function survives(send: (peer: RawPeer) => void): Promise<void> {
    const peer = new RawPeer(root, codec)
    // The session has calls of its own under way, which a peer may answer as it likes.
    const remote = peer.session.remote as unknown as {
      ask(...values: unknown[]): PromiseLike<unknown>
    }
    const own = Promise.allSettled([
      remote.ask(1),
      remote.ask({ run: () => 1, signal: new AbortController().signal }),
    ])
    await settle()
    send(peer)
    await settle()

    const answer = await peer.ask(2, 'add', { args: [1, 2], id: 1000 })
    if (answer === undefined) {
      const reason = await peer.session.closed
      expect(reason.kind).toBe('protocol')
      expect(reason.error).toBeInstanceOf(ProtocolError)
      await own
    } else expect(answer.slice(0, 3)).toEqual([2, 1000, 3])
    await peer.session.close()
    await own
    expect(peer.session.stats()).toMatchObject({ pending: 0, serving: 0 })
    expect(escaped).toEqual([])
    expect(Object.keys(Object.prototype)).toEqual([])
    expect(Object.getPrototypeOf(Object.prototype)).toBe(null)
    expect('polluted' in {}).toBe(false)
  }

  test('messages that are nearly right', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(batch, { minLength: 1, maxLength: 3 }), (batches) =>
        survives((peer) => {
          for (const fields of batches) peer.send(...fields)
        }),
      ),
      { numRuns: 500 },
    )
  })

  test('anything at all', { timeout: 60_000 }, async () => {
    const anything =
      codec === 'text'
        ? fc.oneof(fc.string(), fc.json(), fc.anything({ withNullPrototype: false }))
        : fc.anything({
            withMap: true,
            withSet: true,
            withTypedArray: true,
            withBigInt: true,
            withDate: true,
            withSparseArray: true,
          })
    await fc.assert(
      fc.asyncProperty(anything, (body) => survives((peer) => peer.sendBody(body))),
      { numRuns: 200 },
    )
  })

  test('a right batch with a part of it replaced', { timeout: 60_000 }, async () => {
    const right: readonly (readonly unknown[])[] = [
      [
        1,
        0,
        18 | 32,
        0,
        'echo',
        [{ a: ['\u00000'] }],
        [[['export', 3, 'function', 'x']], null],
        1,
        1,
        18,
        -1,
        ['a', '0'],
        [1],
        null,
      ],
      [
        1,
        0,
        18,
        0,
        'echo',
        ['\u00000'],
        [
          [
            ['map', [1, '\u00001']],
            ['error', 'Error', 'm', '', {}, { cause: '\u00000' }],
          ],
          null,
        ],
      ],
      [1, 0, 14 | 16, 0, 'items', null, null, 9, 0, 5, 7, 0],
      [
        1,
        0,
        18 | 32,
        0,
        'later',
        [1],
        null,
        1,
        1,
        18,
        0,
        'echo',
        ['\u00000'],
        [[['answer', 0, null]], null],
        5,
        0,
      ],
    ]
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...right),
        fc.nat(),
        value,
        fc.boolean(),
        (fields, at, replacement, isCut) =>
          survives((peer) => {
            const changed = [...fields]
            changed.splice(at % changed.length, 1, ...(isCut ? [] : [replacement]))
            peer.send(...changed)
          }),
      ),
      { numRuns: 300 },
    )
  })
})
