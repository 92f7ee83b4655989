/**
 * When calls have taken too long: one timer for all calls of one time limit.
 *
 * Calls of the same limit expire in the order they were made, so a limit has a list, and one timer for its head. The
 * timer keeps a process alive only while a call is on the list.
 */
import type { Platform } from './platform.ts'

/** What Node's timers can do, and the web's need not. */
interface Timer {
  ref?(): void
  unref?(): void
}

/** The calls that may take equally long. */
interface Lane<Call> {
  readonly milliseconds: number
  /** When each call is over, in the order they were made. */
  readonly ends: Map<Call, number>
  timer: Timer | undefined
}

/** How many limits are kept that no call has now. */
const IDLE_LANES = 16

export class Deadlines<Call extends object> {
  readonly #lanes = new Map<number, Lane<Call>>()
  readonly #platform: Platform
  readonly #expired: (call: Call, milliseconds: number) => void

  /** @param expired is called, once, for each call that is not forgotten in time */
  constructor(platform: Platform, expired: (call: Call, milliseconds: number) => void) {
    this.#platform = platform
    this.#expired = expired
  }

  /** Gives a call so many milliseconds from now. Does nothing where there are no timers. */
  watch(call: Call, milliseconds: number): void {
    const { setTimeout } = this.#platform
    if (setTimeout === undefined || milliseconds === Infinity) return
    let lane = this.#lanes.get(milliseconds)
    if (lane === undefined) {
      lane = { milliseconds, ends: new Map(), timer: undefined }
      this.#lanes.set(milliseconds, lane)
    }
    // One that is watched again goes to the end of the list, which is in the order of the times.
    lane.ends.delete(call)
    lane.ends.set(call, this.#now() + milliseconds)
    if (lane.timer === undefined) this.#arm(lane, milliseconds)
    else if (lane.ends.size === 1) lane.timer.ref?.()
  }

  /** A call is over. */
  forget(call: Call, milliseconds: number): void {
    const lane = this.#lanes.get(milliseconds)
    if (lane === undefined || !lane.ends.delete(call) || lane.ends.size > 0) return
    // The next call of this limit most likely comes soon; limits that are computed for each call must not pile up.
    if (this.#lanes.size > IDLE_LANES) this.#drop(lane)
    else lane.timer?.unref?.()
  }

  /** Forgets every call, as when the session is over. */
  clear(): void {
    for (const lane of [...this.#lanes.values()]) this.#drop(lane)
  }

  #drop(lane: Lane<Call>): void {
    if (lane.timer !== undefined) this.#platform.clearTimeout?.(lane.timer)
    lane.timer = undefined
    lane.ends.clear()
    this.#lanes.delete(lane.milliseconds)
  }

  #arm(lane: Lane<Call>, milliseconds: number): void {
    const { setTimeout } = this.#platform
    lane.timer = setTimeout?.(() => this.#look(lane), milliseconds) as Timer // a handle, of whatever kind
  }

  #look(lane: Lane<Call>): void {
    const now = this.#now()
    for (const [call, end] of lane.ends) {
      if (end > now) {
        this.#arm(lane, Math.max(1, Math.ceil(end - now)))
        return
      }
      lane.ends.delete(call)
      this.#expired(call, lane.milliseconds)
    }
    this.#drop(lane)
  }

  #now(): number {
    return this.#platform.performance?.now() ?? Date.now()
  }
}
