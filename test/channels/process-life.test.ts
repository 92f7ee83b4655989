/** What channels keep a process alive for, and what not. */
import { expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'

const START = `
  import { channel } from '@farhold/core'
  import { startIsolate, startWorker } from './channels/contexts.ts'
`

async function runs(program: string, output: string): Promise<void> {
  const ended = await runProgram(START + program)
  expect(ended).toEqual({ code: 0, signal: null, output, errors: '' })
}

test('a process that waits in receive() for a worker that will send stays alive, and gets it', () =>
  runs(
    `const peer = await startWorker('peer')
    const { sender, receiver } = channel()
    await peer.remote.sendLater(sender, 300)
    console.log(await receiver.receive())`,
    'late',
  ))

test('also in a for await, and for a channel that is at home in the worker', () =>
  runs(
    `const peer = await startWorker('peer')
    const { sender, receiver } = await peer.remote.make()
    await peer.remote.sendLater(sender, 200)
    for await (const item of receiver) { console.log(item); break }
    const own = channel()
    await peer.remote.sendLater(own.sender, 200)
    for await (const item of own.receiver) { console.log(item); break }`,
    'late\nlate',
  ))

test('one that waits in send() for room does, too', () =>
  runs(
    `const peer = await startWorker('peer')
    const { sender, receiver } = channel({ capacity: 1 })
    await sender.send(1)
    await peer.remote.receiveLater(receiver, 300)
    await sender.send(2)
    console.log('sent')`,
    'sent',
  ))

test('an end that went out while it waited counts', () =>
  runs(
    `const { sender, receiver } = channel()
    const receiving = receiver.receive()
    const peer = await startWorker('peer')
    await peer.remote.sendLater(sender, 300)
    console.log(await receiving)`,
    'late',
  ))

test('a process with channels that are idle ends by itself', () =>
  runs(
    `const [worker, isolate] = await Promise.all([startWorker('worker'), startIsolate('isolate')])
    const { sender, receiver } = channel({ capacity: 4 })
    await worker.remote.send(sender, 1)
    await isolate.remote.send(sender, 2)
    console.log(await isolate.remote.receive(receiver), await worker.remote.receive(receiver))
    const theirs = await worker.remote.make()
    await theirs.sender.send(3)
    console.log(await theirs.receiver.receive(), receiver.tryReceive())`,
    '1 2\n3 undefined',
  ))

test('so does one whose waits were given up, or failed', () =>
  runs(
    `const peer = await startWorker('peer')
    const { sender, receiver } = channel({ capacity: 1 })
    await peer.remote.send(sender, 0)
    console.log(await receiver.receive())
    const name = (wait) => wait.catch((error) => error.name)
    console.log(await name(receiver.receive({ timeout: 20 })))
    console.log(await name(receiver.receive({ signal: AbortSignal.timeout(20) })))
    const waiting = name(receiver.receive())
    await peer.close()
    console.log(await waiting)`,
    '0\nCallTimeoutError\nTimeoutError\nChannelClosedError',
  ))

test('a thread that blocks is told when everyone is gone who could have sent', () =>
  runs(
    `const peer = await startWorker('peer')
    const { sender, receiver } = channel()
    await peer.remote.have(sender)
    await peer.remote.exitSoon()
    try { receiver.receiveSync() } catch (error) { console.log(error.name) }
    try { receiver.receiveSync() } catch (error) { console.log(error.name) }`,
    'WouldBlockError\nWouldBlockError',
  ))
