import { once } from 'node:events'
import { MessageChannel, Worker } from 'node:worker_threads'
import { connect, expose } from '@farhold/core'
import { expose as exposeInWorker, workerTransport } from '@farhold/transport-worker'
import { describe, expect, test } from 'vitest'
import { failureOf } from '../failure.ts'

const CALCULATOR = {
  add: (a: number, b: number) => a + b,
  each: async (values: number[], tell: (value: number) => unknown) =>
    Promise.all(values.map((value) => tell(value))),
  hang: () => new Promise<never>(() => undefined),
}
const GREETER = { greet: (name: string) => `hello ${name}` }

function ports() {
  const { port1, port2 } = new MessageChannel()
  return { here: port1, there: port2 }
}

describe('a transport over a MessageChannel', () => {
  test('connects what one end exposes', async () => {
    const { here, there } = ports()
    expose(CALCULATOR, workerTransport(there))
    await using session = connect<typeof CALCULATOR>(workerTransport(here))
    expect(await session.remote.add(1, 2)).toBe(3)
    expect(await session.remote.each([1, 2], (value) => value * 10)).toEqual([10, 20])
  })

  test('serves both ways when both ends expose', async () => {
    const { here, there } = ports()
    const left = expose(CALCULATOR, workerTransport(there), { name: 'left' })
    const right = expose(GREETER, workerTransport(here), { name: 'right' })
    expect(await (right.remote as never as typeof CALCULATOR).add(2, 2)).toBe(4)
    expect(await (left.remote as never as typeof GREETER).greet('you')).toBe('hello you')
    await left.close()
    await right.closed
  })

  test('moves buffers and ports', async () => {
    const { here, there } = ports()
    expose({ size: (buffer: ArrayBuffer) => buffer.byteLength }, workerTransport(there))
    await using session = connect<{ size(buffer: ArrayBuffer): number }>(workerTransport(here))
    expect(await session.remote.size(new ArrayBuffer(1 << 20))).toBe(1 << 20)
  })

  test('ends with its port: pending calls are told at both ends', async () => {
    const { here, there } = ports()
    const server = expose(CALCULATOR, workerTransport(there))
    const client = connect<typeof CALCULATOR>(workerTransport(here), { peerName: 'calculator' })
    await client.remote.add(1, 1)
    const hanging = client.remote.hang()
    there.close()
    expect(await failureOf(hanging)).toMatchObject({
      code: 'FARHOLD_CONTEXT_CLOSED',
      reason: 'transport',
      message: 'context "calculator" lost its connection while "hang" was running.',
    })
    expect(await client.closed).toEqual({ kind: 'transport' })
    expect(await server.closed).toEqual({ kind: 'transport' })
    expect(await failureOf(client.remote.add(1, 1))).toMatchObject({
      code: 'FARHOLD_CONTEXT_CLOSED',
    })
  })

  test('ends with the session: the other end is told', async () => {
    const { here, there } = ports()
    const server = expose(CALCULATOR, workerTransport(there))
    const client = connect<typeof CALCULATOR>(workerTransport(here))
    await client.remote.add(1, 1)
    await client.close()
    expect(await client.closed).toEqual({ kind: 'closed' })
    expect((await server.closed).kind).toBe('transport')
  })

  test('a message that is not the protocol ends that session and throws nowhere', async () => {
    const { here, there } = ports()
    const session = connect<typeof CALCULATOR>(workerTransport(here), { peerName: 'stranger' })
    const pending = session.remote.add(1, 1)
    there.postMessage({ hello: 'world' })
    expect(await failureOf(pending)).toMatchObject({ reason: 'protocol' })
    expect(await session.closed).toMatchObject({
      kind: 'protocol',
      error: { code: 'FARHOLD_PROTOCOL' },
    })
  })

  test("listens the web's way where there is no on()", async () => {
    const { here, there } = ports()
    const web = {
      postMessage: (message: unknown, transfer?: readonly never[]) =>
        there.postMessage(message, transfer),
      addEventListener: (type: string, listener: (event: object) => void) =>
        (there as unknown as EventTarget).addEventListener(
          type,
          listener as (event: Event) => void,
        ),
      start: () => there.start(),
      close: () => there.close(),
    }
    expose(CALCULATOR, workerTransport(web))
    await using session = connect<typeof CALCULATOR>(workerTransport(here))
    expect(await session.remote.add(5, 5)).toBe(10)
  })
})

describe('a worker that starts by itself', () => {
  const start = () =>
    new Worker(new URL('./fixtures/exposing-worker.ts', import.meta.url), {
      execArgv: ['--conditions=source'],
    })

  test('exposes its root to its parent', async () => {
    const worker = start()
    await using session = connect<{
      double(value: number): number
      withCallback(tell: (text: string) => unknown): string
    }>(workerTransport(worker), { peerName: 'own' })
    expect(await session.remote.double(21)).toBe(42)
    expect(await session.remote.withCallback((text) => `${text} back`)).toBe('told it back')
    await worker.terminate()
  })

  test('its end is the end of the session', async () => {
    const worker = start()
    const session = connect<{ double(value: number): number }>(workerTransport(worker), {
      peerName: 'own',
    })
    await session.remote.double(1)
    const ended = once(worker, 'exit')
    const pending = session.remote.double(2)
    await worker.terminate()
    await ended
    await pending.then(undefined, () => undefined)
    expect((await session.closed).kind).toMatch(/transport|exit/)
    expect(await failureOf(session.remote.double(1))).toMatchObject({
      code: 'FARHOLD_CONTEXT_CLOSED',
    })
  })

  test('expose(root) elsewhere says where it belongs', () => {
    expect(() => exposeInWorker({})).toThrow(
      new TypeError(
        'expose(root) is for code inside a worker; elsewhere use expose(root, transport) of @farhold/core',
      ),
    )
  })
})
