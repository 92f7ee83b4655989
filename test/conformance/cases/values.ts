/** How values cross: every row of the table, in both directions, and what is refused. */
import { type Case, type CaseContext, group } from '../case.ts'
import { Basket, Money, QuotaError, Route, Temperature } from '../registered.ts'
import { samples } from '../samples.ts'

/** Each sample as an argument, as a result, there and back, and inside data. */
const bySample: Case[] = Object.entries(samples).flatMap(([name, make]) =>
  group('value', {
    async [name]({ remote, assert }: CaseContext) {
      const sent = make()
      assert.equal(await remote.receives(name, sent), '', 'the difference there')
      assert.sameGraph(sent, make(), 'what was sent, afterwards: ')
      assert.sameGraph(await remote.gives(name), make(), 'as a result: ')
      assert.sameGraph(await remote.echo(make()), make(), 'there and back: ')
      const inside = { list: [make()], map: new Map([['key', make()]]) }
      assert.sameGraph(await remote.echo(inside), inside, 'inside data: ')
      const shared = make()
      assert.sameGraph(await remote.echo([shared, { shared }]), [shared, { shared }], 'twice: ')
    },
  }),
)

const bytes = group('bytes', {
  async 'a view carries its range and never its pool'({ remote, assert }) {
    const pool = new Uint8Array(4096).fill(99)
    pool.set([1, 2, 3], 100)
    const expected = { bytes: [1, 2, 3], offset: 0, behind: 3 }
    assert.deepEqual(await remote.describeView(pool.subarray(100, 103)), expected)
    assert.deepEqual(await remote.describeView(new DataView(pool.buffer, 100, 3)), expected)
    const given = (await remote.partOfPool()) as { view: Uint8Array; data: DataView }
    assert.deepEqual([...given.view], [1, 2, 3])
    assert.equal(given.view.buffer.byteLength, 3)
    assert.equal(given.data.getUint8(0), 2)
    assert.equal(given.data.buffer.byteLength, 1)
  },

  async 'a subclass of a typed array crosses as what it is at heart'({ remote, assert }) {
    class Pixels extends Uint8Array {
      static get [Symbol.species](): never {
        throw new Error('species was asked for')
      }
    }
    const echoed = await remote.echo(new Pixels([1, 2]))
    assert.deepEqual(echoed, new Uint8Array([1, 2]))
  },

  async 'bytes are copied at the moment of the call'({ remote, assert }) {
    const view = new Uint8Array(10_000).fill(1)
    const echoed = remote.echo(view)
    view.fill(2)
    assert.deepEqual(await echoed, new Uint8Array(10_000).fill(1))
    assert.equal(view.byteLength, 10_000)
  },

  async 'shared memory is shared'({ remote, assert }) {
    const buffer = new SharedArrayBuffer(8)
    const cells = new Int32Array(buffer)
    cells[0] = 41
    assert.equal(await remote.incrementShared(buffer), 41)
    assert.equal(cells[0], 42)
    const echoed = (await remote.echo({ cells: new Int32Array(buffer, 4, 1) })) as {
      cells: Int32Array
    }
    echoed.cells[0] = 7
    assert.equal(cells[1], 7)
    assert.equal(echoed.cells.length, 1)
  },

  async 'a transferred buffer is moved'({ remote, farhold, assert }) {
    const buffer = new Uint8Array([1, 2, 3]).buffer
    const length = remote.byteLengthOf(farhold.transfer(buffer, [buffer]))
    assert.equal(await length, 3)
    assert.equal(buffer.detached, true)
  },

  async 'a transferred buffer is moved from within data'({ remote, farhold, assert }) {
    const pixels = new Uint8Array([0, 1, 2, 3, 4])
    const part = pixels.subarray(1, 4)
    const image = { part, name: 'image' }
    const echoed = (await remote.echo(farhold.transfer(image, [pixels.buffer]))) as typeof image
    assert.equal(pixels.buffer.detached, true)
    assert.deepEqual([...echoed.part], [1, 2, 3])
    assert.equal(echoed.name, 'image')
  },

  async 'two views of a transferred buffer share it there'({ remote, farhold, assert }) {
    const buffer = new ArrayBuffer(4)
    const views = [new Uint8Array(buffer), new Uint16Array(buffer)]
    const [one, two] = (await remote.echo(farhold.transfer(views, [buffer]))) as [
      Uint8Array,
      Uint16Array,
    ]
    assert.deepEqual([one.length, two.length], [4, 2])
    assert.equal(buffer.detached, true)
  },

  async 'a buffer that has moved cannot be sent again'({ remote, farhold, assert }) {
    const buffer = new ArrayBuffer(4)
    await remote.byteLengthOf(farhold.transfer(buffer, [buffer]))
    await assert.rejects(remote.byteLengthOf(farhold.transfer(buffer, [buffer])), {
      code: 'FARHOLD_NOT_SHAREABLE',
    })
    assert.equal(await remote.add(1, 1), 2)
  },
})

