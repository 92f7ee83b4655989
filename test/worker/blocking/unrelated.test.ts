/** What others ask of a thread while it is blocked: it serves them, as far as that takes no event loop, each in its own order. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createFlag, raise } from './fixtures/shared-flag.ts'
import { Threads } from './threads.ts'

let threads: Threads

beforeAll(async () => {
  threads = await Threads.start(['a', 'b', 'c', 'd'])
})

afterAll(async () => {
  expect(await threads.leftovers()).toEqual([])
  await threads.close()
})

describe('while a worker is blocked in another one, which stands still', () => {
  test('a third gets its answers at once, awaiting and blocking', async () => {
    const flag = createFlag()
    const blocked = threads.peer('a').block('b', 'stand', flag)
    await threads.blocks('a')
    expect(await threads.peer('c').wait('a', 'add', 1, 2)).toBe(3)
    expect(await threads.peer('c').block('a', 'add', 3, 4)).toBe(7)
    expect(await threads.peer('d').block('c', 'block', 'a', 'add', 5, 6)).toBe(11)
    expect(await threads.peer('a').add(7, 8)).toBe(15)
    expect(threads.main.block('a', 'add', 9, 10)).toBe(19)
    // Only now can the one that all of this waited for have its answer.
    raise(flag)
    expect(await blocked).toBe('b goes on')
  })

  test('an asynchronous method begins, and is answered when the thread goes on', async () => {
    const flag = createFlag()
    const c = threads.peer('c')
    const blocked = threads.peer('a').block('b', 'stand', flag)
    await threads.blocks('a')
    let isDone = false
    const later = c.wait('a', 'noteLater', 'of c').finally(() => {
      isDone = true
    })
    expect(await c.wait('a', 'note', 'after it')).toBe(2)
    expect(await c.block('a', 'note', 'and after that')).toBe(3)
    for (let n = 0; n < 5; n++) await c.block('a', 'add', n, n)
    expect(isDone).toBe(false)
    raise(flag)
    expect(await blocked).toBe('b goes on')
    expect(await later).toBe(4)
    expect(await threads.peer('a').notes()).toEqual([
      'of c begins',
      'after it',
      'and after that',
      'of c ends',
    ])
  })

  test('one that blocks on an asynchronous method waits for both', async () => {
    const flag = createFlag()
    const blocked = threads.peer('a').block('b', 'stand', flag)
    await threads.blocks('a')
    // It is no part of what `a` waits for, so it is no mistake.
    const later = threads.peer('c').block('a', 'noteLater', 'of c')
    await threads.blocks('c')
    raise(flag)
    expect(await later).toBe(2)
    expect(await blocked).toBe('b goes on')
    expect(await threads.peer('a').notes()).toEqual(['of c begins', 'of c ends'])
  })

  test('what each sender sent is served in the order it was sent', async () => {
    const flag = createFlag()
    const blocked = threads.peer('a').block('b', 'stand', flag)
    await threads.blocks('a')
    const sent = ['c', 'd'].flatMap((name) =>
      Array.from({ length: 100 }, (_, n) =>
        threads.peer(name).wait('a', n % 3 === 0 ? 'noteLater' : 'note', `${name} ${n}`),
      ),
    )
    // What comes after it of a sender finds all before it served.
    for (const name of ['c', 'd']) await threads.peer(name).block('a', 'add', 0, 0)
    const notes = (await threads.peer('a').notes()) as string[]
    for (const name of ['c', 'd']) {
      expect(notes.filter((note) => note.startsWith(name))).toEqual(
        Array.from({ length: 100 }, (_, n) => `${name} ${n}${n % 3 === 0 ? ' begins' : ''}`),
      )
    }
    raise(flag)
    await blocked
    await Promise.all(sent)
    await threads.peer('a').notes()
  })
})

test('a method of the one it is blocked on that began before is no part of it', async () => {
  const a = threads.peer('a')
  const b = threads.peer('b')
  const flag = createFlag()
  // It goes on when the gate opens, and asks `a` for what takes an event loop, while `a` is blocked in `b`.
  const before = b.waitAfter('go', 'a', 'noteLater', 'of b')
  const blocked = a.block('b', 'gate', 'answer')
  await threads.blocks('a')
  await b.open('go', undefined)
  expect(await b.block('a', 'add', 1, 1)).toBe(2)
  await b.open('answer', 'the answer')
  expect(await blocked).toBe('the answer')
  expect(await before).toBe(2)
  expect(await a.notes()).toEqual(['of b begins', 'of b ends'])
  raise(flag)
})
