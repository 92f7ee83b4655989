/** The end of a process whose threads are blocked on each other. */
import { expect, test } from 'vitest'
import { runProgram } from '../../child-process.ts'

const THREADS = JSON.stringify(new URL('./threads.ts', import.meta.url).href)
const START = `
import { Threads } from ${THREADS}
const threads = await Threads.start(['a', 'b'])
const { main } = threads
const a = threads.peer('a')
process.on('exit', (code) => console.log('exit', code))
`

test('process.exit() while a worker is blocked on main', async () => {
  const ended = await runProgram(`${START}
    a.block('main', 'gate', 'never').catch(() => {})
    await threads.blocks('a')
    process.exit(5)`)
  expect(ended).toEqual({ code: 5, signal: null, output: 'exit 5', errors: '' })
})

test('process.exit() while workers are blocked on each other', async () => {
  const ended = await runProgram(`${START}
    a.block('b', 'block', 'main', 'gate', 'never').catch(() => {})
    await threads.blocks('a')
    await threads.blocks('b')
    process.exit(5)`)
  expect(ended).toEqual({ code: 5, signal: null, output: 'exit 5', errors: '' })
})

test('process.exit() in a callback while main is blocked on a worker', async () => {
  const ended = await runProgram(`${START}
    main.note = () => process.exit(5)
    main.block('a', 'block', 'main', 'note', 'it')`)
  expect(ended).toEqual({ code: 5, signal: null, output: 'exit 5', errors: '' })
})

test('an error that main does not catch, thrown by a blocking call', async () => {
  const ended = await runProgram(`${START}
    main.block('a', 'block', 'b', 'fail', 'nobody catches it')`)
  expect(ended).toMatchObject({ code: 1, signal: null, output: 'exit 1' })
  expect(ended.errors).toContain('RangeError: nobody catches it')
})

test('closing a worker that is blocked ends it, and the process', async () => {
  const ended = await runProgram(`${START}
    const failed = a.block('b', 'gate', 'never').catch((error) => error.reason)
    await threads.blocks('a')
    await threads.close()
    console.log(await failed)`)
  expect(ended).toEqual({ code: 0, signal: null, output: 'closed\nexit 0', errors: '' })
})

test('a process whose workers have nothing to do but to be called ends after blocking calls', async () => {
  const ended = await runProgram(`${START}
    console.log(main.block('a', 'block', 'b', 'later', 1), await a.block('b', 'add', 1, 2))`)
  expect(ended).toEqual({ code: 0, signal: null, output: '1 3\nexit 0', errors: '' })
})
