/**
 * What a peer can do that writes its own messages: reach nothing that access.ts closes, and end its own session at
 * the most.
 */
import {
  ContextClosedError,
  connect,
  expose,
  LimitExceededError,
  loopback,
  ProtocolError,
  proxy,
  type Remote,
  sync,
} from '@farhold/core'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import '../conformance/registered.ts'
import { errorOf, HELLO, RawPeer, settle } from './raw-peer.ts'

const Op = {
  get: 0,
  set: 1,
  call: 2,
  construct: 3,
  has: 4,
  delete: 5,
  ownKeys: 6,
  descriptor: 7,
  define: 8,
  prototype: 9,
  extensible: 10,
  prevent: 11,
  setPrototype: 12,
  snapshot: 13,
  iterate: 14,
}

class Guarded {
  method(): string {
    return 'method'
  }
  static create(): Guarded {
    return proxy(new Guarded())
  }
}

const makeRoot = () => ({
  add: (a: number, b: number) => a + b,
  echo: (value: unknown) => value,
  typeOf: (value: unknown) => typeof value,
  never: () => new Promise(() => undefined),
  makeFunction: () => Function,
  makeCounter: () => proxy({ n: 1 }),
  apply: (fn: (text: string) => unknown, text: string) => fn(text),
  list: [1, 2, 3],
  data: { a: 1 },
  Guarded,
})

/** Nothing may get past a session into the event loop. */
const escaped: unknown[] = []
const catcher = (error: unknown): void => void escaped.push(error)
beforeEach(() => {
  escaped.length = 0
  process.on('unhandledRejection', catcher)
  process.on('uncaughtException', catcher)
})
afterEach(async () => {
  await settle()
  process.off('unhandledRejection', catcher)
  process.off('uncaughtException', catcher)
  expect(escaped).toEqual([])
  expect(Object.keys(Object.prototype)).toEqual([])
  expect('polluted' in {}).toBe(false)
})

