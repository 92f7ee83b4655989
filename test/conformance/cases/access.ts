/** What a peer cannot reach, by whatever operation: default-deny, as DESIGN.md says in section 6. */
import { type Case, type CaseContext, group, type Untyped } from '../case.ts'

/** Names that do not exist for a peer at all. */
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
] as const

/** What every object and every function inherits: not the owner's own, so not there. */
const INHERITED = [
  'hasOwnProperty',
  'isPrototypeOf',
  'propertyIsEnumerable',
  'toLocaleString',
  'toString',
  'valueOf',
] as const
const OF_FUNCTIONS = ['call', 'apply', 'bind', Symbol.hasInstance] as const

/** Has toString of its own. */
const OWN_TEXT = new Set(['list', 'error'])

async function targetsOf({ remote, asRemote }: CaseContext): Promise<[string, Untyped][]> {
  const targets = (await remote.makeTargets()) as Record<string, unknown>
  return [
    ['root', remote],
    ['path', remote.nested.a],
    ...Object.entries(targets).map(([name, target]): [string, Untyped] => [name, asRemote(target)]),
  ]
}

export const accessCases: readonly Case[] = group('access', {
  async 'forbidden names do not exist, by any operation'(context) {
    const { remote, farhold, assert } = context
    const { RemoteReflect } = farhold
    const denied = { code: 'FARHOLD_ACCESS_DENIED' }
    for (const [, target] of await targetsOf(context)) {
      for (const name of FORBIDDEN) {
        // A Remote may be a class: `extends` reads its `prototype`, and is refused when it is constructed.
        const read = (target as unknown as Record<string, unknown>)[name] ?? undefined
        assert.equal(read, undefined)
        await assert.rejects(RemoteReflect.get(target, name), denied)
        await assert.rejects(RemoteReflect.set(target, name, { polluted: 1 }), denied)
        await assert.rejects(RemoteReflect.deleteProperty(target, name), denied)
        await assert.rejects(RemoteReflect.defineProperty(target, name, { value: 1 }), denied)
        assert.equal(await RemoteReflect.has(target, name), false, name)
        assert.equal(await RemoteReflect.getOwnPropertyDescriptor(target, name), undefined, name)
        assert.equal((await RemoteReflect.ownKeys(target)).includes(name), false, name)
      }
    }
    assert.equal(await remote.isUnharmed(), true)
  },

  async 'forbidden names stay forbidden as path elements'(context) {
    const { farhold, assert } = context
    const { RemoteReflect } = farhold
    for (const [, target] of await targetsOf(context)) {
      for (const name of FORBIDDEN) {
        const through = (key: PropertyKey) =>
          RemoteReflect.get(target, name).then((found) => RemoteReflect.get(found as object, key))
        await assert.rejects(through('constructor'), { code: 'FARHOLD_ACCESS_DENIED' })
      }
    }
  },

  async 'what Object.prototype defines is not there'(context) {
    const { farhold, assert } = context
    const { RemoteReflect } = farhold
    for (const [kind, target] of await targetsOf(context)) {
      for (const name of INHERITED) {
        if (OWN_TEXT.has(kind) && name.startsWith('to')) continue
        assert.equal(await RemoteReflect.get(target, name), undefined, `${kind} ${name}`)
        assert.equal(await RemoteReflect.has(target, name), false, `${kind} ${name}`)
        assert.equal(
          await RemoteReflect.getOwnPropertyDescriptor(target, name),
          undefined,
          `${kind} ${name}`,
        )
      }
      const { hasOwnProperty: inherited } = target
      await assert.rejects(inherited('own'), {
        name: 'TypeError',
        message: /hasOwnProperty is not a function/,
      })
    }
  },

  async 'what Function.prototype defines is not there'(context) {
    const { remote, farhold, assert } = context
    const { RemoteReflect } = farhold
    for (const [kind, target] of await targetsOf(context)) {
      for (const name of OF_FUNCTIONS) {
        assert.equal(await RemoteReflect.get(target, name), undefined, `${kind} ${String(name)}`)
        assert.equal(await RemoteReflect.has(target, name), false, `${kind} ${String(name)}`)
      }
    }
    for (const name of ['call', 'apply', 'bind'] as const) {
      const method = remote.add[name] as Untyped
      await assert.rejects(method(undefined, 1, 2), {
        name: 'TypeError',
        message: new RegExp(`add\\.${name} is not a function`),
      })
    }
  },

  async 'what the owner and its classes define is there'(context) {
    const { remote, asRemote, assert } = context
    const guarded = asRemote(await remote.Guarded.create())
    assert.equal(await guarded.own, 'own')
    assert.equal(await guarded.method(), 'method')
    assert.equal(await guarded.inherited(), 'inherited')
    assert.equal(await guarded.data.a, 1)
  },

  async 'root prototypes that were exposed by mistake stay closed'({ remote, farhold, assert }) {
    const { RemoteReflect } = farhold
    for (const name of ['object', 'function'] as const) {
      const target = remote.prototypes[name] as Untyped
      assert.equal(await RemoteReflect.get(target, 'toString'), undefined)
      assert.equal(await RemoteReflect.has(target, 'toString'), false)
      await assert.rejects(RemoteReflect.set(target, 'polluted', 1), {
        code: 'FARHOLD_UNPROTECTED',
      })
      await assert.rejects(RemoteReflect.defineProperty(target, 'polluted', { value: 1 }), {
        code: 'FARHOLD_UNPROTECTED',
      })
      await assert.rejects(RemoteReflect.deleteProperty(target, 'toString'), {
        code: 'FARHOLD_UNPROTECTED',
      })
      await assert.rejects(RemoteReflect.preventExtensions(target), { code: 'FARHOLD_UNPROTECTED' })
    }
    assert.equal(await remote.isUnharmed(), true)
  },

  async 'what turns text into code never crosses and cannot be called'({
    remote,
    farhold,
    assert,
  }) {
    for (const name of ['Function', 'indirectEval', 'AsyncFunction', 'GeneratorFunction']) {
      const evaluator = remote.evaluators[name] as Untyped
      await assert.rejects(evaluator, { code: 'FARHOLD_ACCESS_DENIED' })
      await assert.rejects(evaluator('return 1'), { code: 'FARHOLD_ACCESS_DENIED' })
      await assert.rejects(new evaluator('return 1'), { code: 'FARHOLD_ACCESS_DENIED' })
      await assert.rejects(farhold.RemoteReflect.get(remote.evaluators, name), {
        code: 'FARHOLD_ACCESS_DENIED',
      })
      await assert.rejects(
        farhold.RemoteReflect.getOwnPropertyDescriptor(remote.evaluators, name),
        { code: 'FARHOLD_ACCESS_DENIED' },
      )
      await assert.rejects(remote.giveEvaluator(name), { code: 'FARHOLD_NOT_SHAREABLE' })
      await assert.rejects(remote.giveEvaluator(name)('return 1'), {})
      await assert.rejects(new (remote.giveEvaluator(name) as Untyped)('return 1')(), {})
      await assert.rejects(remote.callBack(remote.giveEvaluator(name), 'return 1'), {})
    }
    await assert.rejects(remote.evaluators, { code: 'FARHOLD_NOT_SHAREABLE' })
  },

  async 'prototypes never cross'({ remote, asRemote, farhold, assert }) {
    const { RemoteReflect } = farhold
    const counter = asRemote(await remote.makeCounter(1))
    const prototype = (await RemoteReflect.getPrototypeOf(counter)) as object
    assert.equal(prototype, Object.prototype)
    assert.equal(farhold.isProxy(prototype), false)
    assert.throws(() => Object.setPrototypeOf(counter, {}), { name: 'TypeError' })
    assert.equal('setPrototypeOf' in RemoteReflect, false)
  },

  async 'a write stays on the object it is made to'({ remote, asRemote, farhold, assert }) {
    const { RemoteReflect } = farhold
    const one = asRemote(await remote.Guarded.create())
    await RemoteReflect.set(one, 'method', 'shadowed')
    assert.equal(await one.method, 'shadowed')
    assert.equal(await remote.Guarded.create().method(), 'method')
    assert.equal(await remote.isUnharmed(), true)
  },

  async 'a getter is given its own object and no other'({ remote, asRemote, farhold, assert }) {
    const box = asRemote(await remote.makeBox())
    const twice = await farhold.RemoteReflect.getOwnPropertyDescriptor(box, 'twice')
    await asRemote(twice?.get)().then(
      (value: unknown) => assert.equal(Number.isNaN(value), true),
      (error: unknown) => assert.ok(error instanceof TypeError, 'a TypeError'),
    )
  },
})
