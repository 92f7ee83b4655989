/**
 * Why a class of another context cannot be extended here: an instance is made where its class is, with the private fields that
 * its methods rely on, and it stays there. What a subclass adds would be in another heap than what it builds on.
 */
import { NotShareableError } from './errors.ts'
import { describeStandIn } from './inspection.ts'
import type { StandIn } from './stand-in.ts'

/** @throws {NotShareableError} always: `super()` was called, or `Reflect.construct` with another `new.target`. */
export function refuseToExtend(standIn: StandIn): never {
  throw new NotShareableError(
    `a class cannot extend ${describeStandIn(standIn)}: instances are made by their owner and stay there. Extend it in its own context, or hold an instance of it in a field.`,
    'new.target',
  )
}
