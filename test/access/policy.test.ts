/** A host that has its own say: asked before every operation of a peer, and able to put another object in the place of one. */
import {
  AccessDeniedError,
  channel,
  connect,
  expose,
  loopback,
  type Policy,
  type PolicyQuestion,
  proxy,
  RemoteReflect,
  type Session,
  snapshot,
  view,
} from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

class Account {
  balance = 10
  deposit(amount: number): number {
    this.balance += amount
    return this.balance
  }
  withdraw(amount: number): number {
    this.balance -= amount
    return this.balance
  }
  self(): this {
    return this
  }
}

const makeRoot = () => ({
  account: proxy(new Account()),
  other: proxy(new Account()),
  bank: proxy({ vault: new Account() }),
  list: [1, 2],
  Account,
  echo: <T>(value: T): T => value,
  call: (fn: () => unknown): unknown => fn(),
  open: () => proxy(new Account()),
})
type Root = ReturnType<typeof makeRoot>

let sessions: Session[] = []
afterEach(async () => {
  for (const session of sessions) await session.close()
  sessions = []
})

function reach(policy: Policy, root = makeRoot()) {
  const [here, there] = loopback()
  const session = connect<Root>(there, { name: 'guest' })
  sessions.push(session, expose(root, here, { policy }))
  return { ...session, sync: session.sync, root }
}

/** A policy that allows everything and notes what it was asked. */
function noting() {
  const questions: PolicyQuestion[] = []
  const allow = (question: PolicyQuestion): boolean => questions.push(question) > 0
  const seen = () =>
    questions
      .splice(0)
      .map(({ operation, className, path }) => `${operation} ${className} ${path.join('.')}`.trim())
  return { policy: { allow }, questions, seen }
}

describe('allow', () => {
  test('is asked before every operation, step by step', async () => {
    const { policy, questions, seen } = noting()
    const { remote, sync, root } = reach(policy)
    await remote.account.deposit(1)
    expect(questions[1]).toEqual({
      peer: 'guest',
      operation: 'call',
      object: root.account,
      className: 'Account',
      key: 'deposit',
      path: ['account', 'deposit'],
    })
    expect(seen()).toEqual(['get Object account', 'call Account account.deposit'])
    await remote.bank.vault.balance
    expect(seen()).toEqual([
      'get Object bank',
      'get Object bank.vault',
      'get Account bank.vault.balance',
    ])
    const account = await remote.account
    expect(seen()).toEqual(['get Object account'])
    await RemoteReflect.set(account, 'balance', 5)
    await RemoteReflect.has(account, 'balance')
    await RemoteReflect.ownKeys(account)
    await RemoteReflect.getOwnPropertyDescriptor(account, 'balance')
    await RemoteReflect.defineProperty(account, 'balance', { value: 6 })
    await RemoteReflect.deleteProperty(account, 'balance')
    await RemoteReflect.getPrototypeOf(account)
    await RemoteReflect.isExtensible(account)
    await RemoteReflect.preventExtensions(account)
    await snapshot(remote.list)
    for await (const item of remote.list) expect(item).toBeGreaterThan(0)
    await new remote.Account()
    expect(seen()).toEqual([
      'set Account balance',
      'has Account balance',
      'ownKeys Account',
      'getOwnPropertyDescriptor Account balance',
      'defineProperty Account balance',
      'deleteProperty Account balance',
      'getPrototypeOf Account',
      'isExtensible Account',
      'preventExtensions Account',
      'get Object list',
      'snapshot Array list',
      'get Object list',
      'iterate Array list',
      'get Object Account',
      'construct function Account Account',
    ])
    await remote.open().deposit(1)
    await remote.echo(account.self)
    expect(seen()).toEqual([
      'call Object open',
      'call Account deposit',
      'get Account self',
      'call Object echo',
    ])
    const { deposit } = sync.account
    Reflect.apply(deposit, sync.other, [1])
    expect(seen()).toEqual([
      'get Object account',
      'get Account deposit',
      'get Object other',
      'call Account deposit',
    ])
  })

  test('what it does not allow is denied, and does not happen', async () => {
    const { remote, sync, root } = reach({
      allow: ({ className, key }) => !(className === 'Account' && key === 'withdraw'),
    })
    for (const account of [remote.account, remote.bank.vault, remote.account.self()]) {
      const error = await failureOf(account.withdraw(1))
      expect(error).toBeInstanceOf(AccessDeniedError)
      expect((error as Error).message).toBe(
        'property "withdraw" is not accessible from another context.',
      )
    }
    expect(() => sync.account.withdraw).toThrow(AccessDeniedError)
    expect(await failureOf(remote.echo(remote.account.withdraw))).toBeInstanceOf(AccessDeniedError)
    expect(root.account.balance).toBe(10)
    expect(await remote.account.deposit(1)).toBe(11)
  })

  test('a function of another object is not a way around', async () => {
    const root = makeRoot()
    const { sync } = reach(
      { allow: ({ object, key }) => !(object === root.account && key !== 'balance') },
      root,
    )
    const { withdraw } = sync.other
    expect(() => Reflect.apply(withdraw, sync.account, [1])).toThrow(AccessDeniedError)
    expect(sync.account.balance).toBe(10)
    expect(Reflect.apply(withdraw, sync.other, [1])).toBe(9)
  })

  test('only true allows; what it throws is what the caller gets', async () => {
    const forgetful = reach({ allow: (() => undefined) as never })
    expect(await failureOf(forgetful.remote.list)).toBeInstanceOf(AccessDeniedError)
    const late = reach({ allow: (async () => true) as never })
    expect(await failureOf(late.remote.list)).toBeInstanceOf(AccessDeniedError)
    const throwing = reach({
      allow: () => {
        throw new RangeError('not on a Sunday')
      },
    })
    const error = await failureOf(throwing.remote.list)
    expect(error).toBeInstanceOf(RangeError)
    expect(error).toMatchObject({ message: 'not on a Sunday' })
  })
})

