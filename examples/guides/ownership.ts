/** The samples of docs/guide/ownership.md, as one program. */
import {
  AccessDeniedError,
  connect,
  expose,
  loopback,
  proxy,
  SchemaError,
  UnprotectedError,
} from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import * as z from 'zod'

class Account {
  balance = 100
  pin = '1234'
  readonly history: number[] = []
  deposit(amount: number): number {
    this.history.push(amount)
    this.balance += amount
    return this.balance
  }
  close(): void {
    this.balance = 0
  }
  statement(): { balance: number; pin: string } {
    return { balance: this.balance, pin: this.pin }
  }
}

const account = new Account()
const teller = proxy(account, {
  only: ['balance', 'history', 'deposit', 'statement'],
  methods: ['deposit', 'statement'],
  schema: {
    deposit: { args: [z.number().positive()] },
    statement: { result: z.object({ balance: z.number() }) },
  },
})

{
  await using sandbox = await spawnIsolate({ globals: { account: teller } })
  console.log(await sandbox.eval('[account.pin, "close" in account, Object.keys(account)]')) // [ undefined, false, [ 'balance', 'history' ] ]
  console.log(await sandbox.eval('[account.deposit(5), account.statement()]')) // [ 105, { balance: 105 } ]
}

const [here, there] = loopback()
expose({ account: teller, log: (line: string) => line.length }, here, { only: ['account'] })
const { remote } = connect<{ account: Account; log(line: string): number }>(there)
console.log(await remote.log) // undefined

try {
  await remote.account.deposit(-5)
} catch (error) {
  if (!(error instanceof SchemaError)) throw error
  console.log(error.part, error.issues[0]?.path) // arguments [ 0 ]
}

{
  await using sandbox = await spawnIsolate({ globals: { account: teller } })
  for (const write of ['account.balance = 1e6', 'account.history.push(1e6)']) {
    const error: unknown = await sandbox.eval(write).catch((reason: unknown) => reason)
    console.log(error instanceof UnprotectedError && error.message.split(':')[0])
  }
}

const savings = new Account()
{
  await using sandbox = await spawnIsolate({
    globals: { savings },
    policy: {
      allow: ({ operation, className, key }) =>
        !(operation === 'call' && className === 'Account' && key === 'close'),
      distort: (object) => (object === savings.history ? [] : object),
    },
  })
  const error: unknown = await sandbox.eval('savings.close()').catch((reason: unknown) => reason)
  console.log(error instanceof AccessDeniedError) // true
  console.log(await sandbox.eval('savings.deposit(1); savings.history.length')) // 0
}
