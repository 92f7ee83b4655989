/**
 * Schedules: lists of steps that fast-check makes and shrinks. A number in a step chooses among what there is when the
 * step is taken, so that every list means something.
 */
import { release } from '@farhold/core'
import fc from 'fast-check'
import {
  type ContextModel,
  type Far,
  handleOf,
  type Kept,
  type KeptAnswer,
} from './context-model.ts'
import type { World } from './world.ts'

const small = fc.nat({ max: 7 })
const side = fc.nat({ max: 2 })
const fate = fc.constantFrom('await', 'keep', 'drop')
const pick = fc.tuple(fc.constantFrom('own', 'kept', 'answer'), small)

function step<Name extends string, Fields>(
  name: Name,
  fields: { [Key in keyof Fields]: fc.Arbitrary<Fields[Key]> },
): fc.Arbitrary<{ readonly do: Name } & Fields> {
  return fc.record({ do: fc.constant(name), ...fields }) as fc.Arbitrary<{ do: Name } & Fields>
}

const STEPS = {
  send: step('send', {
    side,
    peer: small,
    items: fc.array(pick, { minLength: 1, maxLength: 3 }),
    shape: fc.constantFrom('list', 'array', 'record', 'map', 'set'),
    keep: small,
    isAwaited: fc.boolean(),
  }),
  obtain: step('obtain', {
    side,
    peer: small,
    way: fc.constantFrom('get', 'make', 'construct', 'later'),
    index: small,
    fate,
    isKept: fc.boolean(),
  }),
  echo: step('echo', { side, peer: small, item: pick, isKept: fc.boolean() }),
  callBack: step('callBack', { side, peer: small }),
  refused: step('refused', { side, peer: small, items: fc.array(pick, { maxLength: 3 }) }),
  use: step('use', { side, index: small, way: fc.constantFrom('touch', 'self'), fate }),
  chain: step('chain', { side, index: small, way: fc.constantFrom('touch', 'self'), fate }),
  await: step('await', { side, index: small, isKept: fc.boolean() }),
  drop: step('drop', { side, index: small }),
  dropAnswer: step('dropAnswer', { side, index: small }),
  release: step('release', { side, index: small }),
  releaseAnswer: step('releaseAnswer', { side, index: small }),
  openGate: step('openGate', { index: small }),
  deliver: step('deliver', { direction: small }),
  tick: step('tick', {}),
  drain: step('drain', {}),
  collect: step('collect', { index: small }),
  finalize: step('finalize', { index: small }),
} as const

type Steps = {
  [Name in keyof typeof STEPS]: (typeof STEPS)[Name] extends fc.Arbitrary<infer T> ? T : never
}
export type Step = Steps[keyof Steps]
type Pick = readonly [string, number]

const WEIGHTS: Record<keyof typeof STEPS, number> = {
  send: 4,
  obtain: 4,
  echo: 1,
  callBack: 1,
  refused: 1,
  use: 3,
  chain: 3,
  await: 1,
  drop: 2,
  dropAnswer: 2,
  release: 2,
  releaseAnswer: 1,
  openGate: 1,
  deliver: 8,
  tick: 3,
  drain: 4,
  collect: 3,
  finalize: 3,
}

export const schedules: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    ...Object.entries(STEPS).map(([name, arbitrary]) => ({
      arbitrary: arbitrary as fc.Arbitrary<Step>,
      weight: WEIGHTS[name as keyof typeof STEPS],
    })),
  ),
  { minLength: 0, maxLength: 120, size: 'max' },
)

function at<T>(list: readonly T[], index: number): T | undefined {
  return list[index % Math.max(1, list.length)]
}

/** Takes one step. */
export async function take(world: World, step: Step): Promise<void> {
  switch (step.do) {
    case 'deliver':
      world.deliver(step.direction)
      return
    case 'tick':
      await undefined
      return
    case 'drain':
      return await world.drain()
    case 'collect':
      return void (await world.collect(step.index))
    case 'finalize':
      return void (await world.finalize(step.index))
    case 'openGate':
      world.openGate(step.index)
      return
    default:
      act(world, step)
  }
}

