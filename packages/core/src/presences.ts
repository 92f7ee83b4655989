/**
 * What makes this side's form of something that is at home in another context, of the parts that came; see `presence.ts`.
 */
import { ProtocolError } from './errors.ts'

/** @throws {ProtocolError} when the parts are not those of such a form. */
export function revivePresence(kind: unknown, _parts: readonly unknown[]): object {
  switch (kind) {
    default:
      throw new ProtocolError('an unknown kind of presence')
  }
}