/** Batches that are not the protocol, by what is wrong with them. */
const MALFORMED: Readonly<Record<string, readonly unknown[]>> = {
  'an unknown tag': [99],
  'a negative tag': [-1],
  'a fractional tag': [1.5],
  'a tag that is text': ['call'],
  'a tag that is nothing': [null],
  'a tag that is a list': [[1]],
  'a batch that ends inside a message': [1, 0, 16, 0],
  'hello of another version': [0, 2, 'x', 1],
  'hello without a name': [0, 1, null, 1],
  'hello of no heap': [0, 1, 'x', -1, 5000],
  'heaps that are no list': [10, 5],
  'heaps that join a call of no id': [11, 'x', [5]],
  'heaps that join and are no list': [11, 0, 'x'],
  'a heap that is a name': [10, ['main']],
  'a call id below 0': [1, -1, 16, 0, 'add', [1, 2], null],
  'a call id that is a fraction': [1, 0.5, 16, 0, 'add', [1, 2], null],
  'a call id that is text': [1, '0', 16, 0, 'add', [1, 2], null],
  'a call id past what counts exactly': [1, 2 ** 53, 16, 0, 'add', [1, 2], null],
  'an unknown operation': [1, 0, 15 | 16, 0, 'add', null, null],
  'unknown flags': [1, 0, 2 ** 20, 0, 'add', null, null],
  'a target that is text': [1, 0, 16, 'root', null, null, null],
  'a target that does not exist': [1, 0, 16, 77, null, null, null],
  'an answer that does not exist as target': [1, 0, 16, -9, null, null, null],
  'its own answer as target': [1, 0, 16 | 32, -1, null, null, null],
  'a path that is an object': [1, 0, 16, 0, { 0: 'add' }, null, null],
  'a path that is a number': [1, 0, 16, 0, 5, null, null],
  'a key that is an object': [1, 0, 16, 0, [{}], null, null],
  'a key that is true': [1, 0, 16, 0, [true], null, null],
  'a key that is a fraction': [1, 0, 16, 0, [0.5], null, null],
  'a symbol without a name': [1, 0, 16, 0, [[1, 5]], null, null],
  'a symbol of an unknown kind': [1, 0, 16, 0, [[2, '#x']], null, null],
  'a well-known symbol that is none': [1, 0, 16, 0, [[1, '@noSuch']], null, null],
  'arguments that are no list': [1, 0, 2 | 16, 0, 'add', { length: 1 }, null],
  'arguments that are text': [1, 0, 2 | 16, 0, 'add', 'ab', null],
  'slots that are no list': [1, 0, 2 | 16, 0, 'add', [], {}],
  'slots of the wrong length': [1, 0, 2 | 16, 0, 'add', [], [[]]],
  'a slot that is no list': [1, 0, 2 | 16, 0, 'add', [], [[5], null]],
  'a slot without a kind': [1, 0, 2 | 16, 0, 'add', [], [[[]], null]],
  'a marker without its slot': [1, 0, 2 | 16, 0, 'echo', ['\u00007'], [[['bare', {}]], null]],
  'a marker that is no number': [1, 0, 2 | 16, 0, 'echo', ['\0x'], [[['bare', {}]], null]],
  'a slot of an unknown kind': [1, 0, 2 | 16, 0, 'echo', ['\u00000'], [[['teapot', 1]], null]],
  'a reference of an unknown kind': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['export', 9, 'teapot', 'x']], null],
  ],
  'a reference with a negative id': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['export', -2, 'object', 'x']], null],
  ],
  'a reference without a label': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['export', 9, 'object', {}]], null],
  ],
  'a home reference to nothing': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['home', 55, null]], null],
  ],
  'an answer that is not held as an argument': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['answer', 4, null]], null],
  ],
  'its own answer as an argument': [
    1,
    0,
    2 | 16 | 32,
    0,
    'echo',
    ['\u00000'],
    [[['answer', 0, null]], null],
  ],
  'a sparse array without a length': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['sparse', -1, [], []]], null],
  ],
  'a sparse array with an index past its end': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['sparse', 2, [5], [1]]], null],
  ],
  'a sparse array that is too long': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['sparse', 2 ** 32, [], []]], null],
  ],
  'a map of half a pair': [1, 0, 2 | 16, 0, 'echo', ['\u00000'], [[['map', [1]]], null]],
  'a map of text': [1, 0, 2 | 16, 0, 'echo', ['\u00000'], [[['map', 'ab']], null]],
  'a set of text': [1, 0, 2 | 16, 0, 'echo', ['\u00000'], [[['set', 'ab']], null]],
  'an error without a message': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['error', 'Error', null, '', {}, {}]], null],
  ],
  'an error without properties': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['error', 'Error', 'x', '', null, null]], null],
  ],
  'a bare object of text': [1, 0, 2 | 16, 0, 'echo', ['\u00000'], [[['bare', 'x']], null]],
  'a symbol slot of a number': [1, 0, 2 | 16, 0, 'echo', ['\u00000'], [[['symbol', 5]], null]],
  'a url of a number': [1, 0, 2 | 16, 0, 'echo', ['\u00000'], [[['url', 5]], null]],
  'bytes that did not come': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['bytes', 'Uint8Array', 3]], null],
  ],
  'bytes at no index': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['bytes', 'Uint8Array', 'x']], null],
  ],
  'a window of no buffer': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['window', 'Uint8Array', { byteLength: 9 }, 0, 4]], null],
  ],
  'a view of an unknown kind': [
    1,
    0,
    2 | 16,
    0,
    'echo',
    ['\u00000'],
    [[['window', 'Function', {}, 0, 4]], null],
  ],
  'a result of no call': [2, 5, null, null],
  'a failure of no call': [3, 5, null, null],
  'an item of no iteration': [8, 5, null, null],
  'credit that is no number': [9, 0, 'x'],
  'credit below 0': [9, 0, -5],
  'a release of nothing': [4, 66, 1],
  'a release of the root, twice over': [4, 0, 5],
  'a release of less than nothing': [4, 0, -1],
  'the end of an answer that is not held': [5, 3],
  'an id that is used while its answer is held': [
    1,
    0,
    2 | 16 | 32,
    0,
    'add',
    [1, 2],
    null,
    1,
    0,
    2 | 16 | 32,
    0,
    'add',
    [1, 2],
    null,
  ],
}

const BODIES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  structured: {
    nothing: undefined,
    null: null,
    text: '[]',
    number: 1,
    object: { 0: 1 },
    map: new Map(),
  },
  text: {
    'not JSON': '[1,',
    nothing: undefined,
    list: [],
    'JSON of an object': '{}',
    'JSON of null': 'null',
    'empty text': '',
  },
}

