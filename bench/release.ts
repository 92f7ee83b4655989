/**
 * Giving references back: how long from the first release until the owner's table has none of them left, for each way to
 * release. Getting the proxies is not measured.
 */
import { setImmediate } from 'node:timers/promises'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { type Context, release, scope } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { type Remote, releaseProxy, wrap } from 'comlink'
import nodeEndpoint from 'comlink/dist/esm/node-adapter.mjs'
import ivm from 'isolated-vm'
import type { Contest, Contestant } from './interleave.ts'

const AT_ONCE = 1000
const MANY = 100_000
/** To get one from an isolate takes so long that there are fewer. */
const MANY_OF_GUEST = 10_000
/** How many are obtained at a time. */
const IN_FLIGHT = 1000

type Held = object & Disposable

/** A heap that gives out objects. */
interface Owner {
  get(): Promise<Held> | Held
  /** When it returns, the owner has read every release before it. */
  barrier(): Promise<void> | void
  stop(): Promise<void> | void
}

async function obtain(owner: Owner, count: number): Promise<Held[]> {
  const held: Held[] = []
  while (held.length < count)
    held.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(IN_FLIGHT, count - held.length) }, () => owner.get()),
      )),
    )
  return held
}

/** Releases of what was obtained before, one by one. */
function oneByOne(name: string, owner: Owner, giveUp: (held: Held) => void): Contestant {
  let held: Held[] = []
  return {
    name,
    stop: () => owner.stop(),
    prepare: async () => {
      held = await obtain(owner, AT_ONCE)
    },
    run: () => {
      for (const one of held) giveUp(one)
      return owner.barrier()
    },
  }
}

function byUsing(owner: Owner): Contestant {
  return oneByOne('using', owner, (held) => {
    using _ = held
  })
}

/** The end of a scope in which they were obtained. */
function byScope(owner: Owner): Contestant {
  let end: () => void = () => undefined
  let ended: Promise<void> = Promise.resolve()
  return {
    name: 'scope',
    stop: () => owner.stop(),
    prepare: async () => {
      const obtained = Promise.withResolvers<void>()
      const over = Promise.withResolvers<void>()
      end = over.resolve
      ended = scope(async () => {
        await obtain(owner, AT_ONCE)
        obtained.resolve()
        await over.promise
      })
      await obtained.promise
    },
    run: async () => {
      end()
      await ended
      await owner.barrier()
    },
  }
}

/** What the garbage collector finds, once nothing names it; the collection itself is part of it. */
function byCollection(
  name: string,
  owner: Owner,
  count: number,
  isBack: () => boolean,
): Contestant {
  const held: Held[] = []
  return {
    name,
    stop: () => owner.stop(),
    prepare: async () => {
      held.push(...(await obtain(owner, count)))
      // A weak reference keeps what it names until its turn is over.
      await setImmediate()
    },
    run: async () => {
      held.length = 0
      globalThis.gc?.()
      while (!isBack()) await setImmediate()
      await owner.barrier()
    },
  }
}

type Keeper = typeof import('./workers/keeper.ts')

async function worker(): Promise<Owner & { context: Context<Keeper> }> {
  const context = await spawnWorker<Keeper>(new URL('./workers/keeper.ts', import.meta.url))
  const { remote } = context
  await remote.prepare(MANY)
  let next = 0
  return {
    context,
    get: async () => (await remote.give(next++ % MANY)) as Held,
    barrier: async () => {
      await remote.dropKept()
    },
    stop: () => context.close(),
  }
}

/** One message for a request, and one for a release; the proxy is found by its id and gives itself back when it is collected. */
function rawWorker(): Owner & { isBack(): boolean } {
  const { port1, port2 } = new MessageChannel()
  const thread = new Worker(new URL('./workers/raw-keeper.ts', import.meta.url), {
    workerData: port2,
    transferList: [port2],
  })
  const held = new Map<number, WeakRef<Held>>()
  const giveBack = (id: number): void => {
    if (held.delete(id)) port1.postMessage(id)
  }
  const collected = new FinalizationRegistry(giveBack)
  const asked = answersInOrder(port1)
  return {
    get: async () => {
      const id = await asked('give')
      const made = new Proxy({ [Symbol.dispose]: () => giveBack(id) }, {})
      held.set(id, new WeakRef(made))
      collected.register(made, id)
      return made
    },
    barrier: async () => {
      await asked('barrier')
    },
    isBack: () => held.size === 0,
    stop: async () => {
      port1.close()
      await thread.terminate()
    },
  }
}

