/**
 * What the channel tests start: workers and isolates that run `member.ts`, and how to end them and to wait for what they do.
 */
import { readFileSync } from 'node:fs'
import type { Channel, ChannelContexts, Context } from '@farhold/core'
import { type SpawnIsolateOptions, spawnIsolate } from '@farhold/transport-isolate'
import { spawnWorker } from '@farhold/transport-worker'
import { transformSync } from 'esbuild'

export type Member = Context<typeof import('./member.ts')>

const MODULE = new URL('./member.ts', import.meta.url)

export const startWorker = (name: string): Promise<Member> => spawnWorker(MODULE, { name })

let source: string | undefined

export function startIsolate(name: string, options: SpawnIsolateOptions = {}): Promise<Member> {
  source ??= transformSync(readFileSync(MODULE, 'utf8'), { loader: 'ts', format: 'esm' }).code
  return spawnIsolate({ name, source, ...options })
}

/** The name of what a call or a promise fails with; what it gives, in a box, when it does not. */
export async function failureName(promise: PromiseLike<unknown>): Promise<unknown> {
  try {
    return { fulfilledWith: await promise }
  } catch (error) {
    return (error as Error).name
  }
}

/** The same of something that throws at once. */
export function thrownName(run: () => unknown): unknown {
  try {
    return { gave: run() }
  } catch (error) {
    return (error as Error).name
  }
}

/** Looks again, in later turns, until the contexts at the ends of a channel are as they should be. */
export async function untilContexts(
  { sender }: Pick<Channel<never>, 'sender'>,
  done: (contexts: ChannelContexts) => boolean,
): Promise<void> {
  while (!done(await sender.contexts())) await new Promise((resolve) => setImmediate(resolve))
}
