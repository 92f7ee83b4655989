/**
 * What a peer learns of a name that was left out when it writes its own messages: what it learns of one that was never there, by every
 * operation, with every flag, at every place of a path.
 */
import { type NarrowingOptions, proxy } from '@farhold/core'
import { describe, expect, test } from 'vitest'
import { HELLO, type Message, RawPeer, settle } from './raw-peer.ts'

/** All operations but those on locks; see protocol.ts. */
const OPERATIONS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]
/** None, live, a promise stays, and both. */
const FLAGS = [0, 64, 128, 192]

const SECRET = 'the secret'

const makeObject = () => {
  const object = {
    shown: 'shown',
    show: () => 'shown',
    method: () => SECRET,
    data: SECRET,
    nested: { deeper: SECRET },
  }
  Object.defineProperty(object, 'fixed', { value: SECRET })
  Object.defineProperty(object, 'accessor', {
    get: () => SECRET,
    set: () => undefined,
    configurable: true,
  })
  return object
}

/** Everything that the session says when a peer asks every operation about a name. */
async function everythingAbout(
  name: string,
  root: object,
  options: object,
  codec: 'structured' | 'text',
) {
  const peer = new RawPeer(root, codec, options)
  peer.send(...HELLO)
  await settle()
  const said: unknown[] = []
  let id = 0
  for (const target of [0, 1]) {
    for (const path of [[name], [name, 'deeper'], ['self', name], ['self', name, 'deeper']]) {
      for (const operation of OPERATIONS) {
        for (const flags of FLAGS) {
          const args = operation === 8 ? [{ value: 1, writable: true }] : [5]
          peer.messages.length = 0
          // Whatever is there gets the same id as in the other run, so that answers can be compared.
          peer.send(1, id, operation | flags | 16, target, path, args, null)
          await Promise.resolve()
          said.push(...peer.messages.map((message) => withoutName(message, name)))
          id++
        }
      }
    }
  }
  await settle()
  said.push(...peer.messages.map((message) => withoutName(message, name)))
  await peer.session.close()
  return said
}

/** A message as text in which a name and the stack of an error do not count. */
function withoutName(message: Message, name: string): string {
  return JSON.stringify(message, (_key, value: unknown) =>
    typeof value === 'string' && value.includes('\n') ? 'a stack' : value,
  ).replaceAll(name, 'NAME')
}

const narrowings: readonly (readonly [
  string,
  NarrowingOptions<ReturnType<typeof makeObject>>,
  readonly string[],
])[] = [
  ['only', { only: ['shown', 'show'] }, ['method', 'data', 'nested', 'fixed', 'accessor']],
  ['methods', { methods: ['show'] }, ['method']],
]

describe.each(['structured', 'text'] as const)('%s', (codec) => {
  describe.each(narrowings)('%s', (_title, narrowing, hidden) => {
    test.each(hidden)('%s', async (name) => {
      for (const writes of ['open', 'protected', 'none'] as const) {
        const object = makeObject()
        const before = JSON.stringify(Object.getOwnPropertyDescriptors(object))
        proxy(object, narrowing)
        const root = Object.create(null, { self: { value: object, enumerable: true } }) as object
        const rooted = makeObject()
        const said = await everythingAbout(name, root, { writes }, codec)
        const absent = await everythingAbout('absentName', root, { writes }, codec)
        expect(said).toEqual(absent)
        expect(JSON.stringify(said)).not.toContain(SECRET)
        expect(JSON.stringify(Object.getOwnPropertyDescriptors(object))).toBe(before)
        // The same of a root that is narrowed for this session.
        const options = { writes, ...narrowing }
        const ofRoot = await everythingAbout(name, rooted, options, codec)
        expect(ofRoot).toEqual(await everythingAbout('absentName', rooted, options, codec))
        expect(JSON.stringify(ofRoot)).not.toContain(SECRET)
        expect(JSON.stringify(Object.getOwnPropertyDescriptors(rooted))).toBe(before)
      }
    })
  })
})
