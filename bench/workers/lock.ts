/** What the bench of locks holds, and a thread that holds it, too. */
import { lock, protect, proxy, type Remote } from '@farhold/core'
import { Mutex, webLocks } from '../raw-lock.ts'

const nothing = (): void => undefined

export const makeGuarded = (): { value: number } => protect({ value: 0 })
export const makePlain = (): { value: number } => proxy({ value: 0 })

export async function take(target: Remote<object>, many: number): Promise<void> {
  for (let round = 0; round < many; round++) await lock(target, nothing)
}

export async function takeWebLock(many: number): Promise<void> {
  for (let round = 0; round < many; round++) await webLocks.request('bench', nothing)
}

export async function takeMutex(memory: SharedArrayBuffer, many: number): Promise<void> {
  const mutex = new Mutex(memory)
  for (let round = 0; round < many; round++) {
    mutex.lock()
    mutex.unlock()
    await undefined
  }
}
