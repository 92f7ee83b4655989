import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { connect, expose } from './connect.ts'
import { loopback } from './loopback.ts'
import { proxy } from './marks.ts'

class Counter {
  count = 1
}

test('a proxy is inspected without a message', async () => {
  const [here, there] = loopback()
  expose({ make: () => proxy(new Counter()), list: [1] }, here, { name: 'owner' })
  const session = connect<{ make(): Counter; list: number[] }>(there)
  const counter = await session.remote.make()
  const { calls } = session.stats()
  const shown = inspect({ counter, path: session.remote.list, root: session.remote }, { depth: 5 })
  expect(shown).toContain('Remote<Counter of "owner">')
  expect(shown).toContain('Remote<list of "owner">')
  expect(session.stats().calls).toBe(calls)
  expect(inspect(session.sync)).toContain('Sync<"owner">')
  expect(inspect(session.sync.list)).toContain('of "owner"')
  await session.close()
})
