import { expect, test } from 'vitest'
import { UnprotectedError } from './errors.ts'
import { connect, expose, loopback, type Session, type Writes } from './index.ts'

const made = () => ({
  list: [3, 1, 2],
  map: new Map<string, unknown>([['a', 1]]),
  set: new Set([1]),
  date: new Date(0),
  bytes: new Uint8Array([1, 2]),
  view: new DataView(new ArrayBuffer(2)),
  plain: { a: 1 },
  /** What a lookup by a name of the peer gives at worst. */
  at: (key: string): unknown => Reflect.get({}, key),
  counter: new (class {
    count = 0
    set() {
      return ++this.count
    }
  })(),
})

type Root = ReturnType<typeof made>

function open(writes: Writes): { root: Root; session: Session<Root> } {
  const [here, there] = loopback()
  const root = made()
  expose(root, here, { writes })
  return { root, session: connect<Root>(there) }
}

const WRITES: readonly ((session: Session<Root>) => unknown)[] = [
  ({ remote }) => remote.list.push(4),
  ({ remote }) => remote.list.sort(),
  ({ remote }) => remote.map.set('b', 2),
  ({ remote }) => remote.map.clear(),
  ({ remote }) => remote.set.add(2),
  ({ remote }) => remote.date.setFullYear(2000),
  ({ remote }) => remote.bytes.fill(9),
  ({ remote }) => remote.view.setInt8(0, 9),
  ({ sync }) => sync.map.delete('a'),
  ({ sync }) => sync.date.setTime(5),
  ({ sync }) => Map.prototype.set.call(sync.map, 'b', 2),
  ({ sync }) => (sync.at('constructor') as typeof Object).assign(sync.plain, { a: 2 }),
]

test.each(['none', 'protected'] as const)(
  'a writer of the language is a write: %s',
  async (writes) => {
    const { root, session } = open(writes)
    for (const write of WRITES) {
      const error = await (async () => write(session))().catch((caught: unknown) => caught)
      // A method that the proxy does not have at all is no way in either.
      if (!(error instanceof TypeError)) expect(error).toBeInstanceOf(UnprotectedError)
    }
    expect({ ...root, at: 0, counter: 0 }).toEqual({ ...made(), at: 0, counter: 0 })
    expect(await session.remote.map.get('a')).toBe(1)
    expect(await session.remote.list.slice(1)).toEqual([1, 2])
    expect(await session.remote.counter.set()).toBe(1) // the owner's own class says what it may do
    await session.close()
  },
)

test('where writes are open they are calls as any other', async () => {
  const { root, session } = open('open')
  await session.remote.list.push(4)
  session.sync.map.set('b', 2)
  expect([root.list.length, root.map.size]).toEqual([4, 2])
  await session.close()
})
