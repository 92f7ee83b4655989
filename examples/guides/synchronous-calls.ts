/** The samples of docs/guide/synchronous-calls.md, as one program. */
import { MessageChannel } from 'node:worker_threads'
import { ContextClosedError, connect, expose, sync, withOptions } from '@farhold/core'
import { spawnWorker, workerTransport } from '@farhold/transport-worker'

const module = import.meta.resolve('./library.ts')
await using worker = await spawnWorker<typeof import('./library.ts')>(module)
await using other = await spawnWorker<typeof import('./library.ts')>(module, { name: 'other' })

const { library } = worker.sync
const found: string[] = library.search('Wal') // an async method: its promise has been waited for
console.log(found) // [ 'Walden' ]

const cursor = await worker.remote.library.open('north')
console.log(sync(cursor).next()) // Emma

library.visit((cursor) => console.log(sync(cursor).next())) // Emma, twice

try {
  library.visit(async (cursor) => {
    await cursor.next()
  })
} catch (error) {
  console.log((error as Error).name) // WouldBlockError
}

const log: string[] = []
const visit = other.remote.library.visit(async ({ name }) => {
  log.push('begun')
  log.push(`at ${await name}`)
})
worker.callSync(
  async (isBegun: () => boolean) => {
    while (!(await isBegun()));
  },
  () => log.length > 0,
)
log.push('free again')
await visit
console.log(log.join()) // begun,free again,at north,begun,at south

try {
  withOptions(library, { timeout: 50 }).search('a')
} catch (error) {
  console.log((error as Error).name) // CallTimeoutError
}

const reader = new AbortController()
try {
  withOptions(library, { signal: reader.signal }).visit(() => reader.abort('seen enough'))
} catch (reason) {
  console.log(reason) // seen enough
}

try {
  other.evalSync('process.exit(3)')
} catch (error) {
  if (error instanceof ContextClosedError) console.log(error.reason, error.exitCode) // exit 3
}

const { port1, port2 } = new MessageChannel()
expose({ now: () => Date.now() }, workerTransport(port1))
const session = connect<{ now(): number }>(workerTransport(port2))
try {
  sync(session.remote).now()
} catch (error) {
  console.log((error as Error).name) // WouldBlockError
}
await session.close()
