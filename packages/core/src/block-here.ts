/**
 * Blocking this thread until something has happened in its own heap, which others bring about meanwhile: it serves every context that it can wait
 * for.
 */
import { ambientPlatform } from './platform.ts'
import { turnHere } from './turn.ts'

/** A session by which this thread can sleep and be woken. */
export interface Sleeper {
  /** Blocks until `done` holds, or for so many milliseconds, or until its peer is gone. */
  sleep(done: () => boolean, deadline: number | undefined): void
}

const sleepers = new Set<Sleeper>()

/** From now on this thread can be woken by that session's peer. Gives what ends it. */
export function canSleepBy(sleeper: Sleeper): () => void {
  sleepers.add(sleeper)
  return () => {
    sleepers.delete(sleeper)
  }
}

/**
 * Blocks until `done` holds. False when that cannot come any more, or not in `timeout` milliseconds.
 */
export function blockHere(done: () => boolean, timeout: number | undefined): boolean {
  const end = timeout === undefined || timeout === Infinity ? undefined : now() + timeout
  const block = (): boolean => {
    while (!done()) {
      const left = end === undefined ? undefined : end - now()
      if (left !== undefined && left <= 0) return false
      // One that has served a call may have ended meanwhile.
      const [sleeper] = sleepers
      if (sleeper === undefined) return false
      sleeper.sleep(done, left)
    }
    return true
  }
  const turn = turnHere()
  return turn === undefined ? block() : turn.whileBlocked(block)
}

function now(): number {
  return ambientPlatform.performance?.now() ?? Date.now()
}
