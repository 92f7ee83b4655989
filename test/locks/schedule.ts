/**
 * Schedules of what contexts do with locks: lists of steps that fast-check makes and shrinks. A number in a step chooses among what there is
 * when the step is taken.
 */
import fc from 'fast-check'
import type { Agent, Asked, World } from './world.ts'

const small = fc.nat({ max: 7 })
const mode = fc.constantFrom('exclusive', 'exclusive', 'shared')
/** Inside of what something is done; mostly of what was entered last, or of nothing. */
const parent = fc.option(small, { nil: undefined, freq: 3 })

function step<Name extends string, Fields>(
  name: Name,
  fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> },
): fc.Arbitrary<{ readonly do: Name } & Fields> {
  return fc.record({ do: fc.constant(name), ...fields }) as fc.Arbitrary<{ do: Name } & Fields>
}

const STEPS = {
  lock: step('lock', {
    agent: small,
    parent,
    targets: fc.oneof(
      { arbitrary: fc.array(small, { minLength: 1, maxLength: 1 }), weight: 3 },
      { arbitrary: fc.array(small, { minLength: 2, maxLength: 3 }), weight: 1 },
    ),
    mode,
    ifAvailable: fc.nat({ max: 7 }).map((n) => n === 0),
    isByProxy: fc.nat({ max: 7 }).map((n) => n === 0),
  }),
  call: step('call', {
    agent: small,
    parent,
    index: small,
    how: fc.constantFrom('read', 'write', 'get'),
    stays: fc.boolean(),
  }),
  finish: step('finish', { agent: small, index: small }),
  abort: step('abort', { agent: small, index: small }),
  close: step('close', { agent: small, isByOwner: fc.boolean() }),
  deliver: step('deliver', { agent: small, isBack: fc.boolean() }),
  /** Everything arrives that was sent between one context and the owner. */
  flush: step('flush', { agent: small }),
} as const

type Steps = {
  [Name in keyof typeof STEPS]: (typeof STEPS)[Name] extends fc.Arbitrary<infer T> ? T : never
}
export type Step = Steps[keyof Steps]

const WEIGHTS: Record<keyof typeof STEPS, number> = {
  lock: 14,
  call: 4,
  finish: 5,
  abort: 1,
  close: 0,
  deliver: 8,
  flush: 10,
}

/** @param deaths may sessions be closed? */
export function schedules(deaths: boolean): fc.Arbitrary<Step[]> {
  const weights = { ...WEIGHTS, close: deaths ? 1 : 0, abort: deaths ? 2 : 0 }
  return fc.array(
    fc.oneof(
      ...Object.entries(STEPS).map(([name, arbitrary]) => ({
        arbitrary: arbitrary as fc.Arbitrary<Step>,
        weight: weights[name as keyof typeof STEPS],
      })),
    ),
    { minLength: 0, maxLength: 60, size: 'max' },
  )
}

function at<T>(list: readonly T[], index: number): T | undefined {
  return list[index % Math.max(1, list.length)]
}

/** Takes one step. */
export async function take(world: World, step: Step): Promise<void> {
  const agent = at(world.agents, step.agent) as Agent // there is always the owner
  if (agent.isClosed) return
  const within = (index: number | undefined): Asked | undefined =>
    index === undefined ? undefined : at(agent.open, agent.open.length - 1 - (index >> 1))
  switch (step.do) {
    case 'lock':
      return await world.lock(agent, within(step.parent), step as never)
    case 'call':
      return await world.call(
        agent,
        within(step.parent),
        step.index,
        step.how as 'read',
        step.stays,
      )
    case 'finish': {
      const leaves = agent.open.filter((asked) => world.childrenOf(asked).length === 0)
      const one = at(leaves, step.index)
      return one === undefined ? undefined : await world.finish(one)
    }
    case 'abort': {
      const waiting = agent.asked.filter(({ seen }) => seen === 'nothing')
      const one = at(waiting, step.index)
      return one === undefined ? undefined : await world.abort(one)
    }
    case 'close':
      return await world.close(agent, step.isByOwner)
    case 'deliver':
      return void (await world.deliver(agent, step.isBack))
    case 'flush':
      while ((await world.deliver(agent, false)) || (await world.deliver(agent, true)));
  }
}
