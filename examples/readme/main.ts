import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'

await using shop = await spawnWorker<typeof import('./shop.ts')>(import.meta.resolve('./shop.ts'))
const { cart, products } = shop.remote // live in the worker and stay there: these are proxies
const total = await cart.add(products.find('tea')).total // one message out, one back

const priceOf = (name: string) => products.find(name).price
await using guest = await spawnIsolate({ timeout: 250, globals: { priceOf } }) // has no more
console.log(total, await guest.eval(`priceOf('honey')`)) // 4 7
