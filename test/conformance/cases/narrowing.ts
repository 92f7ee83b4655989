/** What an owner leaves out of an object does not exist for a peer, by whatever way it asks; and what a schema refuses does not run. */
import { type Case, group, type Untyped } from '../case.ts'

const DENIED = { code: 'FARHOLD_ACCESS_DENIED' }
const REFUSED = { name: 'SchemaError', code: 'FARHOLD_SCHEMA' }

/** A name that the object has and peers do not, and one that it does not have. */
const HIDDEN_AND_ABSENT = ['secret', 'noSuch'] as const

const INSIDE = ['a vault', 'the secret', 0, [1, 2]]

/** What happens, as data: two of them must be the same where a peer must not be able to tell. */
async function outcomeOf(promise: unknown, name: PropertyKey): Promise<unknown> {
  try {
    return { value: await promise }
  } catch (error) {
    const { code, message } = error as { readonly code?: unknown; readonly message: string }
    return { code, message: message.replaceAll(String(name), 'NAME') }
  }
}

const names = group('narrowing', {
  async 'what is named is there, and works'({ remote, asRemote, assert, farhold }) {
    const { vault, inside } = await remote.makeNarrowed()
    const held = asRemote(vault)
    assert.equal(await held.label, 'a vault')
    assert.equal(await held.deposit(5), 5)
    assert.equal(await held.sum, 5)
    assert.equal(await held.list[1], 2)
    assert.equal(await held.self().self().deposit(2), 7)
    await farhold.RemoteReflect.set(held, 'label', 'mine')
    assert.deepEqual(await asRemote(inside)(), ['mine', 'the secret', 7, [1, 2]])
  },

  async 'what is left out cannot be told from what was never there'(context) {
    const { remote, asRemote, assert, farhold } = context
    const { RemoteReflect } = farhold
    const { vault, inside } = await remote.makeNarrowed()
    const held = asRemote(vault)
    const outcomes = await Promise.all(
      HIDDEN_AND_ABSENT.map((name) =>
        Promise.all(
          [
            held[name],
            held[name]('x'),
            held[name].deeper,
            new (held[name] as Untyped)(),
            RemoteReflect.get(held, name),
            RemoteReflect.has(held, name),
            RemoteReflect.getOwnPropertyDescriptor(held, name),
            RemoteReflect.set(held, name, 'changed'),
            RemoteReflect.deleteProperty(held, name),
            RemoteReflect.defineProperty(held, name, { value: 'changed' }),
            RemoteReflect.ownKeys(held[name]),
            farhold.snapshot(held[name]),
          ].map((promise) => outcomeOf(promise, name)),
        ),
      ),
    )
    assert.deepEqual(outcomes[0], outcomes[1])
    assert.equal(await held.secret, undefined)
    assert.equal(await RemoteReflect.has(held, 'secret'), false)
    assert.deepEqual(await RemoteReflect.ownKeys(held), ['label', 'list'])
    await assert.rejects(RemoteReflect.set(held, 'secret', 1), DENIED)
    await assert.rejects(RemoteReflect.deleteProperty(held, 'secret'), DENIED)
    await assert.rejects(RemoteReflect.preventExtensions(held), DENIED)
    assert.deepEqual(await asRemote(inside)(), INSIDE)
  },

  async 'methods: what is left out cannot be told from what was never there'(context) {
    const { remote, asRemote, assert, farhold } = context
    const { RemoteReflect } = farhold
    const { vault, inside } = await remote.makeCallable()
    const held = asRemote(vault)
    const outcomes = await Promise.all(
      ['reveal', 'noSuch'].map((name) =>
        Promise.all(
          [
            held[name],
            held[name]('x'),
            RemoteReflect.has(held, name),
            RemoteReflect.getOwnPropertyDescriptor(held, name),
            RemoteReflect.set(held, name, 'changed'),
            RemoteReflect.deleteProperty(held, name),
            RemoteReflect.defineProperty(held, name, { value: 'changed' }),
          ].map((promise) => outcomeOf(promise, name)),
        ),
      ),
    )
    assert.deepEqual(outcomes[0], outcomes[1])
    assert.equal(await held.secret, 'the secret')
    assert.equal(await held.deposit(3), 3)
    await assert.rejects(RemoteReflect.set(held, 'reveal', 1), DENIED)
    assert.deepEqual(await asRemote(inside)(), ['a vault', 'the secret', 3, [1, 2]])
  },

  async 'no other way in: iterating, disposing, JSON, pipelined and held answers'(context) {
    const { remote, asRemote, assert } = context
    const { vault, inside } = await remote.makeNarrowed()
    const held = asRemote(vault)
    const items: unknown[] = []
    const iterate = async () => {
      for await (const item of held) items.push(item)
    }
    await assert.rejects(iterate(), { name: 'TypeError', message: /not iterable/ })
    assert.deepEqual(items, [])
    const answer = remote.makeNarrowed().vault.self()
    assert.equal(await answer.secret, undefined)
    await assert.rejects(answer.reveal(), {
      name: 'TypeError',
      message: /reveal is not a function/,
    })
    assert.equal(await remote.echo(held.secret), undefined)
    assert.equal(await remote.echo(answer.secret), undefined)
    assert.equal(await remote.echo(held.label), 'a vault')
    await held[Symbol.asyncDispose]()
    assert.deepEqual(await asRemote(inside)(), INSIDE)
  },

  async 'a function of another object is not a way around'({ remote, asRemote, assert }) {
    for (const make of ['makeNarrowed', 'makeCallable'] as const) {
      const { vault, inside, other } = await remote[make]()
      const reveal = asRemote(other).reveal
      // The language calls the first argument with the second as its `this`.
      const list = asRemote(await remote.makeList([1]))
      await assert.rejects(list.map(reveal, vault), DENIED)
      assert.deepEqual(await list.map(asRemote(other).deposit, vault), [1])
      assert.deepEqual(await asRemote(inside)(), ['a vault', 'the secret', 1, [1, 2]])
    }
  },

  async 'a method of the language is not a way in'({ remote, asRemote, assert }) {
    const { list, data } = asRemote(await remote.makeNarrowedData())
    const other = asRemote(await remote.makeList(['a', ['b']]))
    assert.equal(await list[1], undefined)
    await assert.rejects(other.concat(list), DENIED)
    await assert.rejects(remote.echo([[list]]).flat(2), DENIED)
    await assert.rejects(remote.echo([1, data]).join(), DENIED)
    await assert.rejects(remote.text('a').concat(data), DENIED)
    assert.deepEqual(await other.concat(['c']), ['a', ['b'], 'c'])
    assert.deepEqual(await other.flat(), ['a', 'b'])
    assert.equal(await other.push(data), 3)
    assert.equal(await other.includes(data), true)
  },

  async 'a copy shows no more'({ remote, asRemote, assert, farhold }) {
    const made = await remote.makeNarrowedData()
    const held = asRemote(made)
    const copy = (await farhold.snapshot(held.data)) as Untyped
    assert.deepEqual(Object.keys(copy), ['shown', 'show', 'again'])
    assert.deepEqual(copy.shown, { a: 1 })
    assert.equal(await asRemote(copy.show)(), 'shown')
    assert.deepEqual(await farhold.snapshot(held.list), ['shown'].concat(new Array(1)))
    await assert.rejects(farhold.snapshot(held.map), {
      code: 'FARHOLD_NOT_SHAREABLE',
      message: /has only a part/,
    })
    const [first] = (await held.within()) as Untyped
    assert.equal(farhold.isProxy(first), true)
    assert.equal(await asRemote(first).secret, undefined)
    const methods = (await farhold.snapshot(asRemote(await remote.makeMethodsOnly()))) as Untyped
    assert.deepEqual(Object.keys(methods), ['count', 'show'])
  },

  async 'classes: statics, instances, namespaces'({ remote, asRemote, assert, farhold }) {
    const { Guarded, instance, space } = asRemote(await remote.makeNarrowedClass())
    assert.equal(await Guarded.unit, 'one')
    assert.equal(await Guarded.secret, undefined)
    assert.equal(await Guarded.create().name, 'created')
    assert.equal(await new Guarded('made').name, 'made')
    await assert.rejects(new Guarded(5), REFUSED)
    await assert.rejects(new space.Guarded('x'), { name: 'TypeError' })
    assert.equal(farhold.isProxy(await new space.Open()), true)
    assert.equal(await instance.name, 'instance')
    assert.equal(await farhold.RemoteReflect.has(Guarded, Symbol.hasInstance), false)
  },
})

