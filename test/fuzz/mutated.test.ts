/**
 * Conversations as they are really had, in which something has been changed on the way: the session answers or ends, nothing escapes it, no
 * prototype changes, and the other sessions of the heap go on. `FUZZ_RUNS` is the number of cases of each kind; what fails prints its seed.
 */
import { type Batch, connect, expose, loopback, ProtocolError, type Remote } from '@farhold/core'
import fc from 'fast-check'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { RawPeer, settle } from '../access/raw-peer.ts'
import { watchRealm } from '../hostile/realm.ts'
import {
  type Conversation,
  type ConversationRoot,
  conversationRoot,
  copyOf,
  recordConversation,
  talk,
} from './conversation.ts'

const RUNS = Number(process.env.FUZZ_RUNS ?? 250)

const escaped: unknown[] = []
const catcher = (error: unknown): void => void escaped.push(error)
beforeEach(() => {
  escaped.length = 0
  process.on('unhandledRejection', catcher)
  process.on('uncaughtException', catcher)
})
afterEach(() => {
  process.off('unhandledRejection', catcher)
  process.off('uncaughtException', catcher)
})

/** What is put in the place of a part of a batch. Made anew each time, as a batch is changed where it is. */
const replacements: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => -1,
  () => 0,
  () => 1,
  () => 2,
  () => 0.5,
  () => 2 ** 31,
  () => 2 ** 53,
  () => Number.MAX_VALUE,
  () => '',
  () => '\0',
  () => '\u00000',
  () => '\u00009',
  () => '__proto__',
  () => 'constructor',
  () => 'then',
  () => true,
  () => [],
  () => [[]],
  () => ({}),
  () => ({ length: 2 ** 32 }),
  () => ['\u00000', '\u00000'],
  () => ({ values: { '__proto__.polluted': ['Date'] } }),
  () => ({
    values: { 0: [['class', 'Function']], a: ['map'] },
    referentialEqualities: { a: ['b'] },
  }),
  () => [['export', 2, 'function', 'x']],
  () => ['home', 0, ['constructor', 'constructor']],
  () => ['error', 'Function', 'return process', '', {}, {}],
  () => ['registered', 'Function', {}],
  () => ['bytes', 'Float64Array', 0, 1, 2 ** 40],
  () => ['sparse', 2 ** 32 - 1, [2 ** 31], [1]],
  () => nested(3000),
]

function nested(depth: number): unknown {
  let value: unknown = 1
  for (let level = 0; level < depth; level++) value = [value]
  return value
}

interface Change {
  /** Which batch, and where in it: an index into each container on the way. */
  readonly batch: number
  readonly way: readonly number[]
  readonly kind: 'replace' | 'drop' | 'repeat' | 'swap' | 'poison' | 'wrap' | 'again' | 'reorder'
  readonly by: number
}

const change: fc.Arbitrary<Change> = fc.record({
  batch: fc.nat(),
  way: fc.array(fc.nat(200), { minLength: 1, maxLength: 5 }),
  kind: fc.constantFrom(
    'replace',
    'replace',
    'drop',
    'repeat',
    'swap',
    'poison',
    'wrap',
    'again',
    'reorder',
  ),
  by: fc.nat(),
})

/** Changes one place of a list of batches. */
function apply(batches: Batch[], { batch, way, kind, by }: Change, isText: boolean): void {
  const at = batch % batches.length
  const chosen = batches[at]
  if (chosen === undefined) return
  if (kind === 'again') return void batches.splice(by % batches.length, 0, copyOf(chosen))
  if (kind === 'reorder')
    return void batches.splice(by % batches.length, 0, ...batches.splice(at, 1))
  const fields = (isText ? JSON.parse(chosen.body as string) : chosen.body) as unknown[]
  alter(fields, way, kind, replacements[by % replacements.length])
  batches[at] = { ...chosen, body: isText ? JSON.stringify(fields) : fields }
}

