/** Takes items as they come, and says when a turn of them is complete; as many ways as there are contestants in `channel.ts`. */
import { type MessagePort, workerData } from 'node:worker_threads'
import { type Item, RawChannel } from '../raw-channel.ts'

export type Lane =
  | { readonly kind: 'ring'; readonly ring: SharedArrayBuffer; readonly control: SharedArrayBuffer }
  | { readonly kind: 'messages' | 'batches'; readonly port: MessagePort }

const { lane, items } = workerData as { readonly lane: Lane; readonly items: number }

let count = 0

function isComplete(received: number): boolean {
  count += received
  if (count < items) return false
  count = 0
  return true
}

if (lane.kind === 'ring') {
  const channel = new RawChannel(lane.ring, lane.control)
  for (;;) {
    channel.receive()
    if (isComplete(1)) channel.done()
  }
} else {
  const { kind, port } = lane
  port.on('message', (received: Item | Item[]) => {
    if (isComplete(kind === 'batches' ? (received as Item[]).length : 1)) port.postMessage(0)
  })
}
