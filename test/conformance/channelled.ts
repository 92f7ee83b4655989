/** What the cases of channels have in the other context: a channel that is at home there, and code that uses ends it is given. Portable. */
import {
  type Channel,
  type ChannelContexts,
  type ChannelSettings,
  channel,
  proxy,
  type Receiver,
  type Sender,
} from '@farhold/core'

export const makeChannel = (options?: ChannelSettings): Channel<unknown> => channel(options)

export const makePost = () => proxy({ box: channel() })

export async function sendEach(sender: Sender, items: readonly unknown[]): Promise<void> {
  for (const item of items) await sender.send(item)
}

export function sendEachSync(sender: Sender, items: readonly unknown[]): void {
  for (const item of items) sender.sendSync(item)
}

export const trySendEach = (sender: Sender, items: readonly unknown[]): readonly boolean[] =>
  items.map((item) => sender.trySend(item))

export async function receiveSome(receiver: Receiver, count: number): Promise<readonly unknown[]> {
  const items: unknown[] = []
  while (items.length < count) items.push(await receiver.receive())
  return items
}

export function receiveSomeSync(receiver: Receiver, count: number): readonly unknown[] {
  const items: unknown[] = []
  while (items.length < count) items.push(receiver.receiveSync())
  return items
}

export const tryReceiveOne = (receiver: Receiver): readonly unknown[] => {
  const item = receiver.tryReceive()
  return item === undefined ? [] : [item]
}

export async function drain(receiver: Receiver): Promise<readonly unknown[]> {
  const items: unknown[] = []
  for await (const item of receiver) items.push(item)
  return items
}

/** Receives functions and calls each where it has arrived. */
export async function callEach(receiver: Receiver<() => unknown>): Promise<readonly unknown[]> {
  const results: unknown[] = []
  for await (const item of receiver) results.push(await item())
  return results
}

export const releaseEnd = (end: Sender | Receiver): void => end.release()

export const closeEnd = (end: Sender | Receiver, options?: object): Promise<void> =>
  end.close(options)

export const contextsOf = (end: Sender | Receiver): Promise<ChannelContexts> => end.contexts()
