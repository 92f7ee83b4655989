/** The module that the guide about channels runs in workers: a mill that grinds what a channel brings. */
import type { Receiver, Sender } from '@farhold/core'

export interface Sack {
  readonly grain: string
  readonly reply?: Sender<string>
}

/** Grinds until no more comes; gives how many sacks. */
export async function grind(sacks: Receiver<Sack>, flour: Sender<string>): Promise<number> {
  let count = 0
  for await (const { grain, reply } of sacks) {
    count++
    await (reply ?? flour).send(`flour of ${grain}`)
  }
  return count
}

/** The same for a thread that has nothing else to do. */
export function grindOne(sacks: Receiver<Sack>): string {
  const { grain } = sacks.receiveSync({ timeout: 5000 })
  return `flour of ${grain}`
}

/** Sends one sack, and breaks down. */
export async function breakDown(sacks: Sender<Sack>): Promise<void> {
  await sacks.send({ grain: 'weevils' })
  process.exit(3)
}
