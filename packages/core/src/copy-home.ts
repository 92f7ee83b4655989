/**
 * Copying between two views where both are at home: on their memory, whoever asks for it and whether or not that one shares it.
 */
import type { RangeClaim, RangeRequest } from './range-lock.ts'
import { Later } from './service.ts'
import { setElements, type TypedArray } from './typed-arrays.ts'
import type { ViewMemory } from './view-memory.ts'

interface Step {
  readonly memory: ViewMemory
  readonly request: RangeRequest
}

/** Copies all of one to the beginning of the other when both are free, taken in the order of their names. */
export function copyAtHome(source: ViewMemory, target: ViewMemory): Later {
  const range = { start: 0, end: source.length }
  const from: Step = { memory: source, request: { ...range, mode: 'shared' } }
  const to: Step = { memory: target, request: { ...range, mode: 'exclusive' } }
  const steps = source.name[1] < target.name[1] ? [from, to] : [to, from]
  const claims: (readonly [ViewMemory, RangeClaim])[] = []
  const leave = (): void => {
    for (const [memory, claim] of claims.splice(0)) memory.leave(claim)
  }
  const later = new Later(leave)
  const goOn = (): void => {
    const next = steps.shift()
    if (next !== undefined) {
      const claim = next.memory.lock.claim(next.request)
      claims.push([next.memory, claim])
      if (claim.state === 'held') goOn()
      else claim.held = goOn
      return
    }
    try {
      const elements = source.over(from.request) as TypedArray // views have no other arrays
      setElements(target.over(to.request) as TypedArray, elements)
      leave()
      later.succeed(undefined)
    } catch (error) {
      leave()
      later.fail(error)
    }
  }
  goOn()
  return later
}
