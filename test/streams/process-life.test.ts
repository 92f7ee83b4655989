/** A stream that is open keeps no process alive; a write that waits, and an end that is awaited, do. */
import { expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'

const START = `
import { spawnWorker } from '@farhold/transport-worker'
const worker = await spawnWorker(${JSON.stringify(new URL('./fixtures/relay.ts', import.meta.url).href)})
process.on('exit', (code) => console.log('exit', code))
`

test('a stream of a worker that is written to and not closed', async () => {
  const ended = await runProgram(`${START}
    const writer = (await (await worker.remote.sink()).stream()).getWriter()
    await writer.write(1)
    console.log('written')`)
  expect(ended).toEqual({ code: 0, signal: null, output: 'written\nexit 0', errors: '' })
})

test('a stream of this thread that a worker writes to and does not close', async () => {
  const ended = await runProgram(`${START}
    const stream = new WritableStream({ write: (chunk) => console.log('got', chunk) })
    await worker.call(async (stream) => { await stream.getWriter().write(1) }, stream)
    await new Promise((resolve) => setTimeout(resolve, 100))`)
  expect(ended).toEqual({ code: 0, signal: null, output: 'got 1\nexit 0', errors: '' })
})

test('a context is closed to the end, whatever waited for a stream of it', async () => {
  const ended = await runProgram(`${START}
    const text = new Blob(['so it goes. '.repeat(100_000)]).stream()
    for await (const part of text.pipeThrough(await worker.remote.gzip()));
    await worker.close()
    console.log('ended')`)
  expect(ended).toEqual({ code: 0, signal: null, output: 'ended\nexit 0', errors: '' })
})

test('what waits for a stream of a worker', async () => {
  const ended = await runProgram(`${START}
    const stream = await worker.call(() => new WritableStream({ write: () => new Promise((resolve) => setTimeout(resolve, 20)) }))
    const writer = stream.getWriter()
    for (let n = 0; n < 20; n++) await writer.write(n)
    console.log('written')
    writer.close().then(() => console.log('closed'))`)
  expect(ended).toEqual({ code: 0, signal: null, output: 'written\nclosed\nexit 0', errors: '' })
})
