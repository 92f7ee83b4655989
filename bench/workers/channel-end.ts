/** What our channel has at its other end: receives turn after turn, and says when one is complete. */
import type { Receiver, Sender } from '@farhold/core'

export async function receive(
  items: Receiver,
  done: Sender<number>,
  perTurn: number,
): Promise<void> {
  let count = 0
  for await (const _item of items) if (++count % perTurn === 0) await done.send(count)
}
