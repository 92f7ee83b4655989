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

/** Blocks until `done` holds; `late` when that has not come in `timeout` milliseconds, `alone` when no one is left who could bring it about. */
export function blockHere(
  done: () => boolean,
  timeout: number | undefined,
): 'done' | 'late' | 'alone' {
  const end = timeout === undefined || timeout === Infinity ? undefined : now() + timeout
  const block = (): 'done' | 'late' | 'alone' => {
    while (!done()) {
      const left = end === undefined ? undefined : end - now()
      if (left !== undefined && left <= 0) return 'late'
      const [sleeper] = sleepers
      if (sleeper === undefined) return 'alone'
      // When that peer is gone, another may still bring it about; when all are, no one does.
      sleeper.sleep(() => done() || !sleepers.has(sleeper), left)
    }
    return 'done'
  }
  const turn = turnHere()
  return turn === undefined ? block() : turn.whileBlocked(block)
}

function now(): number {
  return ambientPlatform.performance?.now() ?? Date.now()
}
