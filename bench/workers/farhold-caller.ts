import { type Remote, sync } from '@farhold/core'

/** Calls a function of another context, blocking, so many times. */
export function callOften(add: Remote<(a: number, b: number) => number>, count: number): void {
  const blocking = sync(add)
  for (let call = 0; call < count; call++) blocking(call, 1)
}
