/** What crosses on the wire: a release and a re-send, an answer and its end, a call that waits and what it names. */
import { connect, expose, isProxy, proxy, release, type Session } from '@farhold/core'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { failureOf } from '../failure.ts'
import { type DelayedEnd, delayedPair } from './delayed-transport.ts'
import { ScheduledCollector } from './scheduled-collector.ts'

class Thing {
  readonly name: string

  constructor(name: string) {
    this.name = name
  }

  hello(): string {
    return `I am ${this.name}`
  }
}

const told: string[] = []
const reachable = new Set<object>()
let collector: ScheduledCollector
let things: ReturnType<typeof makeThing>[]
let openGate: () => void
let owner: Session
let holder: Session<ReturnType<typeof makeApi>>
let towardsOwner: DelayedEnd
let towardsHolder: DelayedEnd

function makeThing(name: string) {
  return proxy(new Thing(name), { released: () => told.push(name) })
}

function makeApi() {
  const gate = new Promise<void>((resolve) => {
    openGate = resolve
  })
  return {
    get: (index: number) => things[index],
    later: () => gate.then(() => things[1]),
    other: () => things[2],
    fails: async () => {
      await gate
      throw new RangeError('on purpose')
    },
    isSame: (thing: unknown, index: number) => thing === things[index],
    second: (_first: unknown, second: unknown) => second,
    isSecondSame: (_first: unknown, second: unknown) => second === things[0],
    outcome: async (_first: unknown, promise: unknown) => await promise,
  }
}

beforeEach(() => {
  told.length = 0
  reachable.clear()
  things = [makeThing('zero'), makeThing('one'), makeThing('two')]
  collector = new ScheduledCollector(() => (target) => reachable.has(target))
  collector.install()
  const [here, there] = delayedPair('structured')
  towardsOwner = here
  towardsHolder = there
  owner = expose(makeApi(), here, { name: 'owner', onError: () => undefined })
  holder = connect(there, { name: 'holder' })
})

afterEach(async () => {
  await holder.close()
  vi.unstubAllGlobals()
})

const drain = () => new Promise((resolve) => setImmediate(resolve))

/** Everything that is under way arrives, until nothing is. */
async function settle(): Promise<void> {
  for (let isMoving = true; isMoving; ) {
    await drain()
    isMoving = false
    while (towardsOwner.deliver() || towardsHolder.deliver()) isMoving = true
  }
}

/** Awaits an answer while everything arrives. */
async function answerOf<T>(answer: PromiseLike<T>): Promise<T> {
  const whole = answer.then(
    (value) => () => value,
    (error: unknown) => () => {
      throw error
    },
  )
  await settle()
  return (await whole)()
}

function identity<T>(value: T): T {
  return value
}

function collectAll(): void {
  for (const target of collector.collectable()) collector.collect(target)
}

function finalizeAll(): void {
  while (collector.due > 0) collector.finalize(0)
}

const left = () => [owner.stats().exports, holder.stats().imports, holder.stats().exports]

async function getThing(index = 0) {
  const thing = await answerOf(holder.remote.get(index))
  if (thing === undefined) throw new Error(`no thing ${index}`)
  return thing
}

describe('a release that crosses a re-send', () => {
  test('gives back what its sender had seen, and no more', async () => {
    const first = await getThing()
    // It is sent again before the release is there, and arrives after it was sent.
    const again = holder.remote.get(0).then(identity, () => undefined)
    await drain()
    towardsOwner.deliver()
    await drain()
    release(first)
    await drain()
    towardsOwner.deliver()
    expect(told).toEqual([])
    await settle()
    const second = await again
    expect(second).not.toBe(first)
    expect(await answerOf(second!.hello())).toBe('I am zero')
    expect(left()).toEqual([1, 1, 0])
    release(second!)
    await settle()
    expect(left()).toEqual([0, 0, 0])
    expect(told).toEqual(['zero'])
  })

  test('leaves the object an id of its own when the release is there first', async () => {
    const first = await getThing()
    release(first)
    const [second, other] = await answerOf(
      Promise.all([holder.remote.get(1), holder.remote.get(0)]),
    )
    expect(await answerOf(second!.hello())).toBe('I am one')
    expect(await answerOf(other!.hello())).toBe('I am zero')
    expect(await failureOf((async () => await first.hello())())).toMatchObject({
      name: 'ReleasedError',
    })
    expect(told).toEqual(['zero'])
  })

  test('is the same thing when it is sent home meanwhile', async () => {
    const thing = await getThing()
    const isSame = holder.remote.isSame(thing, 0).then(identity, String)
    release(thing)
    await settle()
    expect(await isSame).toBe(true)
    expect(left()).toEqual([0, 0, 0])
  })
})

describe('a finalizer', () => {
  test('that is late finds that the object was introduced again', async () => {
    await getThing()
    collectAll()
    const again = await getThing()
    finalizeAll()
    await settle()
    expect(told).toEqual([])
    expect(await answerOf(again.hello())).toBe('I am zero')
    collectAll()
    finalizeAll()
    await settle()
    expect(told).toEqual(['zero'])
    expect(left()).toEqual([0, 0, 0])
  })

  test('gives back an answer that was never asked for, and what it brought', async () => {
    void holder.remote.get(0)
    await settle()
    expect(left()).toEqual([1, 1, 0])
    collectAll()
    finalizeAll()
    await settle()
    expect(left()).toEqual([0, 0, 0])
    expect(told).toEqual(['zero'])
  })
})

