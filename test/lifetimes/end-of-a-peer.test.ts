/** What was being read, written or served when a peer ends is told; what it had not begun to use is as free as before. */
import { connect, currentCall, expose, loopback, proxy, type Session } from '@farhold/core'
import { spawnIsolate } from '@farhold/transport-isolate'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

/** What the types cannot know of a root that is made for one test. */
type Untyped = never

function connected(root: object): {
  session: Session<Record<string, (...args: unknown[]) => unknown>>
} {
  const [here, there] = loopback()
  expose(root, here, { name: 'owner' })
  return { session: connect(there, { name: 'caller' }) }
}

/** A stream, and what it is cancelled with. */
function countedReadable() {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  let n = 0
  const stream = new ReadableStream<number>({
    pull: (controller) => controller.enqueue(n++),
    cancel: resolve,
  })
  return { stream, cancelled: promise }
}

/** A generator, and whether it was left. */
function counted() {
  const { promise, resolve } = Promise.withResolvers<string>()
  const log = { ended: '' }
  function* items() {
    try {
      for (let n = 0; ; n++) yield n
    } finally {
      log.ended = 'left'
      resolve('left')
    }
  }
  return { items: items(), left: promise, log }
}

describe('when a peer ends', () => {
  test('a stream that it did not read is not locked any more', async () => {
    const { stream } = countedReadable()
    const { session } = connected({ give: () => stream })
    await session.remote.give?.()
    expect(stream.locked).toBe(true)
    await session.close()
    await expect.poll(() => stream.locked).toBe(false)
    const reader = stream.getReader()
    expect(await reader.read()).toEqual({ value: 0, done: false })
  })

  test('a stream that it read is cancelled, with the reason', async () => {
    const { stream, cancelled } = countedReadable()
    const { session } = connected({ give: () => stream })
    const given = (await session.remote.give?.()) as unknown as ReadableStream<number>
    const reader = given.getReader()
    await reader.read()
    await session.close()
    expect(await cancelled).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
    expect(await failureOf(drain(reader))).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
  })

  test('a stream that it wrote to is aborted, with the reason', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const stream = new WritableStream<number>({ abort: resolve })
    const { session } = connected({ give: () => stream })
    const given = (await session.remote.give?.()) as unknown as WritableStream<number>
    const writer = given.getWriter()
    writer.closed.catch(() => undefined)
    await writer.write(1)
    await session.close()
    expect(await promise).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
  })

  test('a stream that it did not write to can be written to here', async () => {
    const chunks: number[] = []
    const stream = new WritableStream<number>({ write: (chunk) => void chunks.push(chunk) })
    const { session } = connected({ give: () => stream })
    await session.remote.give?.()
    await session.close()
    await expect.poll(() => stream.locked).toBe(false)
    await stream.getWriter().write(1)
    expect(chunks).toEqual([1])
  })

  test('an iteration that it read is left', async () => {
    const { items, left } = counted()
    const { session } = connected({ give: () => items })
    const given = session.remote.give?.() as unknown as AsyncIterable<number>
    await given[Symbol.asyncIterator]().next()
    await session.close()
    expect(await left).toBe('left')
  })

  test('an iteration that it read step by step, blocking, is left', async () => {
    const { items, left } = counted()
    const { session } = connected({ give: () => items })
    const sync = session.sync as unknown as { give(): Iterator<number> }
    const given = sync.give()
    expect(given.next()).toEqual({ value: 0, done: false })
    await session.close()
    expect(await left).toBe('left')
  })

  test('an iteration that it did not read is not touched', async () => {
    const { items, log } = counted()
    items.next()
    const { session } = connected({ give: () => ({ items }) })
    await session.remote.give?.()
    await session.close()
    await new Promise(setImmediate)
    expect(log.ended).toBe('')
    expect(items.next().value).toBe(1)
  })

  test('an iteration of a guest that is disposed of is left', async () => {
    const { items, left } = counted()
    const guest = await spawnIsolate({ name: 'guest', globals: { give: () => items } })
    expect(await guest.eval('globalThis.given = give(); given.next(); given.next().value')).toBe(1)
    await guest.close()
    expect(await left).toBe('left')
  })

  test('what serves one of its calls is told by its signal', async () => {
    const { promise, resolve } = Promise.withResolvers<unknown>()
    const { session } = connected({
      wait() {
        const signal = currentCall()?.signal
        signal?.addEventListener('abort', () => resolve(signal.reason))
        return new Promise(() => undefined)
      },
    })
    const call = failureOf(session.remote.wait?.() as Untyped)
    await Promise.resolve()
    await new Promise(setImmediate)
    await session.close()
    expect(await promise).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
    expect(await call).toMatchObject({ code: 'FARHOLD_CONTEXT_CLOSED' })
  })
})

describe('currentCall', () => {
  test('names who called, by each call within the other', async () => {
    const names: (string | undefined)[] = []
    const { session } = connected({
      async outer(inner: () => Promise<void>) {
        names.push(currentCall()?.caller)
        await inner()
        names.push(currentCall()?.caller)
      },
    })
    await session.remote.outer?.(
      proxy(() => {
        names.push(currentCall()?.caller)
      }),
    )
    expect(names).toEqual(['caller', 'owner', 'caller'])
  })

  test('is undefined outside of a call', () => {
    expect(currentCall()).toBeUndefined()
  })
})

async function drain(reader: ReadableStreamDefaultReader<unknown>): Promise<void> {
  while (!(await reader.read()).done);
}