describe.each(['structured', 'text'] as const)('a malformed message, %s', (codec) => {
  async function endsAlone(send: (peer: RawPeer) => void): Promise<void> {
    const peer = new RawPeer(makeRoot(), codec)
    const [here, there] = loopback({ codec })
    expose(makeRoot(), here)
    const other = connect<ReturnType<typeof makeRoot>>(there)
    const pending = Promise.resolve(
      (peer.session.remote as Remote<{ wait(): unknown }>).wait(),
    ).then(
      () => 'fulfilled',
      (error: unknown) => error,
    )
    await settle()

    send(peer)
    const reason = await peer.session.closed
    expect(reason.kind).toBe('protocol')
    expect(reason.error).toBeInstanceOf(ProtocolError)
    const error = await pending
    expect(error).toBeInstanceOf(ContextClosedError)
    expect((error as Error).cause).toBeInstanceOf(ProtocolError)
    expect(peer.session.stats()).toMatchObject({ pending: 0, serving: 0 })

    expect(await other.remote.add(1, 2)).toBe(3)
    await other.close()
  }

  test.for(Object.entries(MALFORMED))(
    '%s ends that session, and nothing else',
    async ([, fields]) => {
      await endsAlone((peer) => peer.send(...fields))
    },
  )

  test.for(Object.entries(BODIES[codec] ?? {}))('a batch that is %s', async ([, body]) => {
    await endsAlone((peer) => peer.sendBody(body))
  })

  test('what comes before it is done, what comes after it is not', async () => {
    const calls: number[] = []
    const peer = new RawPeer({ call: (n: number) => calls.push(n) }, codec)
    peer.send(...HELLO, 1, 0, 2 | 16, 0, 'call', [1], null, 99, 1, 1, 2 | 16, 0, 'call', [2], null)
    peer.send(1, 2, 2 | 16, 0, 'call', [3], null)
    expect((await peer.session.closed).kind).toBe('protocol')
    await settle()
    expect(calls).toEqual([1])
  })

  test('it is found in the continuation of a call that waited', async () => {
    const peer = new RawPeer(
      { soon: async () => ({ a: 1 }), echo: (value: unknown) => value },
      codec,
    )
    // A call that waits for the answer of the one before, and whose arguments are wrong.
    peer.send(1, 0, 2 | 32, 0, 'soon', null, null, 1, 1, 2 | 16, -1, 'a', { no: 'list' }, null)
    expect((await peer.session.closed).kind).toBe('protocol')
  })
})

