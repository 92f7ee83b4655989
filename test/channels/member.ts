/**
 * A context of the channel tests, in a worker or in an isolate: it uses ends of channels of others as it is told, and makes some of its own.
 */
import {
  type Channel,
  type ChannelSettings,
  channel,
  type Receiver,
  type Sender,
} from '@farhold/core'

/** What a worker has and an isolate has not. */
declare const process: { exit(code: number): never; memoryUsage(): { readonly heapUsed: number } }
declare const setTimeout: (run: () => void, milliseconds: number) => unknown
declare const queueMicrotask: (run: () => void) => void
declare const setImmediate: (run: () => void) => void
declare const AbortSignal: { timeout(milliseconds: number): AbortSignal }

type End = Sender | Receiver

/** Ends are kept: one that no one has any more leaves its channel. */
const kept = new Set<End>()

function keep<E extends End>(end: E): E {
  kept.add(end)
  return end
}

export const have = (end: End): void => void keep(end)
export const drop = (end: End): void => void kept.delete(end)
export const dropAll = (): void => kept.clear()
export const echo = (value: unknown): unknown => value
export const isKept = (end: End): boolean => kept.has(end)
/** Gives back what this context has of a channel. */
export const ends = (): End[] => [...kept]

export const make = (settings?: ChannelSettings): Channel<unknown> => {
  const made = channel<unknown>(settings)
  keep(made.sender)
  keep(made.receiver)
  return made
}

// Sending ------------------------------------------------------------------------------------------------

export const send = (sender: Sender, item: unknown, timeout?: number): Promise<void> =>
  keep(sender).send(item, timeout === undefined ? {} : { timeout })
export const sendAll = async (sender: Sender, items: readonly unknown[]): Promise<void> => {
  for (const item of items) await keep(sender).send(item)
}
/** All at once, without waiting for one before the next. */
export const sendAtOnce = async (sender: Sender, items: readonly unknown[]): Promise<void> => {
  await Promise.all(items.map((item) => keep(sender).send(item)))
}
export const trySend = (sender: Sender, item: unknown): boolean => keep(sender).trySend(item)
export const sendSync = (sender: Sender, item: unknown, timeout?: number): void =>
  keep(sender).sendSync(item, timeout === undefined ? {} : { timeout })
export const sendNumbers = async (sender: Sender, many: number): Promise<void> => {
  for (let item = 0; item < many; item++) await keep(sender).send(item)
}
/** An item with a function of this context. */
export const sendFunction = (sender: Sender<() => string>, text: string): Promise<void> => {
  keep(sender as Sender)
  return sender.send(() => text)
}

// Receiving ----------------------------------------------------------------------------------------------

export const receive = (receiver: Receiver, timeout?: number): Promise<unknown> =>
  keep(receiver).receive(timeout === undefined ? {} : { timeout })
export const receiveMany = async (receiver: Receiver, many: number): Promise<unknown[]> => {
  const items: unknown[] = []
  while (items.length < many) items.push(await keep(receiver).receive())
  return items
}
/** Asks for all of them before the first has come. */
export const receiveManyAtOnce = (receiver: Receiver, many: number): Promise<unknown[]> =>
  Promise.all(Array.from({ length: many }, () => keep(receiver).receive()))
/** Gives up after a time by a signal and not by a timeout. */
export const receiveUntil = (receiver: Receiver, milliseconds: number): Promise<unknown> =>
  keep(receiver).receive({ signal: AbortSignal.timeout(milliseconds) })
export const tryReceive = (receiver: Receiver): unknown => keep(receiver).tryReceive()
export const receiveSync = (receiver: Receiver, timeout?: number): unknown =>
  keep(receiver).receiveSync(timeout === undefined ? {} : { timeout })
/** All until the channel is over. */
export const drain = async (receiver: Receiver): Promise<unknown[]> => {
  const items: unknown[] = []
  for await (const item of keep(receiver)) items.push(item)
  return items
}

export const sum = async (receiver: Receiver, many: number): Promise<number> => {
  let total = 0
  for (let count = 0; count < many; count++) total += (await keep(receiver).receive()) as number // what is sent in that test
  return total
}
export const heapUsed = (): number => process.memoryUsage().heapUsed

/** These two answer before they do it. */
export const sendLater = (sender: Sender, milliseconds: number): void => {
  keep(sender)
  setTimeout(() => void sender.send('late'), milliseconds)
}
export const receiveLater = (receiver: Receiver, milliseconds: number): void => {
  keep(receiver)
  setTimeout(() => void receiver.receive(), milliseconds)
}

// Closing ------------------------------------------------------------------------------------------------

export const closeSender = (sender: Sender): Promise<void> => keep(sender).close()
export const closeReceiver = (receiver: Receiver, force?: boolean): Promise<void> =>
  keep(receiver).close(force === undefined ? {} : { force })
export const release = (end: End): void => end.release()
export const contexts = (end: End) => end.contexts()

// Ways to end --------------------------------------------------------------------------------------------

/** Never gives its thread back. */
export function spin(): never {
  for (;;);
}

/** Stands still until it is told to end, and ends without reading anything more. */
export function stopAndEnd(memory: Int32Array, byExit: boolean): never {
  Atomics.store(memory, 0, 1)
  Atomics.wait(memory, 0, 1)
  if (byExit) process.exit(3)
  queueMicrotask(() => {
    throw new RangeError('out of tea')
  })
  return undefined as never // it is not read
}

export const exit = (code: number): never => process.exit(code)
/** When whoever asked has its answer, and blocks. */
export const exitSoon = (): void => void setTimeout(() => process.exit(3), 100)
export function crash(): Promise<never> {
  setImmediate(() => {
    throw new RangeError('out of tea')
  })
  return new Promise(() => undefined)
}