describe('distort', () => {
  test('another object stands for one, for everything, and is asked for once', async () => {
    const asked: object[] = []
    const root = makeRoot()
    const tame = { balance: 0, deposit: () => 'tame', self: () => root.account }
    const { remote, sync } = reach(
      {
        distort: (object, peer) => {
          expect(peer).toBe('guest')
          asked.push(object)
          return object === root.account ? tame : object
        },
      },
      root,
    )
    expect(await remote.account.deposit(1)).toBe('tame')
    expect(await remote.account.balance).toBe(0)
    expect(await remote.account.withdraw).toBe(undefined)
    expect(sync.account.deposit(1)).toBe('tame')
    expect(Object.keys(sync.account)).toEqual(['balance', 'deposit', 'self'])
    const held = await remote.account
    expect(await held.self().balance).toBe(0)
    expect(sync.account.self()).toBe(sync.account)
    expect(await remote.other.deposit(1)).toBe(11)
    expect(asked.filter((object) => object === root.account)).toHaveLength(1)
    expect(asked).not.toContain(tame)
    expect(root.account.balance).toBe(10)
  })

  test('it is what the owner is given when the peer passes it on', async () => {
    const root = makeRoot()
    const seen: unknown[] = []
    const keep = (value: unknown): void => void seen.push(value)
    const tame = { tame: true }
    const { remote } = reach(
      { distort: (object) => (object === root.account ? tame : object) },
      Object.assign(root, { keep }),
    )
    const account = await remote.account
    await (remote as unknown as Session<{ keep(value: unknown): void }>['remote']).keep(account)
    await (remote as unknown as Session<{ keep(value: unknown): void }>['remote']).keep(
      remote.account,
    )
    expect(seen).toEqual([tame, tame])
    expect(seen[0]).toBe(tame)
  })

  test('functions, the root, and what is made by new', async () => {
    const root = makeRoot()
    const { withdraw } = Account.prototype
    const { remote, sync } = reach(
      {
        distort: (object) => {
          if (object === withdraw) return () => 'nothing to withdraw'
          if (object === root) return { ...root, extra: 1 }
          return object
        },
      },
      root,
    )
    expect(await remote.account.withdraw(1)).toBe('nothing to withdraw')
    expect(sync.account.withdraw(1)).toBe('nothing to withdraw')
    expect(await new remote.Account().withdraw(1)).toBe('nothing to withdraw')
    expect(Object.keys(sync)).toContain('extra')
    expect(root.account.balance).toBe(10)
  })

  test('what the peer is given is a proxy of what stands for it', async () => {
    const root = makeRoot()
    const { sync } = reach(
      { distort: (object) => (object === root.account ? () => 'a function' : object) },
      root,
    )
    const account = sync.account as unknown as () => string
    expect(typeof account).toBe('function')
    expect(account()).toBe('a function')
  })

  test('a narrowed root stays narrowed when another object stands for it', async () => {
    const root = { shown: 1, hidden: 2 }
    const [here, there] = loopback()
    const policy = {
      distort: (object: object) => (object === root ? { ...root, shown: 3 } : object),
    }
    const session = connect<typeof root>(there)
    sessions.push(session, expose(root, here, { only: ['shown'], policy }))
    expect(await session.remote.shown).toBe(3)
    expect(await session.remote.hidden).toBe(undefined)
    expect(await snapshot(session.remote)).toEqual({ shown: 3 })
  })

  test('what is no object is refused', async () => {
    const { remote } = reach({ distort: () => 5 as never })
    const error = await failureOf(remote.list)
    expect(error).toBeInstanceOf(TypeError)
    expect(error).toMatchObject({ message: 'policy.distort must give an object or a function' })
  })
})