describe.each(['structured', 'text'] as const)('a forged message, %s', (codec) => {
  const FORBIDDEN = [
    'constructor',
    '__proto__',
    'prototype',
    'caller',
    'callee',
    'arguments',
    '__defineGetter__',
    '__defineSetter__',
    '__lookupGetter__',
    '__lookupSetter__',
  ]

  test('no operation reaches a forbidden name, at any place of a path', async () => {
    const peer = new RawPeer(makeRoot(), codec)
    for (const name of FORBIDDEN) {
      for (const [label, operation] of Object.entries(Op)) {
        for (const path of [
          [name],
          ['add', name],
          ['Guarded', name],
          ['list', name],
          [name, 'x'],
          ['add', name, name],
          ['data', name, 'toString'],
        ]) {
          const answer = await peer.ask(operation, path, {
            args: operation === Op.define ? [{ value: 1 }] : [1],
          })
          const isLast = path.at(-1) === name && path.filter((key) => key === name).length === 1
          const quiet = label === 'has' || label === 'descriptor'
          if (isLast && quiet)
            expect(answer?.slice(0, 3), `${label} ${path}`).toEqual([
              2,
              0,
              label === 'has' ? false : codec === 'text' ? null : undefined,
            ])
          else
            expect(errorOf(answer), `${label} ${path}`).toMatchObject({ name: 'AccessDeniedError' })
        }
      }
    }
    await peer.session.close()
  })

  test('setPrototypeOf is refused wherever it is asked', async () => {
    const peer = new RawPeer(makeRoot(), codec)
    for (const path of [null, 'data', ['list'], 'Guarded']) {
      expect(errorOf(await peer.ask(Op.setPrototype, path, { args: [null] })).name).toBe(
        'AccessDeniedError',
      )
    }
    await peer.session.close()
  })

  test('what inherits from Function.prototype or Object.prototype is not callable', async () => {
    const peer = new RawPeer(makeRoot(), codec)
    for (const path of [
      ['add', 'call'],
      ['add', 'apply'],
      ['add', 'bind'],
      ['data', 'hasOwnProperty'],
      ['data', 'valueOf'],
      ['list', 'toLocaleString', 'call'],
    ]) {
      expect(errorOf(await peer.ask(Op.call, path, { args: [] })).name, String(path)).toBe(
        'TypeError',
      )
    }
    await peer.session.close()
  })

  test('a home reference in an argument walks no forbidden path', async () => {
    const peer = new RawPeer(makeRoot(), codec)
    for (const path of [
      'constructor',
      ['add', 'constructor'],
      ['Guarded', 'prototype'],
      ['data', '__proto__'],
    ]) {
      const answer = await peer.ask(Op.call, 'typeOf', {
        args: ['\u00000'],
        extra: [[['home', 0, path]], null],
      })
      expect(errorOf(answer).name, String(path)).toBe('AccessDeniedError')
    }
    await peer.session.close()
  })

  test('an answer as an argument walks no forbidden path', async () => {
    const peer = new RawPeer(makeRoot(), codec)
    peer.send(1, 5, Op.call | 32, 0, 'makeCounter', null, null)
    for (const path of ['constructor', ['n', 'constructor'], '__proto__']) {
      const answer = await peer.ask(Op.call, 'typeOf', {
        args: ['\u00000'],
        extra: [[['answer', 5, path]], null],
      })
      expect(errorOf(answer).name, String(path)).toBe('AccessDeniedError')
    }
    await peer.session.close()
  })

  test('an evaluator that is an answer can be neither called, constructed, read nor passed on', async () => {
    const peer = new RawPeer(makeRoot(), codec)
    peer.send(1, 5, Op.call | 32, 0, 'makeFunction', null, null)
    for (const operation of [Op.call, Op.construct, Op.get, Op.snapshot]) {
      const answer = await peer.ask(operation, null, { target: -6, args: ['return 1'] })
      expect(errorOf(answer).name, String(operation)).toBe('AccessDeniedError')
    }
    expect(errorOf(await peer.ask(Op.get, 'prototype', { target: -6 })).name).toBe(
      'AccessDeniedError',
    )
    const passed = await peer.ask(Op.call, 'apply', {
      args: ['\u00000', 'return 1'],
      extra: [[['answer', 5, null]], null],
    })
    expect(errorOf(passed).name).toBe('AccessDeniedError')
    await peer.session.close()
  })

  test('forbidden keys in data change nothing, wherever they are', async () => {
    const seen: unknown[] = []
    const peer = new RawPeer({ take: (...values: unknown[]) => void seen.push(...values) }, codec)
    const hostile = JSON.parse(
      '{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "ok": 1}',
    ) as unknown
    const slots = [
      ['bare', hostile],
      ['error', 'Error', 'x', '', hostile, hostile],
      ['map', ['key', hostile]],
      ['sparse', 1, [0], [hostile]],
    ]
    peer.send(
      1,
      0,
      Op.call | 16,
      0,
      'take',
      [hostile, '\u00000', '\u00001', '\u00002', '\u00003', [hostile]],
      [slots, null],
    )
    await settle()
    expect(seen).toHaveLength(6)
    const [plain, bare, error, map, sparse, list] = seen as [
      object,
      object,
      Error,
      Map<string, object>,
      object[],
      object[],
    ]
    for (const object of [plain, map.get('key'), sparse[0], list[0]]) {
      expect(Object.getPrototypeOf(object)).toBe(Object.prototype)
      expect(Reflect.ownKeys(object ?? {})).toEqual(['ok'])
    }
    expect(Object.getPrototypeOf(bare)).toBe(null)
    expect(Reflect.ownKeys(bare)).toEqual(['ok'])
    expect(Object.getPrototypeOf(error)).toBe(Error.prototype)
    expect(Object.hasOwn(error, 'constructor')).toBe(false)
    await peer.session.close()
  })

  test('a class name of an error names no other class', async () => {
    const seen: unknown[] = []
    const peer = new RawPeer({ take: (value: unknown) => void seen.push(value) }, codec)
    for (const name of [
      'Function',
      'Object',
      'constructor',
      '__proto__',
      'registered:x',
      'registered:__proto__',
      '',
    ]) {
      peer.send(
        1,
        0,
        Op.call | 16,
        0,
        'take',
        ['\u00000'],
        [[['error', name, 'x', '', {}, {}]], null],
      )
      await settle()
    }
    expect(seen.map((value) => Object.getPrototypeOf(value))).toEqual(
      Array(7).fill(Error.prototype),
    )
    await peer.session.close()
  })

  test('slots that hold themselves end in an answer', async () => {
    const peer = new RawPeer(makeRoot(), codec)
    for (const slot of [
      ['bare', { self: '\u00000' }],
      ['map', ['\u00000', '\u00000']],
      ['set', ['\u00000']],
      ['sparse', 2, [0], ['\u00000']],
    ]) {
      const answer = await peer.ask(Op.call, 'typeOf', { args: ['\u00000'], extra: [[slot], null] })
      expect(answer?.slice(0, 3)).toEqual([2, 0, 'object'])
    }
    await peer.session.close()
  })

  test.each([
    ['window', ['window', 'Uint8Array', '\u00000', 0, 1]],
    ['custom', ['custom', 'test.Route', '\u00000']],
    ['bare', ['bare', '\u00000']],
  ])('a slot that needs itself ends the session: %s', async (_kind, slot) => {
    const peer = new RawPeer(makeRoot(), codec)
    await peer.ask(Op.call, 'typeOf', { args: ['\u00000'], extra: [[slot], null] })
    expect((await peer.session.closed).kind).toBe('protocol')
  })
})

