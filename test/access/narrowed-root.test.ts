/** What `expose` leaves out of its root is left out for that peer, and for no one else. */
import { MessageChannel, Worker } from 'node:worker_threads'
import {
  AccessDeniedError,
  connect,
  type ExposeOptions,
  expose,
  loopback,
  NotShareableError,
  proxy,
  RemoteReflect,
  SchemaError,
  type Session,
  type StandardSchema,
  snapshot,
  type Transport,
} from '@farhold/core'
import { workerTransport } from '@farhold/transport-worker'
import { afterEach, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

const makeRoot = () => {
  const root = {
    label: 'root',
    secret: 'the secret',
    inner: { secret: 'of the inner one' },
    greet: (name: string) => `Hello ${name}`,
    reveal: () => 'the secret',
    self: (): unknown => root,
    within: (): unknown => ({ root }),
    same: (value: unknown): boolean => value === root,
  }
  return root
}
type Root = ReturnType<typeof makeRoot>

let sessions: Session[] = []
afterEach(async () => {
  for (const session of sessions) await session.close()
  sessions = []
})

function over([here, there]: readonly [Transport, Transport]) {
  return <T extends object>(root: T, options?: ExposeOptions<T>) => {
    const session = connect<T>(there)
    sessions.push(session, expose(root, here, options as never))
    return session
  }
}

const ports = (): [Transport, Transport] => {
  const { port1, port2 } = new MessageChannel()
  return [workerTransport(port1), workerTransport(port2)]
}

describe.each([
  ['loopback, structured', () => loopback()],
  ['loopback, text', () => loopback({ codec: 'text' })],
  ['a MessagePort', ports],
])('%s', (_name, pair) => {
  const reach = (options: ExposeOptions<Root>) => over(pair())(makeRoot(), options)

  test('only', async () => {
    const { remote } = reach({ only: ['label', 'inner', 'self', 'within', 'same'] })
    expect(await remote.label).toBe('root')
    expect(await remote.secret).toBe(undefined)
    expect(await failureOf(remote.reveal())).toBeInstanceOf(TypeError)
    expect(await RemoteReflect.ownKeys(remote)).toEqual([
      'label',
      'inner',
      'self',
      'within',
      'same',
    ])
    expect(await RemoteReflect.has(remote, 'secret')).toBe(false)
    expect(await failureOf(RemoteReflect.set(remote, 'secret', 'changed'))).toBeInstanceOf(
      AccessDeniedError,
    )
    // It goes no deeper.
    expect(await remote.inner.secret).toBe('of the inner one')
    expect(await remote.same(remote)).toBe(true)
  })

  test('a copy of the root, wherever it is, shows no more', async () => {
    const { remote } = reach({ only: ['label', 'self', 'within'] })
    const keys = ['label', 'self', 'within']
    expect(Object.keys((await snapshot(remote)) as object)).toEqual(keys)
    expect(Object.keys((await remote.self()) as object)).toEqual(keys)
    const { root } = (await remote.within()) as { root: object }
    expect(Object.keys(root)).toEqual(keys)
  })

  test('methods and schema', async () => {
    const validate = (value: unknown) =>
      typeof value === 'string' ? { value } : { issues: [{ message: 'a name' }] }
    const name: StandardSchema<unknown, string> = {
      '~standard': { version: 1, vendor: 'test', validate },
    }
    const { remote } = reach({ methods: ['greet'], schema: { greet: { args: [name] } } })
    expect(await remote.greet('Ada')).toBe('Hello Ada')
    expect(await failureOf(remote.greet(5 as never))).toBeInstanceOf(SchemaError)
    expect(await failureOf(remote.reveal())).toBeInstanceOf(TypeError)
    expect(await remote.secret).toBe('the secret')
  })

  test('an instance of a class, which is not copied', async () => {
    class Service {
      readonly secret = 'the secret'
      self(): this {
        return this
      }
      reveal(): string {
        return this.secret
      }
    }
    const { remote } = over(pair())(new Service(), { only: ['self'] })
    expect(await remote.self().self().secret).toBe(undefined)
    expect(await failureOf(remote.reveal())).toBeInstanceOf(TypeError)
    expect(await failureOf(remote.self().reveal())).toBeInstanceOf(TypeError)
  })

  test('a Map, a function, an array', async () => {
    const map = new Map([['a', 'the secret']])
    const mapped = over(pair())(map, { only: ['has'] })
    expect(await mapped.remote.has('a')).toBe(true)
    expect(await failureOf(snapshot(mapped.remote))).toBeInstanceOf(NotShareableError)
    const list = over(pair())(['a', 'b'], { only: ['length'] })
    expect(await list.remote.length).toBe(2)
    expect(await snapshot(list.remote)).toEqual(new Array(2))
    const iterate = async () => {
      for await (const item of list.remote) throw new Error(`it gives ${item}`)
    }
    expect(await failureOf(iterate())).toBeInstanceOf(TypeError)
  })
})

test('another session of the same root has all of it', async () => {
  const root = makeRoot()
  const narrow = over(loopback())(root, { only: ['label', 'self'] })
  const wide = over(loopback())(root)
  expect(await narrow.remote.secret).toBe(undefined)
  expect(await wide.remote.secret).toBe('the secret')
  expect(await wide.remote.self()).toHaveProperty('secret')
})

test('what is narrowed for every peer is narrowed for this one as well', async () => {
  const root = makeRoot()
  proxy(root, { only: ['label', 'secret', 'self'] })
  const { remote, sync } = over(loopback())(root, { only: ['label', 'inner', 'self'] })
  expect(await RemoteReflect.ownKeys(remote)).toEqual(['label', 'self'])
  expect(await remote.secret).toBe(undefined)
  expect(await remote.inner).toBe(undefined)
  expect(Object.keys(sync.self() as object)).toEqual(['label', 'self'])
})

test('marking an object again, or moving parts of it, does not open it', async () => {
  const data = proxy({ shown: 1, secret: 2 }, { only: ['shown'] })
  proxy(data as object)
  const { remote } = over(loopback())({ data })
  expect(await remote.data.secret).toBe(undefined)
  expect(await snapshot(remote.data)).toEqual({ shown: 1 })
})

test('a worker that exposes a part', async () => {
  const worker = new Worker(new URL('../worker/fixtures/narrowed-worker.ts', import.meta.url))
  const session = connect<{
    shown: string
    secret: string
    greet(name: string): string
    reveal(): string
  }>(workerTransport(worker))
  sessions.push(session)
  expect(await session.remote.shown).toBe('shown')
  expect(await session.remote.secret).toBe(undefined)
  expect(await session.remote.greet('Ada')).toBe('Hello Ada')
  expect(await failureOf(session.remote.greet(5 as never))).toMatchObject({
    name: 'SchemaError',
    issues: [{ message: 'a name', path: [0] }],
  })
  expect(await failureOf(session.remote.reveal())).toBeInstanceOf(TypeError)
  await session.close()
  await worker.terminate()
})
