/** The samples of docs/guide/immutable-values.md, as one program. */
import { immutable, NotShareableError } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import type * as Prices from './prices.ts'

await using worker = await spawnWorker<typeof Prices>(new URL('./prices.ts', import.meta.url))

const tariff = immutable({
  currency: 'EUR',
  steps: [
    { upTo: 1, price: 4 },
    { upTo: 10, price: 9 },
  ],
  discounts: new Float64Array([0.25]),
})

const weights = [0.5, 2, 7]
const prices = await Promise.all(weights.map((weight) => worker.remote.price(weight, tariff)))
console.log(prices) // [ 3, 6.75, 6.75 ]
console.log(await worker.remote.tariffsSeen()) // 1

console.log((await worker.remote.favourite()) === tariff) // true

const failure = await worker.remote.change(tariff as never).then(undefined, (error: Error) => error)
console.log(failure?.name, tariff.currency) // TypeError EUR

try {
  immutable({ currency: 'EUR', lines: [{ valid: new Date(0) }] })
} catch (error) {
  if (!(error instanceof NotShareableError)) throw error
  console.log(error.path) // value.lines[0].valid
}

console.log(tariff.discounts.buffer instanceof SharedArrayBuffer) // true

const numbers = immutable(new Float64Array([1, 2, 3]))
console.log(numbers.length) // 3

await worker.remote.writeBytes(tariff as never)
console.log(tariff.discounts[0]) // 0.5