const registered = group('registered', {
  async 'an instance arrives as an instance, with what may cross'({ remote, assert }) {
    const received = (await remote.giveMoney()) as Money
    assert.ok(received instanceof Money, 'an instance of Money')
    assert.equal(received.format(), '5 EUR')
    assert.deepEqual(Object.keys(received).sort(), ['amount', 'currency'])
    assert.deepEqual(await remote.receivesMoney(new Money(2, 'USD', 'private')), [
      '2 USD',
      'amount',
      'currency',
    ])
  },

  async 'a transformer carries private state'({ remote, assert }) {
    const warmer = await remote.warmer(new Temperature(300))
    assert.ok(Temperature.is(warmer), 'a Temperature')
    assert.equal((warmer as Temperature).kelvin, 301)
  },

  async 'the data of a transformer may hold anything that crosses'({ remote, asRemote, assert }) {
    const chosen = await remote.followRoute(
      new Route([1, new Money(2, 'EUR')], (stops: readonly unknown[]) => stops[1]),
    )
    assert.ok(chosen instanceof Money, 'an instance of Money')
    const given = (await remote.giveRoute()) as Route
    assert.ok(given instanceof Route && given.stops[0] instanceof Money, 'a Route of Money')
    assert.equal(await asRemote(given.choose)(1), 2)
  },

  async 'a registered error keeps its class'({ remote, assert }) {
    const echoed = (await remote.echo(new QuotaError('none', 3))) as QuotaError
    assert.ok(echoed instanceof QuotaError, 'a QuotaError')
    assert.equal(echoed.left, 3)
    assert.equal(echoed.message, 'none')
  },
})

