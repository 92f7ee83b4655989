/**
 * Finds out who waits for ever: someone waits for a lock, whose holder waits for another, and so on around to the first.
 *
 * Who begins to wait, and carries a hold itself or keeps a thread waiting, sends a probe after those it waits for: to the heap of each
 * holder, from there along every call that carries that hold, to where that call waits in turn. A probe that comes back to the one
 * who sent it has found a circle, and only a real one comes back, for each stretch of it was there when the probe passed. (Edge chasing: Chandy,
 * Misra and Haas, 1983.) All on the circle may find it at once; the one with the greatest number fails, and whoever else finds it has that one
 * look for itself.
 */
import { DeadlockError, type DeadlockStep } from './errors.ts'
import { newToken, type Party, type Probe, type ProbeStep, type Waiter } from './rw-lock.ts'
import { thisHeap } from './this-heap.ts'

/** How long the way of a probe may be. Longer circles end by their deadlines. */
const LONGEST = 256

/** Initiates what has everyone it comes to look for themselves. */
const NO_ONE = 0

/** Someone begins to wait. */
export function lookForCircle(waiter: Waiter): void {
  if (waiter.bonds.length > 0) chaseHolders(waiter, { ...begin(waiter.id), path: [stepOf(waiter)] })
}

function begin(initiator: number): Probe {
  return { initiator, wanted: 0, seen: [], path: [] }
}

/**
 * A probe has come to someone who waits.
 * @param where in a program that was asked for, where the probe has come by there
 */
export function chaseWaiter(waiter: Waiter, probe: Probe, where: string): void {
  if (where !== '') waiter.where = where
  if (!waiter.lock.isWaiting(waiter)) return
  if (probe.initiator === NO_ONE || probe.wanted === waiter.id) {
    lookForCircle(waiter)
    return
  }
  if (probe.initiator === waiter.id) {
    if (probe.wanted === 0) foundCircle(waiter, [stepOf(waiter), ...probe.path.slice(1)])
    return
  }
  const { path } = probe
  if (path.length >= LONGEST || path.some(({ id }) => id === waiter.id)) return
  chaseHolders(waiter, { ...probe, path: [...path, stepOf(waiter)] })
}

/** A probe has come to where a hold is used: on along everything that carries it, or that this thread is blocked for. */
export function chaseHold(token: number, probe: Probe): void {
  chaseBond(token, probe)
  chaseBlocked(probe)
}

/** A probe has come to what can only go on when this thread does: on along what this thread is blocked for, if it is. */
export function chaseBlocked(probe: Probe): void {
  if (thisHeap.blocking.some((call) => call.waits)) chaseBond(thisHeap.id, probe)
}

/**
 * Something of this heap was let in. Is its thread blocked, so that what was let in cannot go on, then whoever stood behind it in line waits for
 * what the thread waits for, and did not before: that looks again.
 */
export function letIn(): void {
  chaseBlocked(begin(NO_ONE))
}

/** A probe has come to a call that is being served: on along what is part of it. */
export function chaseServed(served: { probeId: number }, bond: number, probe: Probe): void {
  if (served.probeId === 0) served.probeId = newToken()
  const { seen } = probe
  if (seen.length >= LONGEST || seen.includes(served.probeId)) return
  chaseBond(bond, { ...probe, seen: [...seen, served.probeId] })
}

function chaseBond(bond: number, probe: Probe): void {
  for (const bound of [...thisHeap.bound]) if (bound.bonds.includes(bond)) bound.chase(bond, probe)
}

function chaseHolders(waiter: Waiter, probe: Probe): void {
  for (const { token, party } of [...waiter.lock.holders])
    if (!waiter.bonds.includes(token)) party.chase(token, probe)
}

function foundCircle(waiter: Waiter, path: readonly ProbeStep[]): void {
  const victim = path.reduce((greatest, { id }) => Math.max(greatest, id), 0)
  if (victim === waiter.id) {
    // What it has is free before those behind it go on, as if it had never asked for the next.
    waiter.lock.withdraw(waiter, () => waiter.fail(new DeadlockError(cycleOf(path))))
  } else chaseHolders(waiter, { ...begin(waiter.id), wanted: victim, path: [stepOf(waiter)] })
}

function stepOf({ id, party, lock, where }: Waiter): ProbeStep {
  return { id, context: party.context, lock: lock.label, where }
}

/** Each holds what the one before it waits for. */
function cycleOf(path: readonly ProbeStep[]): DeadlockStep[] {
  return path.map(({ context, lock, where }, index) => ({
    context,
    holds: path.at(index - 1)?.lock ?? lock,
    waitsFor: lock,
    where,
  }))
}

/** The code of this heap itself, which others may wait for. */
export function localParty(context: string): Party {
  return { context, chase: chaseHold }
}