function alter(
  fields: unknown[],
  way: readonly number[],
  kind: Change['kind'],
  make: (() => unknown) | undefined,
): void {
  let holder: object = fields
  let keys = Object.keys(holder)
  let key = keys[(way[0] ?? 0) % keys.length] ?? '0'
  for (const step of way.slice(1)) {
    const part: unknown = Reflect.get(holder, key)
    if (typeof part !== 'object' || part === null || ArrayBuffer.isView(part)) break
    keys = Object.keys(part)
    if (keys.length === 0) break
    holder = part
    key = keys[step % keys.length] ?? '0'
  }
  const value: unknown = Reflect.get(holder, key)
  switch (kind) {
    case 'drop':
      if (Array.isArray(holder)) holder.splice(Number(key), 1)
      else Reflect.deleteProperty(holder, key)
      break
    case 'repeat':
      if (Array.isArray(holder)) holder.splice(Number(key), 0, value)
      break
    case 'swap':
      Reflect.set(holder, key, Reflect.get(holder, keys[0] ?? key))
      break
    case 'wrap':
      Reflect.set(holder, key, [value])
      break
    case 'poison':
      for (const name of ['__proto__', 'constructor', 'prototype']) {
        const polluted = { polluted: 1, prototype: { polluted: 1 } }
        Object.defineProperty(typeof value === 'object' && value !== null ? value : holder, name, {
          value: polluted,
          enumerable: true,
          writable: true,
          configurable: true,
        })
      }
      break
    default:
      Reflect.set(holder, key, make?.())
  }
}

describe.each(['structured', 'text'] as const)('over a %s transport', (codec) => {
  let conversation: Conversation
  beforeAll(async () => {
    conversation = await recordConversation(codec)
  })

  /** Sends a changed conversation to a session of ours, which may be one that talks itself. */
  async function survives(
    batches: readonly Batch[],
    changes: readonly Change[],
    talks: boolean,
  ): Promise<void> {
    const [here, there] = loopback({ codec })
    expose(conversationRoot, here)
    const other = connect<ConversationRoot>(there)
    const changesOfRealm = watchRealm()

    const peer = new RawPeer(conversationRoot, codec)
    const own = talks
      ? talk(peer.session.remote as unknown as Remote<ConversationRoot>).catch(() => undefined)
      : undefined
    const sent = batches.map(copyOf)
    for (const one of changes) apply(sent, one, codec === 'text')
    for (const { body, moved } of sent) {
      peer.sendBody(body, moved)
      await settle() // an id is free for another call when it was answered
    }
    await settle()

    const ended = await Promise.race([peer.session.closed, settle()])
    if (ended !== undefined && ended.kind !== 'closed') {
      expect(ended.kind).toBe('protocol')
      expect(ended.error).toBeInstanceOf(ProtocolError)
    }
    await peer.session.close()
    await own
    await settle()
    expect(peer.session.stats()).toMatchObject({ exports: 0, imports: 0, pending: 0, serving: 0 })
    expect(await other.remote.add(1, 2)).toBe(3)
    await other.close()
    expect(changesOfRealm()).toEqual([])
    expect(escaped).toEqual([])
  }

  const some = fc.array(change, { minLength: 1, maxLength: 3 })

  test('there is a conversation', async () => {
    expect(conversation.asked.length).toBeGreaterThan(20)
    expect(conversation.answered.length).toBeGreaterThan(20)
    await survives(conversation.asked, [], false)
    await survives(conversation.answered, [], true)
    const peer = new RawPeer(conversationRoot, codec)
    for (const { body, moved } of conversation.asked.map(copyOf)) {
      peer.sendBody(body, moved)
      await settle()
    }
    expect(peer.messages.filter(([tag]) => tag === 2).length).toBeGreaterThan(15)
    await peer.session.close()
  })

  test('what was asked, with changes', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(some, (changes) => survives(conversation.asked, changes, false)),
      { numRuns: RUNS },
    )
  })

  test('what was answered, with changes', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(some, (changes) => survives(conversation.answered, changes, true)),
      { numRuns: Math.ceil(RUNS / 3) },
    )
  })
})