function answersInOrder(port: MessagePort): (question: string) => Promise<number> {
  const waiting: ((answer: number) => void)[] = []
  let first = 0
  port.on('message', (answer: number) => {
    waiting[first++]?.(answer)
    if (first === waiting.length) first = waiting.length = 0
  })
  return (question) =>
    new Promise((resolve) => {
      waiting.push(resolve)
      port.postMessage(question)
    })
}

async function comlink(): Promise<Contestant> {
  const thread = new Worker(new URL('./workers/comlink-keeper.ts', import.meta.url))
  const remote = wrap<{ give(): object; whenNone(): Promise<void> }>(nodeEndpoint(thread))
  let held: Remote<object>[] = []
  return {
    name: 'comlink',
    stop: async () => {
      await thread.terminate()
    },
    prepare: async () => {
      const calls = Array.from({ length: AT_ONCE }, () => remote.give())
      held = (await Promise.all(calls)) as unknown as Remote<object>[] // what was marked there is a proxy here
    },
    run: async () => {
      for (const one of held) one[releaseProxy]()
      await remote.whenNone()
    },
  }
}

export const workerRelease: Contest = {
  title: 'release, worker',
  unit: 'references',
  calls: AT_ONCE,
  start: async () => [
    oneByOne('raw', rawWorker(), (held) => held[Symbol.dispose]()),
    oneByOne('release()', await worker(), release as (held: object) => void), // it takes any proxy
    byUsing(await worker()),
    byScope(await worker()),
    await comlink(),
  ],
}

export const workerCollection: Contest = {
  title: 'release by collection, worker',
  unit: 'references',
  calls: MANY,
  rounds: 7,
  start: async () => {
    const raw = rawWorker()
    const owner = await worker()
    const { context } = owner
    return [
      byCollection('raw', raw, MANY, raw.isBack),
      byCollection('farhold', owner, MANY, () => context.stats().imports === 0),
    ]
  },
}

const GUEST = `
  const own = Array.from({ length: ${MANY} }, (_, value) => () => value)
  let next = 0
  export const give = () => own[next++ % ${MANY}]
  export const barrier = () => undefined
`

async function isolate(): Promise<Owner & { isBack(): boolean }> {
  const context = await spawnIsolate<{ give(): () => number; barrier(): void }>({
    source: GUEST,
    memoryLimit: 512,
    limits: { exports: 2 * MANY },
  })
  const { give, barrier } = context.sync
  const { imports } = context.stats()
  return {
    get: () => give() as unknown as Held, // every proxy is
    barrier: () => barrier(),
    isBack: () => context.stats().imports <= imports,
    stop: () => context.close(),
  }
}

async function rawIsolate(): Promise<Owner & { isBack(): boolean }> {
  const made = new ivm.Isolate({ memoryLimit: 512 })
  const context = await made.createContext()
  await context.eval(GUEST.replaceAll('export const', 'var'))
  const give = await context.global.get('give', { reference: true })
  const barrier = await context.global.get('barrier', { reference: true })
  let held = 0
  const giveBack = (reference: ivm.Reference): void => {
    reference.release()
    held--
  }
  const collected = new FinalizationRegistry(giveBack)
  return {
    get: () => {
      const reference: ivm.Reference = give.applySync(undefined, [], {
        result: { reference: true },
      })
      const wrapped = {
        [Symbol.dispose]: () => {
          collected.unregister(reference)
          giveBack(reference)
        },
      }
      held++
      collected.register(wrapped, reference, reference)
      return wrapped
    },
    barrier: () => {
      barrier.applySync(undefined, [])
    },
    isBack: () => held === 0,
    stop: () => made.dispose(),
  }
}

export const isolateRelease: Contest = {
  title: 'release, isolate',
  unit: 'references',
  calls: AT_ONCE,
  start: async () => [
    oneByOne('raw', await rawIsolate(), (held) => held[Symbol.dispose]()),
    oneByOne('release()', await isolate(), release as (held: object) => void), // it takes any proxy
    byUsing(await isolate()),
    byScope(await isolate()),
  ],
}

export const isolateCollection: Contest = {
  title: 'release by collection, isolate',
  unit: 'references',
  calls: MANY_OF_GUEST,
  rounds: 5,
  start: async () => {
    const raw = await rawIsolate()
    const owner = await isolate()
    return [
      byCollection('raw', raw, MANY_OF_GUEST, raw.isBack),
      byCollection('farhold', owner, MANY_OF_GUEST, owner.isBack),
    ]
  },
}
