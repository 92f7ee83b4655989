/** The samples of docs/guide/lifetimes.md, as one program. */
import { connect, expose, loopback, proxy, release, scope } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'

await using worker = await spawnWorker<typeof import('./library.ts')>(
  import.meta.resolve('./library.ts'),
)
const { library } = worker.remote

const first = await library.open('first')
console.log(await first.next()) // Emma
release(first)
try {
  first.next()
} catch (error) {
  console.log((error as Error).name) // ReleasedError
}

{
  using second = await library.open('second')
  console.log(await second.next()) // Emma
}

const titles = await scope(async () => {
  const seen: (string | undefined)[] = []
  await library.visit(async (cursor) => {
    seen.push(await cursor.next())
  })
  const third = await library.open('third')
  return [...seen, await third.next()]
})
console.log(titles) // [ 'Emma', 'Emma', 'Emma' ]

console.log((await library.log()).join()) // closed first,closed second,closed north,closed south,closed third

const connection = proxy(
  { query: (text: string) => text.length },
  { released: () => console.log('no one holds the connection any more') },
)
const [here, there] = loopback()
expose({ borrow: () => connection }, here)
const session = connect<{ borrow(): typeof connection }>(there)
const borrowed = await session.remote.borrow()
console.log(await borrowed.query('how long?')) // 9
await session.close() // no one holds the connection any more
