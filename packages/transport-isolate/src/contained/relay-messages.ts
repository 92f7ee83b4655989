/**
 * What a thread and its relay say to each other. Each child process has a port of its own, from its start to its end.
 */
import type { MessagePort } from 'node:worker_threads'
import type { Frame, FrameLimits } from './frames.ts'

export interface ChildCommand {
  readonly file: string
  readonly args: readonly string[]
}

/** To the relay: start a child, whose frames go by this port. */
export interface StartChild {
  readonly port: MessagePort
  readonly command: ChildCommand
  /** For frames of the child's. */
  readonly limits: FrameLimits
}

/** To the relay, by a child's port: a frame for it; that so much of what it sent was taken; or the order to end it. */
export type ToRelay = Frame | { readonly taken: number } | 'kill'

/** From the relay, by a child's port: a frame of it, or, last, how it ended. */
export type FromRelay = Frame | { readonly ended: ChildEnd }

export interface ChildEnd {
  readonly exitCode: number | null
  readonly signal: string | null
  /** What it wrote to its standard error, the beginning. */
  readonly said: string
  /** Why it could not be started, or written to. */
  readonly error: string | undefined
  /** What it sent that is no frame, for which it was ended. */
  readonly malformed: string | undefined
}

/** How much of a child's may wait for the thread it is for; while there is more, the child is not read from. */
export const AHEAD = 2 ** 22

/** What a frame counts for. */
export function weightOf({ text, buffers }: Frame): number {
  let weight = 64 + text.length
  for (const { byteLength } of buffers) weight += byteLength
  return weight
}
