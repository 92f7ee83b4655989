/** When a stream asks its transport to keep the process alive, and when no more. */
import { connect, expose, loopback, type Transport } from '@farhold/core'
import { expect, test } from 'vitest'

/** A transport, and what was asked of it. */
function watched(transport: Transport) {
  const log: string[] = []
  const watching = new Proxy(transport, {
    get(target, key) {
      if (key === 'hold' || key === 'letGo') return () => void log.push(key)
      const value: unknown = Reflect.get(target, key)
      if (typeof value !== 'function') return value
      return (...args: readonly unknown[]) => {
        if (key === 'close') log.push(key)
        return Reflect.apply(value, target, args) as unknown
      }
    },
  })
  return { transport: watching, log }
}

function start(sink: { write(): Promise<void> }) {
  const [here, there] = loopback()
  expose({ stream: () => new WritableStream<number>(sink) }, here)
  const { transport, log } = watched(there)
  const session = connect<{ stream(): WritableStream<number> }>(transport)
  return { session, log }
}

test('while a write waits, and not while the stream is merely open', async () => {
  const gate = Promise.withResolvers<void>()
  const { session, log } = start({ write: () => gate.promise })
  const writer = (await session.remote.stream()).getWriter()
  const writes = Array.from({ length: 17 }, (_, n) => writer.write(n))
  await Promise.all(writes.slice(0, 16))
  expect(log.at(-1)).toBe('hold')
  gate.resolve()
  await Promise.all(writes)
  expect(log.at(-1)).toBe('letGo')
  await session.close()
})

test('a transport that is closed is asked for nothing more', async () => {
  const { session, log } = start({ write: () => new Promise(() => undefined) })
  const writer = (await session.remote.stream()).getWriter()
  writer.closed.catch(() => undefined)
  await writer.write(0)
  const closing = writer.close().catch(() => 'lost')
  await new Promise(setImmediate)
  expect(log.at(-1)).toBe('hold')
  await session.close()
  expect(await closing).toBe('lost')
  await new Promise(setImmediate)
  expect(log.slice(log.indexOf('close'))).toEqual(['close'])
})