const refused = group('refused', {
  async 'an instance of an unregistered class, with its path and the ways out'({ remote, assert }) {
    class Invoice {}
    const error = (await assert.rejects(
      remote.echo({ lines: [1, {}, { invoice: new Invoice() }] }),
      {
        name: 'NotShareableError',
        code: 'FARHOLD_NOT_SHAREABLE',
        path: 'arguments[0].lines[2].invoice',
      },
    )) as Error
    for (const part of [
      'Invoice at arguments[0].lines[2].invoice',
      'proxy(invoice)',
      'registerClass(Invoice)',
      'plain data',
    ]) {
      assert.ok(error.message.includes(part), `a message with ${part}, as "${error.message}",`)
    }
  },

  async 'in a result'({ remote, assert }) {
    await assert.rejects(remote.giveInvoice(), { code: 'FARHOLD_NOT_SHAREABLE', path: 'result' })
    await assert.rejects(remote.giveInvoiceInside(), {
      code: 'FARHOLD_NOT_SHAREABLE',
      path: 'result.lines[1].invoice',
    })
    await assert.rejects(remote.giveByKind('WeakMap'), {
      code: 'FARHOLD_NOT_SHAREABLE',
      path: 'result.x',
    })
    await assert.rejects(remote.giveByKind('symbol'), {
      path: 'result.x[0]',
      message: /Symbol\(mine\)/,
    })
    await assert.rejects(remote.giveByKind('Function'), { path: 'result.x' })
    await assert.rejects(remote.giveByKind('Number'), { path: 'result.x' })
    await assert.rejects(remote.makeApi().user(1), { path: 'result' })
  },

  async 'in the result of a callback'({ remote, assert }) {
    await assert.rejects(
      remote.callBack(() => ({ x: new WeakSet() })),
      { path: 'result.x' },
    )
  },

  async 'every kind of thing that is not data'({ remote, assert }) {
    const things = [
      new WeakMap(),
      new WeakSet(),
      new WeakRef({}),
      Object(1),
      Object('s'),
      Object(1n),
      Object(Symbol.iterator),
      new (class Own {})(),
      Object.create({ inherited: 1 }),
      new (class extends Map {})(),
      Function,
      globalThis.eval,
    ]
    for (const [index, thing] of things.entries()) {
      await assert
        .rejects(remote.echo(thing), { code: 'FARHOLD_NOT_SHAREABLE', path: 'arguments[0]' })
        .catch((error: Error) => {
          throw new Error(`thing ${index}: ${error.message}`)
        })
      await assert.rejects(remote.echo(0, [thing]), { path: 'arguments[1][0]' })
    }
  },

  async 'a unique symbol'({ remote, assert }) {
    await assert.rejects(remote.echo({ a: Symbol('mine') }), {
      path: 'arguments[0].a',
      message: /Symbol\(mine\).*Symbol\.for/,
    })
    await assert.rejects(remote.echo(Symbol()), { path: 'arguments[0]' })
  },

  async 'inside a Map and a Set'({ remote, assert }) {
    await assert.rejects(remote.echo(new Map([['bad', new WeakMap()]])), {
      path: 'arguments[0].bad',
    })
    await assert.rejects(remote.echo(new Set([new WeakMap()])), { path: 'arguments[0].item' })
    await assert.rejects(remote.echo(new Map([[new WeakMap(), 1]])), { path: 'arguments[0].key' })
  },

  async 'an instance whose transformer gives data that contains it'({ remote, assert }) {
    const basket = new Basket([])
    const route = new Route([basket], 'x')
    assert.sameGraph(await remote.echo([route, route, basket]), [route, route, basket])
    basket.owner = route
    await assert.rejects(remote.echo({ route }), {
      code: 'FARHOLD_NOT_SHAREABLE',
      message: /Route at arguments\[0\]\.route\.data\.stops\[0\]\.owner/,
    })
    // From the other end the instance is complete before anything needs it.
    assert.sameGraph(await remote.echo(basket), basket)
    assert.equal(await remote.add(1, 1), 2)
  },

  async 'data that is too deep'({ remote, assert }) {
    let value: unknown = 1
    for (let depth = 0; depth < 5000; depth++) value = [value]
    await assert.rejects(remote.echo(value), { code: 'FARHOLD_LIMIT_EXCEEDED' })
    assert.equal(await remote.add(1, 1), 2)
  },

  async 'a refused call is not made, and the session goes on'({ remote, asRemote, assert }) {
    const api = asRemote(await remote.makeApi())
    await assert.rejects(api.note('text', new WeakMap()), { path: 'arguments[1]' })
    assert.deepEqual(await api.calls, [])
    assert.equal(await api.note('fine'), 'fine')
  },

  async 'a getter that fails while it is copied fails the call alone'({ remote, assert }) {
    const data = {
      get bad(): never {
        throw new RangeError('in a getter')
      },
    }
    await assert.rejects(remote.echo(data), { name: 'RangeError', message: 'in a getter' })
    await assert.rejects(remote.echo(remote.makeBox().failing), { message: 'this getter fails' })
    assert.equal(await remote.add(1, 1), 2)
  },
})

