/** The samples of docs/guide/channels.md, as one program. */
import { channel } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import type { Sack } from './mill.ts'

type Mill = typeof import('./mill.ts')
const spawnMill = () => spawnWorker<Mill>(new URL('./mill.ts', import.meta.url))

await using north = await spawnMill()
await using south = await spawnMill()

{
  const sacks = channel<Sack>({ capacity: 8 })
  const flour = channel<string>()
  const counts = [north, south].map(({ remote }) => remote.grind(sacks.receiver, flour.sender))
  for (const grain of ['rye', 'oats', 'wheat', 'barley']) await sacks.sender.send({ grain })
  await sacks.sender.close()
  const [first = 0, second = 0] = await Promise.all(counts)
  await flour.sender.close()

  const ground: string[] = []
  for await (const sack of flour.receiver) ground.push(sack.slice(9))
  console.log(ground.toSorted().join(), first + second) // barley,oats,rye,wheat 4
}

{
  const sacks = channel<Sack>({ capacity: 2 })
  console.log(sacks.receiver.tryReceive()) // undefined
  console.log(sacks.sender.trySend({ grain: 'rye' }), sacks.sender.trySend({ grain: 'oats' })) // true true
  console.log(sacks.sender.trySend({ grain: 'wheat' })) // false
  console.log(await north.remote.grindOne(sacks.receiver)) // flour of rye
  await sacks.receiver.close().catch((error) => console.log(error.name)) // ChannelNotEmptyError
  await sacks.receiver.close({ force: true })
}

{
  const sacks = channel<Sack>()
  const { sender: reply, receiver: answer } = channel<string>()
  const counted = south.remote.grind(sacks.receiver, reply)
  await sacks.sender.send({ grain: 'spelt', reply })
  console.log(await answer.receive()) // flour of spelt
  console.log(await sacks.receiver.contexts()) // { senders: [ 'main' ], receivers: [ 'mill' ] }
  sacks.sender.release()
  console.log(await counted) // 1
}

{
  const sacks = channel<Sack>({ unbound: 'error' })
  await using doomed = await spawnMill()
  doomed.remote.breakDown(sacks.sender).catch(() => {})
  await doomed.closed
  await sacks.receiver.receive().catch((error) => console.log(error.name, error.sender)) // ItemOrphanedError mill
}
