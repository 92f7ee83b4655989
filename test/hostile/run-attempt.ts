/**
 * The child program: runs attempts one after the other and says of each, on a line of its own, whether it was held. Its arguments are a containment
 * and the attempts' names. When an attempt takes it down, the line that would have come is missing, and whoever waits for it knows which it was.
 */
import { writeSync } from 'node:fs'
import vm from 'node:vm'
import type { Context, SessionStats } from '@farhold/core'
import { type SpawnIsolateOptions, spawnIsolate } from '@farhold/transport-isolate'
import type { Attempt, Entry } from './attempt.ts'
import { loadAttempt } from './corpus.ts'
import { GUEST_TOOLS } from './guest-tools.ts'
import { createFixture, type Fixture } from './host.ts'
import { endOf, leakedIn, use } from './oracle.ts'
import { printOf, watchRealm } from './realm.ts'
import type { Containment, Report } from './report.ts'

/** Categories of attempts that use up all the time they have. */
const SLOW = /^(hang|exhaustion|forging)\//

/** How long one stretch of a guest, and a call in all, may take, in milliseconds. Who is not to run into a limit has plenty. */
function limitsOf(name: string): { timeout: number; wallTimeout: number } {
  return SLOW.test(name)
    ? { timeout: 120, wallTimeout: 1000 }
    : { timeout: 1500, wallTimeout: 6000 }
}

/** Reports have a pipe of their own. */
const tell = (report: Report): void => void writeSync(3, `${JSON.stringify(report)}\n`)

const unhandled: unknown[] = []
process.on('unhandledRejection', (error) => void unhandled.push(error))
process.on('uncaughtException', (error) => void unhandled.push(error))

const changesOfRealm = watchRealm()

type Result = { readonly value: unknown } | { readonly error: unknown }

async function resultOf(run: () => unknown): Promise<Result> {
  try {
    return { value: await run() }
  } catch (error) {
    return { error }
  }
}

/** Is the error the attempt's own, in code that never ran as it was meant? */
function isBroken(ended: string, { ends }: Attempt): boolean {
  return ends === undefined && /^error (SyntaxError|ReferenceError)/.test(ended)
}

async function inIsolate(
  name: string,
  attempt: Attempt,
  entry: Entry,
  contain: Containment,
  other: Context,
): Promise<{ ended: string; faults: string[] }> {
  const faults: string[] = []
  const fixture = createFixture()
  const print = printOf(fixture.root)
  const said: string[] = []
  const options: SpawnIsolateOptions & { contain?: Containment } = {
    name: 'guest',
    ...limitsOf(name),
    memoryLimit: 48,
    globals: { host: fixture.root },
    console: (_level, ...args) => void said.push(...args.map((arg) => endOf({ value: arg }))),
    onError: () => undefined,
    ...(entry === 'wait' ? { promises: 'wait' } : {}),
    ...(contain === 'process' ? { contain } : {}),
    ...attempt.options,
  }

  let context: Context | undefined
  const result = await resultOf(async () => {
    const source = entry === 'module' ? { source: `${GUEST_TOOLS}\n${attempt.guest}` } : {}
    context = await spawnIsolate({ ...options, ...source })
    if (entry === 'module') return undefined
    await context.eval(GUEST_TOOLS)
    return entry === 'evalSync'
      ? context.evalSync(attempt.guest)
      : await context.eval(attempt.guest)
  })
  const ended = endOf(result)
  if (isBroken(ended, attempt)) faults.push(`the attempt itself is wrong: ${message(result)}`)
  if (attempt.ends !== undefined && !attempt.ends.test(ended))
    faults.push(`it ended with "${ended}" and not with ${attempt.ends}`)

  said.push(...(await use('value' in result ? result.value : result.error, fixture)))
  for (const callback of fixture.kept) {
    const called = await resultOf(callback)
    said.push(...(await use('value' in called ? called.value : called.error, fixture)))
  }
  if (context !== undefined) {
    const aftermath = { context, fixture, ended, said }
    const after = await resultOf(() => attempt.afterwards?.(aftermath))
    if ('error' in after) faults.push(message(after))
  }
  const pong = await resultOf(() => other.eval('ping() + (1 + 1)'))
  if (endOf(pong) !== 'value "pong2"') faults.push(`another context does not go on: ${endOf(pong)}`)

  if (context !== undefined) {
    await context.close()
    faults.push(...left(context.stats()))
    // What is kept of a guest that is gone says so and never hangs.
    for (const callback of fixture.kept) await resultOf(callback)
  }
  said.push(...fixture.heard)
  faults.push(...leakedIn(said))
  if (printOf(fixture.root) !== print) faults.push('an object of the host was changed')
  return { ended, faults }
}