describe('a forged text', () => {
  test('superjson annotations make nothing but data', async () => {
    for (const meta of [
      { values: [['class', 'Function']] },
      { values: [['custom', 'test.Route']] },
      { values: [['typed-array', 'Uint8Array']] },
      { values: [['symbol', 'x']] },
      { values: ['set'] },
      { values: ['map'] },
      { values: ['Error'] },
      { values: ['URL'] },
      { values: { 0: ['typed-array', 'Float64Array'] } },
      { values: { 0: [['typed-array', 'Float64Array']] } },
      { values: { __proto__: ['bigint'] } },
      { values: 'bigint' },
      { values: [['bigint']] },
      5,
      'x',
      { values: ['undefined'], referentialEqualities: { 'constructor.prototype': ['0'] } },
      { referentialEqualities: { __proto__: ['0'] } },
    ]) {
      const seen: unknown[] = []
      const peer = new RawPeer(
        { take: (...values: unknown[]) => void seen.push(...values) },
        'text',
      )
      peer.send(1, 0, 2 | 16, 0, 'take', [1_000_000_000], [[], meta])
      await settle()
      for (const value of seen) expect(typeof value, JSON.stringify(meta)).toBe('number')
      await peer.session.close()
    }
  })

  test('references in annotations reach no function', async () => {
    for (const path of ['toString', 'map', 'push', 'length', 'hasOwnProperty', '0.toFixed']) {
      const seen: unknown[] = []
      const peer = new RawPeer({ take: (value: unknown) => void seen.push(value) }, 'text')
      peer.send(
        1,
        0,
        2 | 16,
        0,
        'take',
        [{ a: 1, b: [1] }],
        [[], { referentialEqualities: { [path]: ['0.a'], [`0.${path}`]: ['0.b'] }, v: 1 }],
      )
      await settle()
      for (const value of seen)
        expect(
          Object.values(value as object).some((part) => typeof part === 'function'),
          path,
        ).toBe(false)
      await peer.session.close()
    }
  })
})

