/** Validators of three libraries, by nothing but the specification that they follow. */
import {
  connect,
  currentCall,
  expose,
  loopback,
  proxy,
  SchemaError,
  type Session,
  withOptions,
} from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { type } from 'arktype'
import * as v from 'valibot'
import { afterEach, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { failureOf } from '../failure.ts'

interface Order {
  readonly id: number
  readonly note: string
}

class Orders {
  readonly ran: unknown[][] = []
  place(order: Order, count: number): number {
    this.ran.push([order, count])
    return order.id * count
  }
  total(...counts: number[]): number {
    this.ran.push(counts)
    return counts.reduce((sum, count) => sum + count, 0)
  }
  find(id: number): { id: number; secret?: string } {
    this.ran.push([id])
    return { id, secret: 'the secret' }
  }
}

const exposeWith = {
  zod: (orders: Orders) =>
    proxy(orders, {
      schema: {
        place: {
          args: [z.object({ id: z.coerce.number(), note: z.string().trim() }), z.int().positive()],
        },
        total: { args: z.tuple([z.number()], z.number()) },
        find: { args: [z.number()], result: z.object({ id: z.number() }) },
      },
    }),
  valibot: (orders: Orders) =>
    proxy(orders, {
      schema: {
        place: {
          args: [
            v.object({
              id: v.pipe(v.union([v.string(), v.number()]), v.transform(Number), v.number()),
              note: v.pipe(v.string(), v.trim()),
            }),
            v.pipe(v.number(), v.integer(), v.minValue(1)),
          ],
        },
        total: { args: v.tupleWithRest([v.number()], v.number()) },
        find: { args: [v.number()], result: v.object({ id: v.number() }) },
      },
    }),
  arktype: (orders: Orders) =>
    proxy(orders, {
      schema: {
        place: {
          args: [
            type({ id: 'string.numeric.parse | number', note: 'string.trim' }),
            type('number.integer > 0'),
          ],
        },
        total: { args: type('number[] >= 1') },
        find: { args: [type('number')], result: type({ id: 'number', '+': 'delete' }) },
      },
    }),
}

let sessions: Session[] = []
afterEach(async () => {
  for (const session of sessions) await session.close()
  sessions = []
})

function reach<T extends object>(root: T): Session<T> {
  const [here, there] = loopback()
  const session = connect<T>(there, { name: 'caller' })
  sessions.push(session, expose(root, here))
  return session
}

describe.each(['zod', 'valibot', 'arktype'] as const)('%s', (library) => {
  const prepare = () => {
    const orders = new Orders()
    return { orders, session: reach({ orders: exposeWith[library](orders) }) }
  }

  test('what is valid gets through, as the validator gives it', async () => {
    const { orders, session } = prepare()
    const { remote, sync } = session
    expect(await remote.orders.place({ id: '4' as never, note: ' now ' }, 2)).toBe(8)
    expect(sync.orders.place({ id: 1, note: 'later' }, 3)).toBe(3)
    expect(orders.ran).toEqual([
      [{ id: 4, note: 'now' }, 2],
      [{ id: 1, note: 'later' }, 3],
    ])
    expect(await remote.orders.total(1, 2, 3)).toBe(6)
    expect(await remote.orders.find(7)).toEqual({ id: 7 })
  })

  test('what is not does not run, and the caller is told what and where', async () => {
    const { orders, session } = prepare()
    const { remote, sync } = session
    const error = await failureOf(remote.orders.place({ id: 1, note: 5 as never }, 1.5))
    expect(error).toBeInstanceOf(SchemaError)
    expect(error).toMatchObject({ code: 'FARHOLD_SCHEMA', part: 'arguments' })
    const { issues, message } = error as SchemaError
    expect(issues.map(({ path }) => path)).toEqual([[0, 'note'], [1]])
    expect(message).toMatch(/^the call of "place" was refused: arguments\[0\]\.note: /)
    expect(message).toContain(`${issues[0]?.message} (and 1 more)`)
    expect(issues).toEqual(structuredClone(issues))
    expect(() => sync.orders.place({ id: 1, note: '' }, 0)).toThrow(/arguments\[1\]: /)
    expect(await failureOf(remote.orders.total())).toBeInstanceOf(SchemaError)
    expect(await failureOf(remote.orders.total(1, 'two' as never))).toMatchObject({
      issues: [{ path: [1] }],
    })
    expect(orders.ran).toEqual([])
  })

  test('towards a guest', async () => {
    const orders = new Orders()
    await using sandbox = await spawnIsolate({
      globals: { orders: exposeWith[library](orders) },
    })
    expect(await sandbox.eval('orders.place({ id: 2, note: "a" }, 2)')).toBe(4)
    expect(
      await sandbox.eval(
        'try { orders.place({ id: 2 }, 2) } catch (e) { [e.code, e.issues[0].path, e.part] }',
      ),
    ).toEqual(['FARHOLD_SCHEMA', [0, 'note'], 'arguments'])
    expect(await sandbox.eval('orders.find(5)')).toEqual({ id: 5 })
    expect(await failureOf(sandbox.eval('orders.find("5")'))).toBeInstanceOf(SchemaError)
    expect(orders.ran).toHaveLength(2)
  })
})

describe('validators that take time', () => {
  const known = new Set(['Ada'])
  const user = z.string().refine(async (name) => known.has(name), 'no such user')

  test('zod', async () => {
    const ran: string[] = []
    const root = {
      greet: (name: string): string => {
        ran.push(name)
        return `Hello ${name} from ${currentCall()?.caller}`
      },
    }
    const { remote } = reach({ api: proxy(root, { schema: { greet: { args: [user] } } }) })
    expect(await remote.api.greet('Ada')).toBe('Hello Ada from caller')
    expect(await failureOf(remote.api.greet('Eve'))).toMatchObject({
      code: 'FARHOLD_SCHEMA',
      issues: [{ message: 'no such user', path: [0] }],
    })
    expect(ran).toEqual(['Ada'])
  })

  test('a call that was given up while it was checked does not run', async () => {
    const asked = Promise.withResolvers<void>()
    const answer = Promise.withResolvers<boolean>()
    const ran: string[] = []
    const slow = z.string().refine(() => {
      asked.resolve()
      return answer.promise
    })
    const root = { greet: (name: string) => ran.push(name) }
    const { remote } = reach({ api: proxy(root, { schema: { greet: { args: [slow] } } }) })
    const controller = new AbortController()
    const call = withOptions(remote.api, { signal: controller.signal }).greet('Ada')
    const failed = failureOf(call)
    await asked.promise
    controller.abort(new RangeError('never mind'))
    expect(await failed).toBeInstanceOf(RangeError)
    answer.resolve(true)
    await remote.api.greet.name // a round trip
    expect(ran).toEqual([])
  })
})

describe('what a validator does', () => {
  const standard = (validate: (value: unknown) => unknown) =>
    ({ '~standard': { version: 1, vendor: 'test', validate } }) as never
  const reachWith = (validate: (value: unknown) => unknown, part: 'args' | 'result' = 'args') => {
    const root = { echo: (...values: unknown[]): unknown => values[0] }
    return reach({ api: proxy(root, { schema: { echo: { [part]: standard(validate) } } }) }).remote
      .api
  }

  test('what it throws is what the caller gets', async () => {
    const api = reachWith(() => {
      throw new RangeError('the validator fails')
    })
    expect(await failureOf(api.echo(1))).toMatchObject({ name: 'RangeError' })
    const later = reachWith(async () => Promise.reject(new RangeError('later')), 'result')
    expect(await failureOf(later.echo(1))).toMatchObject({ name: 'RangeError', message: 'later' })
  })

  test('one of the whole list must give a list', async () => {
    const api = reachWith(() => ({ value: 5 }))
    expect(await failureOf(api.echo(1))).toMatchObject({
      name: 'TypeError',
      message: 'the validator of the arguments of "echo" must give a list',
    })
  })

  test('a peer does not decide how long an error is', async () => {
    const api = reachWith((list) => ({
      issues: (list as unknown[]).map((_, index) => ({ message: 'wrong', path: [index] })),
    }))
    const error = (await failureOf(api.echo(...new Array(1000).fill(0)))) as SchemaError
    expect(error.issues).toHaveLength(100)
    expect(error.message).toMatch(/\(and 999 more\)$/)
  })
})