/** What a program does in one go. Nothing of it is left on a stack when the schedule goes on. */
function act(
  world: World,
  step: Exclude<Step, { do: 'deliver' | 'tick' | 'drain' | 'collect' | 'finalize' | 'openGate' }>,
): void {
  const side = at(world.sides, step.side)
  if (side === undefined) return
  switch (step.do) {
    case 'send':
      send(world, side, step)
      return
    case 'obtain':
      obtain(world, side, step)
      return
    case 'echo': {
      const peer = peerOf(world, side, step.peer)
      const [item] = chosen(side, peer, [step.item])
      if (item === undefined) return
      const root = side.peer(peer.name)
      world.call(side, peer, root, (call) => root.echo!(call, item.value), {
        ...aboutArguments([item]),
        isKept: step.isKept,
      })
      return
    }
    case 'callBack': {
      const peer = peerOf(world, side, step.peer)
      const inner = world.note(peer, side, { expected: () => undefined })
      const value = inner.number
      const callback = side.own.find((own) => typeof own.value === 'function')
      const root = side.peer(peer.name)
      world.call(
        side,
        peer,
        root,
        (call) => root.run!(call, callback?.value, inner.number, value),
        { sent: [() => callback?.name], expected: () => `${callback?.name}:${value}` },
      )
      return
    }
    case 'refused': {
      const peer = peerOf(world, side, step.peer)
      const items = chosen(side, peer, step.items)
      const root = side.peer(peer.name)
      const take = async (): Promise<unknown> =>
        root.take!(-1, 0, ...items.map(({ value }) => value), new WeakMap())
      take().then(
        () => world.wrong('what cannot cross was sent'),
        (error: Error) => {
          // What was given up is refused first, and what an answer brings may have been.
          if (error.name !== 'NotShareableError' && error.name !== 'ReleasedError')
            world.wrong(`what cannot cross failed with ${String(error)}`)
        },
      )
      return
    }
    case 'use': {
      const kept = at(side.kept, step.index)
      if (kept !== undefined) use(world, side, kept, step.way, step.fate)
      return
    }
    case 'chain': {
      const answer = at(side.answers, step.index)
      if (answer !== undefined) chain(world, side, answer, step.way, step.fate)
      return
    }
    case 'await': {
      const answer = side.answers.splice(step.index % Math.max(1, side.answers.length), 1)[0]
      if (answer !== undefined) world.await(answer.record, answer.proxy, step.isKept)
      return
    }
    case 'drop':
      side.kept.splice(step.index % Math.max(1, side.kept.length), 1)
      return
    case 'dropAnswer':
      side.answers.splice(step.index % Math.max(1, side.answers.length), 1)
      return
    case 'release': {
      const kept = at(side.kept, step.index)
      if (kept === undefined) return
      release(kept.proxy as never)
      side.gaveUp(kept.proxy)
      return
    }
    case 'releaseAnswer': {
      const answer = side.answers.splice(step.index % Math.max(1, side.answers.length), 1)[0]
      if (answer !== undefined) world.releaseAnswer(answer.record, answer.proxy)
      return
    }
  }
}

function peerOf(world: World, side: ContextModel, index: number): ContextModel {
  return world.side(at([...side.sessions.keys()], index) ?? '')
}

interface Item {
  readonly value: object
  readonly name: () => string | undefined
  readonly isStale: boolean
}

function chosen(side: ContextModel, peer: ContextModel, picks: readonly Pick[]): Item[] {
  return picks.flatMap(([from, index]): Item[] => {
    if (from === 'own') {
      const own = at(side.own, index)
      return own === undefined ? [] : [{ value: own.value, name: () => own.name, isStale: false }]
    }
    if (from === 'kept') {
      const kept = at(side.kept, index)
      if (kept === undefined) return []
      return [{ value: kept.proxy, name: () => kept.name, isStale: side.isStale(kept.proxy) }]
    }
    const answer = at(side.answers, index)
    if (answer === undefined) return []
    const { record, proxy } = answer
    const isForeign = handleOf(proxy)?.session !== handleOf(side.peer(peer.name))?.session
    // To a third context goes what it brings, so it is awaited there and then, and no answer to keep any more.
    if (isForeign) side.answers.splice(side.answers.indexOf(answer), 1)
    const brought = (handleOf(proxy) as unknown as { value: unknown }).value
    const isStale = isForeign && brought !== undefined && side.isStale(brought as object)
    return [{ value: proxy, name: () => record.brought, isStale }]
  })
}

