/**
 * What makes this side's form of something that is at home in another context, of the parts that came; see `presence.ts`.
 */
import { endFrom } from './channel-ends.ts'
import { ProtocolError } from './errors.ts'
import { viewOfParts } from './view.ts'

/** @throws {ProtocolError} when the parts are not those of such a form. */
export function revivePresence(kind: unknown, parts: readonly unknown[]): object {
  switch (kind) {
    case 'sender':
    case 'receiver':
      return endFrom(kind, parts)
    case 'view':
      return viewOfParts(parts)
    default:
      throw new ProtocolError('an unknown kind of presence')
  }
}
