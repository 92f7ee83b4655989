/**
 * Views: megabytes from one place to another, beside what the language and the platform do with them by themselves; and what a lease costs beside a futex.
 */
import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { connect, copy, expose, loopback, type Session, type View, view } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import type { Contest, Contestant } from './interleave.ts'
import { Mutex } from './raw-lock.ts'

type Bench = typeof import('./workers/view.ts')

const MODULE = new URL('./workers/view.ts', import.meta.url)

const MEGABYTE = 1 << 20

/** How much each copies in a turn, one megabyte after the other. */
const MEGABYTES = 32

/** A view whose memory the one who has it does not share, as of a guest: its bytes cross in a buffer. */
async function unshared(): Promise<{ far: View; session: Session }> {
  const [here, there] = loopback()
  expose({ far: view(MEGABYTE) }, here, { sharedMemory: false })
  const session = connect<{ far: View }>(there, { sharedMemory: false })
  return { far: await session.remote.far, session }
}

export const viewBytes: Contest = {
  title: 'view, bytes',
  unit: 'MB',
  calls: MEGABYTES,
  async start() {
    const owner = await spawnWorker<Bench>(MODULE)
    const source = new Uint8Array(MEGABYTE).fill(7)
    const target = new Uint8Array(new SharedArrayBuffer(MEGABYTE))
    const { far, session } = await unshared()
    const own = view(MEGABYTE)
    const theirs = await owner.remote.makeView(MEGABYTE)
    const { bytes } = await owner.remote.makeArray(MEGABYTE).then((made) => made)
    const { port1, port2 } = new MessageChannel()
    const echo = new Worker(new URL('./workers/raw-bytes.ts', import.meta.url), {
      workerData: port2,
      transferList: [port2],
    })
    let moved = new ArrayBuffer(MEGABYTE)
    const one = (name: string, run: () => unknown): Contestant => ({
      name,
      async run() {
        for (let round = 0; round < MEGABYTES; round++) await run()
      },
    })
    return [
      {
        ...one('raw set()', () => target.set(source)),
        stop: async () => {
          port1.close()
          await echo.terminate()
          await session.close()
          await owner.close()
        },
      },
      one('raw transfer', async () => {
        // There and back.
        port1.postMessage(moved, [moved])
        ;[moved] = (await once(port1, 'message')) as [ArrayBuffer]
      }),
      one('lease and set()', async () => {
        using lease = await theirs.lease()
        lease.array.set(source)
      }),
      one('copy to a view', () => copy(source, theirs)),
      one('copy of views', () => copy(own, theirs)),
      one('copy of far array', () => copy(bytes, own)),
      one('lease of a copy', async () => {
        using lease = await far.lease({ mode: 'shared' })
        source[0] = lease.array[0] ?? 0
      }),
      one('copy, not shared', () => copy(source, far)),
    ]
  },
}

const LEASES = 250

export const viewLease: Contest = {
  title: 'view, lease',
  calls: LEASES,
  async start() {
    const owner = await spawnWorker<Bench>(MODULE)
    const mutex = new Mutex(new SharedArrayBuffer(4))
    const own = view(16)
    const theirs = await owner.remote.makeView(16)
    const one = (name: string, run: () => unknown): Contestant => ({
      name,
      async run() {
        for (let round = 0; round < LEASES; round++) await run()
      },
    })
    return [
      {
        ...one('raw futex', () => {
          mutex.lock()
          mutex.unlock()
        }),
        stop: () => owner.close(),
      },
      one('own', async () => {
        using _lease = await own.lease()
      }),
      one('own, blocking', () => {
        using _lease = own.leaseSync()
      }),
      one('of a worker', async () => {
        using _lease = await theirs.lease()
      }),
      one('of it, blocking', () => {
        using _lease = theirs.leaseSync()
      }),
    ]
  },
}