describe('of spawned contexts', () => {
  test('a worker', async () => {
    const { policy, seen } = noting()
    await using worker = await spawnWorker(new URL('../conformance/fixture.ts', import.meta.url), {
      policy,
    })
    await worker.bind({ held: proxy(new Account()) })
    expect(await worker.eval('held.deposit(5)')).toBe(15)
    expect(seen()).toEqual(['call Account deposit'])
  })

  test('an isolate', async () => {
    const account = new Account()
    await using sandbox = await spawnIsolate({
      name: 'plugin',
      globals: { account },
      policy: {
        allow: ({ peer, key }) => peer === 'plugin' && key !== 'withdraw',
        distort: (object) =>
          object === account ? { deposit: (n: number) => `not ${n}`, withdraw: 1 } : object,
      },
    })
    expect(await sandbox.eval('account.deposit(5)')).toBe('not 5')
    expect(await failureOf(sandbox.eval('account.withdraw'))).toBeInstanceOf(AccessDeniedError)
    expect(account.balance).toBe(10)
  })
})

describe('channels and views', () => {
  test('whoever was given an end or a view uses it, whatever a policy says of other objects', async () => {
    const asked: PolicyQuestion[] = []
    const distorted: object[] = []
    const post = channel<string>()
    const memory = view(4)
    const root = { give: () => ({ ...post, memory }) }
    const [here, there] = loopback()
    const session = connect<typeof root>(there, { name: 'guest', sharedMemory: false })
    const policy: Policy = {
      allow: (question) => {
        asked.push(question)
        return question.object === root && question.key === 'give'
      },
      distort: (object) => {
        distorted.push(object)
        return object
      },
    }
    sessions.push(session, expose(root, here, { policy, sharedMemory: false }))

    const given = await session.remote.give()
    await given.sender.send('there')
    expect(await given.receiver.receive()).toBe('there')
    {
      using lease = await given.memory.lease({ range: [1, 3] })
      lease.array.fill(7)
    }
    using lease = await memory.lease({ mode: 'shared' })
    expect([...lease.array]).toEqual([0, 7, 7, 0])
    expect(asked.map(({ key }) => key)).toEqual(['give'])
    expect(distorted).toEqual([root, root.give])
  })
})