/** The tables of a context that is closed have nothing in them. */
function left(stats: SessionStats): string[] {
  const { exports, imports, held, pending, serving } = stats
  const all = { exports, imports, held, pending, serving }
  return Object.entries(all)
    .filter(([, count]) => count !== 0)
    .map(([name, count]) => `${count} ${name} are left after the context was closed`)
}

/** The same code where nothing holds it: `node:vm` with the same fixture, looked at by the same oracle. */
async function unsafely(
  name: string,
  attempt: Attempt,
): Promise<{ ended: string; faults: string[] }> {
  const faults: string[] = []
  const fixture: Fixture = createFixture()
  const print = printOf(fixture.root)
  const said: string[] = []
  const log = (...args: unknown[]): void => void said.push(...args.map(String))
  const sandbox = vm.createContext({
    host: fixture.root,
    remote: (value: unknown) => value,
    console: { log, info: log, warn: log, error: log, debug: log, trace: log },
  })
  vm.runInContext(GUEST_TOOLS, sandbox)
  const result = await resultOf(() =>
    vm.runInContext(attempt.guest, sandbox, { timeout: limitsOf(name).timeout }),
  )
  said.push(...(await use('value' in result ? result.value : result.error, fixture)))
  for (const callback of fixture.kept) {
    const called = await resultOf(callback)
    said.push(...(await use('value' in called ? called.value : called.error, fixture)))
  }
  await new Promise(setImmediate)
  said.push(...fixture.heard)
  faults.push(...leakedIn(said))
  if (printOf(fixture.root) !== print) faults.push('an object of the host was changed')
  const ended = endOf(result)
  // Where it must end with one value, any other is what it was after.
  const only = /^\^\(?value ./.test(attempt.ends?.source ?? '') ? attempt.ends : undefined
  if (only !== undefined && ended.startsWith('value') && !only.test(ended))
    faults.push(`it got "${ended}"`)
  return { ended, faults }
}

/** A process for each is dear, so there each attempt is entered in one of its ways, and as many in one as in the other. */
function entriesOf(name: string, { enter = ['eval', 'evalSync'] }: Attempt): readonly Entry[] {
  if (containment === 'none') return ['evalSync']
  if (containment === 'thread' || process.env.FULL !== undefined) return enter
  return enter.slice(name.length % enter.length).slice(0, 1)
}

function message(result: Result): string {
  const error = 'error' in result ? result.error : undefined
  return error instanceof Error ? `${error.name}: ${error.message}` : endOf(result)
}

const [containment, ...names] = process.argv.slice(2) as [Containment, ...string[]]
await using other =
  containment === 'none'
    ? undefined
    : await spawnIsolate({ globals: { ping: () => 'pong' }, name: 'other' })
for (const name of names) {
  const attempt = await loadAttempt(name)
  tell({ begun: name })
  const faults: string[] = []
  const ended: Record<string, string> = {}
  const entries = entriesOf(name, attempt)
  for (const entry of entries) {
    const run =
      other === undefined
        ? await unsafely(name, attempt)
        : await inIsolate(name, attempt, entry, containment, other)
    ended[entry] = run.ended
    await new Promise(setImmediate)
    faults.push(
      ...run.faults,
      ...changesOfRealm().map((change) => `a built-in of the host was changed: ${change}`),
      ...unhandled
        .splice(0)
        .map((error) => `no one handled: ${endOf({ error })} ${String((error as Error)?.stack)}`),
    )
  }
  tell({
    ended: name,
    faults: [...new Set(faults)].slice(0, 8).map((fault) => fault.slice(0, 500)),
    how: ended,
  })
}