function aboutArguments(items: readonly Item[]) {
  return {
    sent: items.map(({ name }) => name),
    args: items.map(({ value }) => handleOf(value)),
    isRefused: items.some(({ isStale }) => isStale),
  }
}

function send(world: World, side: ContextModel, step: Steps['send']): void {
  const peer = peerOf(world, side, step.peer)
  const items = chosen(side, peer, step.items)
  // A set has an object once, whatever it came as.
  if (step.shape === 'set' && new Set(items.map(({ name }) => name() ?? name)).size < items.length)
    return
  if (step.shape === 'set' && items.length > 1 && items.some(({ name }) => name() === undefined))
    return
  const root = side.peer(peer.name)
  const values = items.map(({ value }) => value)
  world.call(
    side,
    peer,
    root,
    (call) => root.take!(call, step.keep, ...shaped(step.shape, values)),
    {
      ...aboutArguments(items),
      expected: () => items.length,
      fate: step.isAwaited ? 'await' : 'drop',
    },
  )
}

function shaped(shape: string, values: readonly object[]): unknown[] {
  switch (shape) {
    case 'array':
      return [[...values]]
    case 'record':
      return [Object.fromEntries(values.map((value, index) => [`k${index}`, [value]]))]
    case 'map':
      return [new Map(values.map((value, index) => [index, value]))]
    case 'set':
      return [new Set(values)]
    default:
      return [...values]
  }
}

function obtain(world: World, side: ContextModel, step: Steps['obtain']): void {
  const peer = peerOf(world, side, step.peer)
  const root = side.peer(peer.name)
  // Every context begins with three objects.
  const index = step.index % 3
  const ask = (call: number): Far => {
    switch (step.way) {
      case 'get':
        return root.get!(call, index)
      case 'make':
        return root.make!(call)
      case 'later':
        return root.later!(call)
      default:
        return new root.Thing!(call)
    }
  }
  const brought = step.way === 'get' ? peer.own[index]?.name : undefined
  world.call(side, peer, root, ask, { brought, fate: step.fate as 'await', isKept: step.isKept })
}

function use(world: World, side: ContextModel, kept: Kept, way: string, fate: string): void {
  const owner = world.owners.get(kept.name)
  const own = owner?.own.find(({ name }) => name === kept.name)
  if (owner === undefined) return
  const far = kept.proxy as Far
  const options = { isRefused: side.isStale(kept.proxy), fate: fate as 'await' }
  if (typeof own?.value === 'function' || way === 'touch') {
    const value = world.records.length
    const touch = (call: number): Far =>
      typeof own?.value === 'function' ? far(call, value) : far.touch!(call, value)
    const expected = () => `${kept.name}:${value}`
    world.call(side, owner, far, touch, {
      ...options,
      expected,
      fate: fate === 'drop' ? 'drop' : 'await',
    })
  } else world.call(side, owner, far, (call) => far.self!(call), { ...options, isKept: true })
}

/** Uses an answer before it is here, or without ever asking for it. */
function chain(
  world: World,
  side: ContextModel,
  answer: KeptAnswer,
  way: string,
  fate: string,
): void {
  const { record, proxy } = answer
  const far = proxy as Far
  const isFunction = () => {
    const own = record.to.own.find(({ name }) => name === record.brought)
    return typeof own?.value === 'function'
  }
  if (isFunction() || way === 'touch') {
    const value = world.records.length
    world.call(
      side,
      record.to,
      proxy,
      (call) => (isFunction() ? far(call, value) : far.touch!(call, value)),
      { expected: () => `${record.brought}:${value}`, fate: fate === 'drop' ? 'drop' : 'await' },
    )
  } else world.call(side, record.to, proxy, (call) => far.self!(call), { fate: fate as 'await' })
}
