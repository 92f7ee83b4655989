/**
 * The ends of channels that this context has: of each channel one for either side, the same one while it is held.
 */
import { ChannelEnd, type Home, Seat, type SharedItems } from './channel-end.ts'
import type { Side } from './channel-hub.ts'
import { type Receiver, receiverAt } from './channel-receiver.ts'
import { type Sender, senderAt } from './channel-sender.ts'
import { ChannelService } from './channel-service.ts'
import { ProtocolError } from './errors.ts'
import { Import } from './handle.ts'
import { isSharedBuffer } from './marshal/bytes.ts'
import { standInOf } from './stand-in.ts'

/** Weakly, so that an end that no one has any more is found out. */
interface Forms {
  sender?: WeakRef<Sender>
  receiver?: WeakRef<Receiver>
  readonly seats: Readonly<Record<Side, Seat>>
}

const FORMS = new WeakMap<Home, Forms>()

function formsOf(home: Home): Forms {
  const known = FORMS.get(home)
  if (known !== undefined) return known
  const forms = { seats: { sender: new Seat(), receiver: new Seat() } }
  FORMS.set(home, forms)
  return forms
}

/** This context's end of a channel; the same one while it is held. */
export function endOfChannel(side: Side, home: Home, shared?: SharedItems): Sender | Receiver {
  const forms = formsOf(home)
  const known = forms[side]?.deref()
  if (known !== undefined) return known
  if (side === 'sender') {
    const sender = senderAt(new ChannelEnd(side, home, shared, forms.seats[side]))
    forms.sender = new WeakRef(sender)
    return sender
  }
  const receiver = receiverAt(new ChannelEnd(side, home, shared, forms.seats[side]))
  forms.receiver = new WeakRef(receiver)
  return receiver
}

/** An end that came, of its parts. @throws {ProtocolError} when they are not those of an end. */
export function endFrom(side: Side, parts: readonly unknown[]): Sender | Receiver {
  const [home, memory, isBounded] = parts
  // First: of a proxy that blocks, any other question would be put to the peer, in the middle of reading what it has sent.
  const standIn = standInOf(home)
  if (standIn === undefined && home instanceof ChannelService) return endOfChannel(side, home)
  if (standIn === undefined || standIn.path.length > 0 || !(standIn.handle instanceof Import))
    throw new ProtocolError('an end of no channel')
  if (memory === undefined) return endOfChannel(side, standIn.handle)
  if (!isSharedBuffer(memory) || typeof isBounded !== 'boolean')
    throw new ProtocolError('a channel in no memory')
  return endOfChannel(side, standIn.handle, { memory, isBounded })
}