const schemas = group('schema', {
  async 'arguments are checked before the method runs, and it gets what the validator gives'({
    remote,
    asRemote,
    assert,
  }) {
    const made = asRemote(await remote.makeChecked())
    assert.equal(await made.api.add(1, '2.5'), 3.5)
    const error = (await assert.rejects(made.api.add('1', 2), {
      ...REFUSED,
      message: 'the call of "add" was refused: arguments[0]: a whole number, not string',
    })) as Untyped
    assert.deepEqual(error.issues, [{ message: 'a whole number, not string', path: [0] }])
    assert.equal(error.part, 'arguments')
    await assert.rejects(made.api.add(1, 2, 3), { ...REFUSED, message: /3 arguments/ })
    await assert.rejects(made.api.add(), { ...REFUSED, message: /\(and 1 more\)/ })
    assert.deepEqual(await made.ran(), [['add', 1, 2.5]])
  },

  async 'a validator of the whole list'({ remote, asRemote, assert }) {
    const made = asRemote(await remote.makeChecked())
    assert.equal(await made.api.sum(1, 2), 6)
    await assert.rejects(made.api.sum(1, 'a'), { ...REFUSED, message: /arguments\[1\]: numbers/ })
    assert.deepEqual(await made.ran(), [['sum', 2, 4]])
  },

  async 'issues are plain data, and what is left out has its default'({
    remote,
    asRemote,
    assert,
  }) {
    const made = asRemote(await remote.makeChecked())
    assert.equal(await made.api.greet({ name: 'Ada', more: true }), 'none Ada')
    const error = (await assert.rejects(made.api.greet({ name: 1 }, 2), REFUSED)) as Untyped
    assert.deepEqual(error.issues, [
      { message: 'a text', path: [0, 'name'] },
      { message: 'and more', path: [0, 'name', 'Symbol(deep)'] },
      { message: 'a text', path: [1] },
    ])
    assert.match(error.message, /arguments\[0\]\.name: a text \(and 2 more\)/)
    assert.deepEqual(await made.ran(), [['greet', { name: 'Ada' }, 'none']])
  },

  async results({ remote, asRemote, assert }) {
    const made = asRemote(await remote.makeChecked())
    assert.deepEqual(await made.api.find('Ada'), { name: 'Ada' })
    assert.deepEqual(await made.api.findLater('Ada'), { name: 'Ada' })
    const error = (await assert.rejects(made.api.findLater('none'), {
      ...REFUSED,
      message: /^the result of "findLater" was refused: result\.name: a text/,
    })) as Untyped
    assert.equal(error.part, 'result')
    assert.equal(await made.api.find('Ada').password, undefined)
  },

  async 'validators that take time'({ remote, asRemote, assert }) {
    const made = asRemote(await remote.makeChecked())
    assert.equal(await made.api.addLater(1, 2), 3)
    assert.equal(await made.api.isServingLater(1), true)
    await assert.rejects(made.api.addLater('1', 2), REFUSED)
    await assert.rejects(made.api.addLater(1, 0.5), { ...REFUSED, message: /result: a whole/ })
    assert.deepEqual(await made.ran(), [
      ['addLater', 1, 2],
      ['addLater', 1, 0.5],
    ])
    assert.equal(await (await new made.PointLater(4)).x, 4)
    await assert.rejects(new made.PointLater('4'), REFUSED)
  },

  async 'a function by itself, and a class'({ remote, asRemote, assert }) {
    const made = asRemote(await remote.makeChecked())
    assert.equal(await made.double(4), 8)
    await assert.rejects(made.double('4'), REFUSED)
    const double = asRemote(await made.double)
    await assert.rejects(double(0.5), REFUSED)
    const list = asRemote(await remote.makeList([0.5]))
    await assert.rejects(list.map(double), REFUSED)
    await assert.rejects(remote.text('a').replace('a', double), REFUSED)
    await assert.rejects(list.values().forEach(double), REFUSED)
    assert.equal(await new made.Point(3).x, 3)
    await assert.rejects(new made.Point('3'), REFUSED)
  },

  async 'there is no way around: descriptors, copies, functions sent back or lent'({
    remote,
    asRemote,
    assert,
    farhold,
  }) {
    const made = asRemote(await remote.makeChecked())
    const bad = ['1', 2] as const
    const read = asRemote(await made.api.add)
    const described = (await farhold.RemoteReflect.getOwnPropertyDescriptor(made.api, 'add')) ?? {}
    const copied = (await farhold.snapshot(made.api)) as Untyped
    for (const add of [read, asRemote((described as Untyped).value), asRemote(copied.add)]) {
      await assert.rejects(add(...bad), REFUSED)
      await assert.rejects(made.api.callBack(add, ...bad), REFUSED)
    }
    assert.equal(await made.api.free(...bad), 2)
    const list = asRemote(await remote.makeList([...bad]))
    await assert.rejects(list.map(made.open.add, made.api), REFUSED)
    assert.deepEqual(await made.ran(), [])
  },
})

