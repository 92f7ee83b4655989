/** The README's sample of channels and views, with the worker that it takes for granted. */
import { channel, view } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'

const url = new URL('./abacus.ts', import.meta.url)
await using worker = await spawnWorker<typeof import('./abacus.ts')>(url)

const { sender, receiver } = channel<number>({ capacity: 32 })
const total = worker.remote.sum(receiver) // it reads what this thread sends
for (const price of [3, 4, 5]) await sender.send(price)
await sender.close()

const prices = view(new Float64Array([3, 4, 5]))
await worker.remote.raise(prices, 1.5) // in place: it leases what it changes
using lease = await prices.lease({ mode: 'shared' })
console.log(await total, lease.array.join()) // 12 4.5,6,7.5
