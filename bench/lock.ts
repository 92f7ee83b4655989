/**
 * Locks: a mutex in shared memory written by hand, the platform's own Web Locks, and ours: of a worker's context, which is taken in
 * memory when it is free, of a protected object, which is asked for by a message, and of this context.
 *
 * Whoever takes one holds it for one turn and lets go.
 */
import { lock, protect } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import type { Contest, Contestant } from './interleave.ts'
import { Mutex, webLocks } from './raw-lock.ts'

const nothing = (): void => undefined

const CALLS = 500

async function times(run: () => unknown): Promise<void> {
  for (let round = 0; round < CALLS; round++) await run()
}

export const lockUncontended: Contest = {
  title: 'lock, uncontended',
  calls: CALLS,
  async start() {
    const owner = await spawnWorker<typeof import('./workers/lock.ts')>(
      new URL('./workers/lock.ts', import.meta.url),
    )
    const mutex = new Mutex(new SharedArrayBuffer(4))
    const guarded = await owner.remote.makeGuarded()
    const plain = await owner.remote.makePlain()
    const own = protect({ value: 0 })
    const one = (name: string, run: () => unknown): Contestant => ({
      name,
      run: () => times(run),
    })
    const mutexOnce = (): void => {
      mutex.lock()
      mutex.unlock()
    }
    return [
      { ...one('raw mutex', mutexOnce), stop: () => owner.close() },
      one('Web Locks', () => webLocks.request('bench', nothing)),
      one('farhold, a context', () => owner.lock.request(nothing)),
      one('farhold, an object of it', () => lock(plain, nothing)),
      one('farhold, own', () => lock(own, nothing)),
      one('farhold, protected', () => lock(guarded, nothing)),
    ]
  },
}

/** How many locks each thread takes in one turn of the contest below. */
const EACH = 250

/** Main and a worker take the same lock, of a third thread, again and again. */
export const lockContended: Contest = {
  title: 'lock, contended by two threads',
  calls: 2 * EACH,
  async start() {
    const url = new URL('./workers/lock.ts', import.meta.url)
    const owner = await spawnWorker<typeof import('./workers/lock.ts')>(url)
    const rival = await spawnWorker<typeof import('./workers/lock.ts')>(url)
    const memory = new SharedArrayBuffer(4)
    const mutex = new Mutex(memory)
    const plain = await owner.remote.makePlain()
    const guarded = await owner.remote.makeGuarded()
    const both = async (theirs: PromiseLike<unknown>, ours: () => unknown): Promise<void> => {
      for (let round = 0; round < EACH; round++) await ours()
      await theirs
    }
    return [
      {
        name: 'raw mutex',
        run: () =>
          both(rival.remote.takeMutex(memory, EACH), () => {
            mutex.lock()
            mutex.unlock()
          }),
        stop: async () => {
          await rival.close()
          await owner.close()
        },
      },
      {
        name: 'Web Locks',
        run: () => both(rival.remote.takeWebLock(EACH), () => webLocks.request('bench', nothing)),
      },
      {
        name: 'farhold, a context',
        run: () => both(rival.remote.take(plain, EACH), () => lock(plain, nothing)),
      },
      {
        name: 'farhold, protected',
        run: () => both(rival.remote.take(guarded, EACH), () => lock(guarded, nothing)),
      },
    ]
  },
}
