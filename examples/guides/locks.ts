/** The samples of docs/guide/locks.md, as one program. */
import { DeadlockError, LockTimeoutError, lock, lockSync, sync, withOptions } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'

await using bank = await spawnWorker<typeof import('./bank.ts')>(import.meta.resolve('./bank.ts'))
const account = await bank.remote.openAccount()
const savings = await bank.remote.openAccount()

const spend = () =>
  lock(account, async (account) => {
    if ((await account.balance()) >= 100) await account.withdraw(100)
  })
await Promise.all([spend(), spend(), spend()])
console.log(await account.balance()) // 0

await lock([savings, account], async (from, to) => {
  await to.deposit(await from.withdraw(30))
})
console.log(await account.balance()) // 30

const { stock } = bank.remote
await Promise.all([stock.add(), stock.add(), stock.add()]) // one after the other
console.log(await Promise.all([stock.count(), stock.count()])) // [ 3, 3 ]

const holding = lock(stock, () => new Promise((resolve) => setTimeout(resolve, 200)))
const late = await lock(stock, { timeout: 20 }, () => 'never').catch((error) => error)
console.log(late instanceof LockTimeoutError) // true
console.log(await lock(stock, { ifAvailable: true }, (stock) => stock === null)) // true
await holding

lockSync(sync(account), (account) => {
  if (account.balance() >= 10) account.withdraw(10)
})
console.log(await account.balance()) // 20

await bank.lock.request(async (held) => {
  console.log(held.mode) // exclusive
  console.log(await withOptions(account, { held }).balance()) // 20
})

const [left, right] = [await bank.remote.openDesk(), await bank.remote.openDesk()]
const both = Promise.withResolvers<void>()
let waiting = 2
const nested = (first: typeof left, second: typeof left) =>
  lock(first, async () => {
    waiting--
    if (waiting === 0) both.resolve()
    await both.promise
    await lock(second, () => undefined)
  })
const outcomes = await Promise.allSettled([nested(left, right), nested(right, left)])
const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? outcome.reason : []))
console.log(failed.length, failed[0] instanceof DeadlockError) // 1 true
