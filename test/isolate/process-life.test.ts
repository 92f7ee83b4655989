/** How isolates end with their process and processes with their isolates, each in a process of its own. */
import { expect, test } from 'vitest'
import { runProgram } from '../child-process.ts'

const START = `
  import { spawnIsolate } from '@farhold/transport-isolate'
  const sandbox = await spawnIsolate({ name: 'endless', memoryLimit: 32, globals: { started: () => start.resolve() } })
  const start = Promise.withResolvers()
  process.on('exit', (code) => console.log('exit', code))
`

test('close() ends a guest that loops without a limit', async () => {
  const ended = await runProgram(`${START}
    const looping = sandbox.eval('started(); for (;;);')
    looping.catch((error) => console.log(error.code, error.reason))
    await start.promise
    await sandbox.close()
    console.log((await sandbox.closed).kind)`)
  expect(ended).toEqual({
    code: 0,
    signal: null,
    output: 'FARHOLD_CONTEXT_CLOSED closed\nclosed\nexit 0',
    errors: '',
  })
})

test('process.exit() while a guest loops on a pool thread ends the process as it says', async () => {
  const ended = await runProgram(`${START}
    sandbox.eval('started(); for (;;);').catch(() => {})
    await start.promise
    setImmediate(() => process.exit(7))`)
  expect(ended).toMatchObject({ code: 7, signal: null, output: 'exit 7' })
})

test('process.exit() while a module loops as it loads does, too', async () => {
  const ended = await runProgram(`
    import { spawnIsolate } from '@farhold/transport-isolate'
    const started = () => setImmediate(() => process.exit(7))
    spawnIsolate({ source: 'started(); for (;;);', globals: { started } }).catch(() => {})`)
  expect(ended).toMatchObject({ code: 7, signal: null })
})

// Open: the guest's thread waits for the callback to return and the process waits for the thread.
test.fails('process.exit() inside a function that the guest called does, too', async () => {
  const ended = await runProgram(
    `
    import { spawnIsolate } from '@farhold/transport-isolate'
    const sandbox = await spawnIsolate({ globals: { leave: () => process.exit(7) } })
    await sandbox.eval('leave()')`,
    { limit: 3000 },
  )
  expect(ended).toMatchObject({ code: 7, signal: null })
})

test('an idle isolate does not keep the process alive', async () => {
  const ended = await runProgram(`${START}
    console.log(sandbox.evalSync('1 + 1'))`)
  expect(ended).toEqual({ code: 0, signal: null, output: '2\nexit 0', errors: '' })
})

test('a call that is under way does, until it is answered', async () => {
  const ended = await runProgram(`${START}
    sandbox.eval('let n = 0; for (let i = 0; i < 3e7; i++) n += i % 3; "answered"').then(console.log)`)
  expect(ended).toEqual({ code: 0, signal: null, output: 'answered\nexit 0', errors: '' })
})

for (const [name, code] of Object.entries({
  'strings that grow': 'const kept = []; for (let i = 0; ; i++) kept.push("x".repeat(1000) + i)',
  'arrays that grow': 'const kept = []; for (;;) kept.push([kept.length, 1, 2])',
  'objects that grow': 'let last = null; for (;;) last = { last, list: [1, 2, 3] }',
})) {
  test(`memory: ${name} end the isolate, not the process`, async () => {
    const ended = await runProgram(`${START}
      sandbox.eval(${JSON.stringify(code)}).catch((error) =>
        console.log(error.code, error.reason, error.cause?.code))
      const { kind, error } = await sandbox.closed
      console.log(kind, error.code, error.message)
      try { await sandbox.eval('1') } catch (later) { console.log(later.code) }
      // A process that has ended an isolate for its memory goes on.
      const other = await spawnIsolate()
      console.log(other.evalSync('1 + 1'))
      await other.close()`)
    expect(ended.output.split('\n').sort()).toEqual(
      [
        'FARHOLD_CONTEXT_CLOSED memory FARHOLD_MEMORY_LIMIT',
        'memory FARHOLD_MEMORY_LIMIT context "endless" used more than its 32 MB of memory and was ended.',
        'FARHOLD_CONTEXT_CLOSED',
        '2',
        'exit 0',
      ].sort(),
    )
    expect(ended).toMatchObject({ code: 0, signal: null })
  })
}