describe('an answer', () => {
  test('that is released before it arrives gives up what it brings', async () => {
    const answer = holder.remote.get(0)
    release(answer as never)
    await settle()
    expect(told).toEqual(['zero'])
    expect(left()).toEqual([0, 0, 0])
  })

  // `promise()` fetches a value that stayed with its owner, but the state is read as if the value were here.
  test('that was only used is itself when it is passed on, and not null', async () => {
    const answer = holder.remote.get(0)
    const hello = answer.hello().then(identity, String)
    await settle()
    expect(await hello).toBe('I am zero')
    const [farHere, farThere] = delayedPair('structured')
    let seen: unknown
    const see = (value: unknown): void => {
      seen = value
    }
    expose({ see }, farHere)
    const far = connect<{ see(value: unknown): void }>(farThere)
    const call = far.remote.see(answer as never).then(() => undefined, String)
    for (let turn = 0; turn < 5; turn++) {
      await settle()
      while (farHere.deliver() || farThere.deliver()) await drain()
    }
    await call
    await far.close()
    expect(isProxy(seen)).toBe(true)
  })
})

/** The proxy that comes back is the one that was given up, and is not told that it is held again. */
test('what was given up while it is lent is held again when it comes back', async () => {
  const [farHere, farThere] = delayedPair('structured')
  let lent: unknown
  let back: unknown
  const see = (value: unknown): void => {
    lent = value
  }
  expose({ see, get: () => lent }, farHere)
  const far = connect<{ see(value: unknown): void; get(): unknown }>(farThere)
  const all = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) {
      await settle()
      while (farHere.deliver() || farThere.deliver()) await drain()
    }
  }
  const thing = await getThing()
  void far.remote.see(thing as never).then(() => undefined, String)
  await all()
  release(thing)
  void far.remote.get().then((value) => {
    back = value
  }, String)
  await all()
  const hello = failureOf((async () => await (back as typeof thing).hello())())
  await all()
  await far.close()
  expect(await hello).toEqual({ fulfilledWith: 'I am zero' })
})

/** The hook is the owner's own code, and its error is taken for the peer's. */
test('a release hook that throws does not end the session', async () => {
  things[0] = proxy(new Thing('zero'), {
    released: () => {
      throw new Error('the hook')
    },
  })
  release(await getThing())
  await settle()
  expect(await answerOf((await getThing(1)).hello())).toBe('I am one')
})

describe('a call', () => {
  test('reaches a target that is released in the same microtask', async () => {
    const thing = await getThing()
    const hello = thing.hello().then(identity, String)
    release(thing)
    await settle()
    expect(await hello).toBe('I am zero')
    expect(left()).toEqual([0, 0, 0])
  })

  test('that cannot be encoded leaves nothing that it had begun to introduce', async () => {
    const bad = [makeThing('mine'), () => 1, new WeakMap()]
    const failure = await failureOf(holder.remote.second(1, bad as never))
    expect(failure).toMatchObject({ name: 'NotShareableError' })
    await settle()
    expect(left()).toEqual([0, 0, 0])
  })
})

describe('a call that waits for an earlier answer', () => {
  /** Its arguments are looked up when it starts, and what they name is gone by then. */
  test('keeps what its arguments name', async () => {
    const thing = await getThing()
    const isSame = holder.remote.isSecondSame(holder.remote.later(), thing).then(identity, String)
    release(thing)
    await settle()
    openGate()
    await settle()
    expect(await isSame).toBe(true)
  })

  /** An id that was given back meanwhile may be another object's. */
  test('is not given another object', async () => {
    const thing = await getThing()
    const isSame = holder.remote.isSecondSame(holder.remote.later(), thing).then(identity, String)
    release(thing)
    await settle()
    await getThing(2)
    openGate()
    await settle()
    expect(await isSame).toBe(true)
  })

  /** The outcome comes before the arguments are read, when no one knows the promise. */
  test('learns the outcome of a promise in its arguments', async () => {
    const { promise, resolve } = Promise.withResolvers<string>()
    let seen: unknown
    void holder.remote.outcome(holder.remote.later(), promise).then((value) => {
      seen = value
    }, String)
    await settle()
    resolve('here')
    await settle()
    openGate()
    await settle()
    expect(seen).toBe('here')
  })

  /** Its arguments are never read, so what they introduced is never given back. */
  test('and fails with it gives back what its arguments introduced', async () => {
    const failure = failureOf(holder.remote.second(holder.remote.fails(), makeThing('mine')))
    await settle()
    openGate()
    await settle()
    expect(await failure).toMatchObject({ message: 'on purpose' })
    collectAll()
    finalizeAll()
    await settle()
    expect(left()).toEqual([0, 0, 0])
  })

  test('keeps the answers that it names', async () => {
    const other = holder.remote.other()
    const call = holder.remote.second(holder.remote.later(), other as never).then(identity, String)
    await settle()
    collectAll()
    finalizeAll()
    await settle()
    openGate()
    await settle()
    expect(isProxy(await call)).toBe(true)
  })
})
