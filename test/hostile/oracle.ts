/**
 * What every hostile guest is held to, whatever it tries: it has learnt nothing of the host, has changed nothing there, and the host goes on.
 */
import { dirname } from 'node:path'
import { inspect } from 'node:util'
import { isProxy } from '@farhold/core'
import type { Fixture } from './host.ts'

/** Marks of the host's files that no string of a guest may have. */
const PATHS: readonly string[] = [
  dirname(dirname(import.meta.dirname)),
  dirname(process.execPath),
  'file://',
  'node:internal',
  'node_modules',
  'run-attempt',
  'host.ts',
  'isolate-transport',
]

/** What a guest must not be able to say, if it says it. */
export function leakedIn(said: readonly string[]): string[] {
  const secret = process.env.HOSTILE_SECRET
  const leaks: string[] = []
  for (const line of said) {
    if (secret !== undefined && line.includes(secret)) leaks.push('the guest has the secret')
    if (line.includes('hard-coded-' + 'key'))
      leaks.push('the guest has read the source of the host')
    const path = PATHS.find((mark) => line.includes(mark))
    if (path !== undefined)
      leaks.push(`the guest has seen a path of the host: ${line.slice(0, 300)}`)
  }
  return leaks
}

/** Keeps a guest's large results from being used for ever. */
const MOST = 40

/**
 * Uses what a guest gave as a careless host would: prints it, reads it, calls it, iterates it. Gives every string in it. None of this may hang;
 * that it fails is all right.
 */
export async function use(value: unknown, fixture: Fixture): Promise<string[]> {
  const said: string[] = []
  const seen = new Set<unknown>()
  let left = MOST

  async function visit(item: unknown, depth: number): Promise<void> {
    if (typeof item === 'string') said.push(item)
    if ((typeof item !== 'object' && typeof item !== 'function') || item === null) return
    if (seen.has(item) || depth > 4 || left-- <= 0) return
    seen.add(item)
    if (isProxy(item)) await operate(item as unknown as Record<string, unknown>, depth)
    else await look(item, depth)
  }

  async function look(item: object, depth: number): Promise<void> {
    const prints: readonly ((value: unknown) => string | undefined)[] = [
      (value) => inspect(value),
      (value) => String(value),
      (value) => JSON.stringify(value),
    ]
    for (const print of prints) {
      try {
        // An error of a guest has a stack of ours as well, and printing shows it.
        said.push((print(item) ?? '').replace(/^\s+at .*$/gm, ''))
      } catch {}
    }
    if (item instanceof Error) said.push(item.message, item.name)
    const keys = Reflect.ownKeys(item).filter((key) => key !== 'stack')
    for (const key of keys.slice(0, MOST)) {
      if (typeof key === 'string') said.push(key)
      await tryTo(async () => visit(await Reflect.get(item, key), depth + 1))
    }
    if (item instanceof Map || item instanceof Set)
      for (const part of [...item].slice(0, MOST)) await visit(part, depth + 1)
    if (typeof item === 'function')
      await tryTo(async () =>
        visit(await Reflect.apply(item, undefined, [fixture.root]), depth + 1),
      )
  }

  async function operate(proxy: Record<string, unknown>, depth: number): Promise<void> {
    await tryTo(() => void said.push(inspect(proxy), typeof proxy))
    await tryTo(async () => visit(await proxy, depth + 1))
    for (const key of ['name', 'message', 'length', 'then', 'value'])
      await tryTo(async () => visit(await proxy[key], depth + 1))
    await tryTo(async () =>
      visit(await Reflect.apply(proxy as never, undefined, [fixture.root]), depth + 1),
    )
    await tryTo(async () => {
      let items = 0
      for await (const item of proxy as unknown as AsyncIterable<unknown>) {
        await visit(item, depth + 1)
        if (++items === 3) break
      }
    })
  }

  async function tryTo(run: () => Promise<void> | void): Promise<void> {
    try {
      await run()
    } catch (error) {
      if (error instanceof Error) said.push(error.message)
    }
  }

  await visit(value, 0)
  return said
}

/** How something ended: `value` and what it is, or `error` and which. */
export function endOf(result: { readonly value: unknown } | { readonly error: unknown }): string {
  if ('value' in result) return `value ${jsonOf(result.value)}`
  const { error } = result
  if (!(error instanceof Error)) return `error ${jsonOf(error)}`
  return `error ${(error as { code?: string }).code ?? error.name}`
}

function jsonOf(value: unknown): string {
  if (isProxy(value)) return 'a proxy'
  try {
    return (
      JSON.stringify(value, (_key, part) => (isProxy(part) ? 'a proxy' : part)) ?? String(value)
    ).slice(0, 200)
  } catch {
    return inspect(value).slice(0, 200)
  }
}
