/**
 * A thread that blocks: it sleeps until its bell rings, and serves whatever comes from any context it can block on, so that
 * those who wait for it meanwhile are not kept waiting.
 */
import type { Batch, Transport } from '@farhold/core'
import { thisThread } from './bell.ts'
import { Patience } from './patience.ts'

/** What a blocked thread looks after. */
export interface BlockingPipe {
  /** Sends what is queued: the event loop, which would, stands still. */
  flush(): void
  /** Takes one message that has come, if one has. */
  takeOne(): boolean
  /** Is something in shared memory, of which the event loop hears nothing? */
  readonly hasUnread: boolean
  /** Does something that is served wait for a promise? */
  readonly isBusy: boolean
  /** Looks whether the peer still lives, and says so to its session if not. Asked now and then, for the dead do not ring. */
  checkPeer(): void
}

const pipes = new Set<BlockingPipe>()

/** May this thread block at all? A browser's main thread may not, and what embeds Node can forbid it. */
const mayBlock = ((): boolean => {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0)
    return true
  } catch {
    return false
  }
})()

/** How often a thread looks whether anyone has died, in milliseconds. */
const SLICE = 100

/** How long a thread lingers at most before its event loop goes on, in milliseconds. */
const LINGER = 1

/** From now on a blocked thread serves this pipe. */
export function serveWhenBlocked(pipe: BlockingPipe): void {
  pipes.add(pipe)
}

export function serveNoMore(pipe: BlockingPipe): void {
  pipes.delete(pipe)
}

const waiting = new Patience()
const lingering = new Patience()

/**
 * Blocks until `done`, or for so many milliseconds. What comes is served in the order in which each context sent it; of several contexts, each
 * gets its turn.
 */
function blockUntil(done: () => boolean, deadline: number): void {
  const { bell } = thisThread
  const end = deadline === Infinity ? Infinity : performance.now() + deadline
  let check = Infinity
  bell.block(true)
  bell.attend(true)
  try {
    while (!done()) {
      for (const pipe of pipes) pipe.flush()
      const { rings } = bell
      const took = serveOnce(done)
      if (done()) return
      if (!took && waiting.spin(bell, rings)) continue
      const now = performance.now()
      if (now >= end) return
      if (check === Infinity) check = now + SLICE
      if (now >= check) {
        for (const pipe of pipes) pipe.checkPeer()
        check = now + SLICE
      } else if (!took) bell.sleep(rings, Math.min(end - now, check - now))
    }
  } finally {
    bell.block(false)
    leave()
  }
}

/** How a transport enters its peer: it sends, and blocks. `undefined` where this thread may not. */
export function enterBy(post: (batch: Batch) => void): Transport['enter'] {
  if (!mayBlock) return undefined
  return (batch, done, deadline = Infinity) => {
    post(batch)
    blockUntil(done, deadline)
  }
}

/**
 * Stays a moment after a blocked thread was served: the next thing it asks for finds this thread awake, and not in its event loop, which takes
 * long to wake. Ends when nothing came for as long as it has paid to wait, or when the event loop is due.
 */
export function linger(): void {
  const { bell } = thisThread
  const end = performance.now() + LINGER
  bell.attend(true)
  try {
    for (;;) {
      const { rings } = bell
      if (!serveOnce(never) && !lingering.spin(bell, rings)) {
        const left = end - performance.now()
        if (left <= 0 || !lingering.sleep(bell, rings, left)) return
      }
      for (const pipe of pipes) pipe.flush()
      if (performance.now() > end || isBusy()) return
    }
  } finally {
    leave()
  }
}

/** This thread goes on with something else. What came in the last moment is for the event loop. */
function leave(): void {
  thisThread.bell.attend(false)
  for (const { hasUnread } of pipes)
    if (hasUnread) {
      queueMicrotask(serveUnread)
      return
    }
}

function serveUnread(): void {
  for (const pipe of pipes) while (pipe.hasUnread && pipe.takeOne());
}

/** Takes one message of each context that has sent one. False when none has. */
function serveOnce(done: () => boolean): boolean {
  let took = false
  for (const pipe of pipes) {
    took = pipe.takeOne() || took
    if (done()) return true
  }
  return took
}

/** Does anything that is served wait for the event loop? */
function isBusy(): boolean {
  for (const pipe of pipes) if (pipe.isBusy) return true
  return false
}

function never(): boolean {
  return false
}
