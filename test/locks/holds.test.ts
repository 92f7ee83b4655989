/** What carries a hold, and what it stands in the way of. */
import { AsyncLocalStorage } from 'node:async_hooks'
import {
  connect,
  expose,
  lock,
  loopback,
  type Proxied,
  protect,
  type Session,
  withOptions,
} from '@farhold/core'
import { afterEach, expect, test } from 'vitest'
import { busyLocks } from '../../packages/core/src/rw-lock.ts'

interface Root {
  readonly one: Proxied<{ get(): number }>
  readonly two: Proxied<{ get(): number }>
  readonly three: Proxied<{ get(): number }>
  plain(): number
  around(inner: () => unknown): Promise<unknown>
}

const sessions: Session[] = []

function connected(root: object): Session<Root> {
  const [here, there] = loopback()
  sessions.push(expose(root, here))
  const session = connect<Root>(there)
  sessions.push(session)
  return session
}

afterEach(async () => {
  await Promise.all(sessions.splice(0).map((session) => session.close()))
  expect([...busyLocks]).toEqual([])
})

const makeRoot = () => ({
  one: protect({ get: () => 1 }),
  two: protect({ get: () => 2 }),
  three: protect({ get: () => 3 }),
  plain: () => 0,
  around: async (inner: () => unknown) => inner(),
})

test('the proxies of a lock within a lock carry both, where nothing else says so', async () => {
  const outside = AsyncLocalStorage.snapshot()
  const { remote } = connected(makeRoot())
  const [one, two] = [await remote.one, await remote.two]
  const inner = lock(one, (outer) =>
    outside(() =>
      lock(withOptions(two, { held: outer }), (held) =>
        outside(() => lock(withOptions(one, { held }), (again) => again.get())),
      ),
    ),
  )
  expect(await inner).toBe(1)
})

test('a circle through the outer one of two locks is found, where only the inner one’s proxy is used', async () => {
  const outside = AsyncLocalStorage.snapshot()
  const root = makeRoot()
  const [first, second] = [connected(root), connected(root)]
  const [one, two, far] = [await first.remote.one, await first.remote.two, await first.remote.three]
  const met = [Promise.withResolvers<void>(), Promise.withResolvers<void>()] as const
  const meet = async (index: 0 | 1): Promise<void> => {
    met[index].resolve()
    await Promise.all(met.map(({ promise }) => promise))
  }
  const nested = lock(one, (outer) =>
    outside(() =>
      lock(withOptions(two, { held: outer }), async (held) => {
        await meet(0)
        return outside(() => lock(withOptions(far, { held }), () => 'in'))
      }),
    ),
  )
  const other = lock(await second.remote.three, async () => {
    await meet(1)
    return lock(await second.remote.one, () => 'in')
  })
  const outcomes = await Promise.allSettled([nested, other])
  const failures = outcomes.filter((outcome) => outcome.status === 'rejected')
  expect(failures.map(({ reason }) => (reason as Error).name)).toEqual(['DeadlockError'])
})

test('the callbacks of one who has connected within this heap are not under its lock', async () => {
  const gate = Promise.withResolvers<void>()
  const root = {
    ...makeRoot(),
    around: async (inner: () => unknown) => {
      await gate.promise
      return inner()
    },
  }
  const [first, second] = [connected(root), connected(root)]
  const around = first.remote.around(() => 'back')
  await first.remote.plain()
  await second.lock.request(async () => {
    // It is inside already, and what it calls back is another context's.
    gate.resolve()
    expect(await around).toBe('back')
  })
})