export const blockingNarrowingCases: readonly Case[] = group('narrowing, blocking', {
  'what is left out is not there'({ sync, assert, farhold }) {
    const { vault, inside, other } = sync().makeNarrowed() as Untyped
    assert.equal(vault.label, 'a vault')
    assert.equal(vault.secret, undefined)
    assert.equal('secret' in vault, false)
    assert.deepEqual(Reflect.ownKeys(vault), ['label', 'list'])
    assert.deepEqual(
      Object.entries(vault).map(([key]) => key),
      ['label', 'list'],
    )
    assert.equal(Object.getOwnPropertyDescriptor(vault, 'secret'), undefined)
    assert.throws(() => vault.reveal(), { name: 'TypeError' })
    assert.throws(() => Reflect.set(vault, 'secret', 1), DENIED)
    assert.throws(() => Reflect.deleteProperty(vault, 'secret'), DENIED)
    assert.throws(() => Object.defineProperty(vault, 'secret', { value: 1 }), DENIED)
    assert.throws(() => [...vault], { name: 'TypeError' })
    assert.throws(() => other.reveal.call(vault), DENIED)
    assert.equal(other.deposit.call(vault, 2), 2)
    assert.equal(vault.self().secret, undefined)
    assert.equal(JSON.stringify(vault), '{"label":"a vault","list":[1,2]}')
    const heir = Object.create(vault) as Untyped
    heir.secret = 'mine'
    assert.equal(heir.secret, 'mine')
    assert.deepEqual(inside(), ['a vault', 'the secret', 2, [1, 2]])
    const { data } = sync().makeNarrowedData() as Untyped
    data.again = null
    assert.equal(JSON.stringify(data), '{"shown":{"a":1},"again":null}')
    assert.deepEqual(Object.keys(farhold.snapshot(data) as object), ['shown', 'show', 'again'])
  },

  'methods that are left out are not there'({ sync, assert }) {
    const { vault, inside, other } = sync().makeCallable() as Untyped
    assert.equal(vault.secret, 'the secret')
    assert.equal(vault.reveal, undefined)
    assert.equal('reveal' in vault, false)
    assert.throws(() => other.reveal.call(vault), DENIED)
    assert.equal(vault.deposit(2), 2)
    assert.equal(vault.deposit, vault.deposit)
    assert.deepEqual(inside(), ['a vault', 'the secret', 2, [1, 2]])
    const only = sync().makeMethodsOnly() as Untyped
    assert.deepEqual(Object.keys(only), ['count', 'show'])
    assert.equal(JSON.stringify(only), '{"count":1}')
    assert.equal(only.getter, undefined)
    const { get } = Object.getOwnPropertyDescriptor(only, 'getter') ?? {}
    assert.equal(typeof get, 'function')
    assert.equal(get?.call(only), undefined)
    assert.equal(get?.(), undefined)
  },

  classes({ sync, assert }) {
    const { Guarded, instance } = sync().makeNarrowedClass() as Untyped
    assert.equal(Guarded.unit, 'one')
    assert.equal(Guarded.secret, undefined)
    assert.equal(instance instanceof Guarded, true)
    assert.equal(new Guarded('a').name, 'a')
    assert.throws(() => new Guarded(1), REFUSED)
    // The class would say that anything is; peers do not have what says so.
    assert.equal({} instanceof Guarded, false)
  },

  schemas({ sync, assert }) {
    const made = sync().makeChecked() as Untyped
    const { api } = made
    assert.equal(api.add(1, '2'), 3)
    const error = assert.throws(() => api.add('1', 2), REFUSED) as Untyped
    assert.deepEqual(error.issues, [{ message: 'a whole number, not string', path: [0] }])
    const { add } = api
    assert.throws(() => add('1', 2), REFUSED)
    assert.throws(() => add.call(api, '1', 2), REFUSED)
    assert.throws(() => made.open.add.call(api, '1', 2), REFUSED)
    assert.throws(() => Object.getOwnPropertyDescriptor(api, 'add')?.value('1', 2), REFUSED)
    assert.deepEqual(api.find('Ada'), { name: 'Ada' })
    assert.throws(() => made.double('1'), REFUSED)
    assert.throws(() => new made.Point('1'), REFUSED)
    assert.deepEqual(made.ran(), [
      ['add', 1, 2],
      ['find', 'Ada'],
    ])
  },
})

/** Towards a peer that promises are kept from, an answer that takes time is a promise. */
export const blockingLaterCases: readonly Case[] = group('narrowing, blocking', {
  async 'validators that take time'({ sync, assert }) {
    const { api, PointLater } = sync().makeChecked() as Untyped
    const outcome = async (run: () => unknown): Promise<unknown> => run()
    assert.equal(await outcome(() => api.addLater(1, 2)), 3)
    await assert.rejects(
      outcome(() => api.addLater('1', 2)),
      REFUSED,
    )
    const point = (await outcome(() => new PointLater(4))) as Untyped
    assert.equal(point.x, 4)
  },
})

export const narrowingCases: readonly Case[] = [
  ...names,
  ...schemas,
  ...blockingNarrowingCases,
  ...blockingLaterCases,
]
