import { expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'

const MODULE = new URL('./fixtures/ending-module.ts', import.meta.url).href
const START = `
import { spawnWorker } from '@farhold/transport-worker'
const worker = await spawnWorker(${JSON.stringify(MODULE)})
process.on('exit', (code) => console.log('exit', code))
`

test('a process with only an idle worker ends by itself', async () => {
  const ended = await runProgram(`${START}
    console.log(await worker.eval('1 + 1'))`)
  expect(ended).toEqual({ code: 0, signal: null, output: '2\nexit 0', errors: '' })
})

test('a process whose call is pending does not end before the answer', async () => {
  const ended = await runProgram(`${START}
    worker.call(() => new Promise((resolve) => setTimeout(resolve, 300, 'answered'))).then(console.log)`)
  expect(ended).toEqual({ code: 0, signal: null, output: 'answered\nexit 0', errors: '' })
})

test('a worker that works on after its answer does not keep the process alive', async () => {
  const ended = await runProgram(`${START}
    console.log(await worker.call(() => { setInterval(() => {}, 10); return 'working' }))`)
  expect(ended).toEqual({ code: 0, signal: null, output: 'working\nexit 0', errors: '' })
})

test('process.exit() ends the process while a worker loops', async () => {
  const ended = await runProgram(`${START}
    worker.remote.spin().catch(() => {})
    await new Promise((resolve) => setTimeout(resolve, 50))
    process.exit(5)`)
  expect(ended).toMatchObject({ code: 5, signal: null, output: 'exit 5' })
})

test('a port that only serves keeps no process alive', async () => {
  const ended = await runProgram(`
    import { expose } from '@farhold/core'
    import { workerTransport } from '@farhold/transport-worker'
    const { port1 } = new MessageChannel()
    expose({}, workerTransport(port1))
    console.log('exposed')`)
  expect(ended).toEqual({ code: 0, signal: null, output: 'exposed', errors: '' })
})

test('with keepAlive it does, until its session is closed', async () => {
  const ended = await runProgram(`
    import { expose } from '@farhold/core'
    import { workerTransport } from '@farhold/transport-worker'
    const { port1 } = new MessageChannel()
    const session = expose({}, workerTransport(port1, { keepAlive: true }))
    // Only the port can keep the process alive until then.
    setTimeout(() => { console.log('alive'); session.close() }, 200).unref()`)
  expect(ended).toEqual({ code: 0, signal: null, output: 'alive', errors: '' })
})

test('output of a worker reaches the process', async () => {
  const ended = await runProgram(`${START}
    await worker.call(() => console.log('from the worker'))
    await worker.close()`)
  expect(ended.code).toBe(0)
  expect(ended.output.split('\n').sort()).toEqual(['exit 0', 'from the worker'])
})
