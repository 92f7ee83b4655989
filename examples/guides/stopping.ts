/** The samples of docs/guide/stopping.md, as one program. */
import { CallTimeoutError, withOptions } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'

await using worker = await spawnWorker<typeof import('./library.ts')>(
  import.meta.resolve('./library.ts'),
)
const { library } = worker.remote

const controller = new AbortController()
const search = withOptions(library, { signal: controller.signal }).search('a')
setTimeout(() => controller.abort('the reader has left'), 50)
await search.catch((reason) => console.log(reason)) // the reader has left

try {
  await withOptions(library, { timeout: 50 }).search('a')
} catch (error) {
  console.log(error instanceof CallTimeoutError) // true
}

for await (const title of withOptions(library, { timeout: 1000, prefetch: 2 }).titles()) {
  console.log(title) // Emma
  break // tells the worker, which leaves the iteration too
}

const last = library.search('Walden')
await worker.close({ drain: true, timeout: 5000 })
console.log(await last) // [ 'Walden' ]