const inside = group('inside data', {
  async functions({ remote, asRemote, assert }) {
    const sent = { deep: [{ run: (n: number) => n + 1 }] }
    const echoed = (await remote.echo(sent)) as typeof sent
    assert.equal(echoed.deep[0]?.run, sent.deep[0]?.run, 'my own function')
    const results = await remote.callNested({
      steps: [{ run: (i: number) => `first ${i}` }, { run: async (i: number) => `second ${i}` }],
    })
    assert.deepEqual(results, ['first 0', 'second 1'])
    assert.equal(await asRemote(await remote.adder(1))(2), 3)
  },

  async 'proxies of the owner and of mine'({ remote, farhold, assert }) {
    const mine = farhold.proxy({ value: 'mine' })
    const theirs = await remote.giveHome()
    const echoed = (await remote.echo({
      mine,
      list: [theirs, mine],
      map: new Map([[theirs, mine]]),
    })) as {
      mine: unknown
      list: unknown[]
      map: Map<unknown, unknown>
    }
    assert.equal(echoed.mine, mine)
    assert.equal(echoed.list[0], theirs)
    assert.equal(echoed.list[1], mine)
    assert.equal(echoed.map.get(theirs), mine)
  },

  async 'an object marked by proxy is read live'({ remote, farhold, assert }) {
    const mine = farhold.proxy({ value: 1 })
    assert.equal(await remote.readFrom(mine), 1)
    mine.value = 2
    assert.equal(await remote.readFrom(mine), 2)
  },

  async 'getters are read once, at the call'({ remote, assert }) {
    let reads = 0
    const data = {
      get value() {
        return ++reads
      },
    }
    assert.deepEqual(await remote.echo(data), { value: 1 })
    assert.equal(reads, 1)
  },

  async 'methods named toJSON, toString, valueOf and then are data'({ remote, assert }) {
    let called = 0
    const count = () => ++called
    const data = {
      toJSON: count,
      toString: count,
      valueOf: count,
      then: count,
      [Symbol.toPrimitive]: count,
    }
    assert.deepEqual(await remote.lookFor(data, 'x'), {
      keys: ['toJSON', 'toString', 'valueOf', 'then'],
      plain: true,
      onAnyObject: false,
      onAnyFunction: false,
    })
    assert.equal(called, 0)
  },

  async 'a thenable in answer does not run'({ remote, assert }) {
    const data = { list: [{ then: 'text' }] }
    assert.deepEqual(await remote.echo(data), data)
  },

  async 'a Date, RegExp, Map and Set keep no properties of their own'({ remote, assert }) {
    const date = Object.assign(new Date(0), { extra: 1 })
    assert.deepEqual(await remote.echo(date), new Date(0))
  },
})

const pollution = group('pollution', {
  async 'forbidden keys are dropped from arguments'({ remote, assert }) {
    const hostile: unknown = JSON.parse(
      '{"a": 1, "__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}, "prototype": {"polluted": 1}}',
    )
    const seen = { keys: ['a'], plain: true, onAnyObject: false, onAnyFunction: false }
    assert.deepEqual(await remote.lookFor(hostile, 'polluted'), seen)
    assert.deepEqual(await remote.echo([hostile, { hostile }]), [{ a: 1 }, { hostile: { a: 1 } }])
    assert.equal(await remote.isUnharmed(), true)
  },

  async 'forbidden keys are dropped from results'({ remote, assert }) {
    const received = (await remote.giveForbiddenKeys()) as object
    assert.deepEqual(received, { a: 1, in: { b: 2 } })
    assert.equal(Object.getPrototypeOf(received), Object.prototype)
    assert.equal('polluted' in {}, false)
  },

  async 'forbidden keys are dropped from rich data, bare objects, errors and registered instances'({
    remote,
    assert,
  }) {
    const hostile = JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 1, "b": 1}') as object
    const bare = Object.assign(Object.create(null) as object, {
      constructor: 1,
      prototype: 2,
      c: 3,
    })
    const error = Object.assign(new Error('x'), {
      constructor: 1,
      prototype: { polluted: 1 },
      d: 4,
    })
    Object.defineProperty(error, '__proto__', { value: { polluted: 1 }, enumerable: true })
    const echoed = (await remote.echo({ hostile, bare, error, rich: -0 })) as {
      bare: object
      error: object
      hostile: object
    }
    assert.deepEqual(Reflect.ownKeys(echoed.hostile), ['b'])
    assert.deepEqual(Reflect.ownKeys(echoed.bare), ['c'])
    assert.equal(Object.getPrototypeOf(echoed.bare), null)
    assert.deepEqual(Object.keys(echoed.error), ['d'])
    assert.ok(echoed.error instanceof Error, 'an Error')
    assert.equal(await remote.isUnharmed(), true)
  },
})

export const valueCases: readonly Case[] = [
  ...bySample,
  ...bytes,
  ...registered,
  ...refused,
  ...inside,
  ...pollution,
]
