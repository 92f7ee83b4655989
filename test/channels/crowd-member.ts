/**
 * One of a crowd at a channel: senders that send numbered items of every kind, and receivers that note in shared memory what they have, so that also
 * what a dead one had received is known.
 */
import { type Receiver, type Sender, transfer } from '@farhold/core'

/** What a worker has and an isolate has not. */
declare const process: { exit(code: number): never }
declare const setImmediate: (run: () => void) => void

type Kind = 'plain' | 'large' | 'function' | 'buffer'

/** Who has sent an item, and its number among those. */
export interface Label {
  readonly sender: number
  readonly number: number
}

const KINDS: readonly Kind[] = [
  'plain',
  'plain',
  'plain',
  'large',
  'plain',
  'function',
  'plain',
  'buffer',
]
const LARGE = 'x'.repeat(3000)

function itemOf(label: Label): unknown {
  switch (KINDS[label.number % KINDS.length]) {
    case 'large':
      return { ...label, text: LARGE }
    case 'function':
      return { ...label, ask: () => label.number }
    case 'buffer': {
      const { buffer } = new Int32Array([label.sender, label.number])
      return transfer(buffer, [buffer])
    }
    default:
      return label
  }
}

/** The label of what arrived. @throws when it is not whole. */
function labelOf(item: unknown): Label {
  if (item instanceof ArrayBuffer) {
    const [sender, number] = new Int32Array(item)
    return { sender: sender as number, number: number as number } // two were put there
  }
  const { sender, number, text, ask } = item as Label & { text?: string; ask?: unknown } // see itemOf
  const kind = KINDS[number % KINDS.length]
  if ((kind === 'large') !== (text === LARGE)) throw new Error(`item ${number} is not whole`)
  if ((kind === 'function') !== (typeof ask === 'function'))
    throw new Error(`item ${number} has lost its function`)
  return { sender, number }
}

/** Sends items from `first` on. Gives how many it has sent when it ends: all, or those before the channel was closed. */
export async function send(
  sender: Sender,
  name: number,
  many: number,
  way: number,
): Promise<number> {
  for (let number = 0; number < many; number++) {
    const item = itemOf({ sender: name, number })
    try {
      if (way === 0 || (way === 2 && number % 3 > 0)) await sender.send(item)
      else if (way === 1) sender.sendSync(item)
      // What is moved is gone, also when there was no room.
      else if (item instanceof ArrayBuffer || !sender.trySend(item)) await sender.send(item)
    } catch (error) {
      if ((error as Error).name === 'ChannelClosedError') return number
      throw error
    }
  }
  return many
}

/** Receives until the channel is over. */
export async function receive(
  receiver: Receiver,
  way: number,
  note: (label: Label) => void,
): Promise<void> {
  try {
    for (;;) {
      if (way === 0) note(labelOf(await receiver.receive()))
      else if (way === 1) note(labelOf(receiver.receiveSync()))
      else {
        const item = receiver.tryReceive()
        if (item !== undefined) note(labelOf(item))
        else note(labelOf(await receiver.receive()))
      }
    }
  } catch (error) {
    if ((error as Error).name !== 'ChannelClosedError') throw error
  }
}

export async function receiveList(receiver: Receiver, way: number): Promise<Label[]> {
  const labels: Label[] = []
  await receive(receiver, way, (label) => labels.push(label))
  return labels
}

/** Notes each in memory that outlives this thread: a row for each sender, a byte for each item, which counts how often it came. */
export async function receiveInto(
  receiver: Receiver,
  way: number,
  memory: SharedArrayBuffer,
  perSender: number,
): Promise<void> {
  const counts = new Uint8Array(memory)
  await receive(receiver, way, ({ sender, number }) => {
    Atomics.add(counts, sender * perSender + number, 1)
  })
}

/** How many it has sent is in shared memory, before and after each: one may be under way. */
export async function sendFrom(
  sender: Sender,
  name: number,
  many: number,
  memory: SharedArrayBuffer,
): Promise<void> {
  const sent = new Int32Array(memory)
  for (let number = 0; number < many; number++) {
    await sender.send(itemOf({ sender: name, number }))
    Atomics.store(sent, name, number + 1)
  }
}

export const exit = (code: number): never => process.exit(code)
export function crash(): Promise<never> {
  setImmediate(() => {
    throw new RangeError('out of tea')
  })
  return new Promise(() => undefined)
}
