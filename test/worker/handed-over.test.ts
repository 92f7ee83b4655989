import { type Context, proxy, release } from '@farhold/core'
import { spawnWorker } from '@farhold/transport-worker'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

type Module = typeof import('./fixtures/handed-over.ts')

const module = new URL('./fixtures/handed-over.ts', import.meta.url)
let left: Context<Module>
let right: Context<Module>
let third: Context<Module>

beforeEach(async () => {
  ;[left, right, third] = (await Promise.all(
    ['left', 'right', 'third'].map((name) => spawnWorker<Module>(module, { name })),
  )) as [Context<Module>, Context<Module>, Context<Module>]
})

afterEach(async () => {
  await Promise.all([left.close(), right.close(), third.close()])
})

/** What holds when the event has come; asked again after each round trip. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await left.eval('undefined')
}

describe('an object of one worker that is passed to another', () => {
  test('is used without the thread between, which may be blocked', async () => {
    using book = await new left.remote.Book('a')
    await right.remote.keep(book)
    expect(await right.remote.owner()).toBe('left')
    const done = new SharedArrayBuffer(4)
    const asked = right.remote.writeWhileParentSleeps(done, 50)
    void asked.then(undefined, () => undefined)
    await new Promise((resolve) => setImmediate(resolve))
    // Nothing of this thread runs from here until the other two are done.
    expect(Atomics.wait(new Int32Array(done), 0, 0, 20_000)).not.toBe('timed-out')
    expect((await book.entries).length).toBe(50)
  })

  test('does not cost the thread between a message for each call', async () => {
    using book = await new left.remote.Book('a')
    await right.remote.keep(book)
    await right.remote.write('first')
    const before = left.stats().calls
    await right.remote.write(...Array.from({ length: 20 }, String))
    expect(left.stats().calls).toBe(before)
  })

  test('is one object by whatever way it comes', async () => {
    using book = await new left.remote.Book('a')
    await right.remote.keep(book)
    expect(await right.remote.isKept(book)).toBe(true)
    expect(await right.remote.isItself()).toBe(true)
    expect(await right.remote.isKept(book)).toBe(true)
    expect(await right.remote.give()).toBe(book)
    expect((await right.remote.giveWithin()).deep[0]).toBe(book)
  })

  test('is one object twice in one message, also before its owner has been heard of', async () => {
    using book = await new left.remote.Book('a')
    expect(await right.remote.keepAll({ books: [book, book] } as never)).toBe(true)
    expect(await right.remote.isKept(book)).toBe(true)
  })

  test('comes home as itself', async () => {
    using book = await left.remote.open('mine')
    await right.remote.keep(book as never)
    const back = await right.remote.give()
    expect(await left.remote.isOwn('mine', back)).toBe(true)
    expect(await left.remote.isOwn('mine', right.remote.give())).toBe(true)
  })

  test('what was asked of it before it was passed comes before what the other asks', async () => {
    using book = await new left.remote.Book('a')
    const written: unknown[] = []
    for (let n = 0; n < 20; n++) {
      written.push(book.write(`here ${n}`))
      written.push(right.remote.writeAtOnce(book as never, `there ${n}`))
    }
    await Promise.all(written)
    const entries = await book.entries
    for (let n = 0; n < 20; n++)
      expect(entries.indexOf(`here ${n}`)).toBeLessThan(entries.indexOf(`there ${n}`))
    expect(entries.filter((entry) => entry.startsWith('there'))).toEqual(
      Array.from({ length: 20 }, (_, n) => `there ${n}`),
    )
  })

  test('is used by the other when it is released here', async () => {
    const book = await new left.remote.Book('a')
    const kept = right.remote.keep(book as never)
    release(book)
    await kept
    expect(await right.remote.write('x', 'y')).toBe(2)
    expect(await left.remote.goneBooks()).toBe(0)
    await right.remote.drop()
    await until(async () => (await left.remote.goneBooks()) === 1)
    expect(left.stats()).toMatchObject({ imports: 0, pending: 0 })
  })

  test('can be released there as soon as it was used', async () => {
    using book = await new left.remote.Book('a')
    for (let n = 0; n < 10; n++) await right.remote.writeAndRelease(book as never, String(n))
    await until(async () => (await book.entries).length === 10)
    expect(await book.entries).toEqual(Array.from({ length: 10 }, (_, n) => String(n)))
  })

  test('is iterated there, with what it gives', async () => {
    using book = await new left.remote.Book('a')
    await book.write('one')
    await book.write('two')
    await right.remote.keep(book as never)
    expect(await right.remote.pages()).toEqual(['one', 'two'])
  })

  test('can be the root of its context', async () => {
    await right.remote.keep(left.remote as never)
    expect(await right.eval('1')).toBe(1)
    expect(await right.remote.give()).toBe(left.remote)
    expect(await right.remote.owner()).toBe('left')
  })

  test('a refused message hands nothing over', async () => {
    using book = await new left.remote.Book('a')
    class Unknown {}
    expect(
      await failureOf(right.remote.keepAll({ books: [book, new Unknown()] } as never)),
    ).toMatchObject({
      code: 'FARHOLD_NOT_SHAREABLE',
    })
    release(book)
    await until(async () => (await left.remote.goneBooks()) === 1)
  })
})

describe('from worker to worker to worker', () => {
  test('one that holds it passes it on, and lets go', async () => {
    const book = await new left.remote.Book('a')
    await right.remote.passOn(
      book as never,
      proxy({ keep: (given: unknown) => third.remote.keep(given as never) as never }),
    )
    release(book)
    expect(await third.remote.owner()).toBe('left')
    expect(await third.remote.write('x')).toBe(1)
    await third.remote.drop()
    await until(async () => (await left.remote.goneBooks()) === 1)
  })

  test('directly, to one that neither has met', async () => {
    const book = await new left.remote.Book('a')
    // The third's root is held by the right one, which passes the left one's book there.
    await right.remote.passOn(book as never, third.remote as never)
    expect(await third.remote.owner()).toBe('left')
    expect(await third.remote.isKept(book)).toBe(true)
    release(book)
    expect(await third.remote.write('x')).toBe(1)
  })

  test('an object of the thread that spawned them', async () => {
    const entries: string[] = []
    const book = proxy({ title: 'of main', write: (entry: string) => entries.push(entry) })
    await right.remote.keep(book as never)
    await right.remote.passOn(right.remote.give() as never, third.remote as never)
    expect(await third.remote.owner()).toBe('main')
    expect(await third.remote.write('x')).toBe(1)
    expect(entries).toEqual(['x'])
    expect(await third.remote.give()).toBe(book)
  })
})

describe('the end', () => {
  test('of its owner ends it, with the reason, and nothing else', async () => {
    using book = await new left.remote.Book('a')
    await right.remote.keep(book as never)
    await right.remote.write('x')
    const pending = failureOf(right.remote.waitForever())
    await right.remote.owner()
    void left.remote.fail().then(undefined, () => undefined)
    expect(await pending).toMatchObject({
      code: 'FARHOLD_CONTEXT_CLOSED',
      reason: 'exit',
      exitCode: 7,
      message: expect.stringContaining('"left"') as string,
    })
    expect(await failureOf(right.remote.write('y'))).toMatchObject({
      code: 'FARHOLD_CONTEXT_CLOSED',
      exitCode: 7,
    })
    expect(await right.eval('1 + 1')).toBe(2)
  })

  test('of its owner before it is passed on is told to the one who gets it', async () => {
    const book = await new left.remote.Book('a')
    await left.close()
    await right.remote.keep(book as never)
    expect(await failureOf(right.remote.write('x'))).toMatchObject({
      code: 'FARHOLD_CONTEXT_CLOSED',
    })
  })

  test('of the one that held it gives it back', async () => {
    const book = await new left.remote.Book('a')
    await right.remote.keep(book as never)
    await right.remote.write('x')
    release(book)
    await right.close()
    await until(async () => (await left.remote.goneBooks()) === 1)
  })

  test('of the one that passed it on does not end it', async () => {
    const book = await new left.remote.Book('a')
    await right.remote.passOn(book as never, third.remote as never)
    release(book)
    await right.close()
    expect(await third.remote.write('x')).toBe(1)
  })
})