describe.each(['structured', 'text'] as const)('limits, %s', (codec) => {
  function pair(limits: Record<string, number>) {
    const root = {
      ...makeRoot(),
      countdown: (n: number, back: (n: number) => unknown): unknown =>
        n === 0 ? 'end' : (sync(back as never) as unknown as typeof back)(n - 1),
      nest: (depth: number) => {
        let value: unknown = 1
        for (let n = 0; n < depth; n++) value = [value]
        return value
      },
    }
    const [here, there] = loopback({ codec })
    const owner = expose(root, here, { limits, onError: () => undefined })
    return { owner, caller: connect<typeof root>(there, { onError: () => undefined }) }
  }

  const limited = (limit: string) => ({ code: 'FARHOLD_LIMIT_EXCEEDED', limit })

  test('depth of arguments and results', async () => {
    const { caller } = pair({ depth: 10 })
    let value: unknown = 1
    for (let n = 0; n < 20; n++) value = { value }
    // As promises: `expect` calls what can be called, and a Remote can.
    await expect(Promise.resolve(caller.remote.echo(value))).rejects.toMatchObject(limited('depth'))
    await expect(Promise.resolve(caller.remote.nest(20))).rejects.toMatchObject(limited('depth'))
    expect(await caller.remote.nest(5)).toEqual([[[[[1]]]]])
    await caller.close()
  })

  test('pathLength', async () => {
    const { caller } = pair({ pathLength: 3 })
    const { a } = caller.remote as unknown as Remote<{ a: { b: { c: { d: number } } } }>
    await expect(Promise.resolve(a.b.c.d)).rejects.toMatchObject(limited('pathLength'))
    expect(await caller.remote.data.a).toBe(1)
    await caller.close()
  })

  test('pendingCalls', async () => {
    const { caller } = pair({ pendingCalls: 3 })
    const outcomes: unknown[] = []
    for (let n = 0; n < 6; n++)
      caller.remote.never().then(undefined, (error: unknown) => outcomes.push(error))
    await settle()
    expect(outcomes).toHaveLength(3)
    for (const error of outcomes) expect(error).toMatchObject(limited('pendingCalls'))
    await caller.close()
    await settle()
    expect(outcomes).toHaveLength(6)
  })

  test('pendingCalls of calls that wait for an answer', async () => {
    const { caller, owner } = pair({ pendingCalls: 3 })
    const outcomes: unknown[] = []
    const never = caller.remote.never()
    for (let n = 0; n < 10; n++)
      caller.remote.echo(never).then(undefined, (error: unknown) => outcomes.push(error))
    await settle()
    expect(owner.stats().serving).toBeLessThanOrEqual(4)
    expect(outcomes.length).toBeGreaterThanOrEqual(7)
    await caller.close()
  })

  test('exports', async () => {
    const { caller, owner } = pair({ exports: 10 })
    const held: unknown[] = []
    const refused: unknown[] = []
    for (let n = 0; n < 20; n++) {
      await caller.remote.makeCounter().then(
        (counter) => held.push(counter),
        (error: unknown) => refused.push(error),
      )
    }
    expect(held.length).toBeLessThanOrEqual(10)
    expect(held.length + refused.length).toBe(20)
    for (const error of refused) expect(error).toMatchObject(limited('exports'))
    expect(owner.stats().exports).toBeLessThanOrEqual(10)
    expect(await caller.remote.add(1, 2)).toBe(3)
    await caller.close()
  })

  test('callDepth', async () => {
    const { caller } = pair({ callDepth: 5 })
    const back = (n: number): unknown => caller.sync.countdown(n, back)
    expect(caller.sync.countdown(3, back)).toBe('end')
    expect(() => caller.sync.countdown(30, back)).toThrow(
      expect.objectContaining(limited('callDepth')),
    )
    expect(caller.sync.countdown(3, back)).toBe('end')
    await caller.close()
  })

  test('callDepth, for a call whose answer is used before it is here', async () => {
    const { caller } = pair({ callDepth: 5 })
    let used: Promise<unknown> | undefined
    const back = (n: number): unknown => {
      // Not awaited, so its answer is held; it leaves with the blocking call, and is as deep.
      const counter = caller.remote.makeCounter()
      used = Promise.resolve().then(() => counter.n)
      return caller.sync.countdown(n, back)
    }
    expect(() => caller.sync.countdown(30, back)).toThrow(
      expect.objectContaining(limited('callDepth')),
    )
    const outcome = await used?.then(
      (value) => value,
      (error: unknown) => error,
    )
    expect(outcome).toMatchObject(limited('callDepth'))
    expect(await caller.remote.add(1, 2)).toBe(3)
    await caller.close()
  })

  test('messageSize', async () => {
    const { caller } = pair({ messageSize: 2000 })
    expect(await caller.remote.add(1, 2)).toBe(3)
    await expect(Promise.resolve(caller.remote.echo('x'.repeat(2000)))).rejects.toMatchObject(
      limited('messageSize'),
    )
    // Many small ones are not one large one.
    const sums = await Promise.all(Array.from({ length: 500 }, (_, n) => caller.remote.add(n, 1)))
    expect(sums).toEqual(Array.from({ length: 500 }, (_, n) => n + 1))
    await caller.close()
  })

  test('a limit that is none, or no number, is refused', () => {
    for (const limits of [
      { depth: 0 },
      { depth: 1.5 },
      { depth: '5' },
      { noSuch: 5 },
      { exports: Number.NaN },
    ]) {
      expect(() => pair(limits as Record<string, number>)).toThrow(TypeError)
    }
    expect(LimitExceededError.name).toBe('LimitExceededError')
  })
})
